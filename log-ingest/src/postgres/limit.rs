//! The limits of one message of a client: a deadline, a number of rows, and the client's own wish to stop.
//!
//! Rows leave as the client takes them, so the limits go along with the stream of rows. They hold for queries that
//! yield; the server ends the process of one that does not.

use std::sync::Arc;
use std::time::Duration;

use datafusion_postgres::pgwire::api::results::{Response, SendableRowStream};
use datafusion_postgres::pgwire::error::{PgWireError, PgWireResult};
use datafusion_postgres::pgwire::messages::data::DataRow;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::watch;
use tokio::time::{Instant, timeout_at};

use super::PostgresServer;
use super::errors::{to_wire, translated};
use super::watchdog::Watching;
use crate::query::QueryError;
use crate::query::engine::Engine;

/// What the statements of one message share.
#[derive(Debug, Clone)]
pub(super) struct Limit {
    started: Instant,
    timeout: Duration,
    max_rows: usize,
    interrupts: watch::Receiver<u64>,
    engine: Engine,
    sql: Arc<str>,
    _watching: Arc<Watching>,
}

impl Limit {
    /// For these statements, from now on; the client may have asked for less time than the engine allows.
    pub(super) fn start(server: &PostgresServer, sql: &str, asked: Option<Duration>) -> Self {
        let limits = server.engine.limits();
        let mut interrupts = server.interrupts.clone();
        // A signal that came before this message was for the one before.
        interrupts.mark_unchanged();
        let started = Instant::now();
        let timeout = asked.map_or(limits.timeout, |asked| asked.min(limits.timeout));
        Self {
            started,
            timeout,
            max_rows: limits.max_rows,
            interrupts,
            engine: server.engine.clone(),
            sql: sql.into(),
            _watching: Arc::new(server.watchdog.watch(started, timeout)),
        }
    }

    /// Plans and starts the statements within the deadline.
    pub(super) async fn hold<T>(
        &self,
        work: impl Future<Output = PgWireResult<T>>,
    ) -> PgWireResult<T> {
        self.clone().within(work).await.and_then(|result| result)
    }

    /// The response, its rows under the limits.
    pub(super) fn guard(&self, response: Response) -> Response {
        match response {
            Response::Query(mut query) => {
                let rows = std::mem::replace(&mut query.data_rows, Box::pin(stream::empty()));
                query.data_rows = Box::pin(self.clone().rows(rows));
                Response::Query(query)
            }
            other => other,
        }
    }

    fn rows(self, rows: SendableRowStream) -> impl Stream<Item = PgWireResult<DataRow>> + Send {
        stream::unfold(Some((self, rows, 0)), |state| async move {
            let (mut limit, mut rows, count) = state?;
            match limit.within(rows.next()).await {
                Err(error) => Some((Err(error), None)),
                Ok(None) => None,
                Ok(Some(_)) if count >= limit.max_rows => {
                    let error = QueryError::TooManyRows(limit.max_rows);
                    Some((Err(to_wire(&error)), None))
                }
                Ok(Some(Err(error))) => Some((Err(limit.explained(error).await), None)),
                Ok(Some(row)) => Some((row, Some((limit, rows, count + 1)))),
            }
        })
    }

    /// The error as one of ours, with the name of the file that caused it, if one did.
    async fn explained(&self, error: PgWireError) -> PgWireError {
        let deadline = self.started + self.timeout;
        match translated(&error) {
            Some(ours) => to_wire(&self.engine.explained(&self.sql, ours, deadline).await),
            None => error,
        }
    }

    /// Waits for the work until the deadline, or until the client cancels.
    async fn within<T>(&mut self, work: impl Future<Output = T>) -> Result<T, PgWireError> {
        let deadline = self.started + self.timeout;
        tokio::select! {
            biased;
            Ok(()) = self.interrupts.changed() => Err(to_wire(&QueryError::Cancelled)),
            result = timeout_at(deadline, work) => {
                result.map_err(|_elapsed| to_wire(&QueryError::TimedOut(self.timeout)))
            }
        }
    }
}
