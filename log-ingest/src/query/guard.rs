//! Lets through statements that read, and refuses all others.
//!
//! Twice, on purpose: the statement's kind must be on a short list, and the plan made from it
//! must hold nothing that writes, since `SELECT` can hide a write (`SELECT .. INTO`, `WITH` around
//! an `INSERT`).

use datafusion::execution::SessionState;
use datafusion::execution::context::SQLOptions;
use datafusion::logical_expr::LogicalPlan;
use datafusion::sql::parser::{ExplainStatement, Statement};
use datafusion::sql::sqlparser::ast::Statement as Sql;

use super::{QueryError, shape};

/// Plans a statement that reads.
pub async fn plan(state: &SessionState, statement: Statement) -> Result<LogicalPlan, QueryError> {
    if !reads(&statement) {
        return Err(refused(&kind(&statement)));
    }
    check_tree(&statement)?;
    let plan = state.statement_to_plan(statement).await?;
    SQLOptions::new()
        .with_allow_ddl(false)
        .with_allow_dml(false)
        .with_allow_statements(false)
        .verify_plan(&plan)
        .map_err(|error| QueryError::Refused(read_only(&error.strip_backtrace())))?;
    Ok(plan)
}

fn check_tree(statement: &Statement) -> Result<(), QueryError> {
    match statement {
        Statement::Statement(sql) => shape::check_tree(sql),
        Statement::Explain(ExplainStatement { statement, .. }) => check_tree(statement),
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => Ok(()),
    }
}

/// The error for a statement of that kind.
pub fn refused(kind: &str) -> QueryError {
    QueryError::Refused(read_only(&format!("{kind} is not allowed")))
}

/// Whether the statement is of a kind that only reads.
pub fn reads(statement: &Statement) -> bool {
    match statement {
        Statement::Statement(sql) => sql_reads(sql),
        Statement::Explain(ExplainStatement { statement, .. }) => reads(statement),
        Statement::CreateExternalTable(_) | Statement::CopyTo(_) | Statement::Reset(_) => false,
    }
}

/// The same for a statement as the Postgres interface parses it.
pub fn sql_reads(sql: &Sql) -> bool {
    match sql {
        Sql::Query(_)
        | Sql::ExplainTable { .. }
        | Sql::ShowVariable { .. }
        | Sql::ShowTables { .. }
        | Sql::ShowColumns { .. }
        | Sql::ShowFunctions { .. } => true,
        Sql::Explain { statement, .. } => sql_reads(statement),
        _ => false,
    }
}

/// First word of a statement, for the message.
fn kind(statement: &Statement) -> String {
    let text = statement.to_string();
    text.split_whitespace()
        .next()
        .unwrap_or("this")
        .to_uppercase()
}

fn read_only(what: &str) -> String {
    format!("{what}: the tables are read-only here, use SELECT, EXPLAIN or SHOW")
}
