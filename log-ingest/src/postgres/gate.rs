//! Which statements get past the door: those that read, and those of a session's small talk.
//!
//! Everything is refused unless it is named here. The library by itself runs `INSERT`, `DROP` and
//! changes of the engine's settings, for all connections at once.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion::common::{DFSchema, ParamValues};
use datafusion::logical_expr::{EmptyRelation, LogicalPlan};
use datafusion::prelude::SessionContext;
use datafusion::sql::parser::Statement as Parsed;
use datafusion::sql::sqlparser::ast::{Set, Statement};
use datafusion_postgres::QueryHook;
use datafusion_postgres::hooks::HookClient;
use datafusion_postgres::pgwire::api::ClientInfo;
use datafusion_postgres::pgwire::api::results::{Response, Tag};
use datafusion_postgres::pgwire::error::PgWireResult;

use super::errors::to_wire;
use crate::query::guard;

/// The hook that sees each statement first.
#[derive(Debug)]
pub(super) struct ReadOnlyGate;

/// What is to be done with a statement.
enum Verdict {
    /// It reads: plan it, check the plan, run it.
    Read,
    /// Another hook answers it.
    Pass,
    /// It is answered and has no effect.
    Acknowledge(&'static str),
    /// It is refused; the text is its kind.
    Refuse(String),
}

/// Settings of a session that a client may change; they end with its connection.
const SESSION_SETTINGS: &[&str] = &[
    "application_name",
    "bytea_output",
    "datestyle",
    "extra_float_digits",
    "intervalstyle",
    "search_path",
    "statement_timeout",
];

fn judge(statement: &Statement) -> Verdict {
    match statement {
        Statement::ShowVariable { .. }
        | Statement::ShowCatalogs { .. }
        | Statement::ShowStatus { .. }
        | Statement::StartTransaction { .. }
        | Statement::Commit { .. }
        | Statement::Rollback { .. } => Verdict::Pass,
        Statement::Set(set) => judge_set(set),
        Statement::Deallocate { .. } => Verdict::Acknowledge("DEALLOCATE"),
        Statement::Discard { .. } => Verdict::Acknowledge("DISCARD"),
        Statement::Reset(_) => Verdict::Acknowledge("RESET"),
        other if guard::sql_reads(other) => Verdict::Read,
        other => Verdict::Refuse(first_word(other)),
    }
}

/// Drivers set many things that mean nothing here; those are acknowledged, so that they go on. The engine's own settings
/// are not among them, however they are written.
fn judge_set(set: &Set) -> Verdict {
    let text = set.to_string().to_lowercase().replace('"', "");
    if text.contains("datafusion.") {
        return Verdict::Refuse("SET of an engine setting".to_owned());
    }
    match set {
        Set::SetTimeZone { local: false, .. } => Verdict::Pass,
        Set::SingleAssignment {
            scope: None,
            hivevar: false,
            variable,
            ..
        } => {
            let name = variable.to_string().to_lowercase();
            if SESSION_SETTINGS.contains(&name.as_str()) {
                Verdict::Pass
            } else {
                Verdict::Acknowledge("SET")
            }
        }
        _ => Verdict::Acknowledge("SET"),
    }
}

fn first_word(statement: &Statement) -> String {
    let text = statement.to_string();
    text.split_whitespace()
        .next()
        .unwrap_or("this")
        .to_uppercase()
}

async fn plan(statement: &Statement, context: &SessionContext) -> PgWireResult<LogicalPlan> {
    let parsed = Parsed::Statement(Box::new(statement.clone()));
    let plan = guard::plan(&context.state(), parsed).await;
    plan.map_err(|error| to_wire(&error))
}

#[async_trait]
impl QueryHook for ReadOnlyGate {
    async fn handle_simple_query(
        &self,
        statement: &Statement,
        context: &SessionContext,
        _client: &mut dyn HookClient,
    ) -> Option<PgWireResult<Response>> {
        match judge(statement) {
            Verdict::Pass => None,
            // Planned here only to be checked; the library plans it again.
            Verdict::Read => plan(statement, context).await.err().map(Err),
            Verdict::Acknowledge(tag) => Some(Ok(Response::Execution(Tag::new(tag)))),
            Verdict::Refuse(kind) => Some(Err(to_wire(&guard::refused(&kind)))),
        }
    }

    async fn handle_extended_parse_query(
        &self,
        statement: &Statement,
        context: &SessionContext,
        _client: &(dyn ClientInfo + Send + Sync),
    ) -> Option<PgWireResult<LogicalPlan>> {
        match judge(statement) {
            Verdict::Pass => None,
            Verdict::Read => Some(plan(statement, context).await),
            Verdict::Acknowledge(_) => Some(Ok(LogicalPlan::EmptyRelation(EmptyRelation {
                produce_one_row: false,
                schema: Arc::new(DFSchema::empty()),
            }))),
            Verdict::Refuse(kind) => Some(Err(to_wire(&guard::refused(&kind)))),
        }
    }

    async fn handle_extended_query(
        &self,
        statement: &Statement,
        _plan: &LogicalPlan,
        _parameters: &ParamValues,
        _context: &SessionContext,
        _client: &mut dyn HookClient,
    ) -> Option<PgWireResult<Response>> {
        match judge(statement) {
            // Its plan passed the check when it was parsed.
            Verdict::Pass | Verdict::Read => None,
            Verdict::Acknowledge(tag) => Some(Ok(Response::Execution(Tag::new(tag)))),
            Verdict::Refuse(kind) => Some(Err(to_wire(&guard::refused(&kind)))),
        }
    }
}

#[cfg(test)]
mod tests;
