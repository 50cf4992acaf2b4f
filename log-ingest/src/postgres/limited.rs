//! The limits of one message of a client: a slot, a deadline, a number of rows.
//!
//! Rows leave as the client takes them, so the limits go along with the stream of rows: a query
//! keeps its slot until its last row or its deadline.

use std::sync::Arc;
use std::time::Duration;

use datafusion_postgres::pgwire::api::results::{Response, SendableRowStream};
use datafusion_postgres::pgwire::error::PgWireResult;
use datafusion_postgres::pgwire::messages::data::DataRow;
use futures_util::{Stream, StreamExt, stream};
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::{Instant, timeout_at};

use super::{PostgresServer, to_wire};
use crate::metrics::{Interface, QueryMetrics};
use crate::query::QueryError;

/// What the statements of one message share.
#[derive(Clone)]
pub(super) struct Limit {
    slot: Arc<OwnedSemaphorePermit>,
    started: Instant,
    timeout: Duration,
    max_rows: usize,
    metrics: QueryMetrics,
}

impl Limit {
    /// Waits for a slot; the client may have asked for less time than the engine allows.
    pub(super) async fn start(
        server: &PostgresServer,
        asked: Option<Duration>,
    ) -> PgWireResult<Self> {
        let limits = server.engine.limits();
        let timeout = asked.map_or(limits.timeout, |asked| asked.min(limits.timeout));
        let started = Instant::now();
        let slot = timeout_at(started + timeout, server.engine.slot()).await;
        let slot = slot.unwrap_or(Err(QueryError::TimedOut(timeout)));
        Ok(Self {
            slot: Arc::new(slot.map_err(|error| to_wire(&error))?),
            started,
            timeout,
            max_rows: limits.max_rows,
            metrics: server.metrics.clone(),
        })
    }

    /// Plans and starts the statements within the deadline.
    pub(super) async fn hold<T>(
        &self,
        work: impl Future<Output = PgWireResult<T>>,
    ) -> PgWireResult<T> {
        let result = timeout_at(self.deadline(), work).await;
        let result = result.unwrap_or_else(|_elapsed| Err(self.timed_out()));
        let outcome = if result.is_ok() { "answered" } else { "failed" };
        self.metrics
            .observe(Interface::Postgres, outcome, self.started.elapsed());
        result
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
            let (limit, mut rows, count) = state?;
            match timeout_at(limit.deadline(), rows.next()).await {
                Err(_elapsed) => Some((Err(limit.timed_out()), None)),
                Ok(None) => None,
                Ok(Some(_)) if count >= limit.max_rows => {
                    let error = QueryError::TooManyRows(limit.max_rows);
                    Some((Err(to_wire(&error)), None))
                }
                Ok(Some(row)) => Some((row, Some((limit, rows, count + 1)))),
            }
        })
    }

    fn deadline(&self) -> Instant {
        self.started + self.timeout
    }

    fn timed_out(&self) -> datafusion_postgres::pgwire::error::PgWireError {
        to_wire(&QueryError::TimedOut(self.timeout))
    }
}

impl std::fmt::Debug for Limit {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter
            .debug_struct("Limit")
            .field("slots", &self.slot.num_permits())
            .field("timeout", &self.timeout)
            .finish_non_exhaustive()
    }
}
