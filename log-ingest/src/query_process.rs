//! The process in which queries run: `log-ingest answer-queries`, started by the server and by nobody else.
//!
//! It has the tables open for reading, takes its jobs from the socket that is its standard input
//! ([`crate::workers::wire`]) and is built to be ended at any moment: it owns nothing that is worth keeping. It bounds
//! itself as far as it can: memory by a limit of the system, stacks that are large enough for any statement that is
//! let through, a lower priority than receiving. The rest is the server's, which ends it when it goes too far.

use std::io;
use std::os::fd::AsFd as _;
use std::os::unix::net::UnixStream as StdUnixStream;
use std::time::Duration;

use rustix::process::{Resource, Rlimit, getrlimit, nice, setrlimit};
use tokio::net::UnixStream;
use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};

use crate::postgres::{PostgresServer, converse};
use crate::query::QueryError;
use crate::query::engine::Engine;
use crate::query::format::Format;
use crate::query::limits::QueryLimits;
use crate::table::lake::Lake;
use crate::table::location::{LakeAddress, Location};
use crate::workers::wire::{self, Job, PIECE, Ready, Reply, Settings};

/// Stack of each thread. Most of it is never touched, and so takes no memory.
const STACK: usize = 64 << 20;

/// Threads that do what cannot be waited for.
const BLOCKING_THREADS: usize = 4;

/// A runtime whose threads have the stacks that statements need.
///
/// # Errors
/// Threads cannot be started.
pub fn runtime() -> io::Result<Runtime> {
    tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .thread_stack_size(STACK)
        .max_blocking_threads(BLOCKING_THREADS)
        .build()
}

/// Does the server's jobs until it closes the socket.
///
/// # Errors
/// Standard input is not a socket, or the server is gone.
pub async fn run() -> io::Result<()> {
    end_with_the_server()?;
    let socket = io::stdin().as_fd().try_clone_to_owned()?;
    let socket = StdUnixStream::from(socket);
    socket.set_nonblocking(true)?;
    let mut socket = UnixStream::from_std(socket)?;
    let settings: Settings = wire::receive_value(&mut socket).await?;
    bound(&settings.limits);
    let engine = match open(&settings).await {
        Ok(engine) => {
            wire::send_value(&mut socket, &Ready::Yes).await?;
            engine
        }
        Err(why) => return wire::send_value(&mut socket, &Ready::No(why)).await,
    };
    loop {
        match wire::receive_value(&mut socket).await {
            Ok(Job::Query { sql, format }) => answer(&engine, &sql, format, &mut socket).await?,
            Ok(Job::Postgres) => {
                let server = PostgresServer::new(engine, settings.login, interrupts()?)?;
                return converse(server, socket).await;
            }
            Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => return Ok(()),
            Err(error) => return Err(error),
        }
    }
}

async fn open(settings: &Settings) -> Result<Engine, String> {
    let location = Location::parse(&settings.tables).map_err(|error| error.to_string())?;
    let address = LakeAddress {
        location,
        s3: settings.s3.clone(),
    };
    let lake = Lake::open(address).await;
    let lake = lake.map_err(|error| error.to_string())?;
    let engine = Engine::spilling_into(lake, settings.limits, settings.spill.as_deref());
    engine.map_err(|error| error.to_string())
}

/// Answers a statement and writes the answer piece by piece.
async fn answer(
    engine: &Engine,
    sql: &str,
    format: Format,
    socket: &mut UnixStream,
) -> io::Result<()> {
    let text = match engine.query(sql).await {
        Ok(answer) => {
            let text = tokio::task::spawn_blocking(move || format.write(&answer)).await;
            let text = text.map_err(|error| QueryError::panicked(&error.to_string()));
            text.and_then(|text| text.map_err(|error| QueryError::Internal(error.to_string())))
        }
        Err(error) => Err(error),
    };
    match text {
        Ok(text) => {
            let length = text.len();
            wire::send_value(socket, &Reply::Answer { length }).await?;
            for piece in text.chunks(PIECE) {
                wire::send(socket, piece).await?;
            }
            wire::send(socket, &[]).await
        }
        Err(error) => wire::send_value(socket, &Reply::Error(error)).await,
    }
}

/// Counts the signals by which the server says that the client does not want its answer any more.
fn interrupts() -> io::Result<tokio::sync::watch::Receiver<u64>> {
    let mut signals = signal(SignalKind::interrupt())?;
    let (count, counted) = tokio::sync::watch::channel(0);
    let mut listening = tokio::task::JoinSet::new();
    listening.spawn(async move {
        while signals.recv().await.is_some() {
            count.send_modify(|count| *count += 1);
        }
    });
    // It ends with the process.
    listening.detach_all();
    Ok(counted)
}

/// Bounds the process's memory, and lets receiving go first.
pub fn bound(limits: &QueryLimits) {
    let stacks = (threads() + BLOCKING_THREADS) * STACK;
    // Twice what queries may take, since address space is reserved before it is used; the server looks at what is really used.
    let most = limits.memory.saturating_mul(2) + (512 << 20) + stacks;
    let most = u64::try_from(most).unwrap_or(u64::MAX);
    let maximum = getrlimit(Resource::Data).maximum;
    let most = maximum.map_or(most, |maximum| maximum.min(most));
    let limit = Rlimit {
        current: Some(most),
        maximum: Some(most),
    };
    let limited = setrlimit(Resource::Data, limit);
    log_failure(limited, "the system sets no limit to the memory of queries");
    log_failure(
        nice(NICE).map(drop),
        "queries have the priority of receiving",
    );
}

/// The server bounds queries even so.
fn log_failure(result: rustix::io::Result<()>, consequence: &str) {
    if let Err(error) = result {
        tracing::warn!(error = %error, consequence, "a query process could not be bounded");
    }
}

/// How far this process gives way to others.
const NICE: i32 = 5;

fn threads() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// A query that keeps all threads busy does not see that the server was killed, so a thread of its own looks.
fn end_with_the_server() -> io::Result<()> {
    const PERIOD: Duration = Duration::from_millis(500);
    let server = std::os::unix::process::parent_id();
    let watch = move || {
        while std::os::unix::process::parent_id() == server {
            std::thread::sleep(PERIOD);
        }
        end();
    };
    std::thread::Builder::new()
        .name("server-watch".to_owned())
        .stack_size(128 << 10)
        .spawn(watch)
        .map(drop)
}

#[expect(
    clippy::exit,
    reason = "whoever started this process is gone, and nothing in it may delay its end"
)]
fn end() {
    std::process::exit(0);
}
