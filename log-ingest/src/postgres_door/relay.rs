//! Passes messages between a client and the process of its session, and ends what goes too far.
//!
//! The process keeps the limits itself as long as its query yields. Here they are kept for one that does not: when the
//! time is up, or the client has cancelled, the process has a moment to say so itself, and then it is ended, and the
//! client is told.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::{Notify, OwnedSemaphorePermit};
use tokio::time::{Instant, sleep_until, timeout_at};

use super::cancel::{CancelKeys, SessionKey};
use super::messages::{MessageReader, Messages, fatal, sql_state};
use crate::query::QueryError;
use crate::query::limits::{GRACE, MAX_STATEMENT};
use crate::query::metrics::{Interface, QueryMetrics};
use crate::query::outcome::QueryOutcome;
use crate::query::sql_state::SqlState;
use crate::workers::{Worker, Workers};

/// Longest message of a client, bytes: a statement with its parameters.
const LONGEST_OF_CLIENT: usize = 16 * MAX_STATEMENT;

/// Longest message of a process, bytes: a row.
const LONGEST_OF_PROCESS: usize = 1 << 30;

/// What a session is held with.
#[derive(Debug, Clone)]
pub(super) struct Session {
    pub(super) workers: Workers,
    pub(super) keys: CancelKeys,
    pub(super) metrics: QueryMetrics,
}

/// A statement, or several that were sent together, in the process.
#[derive(Debug)]
struct Work {
    /// Its place among the queries; the start of a session takes none.
    slot: Option<OwnedSemaphorePermit>,
    began: Instant,
    /// When the process is ended.
    deadline: Instant,
    /// Why it would be ended.
    reason: QueryError,
    /// How the statement ended, if it failed.
    outcome: Option<QueryOutcome>,
    /// Ends of requests that the process has not confirmed.
    unconfirmed: usize,
}

/// How a session goes on.
enum Step {
    FromClient(io::Result<Option<Messages>>),
    FromProcess(io::Result<Option<Messages>>),
    Cancelled,
    TimeIsUp,
}

/// One client and its process.
struct Relay {
    session: Session,
    worker: Worker,
    to_client: WriteHalf<TcpStream>,
    work: Option<Work>,
    cancelled: Arc<Notify>,
    key: Option<SessionKey>,
}

impl Session {
    /// Passes messages until one side ends. Logging in counts as work, so that it has a time limit.
    pub(super) async fn relay(self, client: TcpStream, mut worker: Worker, log_in: Duration) {
        let (from_client, to_client) = tokio::io::split(client);
        // The other half of the socket stays with the worker.
        let socket = match worker.take_socket() {
            Ok(socket) => socket,
            Err(error) => return tracing::warn!(error = %error, "a session could not be started"),
        };
        let (from_process, to_process) = tokio::io::split(socket);
        let began = Instant::now();
        let logging_in = Work {
            slot: None,
            began,
            deadline: began + log_in,
            reason: QueryError::TimedOut(log_in),
            outcome: None,
            unconfirmed: 1,
        };
        let mut relay = Relay {
            session: self,
            worker,
            to_client,
            work: Some(logging_in),
            cancelled: Arc::default(),
            key: None,
        };
        let ended = relay.run(from_client, from_process, to_process).await;
        if let Err(error) = ended {
            relay.end(&error).await;
        }
    }

    fn work(&self, slot: OwnedSemaphorePermit) -> Work {
        let timeout = self.workers.limits().timeout;
        let began = Instant::now();
        Work {
            slot: Some(slot),
            began,
            deadline: began + timeout + GRACE,
            reason: QueryError::TimedOut(timeout),
            outcome: None,
            unconfirmed: 0,
        }
    }
}

impl Relay {
    async fn run(
        &mut self,
        from_client: ReadHalf<TcpStream>,
        from_process: ReadHalf<UnixStream>,
        mut to_process: WriteHalf<UnixStream>,
    ) -> Result<(), QueryError> {
        let mut from_client = MessageReader::new(from_client, LONGEST_OF_CLIENT);
        let mut from_process = MessageReader::new(from_process, LONGEST_OF_PROCESS);
        loop {
            let cancelled = Arc::clone(&self.cancelled);
            let deadline = self.work.as_ref().map(|work| work.deadline);
            let step = tokio::select! {
                messages = from_process.next() => Step::FromProcess(messages),
                messages = from_client.next() => Step::FromClient(messages),
                () = cancelled.notified() => Step::Cancelled,
                () = at(deadline) => Step::TimeIsUp,
            };
            match step {
                // Terminate: the process would only do what is done to it now.
                Step::FromClient(Ok(Some(messages))) if messages.has(b'X') => return Ok(()),
                Step::FromClient(Ok(Some(messages))) => {
                    self.begin(&messages).await?;
                    let written = self.in_time(to_process.write_all(&messages.bytes)).await?;
                    if written.is_err() {
                        return Err(self.worker.why_it_ended().await);
                    }
                }
                Step::FromClient(Err(error)) if error.kind() == io::ErrorKind::InvalidData => {
                    return Err(QueryError::TooComplex(error.to_string()));
                }
                Step::FromClient(Ok(None) | Err(_)) => return Ok(()),
                Step::FromProcess(Ok(Some(messages))) => {
                    self.confirm(&messages);
                    let bytes = &messages.bytes;
                    // Not by `in_time`: the work may be done, and the client slow.
                    let patience = Instant::now() + self.session.workers.limits().timeout;
                    let written = timeout_at(patience, self.to_client.write_all(bytes)).await;
                    if !matches!(written, Ok(Ok(()))) {
                        return Ok(());
                    }
                }
                Step::FromProcess(Ok(None) | Err(_)) => {
                    // A log-in that failed has been answered; so has everything else where there is no work.
                    if self.work.as_ref().is_none_or(|work| work.slot.is_none()) {
                        return Ok(());
                    }
                    return Err(self.worker.why_it_ended().await);
                }
                Step::Cancelled => self.interrupt(),
                Step::TimeIsUp => return Err(self.reason()),
            }
        }
    }

