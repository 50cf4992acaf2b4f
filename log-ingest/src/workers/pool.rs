//! Hands out processes for queries, and runs statements that come over HTTP in them.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use futures_util::{Stream, stream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout_at};

use super::Worker;
use super::memory::{BASE, MemoryWatch, resident};
use super::process::remove_left_over;
use super::wire::{self, Job, Reply, Settings};
use crate::query::QueryError;
use crate::query::format::Format;
use crate::query::limits::{GRACE, QueryLimits};

/// The processes; clones share them.
#[derive(Debug, Clone)]
pub struct Workers(Arc<Pool>);

#[derive(Debug)]
struct Pool {
    program: PathBuf,
    settings: Settings,
    /// Places for queries that run at the same time.
    slots: Arc<Semaphore>,
    /// Ready and without work.
    idle: Mutex<Vec<Worker>>,
    memory: MemoryWatch,
    /// Watches memory, and starts processes ahead of their use; all of it ends with the pool.
    background: Mutex<JoinSet<()>>,
}

/// Processes that are kept while there are no queries.
const MOST_IDLE: usize = 2;

impl Workers {
    /// No process yet: the first query starts one. Must be called within a runtime.
    pub fn new(program: PathBuf, settings: Settings) -> Self {
        remove_left_over();
        let memory = MemoryWatch::new(settings.limits.memory);
        let slots = Arc::new(Semaphore::new(settings.limits.concurrent));
        let mut background = JoinSet::new();
        background.spawn(memory.clone().run(Arc::clone(&slots)));
        Self(Arc::new(Pool {
            slots,
            program,
            settings,
            idle: Mutex::default(),
            memory,
            background: Mutex::new(background),
        }))
    }

    /// The limits that hold for each query.
    pub fn limits(&self) -> QueryLimits {
        self.0.settings.limits
    }

    /// A place for a query that begins to run; others wait for it within their time.
    pub(crate) async fn slot(&self) -> Result<OwnedSemaphorePermit, QueryError> {
        let slot = Arc::clone(&self.0.slots).acquire_owned().await;
        self.0.memory.wake();
        slot.map_err(|error| QueryError::Internal(error.to_string()))
    }

    /// A process that has nothing to do, and another one for the query that comes next.
    pub(crate) async fn take(&self) -> Result<Worker, QueryError> {
        let idle = self.idle().pop();
        let worker = match idle {
            Some(worker) => worker,
            None => self.start().await?,
        };
        self.prepare();
        Ok(worker)
    }

    /// Answers one statement. The answer comes in pieces, and the process is at work until the last of them.
    ///
    /// # Errors
    /// The statement has no answer.
    pub async fn query(&self, sql: &str, format: Format) -> Result<AnswerPieces, QueryError> {
        let limits = self.limits();
        let deadline = Instant::now() + limits.timeout;
        let begun = async {
            let slot = self.slot().await?;
            let mut worker = self.take().await?;
            let job = Job::Query {
                sql: sql.to_owned(),
                format,
            };
            let reply = async {
                wire::send_value(&mut worker.socket, &job).await?;
                wire::receive_value(&mut worker.socket).await
            };
            let reply = reply.await;
            match reply {
                Ok(Reply::Answer { length }) => Ok(AnswerPieces {
                    length,
                    pool: self.clone(),
                    worker,
                    slot,
                    deadline: deadline + GRACE,
                }),
                Ok(Reply::Error(error)) => {
                    self.give_back(worker);
                    Err(error)
                }
                Err(_gone) => Err(worker.why_it_ended().await),
            }
        };
        let begun = timeout_at(deadline + GRACE, begun).await;
        begun.unwrap_or(Err(QueryError::TimedOut(limits.timeout)))
    }

    async fn start(&self) -> Result<Worker, QueryError> {
        let pool = &self.0;
        let worker = Worker::start(&pool.program, &pool.settings).await?;
        pool.memory.add(worker.signs());
        Ok(worker)
    }

    /// Starts one ahead of its use, if there is none.
    fn prepare(&self) {
        if !self.idle().is_empty() {
            return;
        }
        let pool = Arc::downgrade(&self.0);
        let background = self.0.background.lock();
        let mut background = background.unwrap_or_else(PoisonError::into_inner);
        while background.try_join_next().is_some() {}
        background.spawn(async move {
            let Some(pool) = pool.upgrade() else { return };
            let workers = Self(pool);
            match workers.start().await {
                Ok(worker) => workers.give_back(worker),
                Err(error) => tracing::warn!(error = %error, "no query process could be started"),
            }
        });
    }

    /// Keeps a process for the next query, unless there are enough or it has grown.
    fn give_back(&self, worker: Worker) {
        let grown = resident(worker.signs().pid).is_some_and(|bytes| bytes > 2 * BASE);
        let mut idle = self.idle();
        if !grown && idle.len() < MOST_IDLE {
            idle.push(worker);
        }
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Worker>> {
        self.0.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An answer on its way.
#[derive(Debug)]
pub struct AnswerPieces {
    length: usize,
    pool: Workers,
    worker: Worker,
    slot: OwnedSemaphorePermit,
    deadline: Instant,
}

impl AnswerPieces {
    /// Bytes of the whole answer.
    pub fn length(&self) -> usize {
        self.length
    }

    /// The bytes of the answer. Dropping them before the last ends the query.
    pub fn bytes(self) -> impl Stream<Item = std::io::Result<Bytes>> + Send {
        stream::unfold(Some(self), |state| async move {
            let mut answer = state?;
            let piece = timeout_at(answer.deadline, wire::receive(&mut answer.worker.socket));
            match piece.await {
                Ok(Ok(piece)) if piece.is_empty() => {
                    let Self {
                        pool, worker, slot, ..
                    } = answer;
                    drop(slot);
                    pool.give_back(worker);
                    None
                }
                Ok(Ok(piece)) => Some((Ok(piece), Some(answer))),
                Ok(Err(error)) => Some((Err(error), None)),
                Err(elapsed) => Some((Err(elapsed.into()), None)),
            }
        })
    }
}
