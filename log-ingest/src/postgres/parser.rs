//! Parses prepared statements, after a look at their shape.

use std::sync::Arc;

use async_trait::async_trait;
use datafusion_postgres::DfSessionService;
use datafusion_postgres::pgwire::api::portal::Format;
use datafusion_postgres::pgwire::api::query::ExtendedQueryHandler;
use datafusion_postgres::pgwire::api::results::FieldInfo;
use datafusion_postgres::pgwire::api::stmt::QueryParser;
use datafusion_postgres::pgwire::api::{ClientInfo, Type};
use datafusion_postgres::pgwire::error::PgWireResult;

use super::errors::to_wire;
use crate::query::shape;

type LibraryParser = <DfSessionService as ExtendedQueryHandler>::QueryParser;
pub(super) type Prepared = <DfSessionService as ExtendedQueryHandler>::Statement;

/// The library's parser behind our check.
pub(super) struct CheckedParser(pub(super) Arc<LibraryParser>);

#[async_trait]
impl QueryParser for CheckedParser {
    type Statement = Prepared;

    async fn parse_sql<C>(
        &self,
        client: &C,
        sql: &str,
        types: &[Option<Type>],
    ) -> PgWireResult<Option<Prepared>>
    where
        C: ClientInfo + Unpin + Send + Sync,
    {
        shape::check_text(sql).map_err(|error| to_wire(&error))?;
        shape::check_single(sql).map_err(|error| to_wire(&error))?;
        self.0.parse_sql(client, sql, types).await
    }

    fn get_parameter_types(&self, statement: &Prepared) -> PgWireResult<Vec<Type>> {
        self.0.get_parameter_types(statement)
    }

    fn get_result_schema(
        &self,
        statement: &Prepared,
        column_format: Option<&Format>,
    ) -> PgWireResult<Vec<FieldInfo>> {
        self.0.get_result_schema(statement, column_format)
    }
}