    /// Takes a place for what the client asks, unless it has one.
    async fn begin(&mut self, messages: &Messages) -> Result<(), QueryError> {
        if self.work.is_none() {
            let deadline = Instant::now() + self.session.workers.limits().timeout;
            let slot = timeout_at(deadline, self.session.workers.slot()).await;
            let timed_out = Err(QueryError::TimedOut(self.session.workers.limits().timeout));
            let slot = slot.unwrap_or(timed_out)?;
            self.work = Some(self.session.work(slot));
        }
        let logging_in = self.work.as_ref().is_some_and(|work| work.slot.is_none());
        if logging_in && messages.each.iter().any(|(kind, _)| *kind != b'p') {
            let message = "log in first";
            return Err(QueryError::sql(SqlState::ProtocolViolation, message));
        }
        // Query, Sync and function call: each is answered with one ReadyForQuery.
        let ends = |kind: u8| matches!(kind, b'Q' | b'S' | b'F');
        if let Some(work) = &mut self.work {
            work.unconfirmed += messages.each.iter().filter(|(kind, _)| ends(*kind)).count();
        }
        Ok(())
    }

    /// Takes notice of what the process says.
    fn confirm(&mut self, messages: &Messages) {
        for (kind, body) in &messages.each {
            match kind {
                b'K' => {
                    let keys = &self.session.keys;
                    self.key = Some(keys.add(body.clone(), Arc::clone(&self.cancelled)));
                }
                b'E' => {
                    if let Some(work) = &mut self.work {
                        let state = sql_state(body).unwrap_or_default();
                        work.outcome = Some(QueryOutcome::of_sql_state(state));
                    }
                }
                b'Z' => {
                    let confirmed = self.work.as_mut().is_none_or(|work| {
                        work.unconfirmed = work.unconfirmed.saturating_sub(1);
                        work.unconfirmed == 0
                    });
                    if confirmed {
                        self.done();
                    }
                }
                _ => {}
            }
        }
    }

    /// The process has answered.
    fn done(&mut self) {
        if let Some(work) = self.work.take()
            && work.slot.is_some()
        {
            let outcome = work.outcome.unwrap_or(QueryOutcome::Answered);
            self.session
                .metrics
                .observe(Interface::Postgres, outcome, work.began.elapsed());
        }
    }

    /// Lets the process stop by itself; it has a moment to do so.
    fn interrupt(&mut self) {
        if let Some(work) = &mut self.work {
            self.worker.interrupt();
            work.deadline = work.deadline.min(Instant::now() + GRACE);
            work.reason = QueryError::Cancelled;
        }
    }

    fn reason(&self) -> QueryError {
        let work = self.work.as_ref();
        work.map_or(QueryError::Cancelled, |work| work.reason.clone())
    }

    /// Waits no longer than the work may take.
    async fn in_time<T>(&self, writing: impl Future<Output = T>) -> Result<T, QueryError> {
        let Some(work) = &self.work else {
            return Ok(writing.await);
        };
        let written = timeout_at(work.deadline, writing).await;
        written.map_err(|_elapsed| self.reason())
    }

    /// Tells the client why its session ends. The process ends with it.
    async fn end(&mut self, error: &QueryError) {
        let took = self.work.take().map(|work| work.began.elapsed());
        let metrics = &self.session.metrics;
        metrics.observe(
            Interface::Postgres,
            error.outcome(),
            took.unwrap_or_default(),
        );
        let patience = Instant::now() + GRACE;
        let told = timeout_at(patience, async {
            self.to_client.write_all(&fatal(error)).await?;
            self.to_client.shutdown().await
        });
        if let Ok(Err(error)) = told.await {
            tracing::debug!(error = %error, "the client was gone before its session");
        }
    }
}

async fn at(deadline: Option<Instant>) {
    match deadline {
        Some(deadline) => sleep_until(deadline).await,
        None => std::future::pending().await,
    }
}
