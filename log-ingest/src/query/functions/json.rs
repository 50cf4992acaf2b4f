//! JSON in text columns, such as `attrs`: `->`, `->>`, `#>`, `#>>`, `?`, `::json`, and functions by the names that
//! Postgres and `datafusion-functions-json` have for them.
//!
//! JSON is a text here. `->` gives the JSON of a member as it is written, `->>` the text of it.

use std::sync::Arc;

use datafusion::arrow::datatypes::{DataType, Field, FieldRef};
use datafusion::common::{DFSchema, ScalarValue};
use datafusion::error::Result;
use datafusion::execution::FunctionRegistry as _;
use datafusion::logical_expr::expr::ScalarFunction;
use datafusion::logical_expr::planner::{ExprPlanner, PlannerResult, RawBinaryExpr, TypePlanner};
use datafusion::logical_expr::{Expr, ScalarUDF, lit};
use datafusion::prelude::SessionContext;
use datafusion::sql::sqlparser::ast::{BinaryOperator, DataType as SqlType};
use datafusion_functions_json::udfs;

pub(super) fn register(context: &mut SessionContext) -> Result<()> {
    let aliased = |udf: Arc<ScalarUDF>, names: &[&'static str]| {
        ScalarUDF::clone(&udf).with_aliases(names.iter().copied())
    };
    let functions = [
        aliased(
            udfs::json_get_json_udf(),
            &["json_extract_path", "jsonb_extract_path"],
        ),
        aliased(
            udfs::json_as_text_udf(),
            &["json_extract_path_text", "jsonb_extract_path_text"],
        ),
        aliased(
            udfs::json_length_udf(),
            &["json_array_length", "jsonb_array_length"],
        ),
        aliased(udfs::json_contains_udf(), &[]),
        aliased(udfs::json_get_bool_udf(), &[]),
        aliased(udfs::json_get_float_udf(), &[]),
        aliased(udfs::json_get_int_udf(), &[]),
        aliased(udfs::json_get_str_udf(), &[]),
        aliased(udfs::json_object_keys_udf(), &["jsonb_object_keys"]),
    ];
    for function in functions {
        context.register_udf(Arc::new(function))?;
    }
    context.register_expr_planner(Arc::new(JsonOperators))
}

/// Makes functions of the operators.
#[derive(Debug)]
struct JsonOperators;

impl ExprPlanner for JsonOperators {
    fn plan_binary_op(
        &self,
        expression: RawBinaryExpr,
        _schema: &DFSchema,
    ) -> Result<PlannerResult<RawBinaryExpr>> {
        let func = match expression.op {
            BinaryOperator::Arrow | BinaryOperator::HashArrow => udfs::json_get_json_udf(),
            BinaryOperator::LongArrow | BinaryOperator::HashLongArrow => udfs::json_as_text_udf(),
            BinaryOperator::Question => udfs::json_contains_udf(),
            _ => return Ok(PlannerResult::Original(expression)),
        };
        let is_path = matches!(
            expression.op,
            BinaryOperator::HashArrow | BinaryOperator::HashLongArrow
        );
        let mut args = vec![expression.left];
        match path(&expression.right).filter(|_| is_path) {
            Some(steps) => args.extend(steps),
            None => args.push(expression.right),
        }
        Ok(PlannerResult::Planned(Expr::ScalarFunction(
            ScalarFunction { func, args },
        )))
    }
}

/// The steps of a path that is written as Postgres writes a list: `'{a,0,b}'`.
fn path(expression: &Expr) -> Option<Vec<Expr>> {
    let Expr::Literal(ScalarValue::Utf8(Some(text)), _) = expression else {
        return None;
    };
    let steps = text.strip_prefix('{')?.strip_suffix('}')?.split(',');
    let steps = steps.map(|step| match step.trim().parse::<i64>() {
        Ok(index) => lit(index),
        Err(_) => lit(step.trim().trim_matches('"')),
    });
    Some(steps.collect())
}

/// Types of Postgres that are texts here, besides those that the system catalog brings.
#[derive(Debug)]
pub(crate) struct PostgresTypes {
    others: Option<Arc<dyn TypePlanner>>,
}

impl PostgresTypes {
    /// Where these say nothing, the others are asked.
    pub(crate) fn beside(others: Option<Arc<dyn TypePlanner>>) -> Self {
        Self { others }
    }
}

impl TypePlanner for PostgresTypes {
    fn plan_type_field(&self, sql_type: &SqlType) -> Result<Option<FieldRef>> {
        if matches!(sql_type, SqlType::JSON | SqlType::JSONB) {
            return Ok(Some(Arc::new(Field::new("", DataType::Utf8, true))));
        }
        match &self.others {
            Some(others) => others.plan_type_field(sql_type),
            None => Ok(None),
        }
    }
}
