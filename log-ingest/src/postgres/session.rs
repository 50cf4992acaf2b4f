//! Runs the statements of a connection under the engine's limits.

use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use datafusion_postgres::pgwire::api::portal::Portal;
use datafusion_postgres::pgwire::api::query::{ExtendedQueryHandler, SimpleQueryHandler};
use datafusion_postgres::pgwire::api::results::Response;
use datafusion_postgres::pgwire::api::store::PortalStore;
use datafusion_postgres::pgwire::api::{ClientInfo, ClientPortalStore};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::PgWireBackendMessage;
use futures_util::Sink;

use super::PostgresServer;
use super::errors::to_wire;
use super::limit::Limit;
use super::parser::{CheckedParser, Prepared};
use crate::query::shape;

/// Where the library keeps a client's `SET statement_timeout`.
const STATEMENT_TIMEOUT: &str = "statement_timeout_ms";

/// The handler of both query protocols.
pub(super) struct Session {
    server: PostgresServer,
    parser: Arc<CheckedParser>,
}

impl Session {
    pub(super) fn new(server: PostgresServer) -> Self {
        let parser = CheckedParser(server.service.query_parser());
        Self {
            server,
            parser: Arc::new(parser),
        }
    }
}

#[async_trait]
impl SimpleQueryHandler for Session {
    async fn do_query<C>(&self, client: &mut C, query: &str) -> PgWireResult<Vec<Response>>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        shape::check_text(query).map_err(|error| to_wire(&error))?;
        let limit = Limit::start(&self.server, query, asked_timeout(client));
        let service = self.server.service.as_ref();
        let answer = limit.hold(SimpleQueryHandler::do_query(service, client, query));
        let responses = answer.await?.into_iter();
        Ok(responses.map(|response| limit.guard(response)).collect())
    }
}

#[async_trait]
impl ExtendedQueryHandler for Session {
    type Statement = Prepared;
    type QueryParser = CheckedParser;

    fn query_parser(&self) -> Arc<CheckedParser> {
        Arc::clone(&self.parser)
    }

    async fn do_query<C>(
        &self,
        client: &mut C,
        portal: &Portal<Prepared>,
        max_rows: usize,
    ) -> PgWireResult<Response>
    where
        C: ClientInfo + ClientPortalStore + Sink<PgWireBackendMessage> + Unpin + Send + Sync,
        C::PortalStore: PortalStore<Statement = Prepared>,
        C::Error: Debug,
        PgWireError: From<<C as Sink<PgWireBackendMessage>>::Error>,
    {
        let (sql, _) = &portal.statement.statement;
        let limit = Limit::start(&self.server, sql, asked_timeout(client));
        let service = self.server.service.as_ref();
        let answer = ExtendedQueryHandler::do_query(service, client, portal, max_rows);
        let response = limit.hold(answer).await?;
        Ok(limit.guard(response))
    }
}

/// The client's own, shorter limit, if it set one.
fn asked_timeout<C: ClientInfo>(client: &C) -> Option<Duration> {
    let asked = client.metadata().get(STATEMENT_TIMEOUT)?;
    asked.parse().ok().map(Duration::from_millis)
}
