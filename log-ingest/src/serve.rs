//! Starts everything, and ends it in the order that loses nothing.

use std::error::Error;
use std::future::Future;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use log_receiver::{DiskStorage, Listeners, Receiver};
use tokio::net::TcpListener;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::connections::Places;
use crate::http::{self, HttpApp, router};
use crate::metrics::Metrics;
use crate::outputs::stores;
use crate::postgres_door::PostgresDoor;
use crate::table::TableError;
use crate::table::lake::Lake;
use crate::table::sink::LakeSink;
use crate::upkeep::Upkeep;
use crate::workers::Workers;
use crate::workers::wire::Settings;

/// Why log-ingest does not run.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// An address cannot be bound.
    #[error("cannot listen on {address} ({key}): {source}")]
    Bind {
        /// Section and key.
        key: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// Inputs or buffer do not start.
    #[error("{what}: {source}")]
    Receiver {
        /// Which part.
        what: &'static str,
        /// Why.
        source: Box<dyn Error + Send + Sync>,
    },
    /// The tables cannot be opened.
    #[error(transparent)]
    Tables(#[from] TableError),
    /// Threads cannot be started.
    #[error("cannot start threads: {0}")]
    Threads(std::io::Error),
}

/// The addresses on which it really listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addresses {
    /// Input over HTTP.
    pub http: SocketAddr,
    /// Input over the forward protocol.
    pub forward: SocketAddr,
    /// SQL over HTTP.
    pub sql: SocketAddr,
    /// SQL over the Postgres wire.
    pub postgres: SocketAddr,
}

impl std::fmt::Display for Addresses {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            http,
            forward,
            sql,
            postgres,
        } = self;
        write!(
            formatter,
            "listening http={http} forward={forward} sql={sql} postgres={postgres}"
        )
    }
}

/// Runs until shutdown; `ready` is called once everything listens. `program` is ours: it is started again for queries.
///
/// Receiving has the caller's runtime for itself. Tables and doors have one each: what keeps a thread busy there does not
/// keep a sender waiting.
pub async fn serve(
    config: Config,
    program: PathBuf,
    ready: impl FnOnce(Addresses),
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let runtimes = Runtimes::start()?;
    let sockets = Sockets::bind(&config).await?;
    let metrics = Metrics::register();
    let receiver = open_receiver(&config, metrics.receiver.clone()).await?;
    let bad_files = metrics.tables.bad_files.clone();
    let lake = Lake::create_with(&config.tables, bad_files).await?;
    let sink = LakeSink::new(
        &lake,
        config.landing,
        metrics.tables.clone(),
        runtimes.tables.handle.clone(),
    );
    let workers = {
        let _doors = runtimes.doors.handle.enter();
        Workers::new(program, worker_settings(&config))
    };
    let postgres = PostgresDoor::new(
        workers.clone(),
        metrics.queries.clone(),
        (config.postgres.connections, metrics.connections.clone()),
    );
    let app = HttpApp {
        workers,
        lake: lake.clone(),
        lag: metrics.derive.lag.clone(),
        landing: sink.state(),
        metrics: metrics.queries.clone(),
        registry: metrics.page.clone(),
    };
    let app = router(app, config.sql.admission.clone());
    let upkeep = Upkeep {
        derive: config.derive,
        maintain: config.maintain,
    };

    ready(sockets.addresses);
    let mut parts = JoinSet::new();
    let tables = (&lake, metrics.derive);
    upkeep.start(tables, &runtimes.tables.handle, &shutdown, &mut parts);
    parts.spawn(receiver.run(sockets.inputs, sink, shutdown.clone()));
    let doors = &runtimes.doors.handle;
    let stop = shutdown.clone();
    let postgres = move |socket| postgres.serve(socket, stop);
    parts.spawn_on(open(sockets.postgres, postgres), doors);
    let places = Places::new("sql", config.sql.connections, metrics.connections);
    let stop = shutdown.clone();
    let http = move |socket| http::serve::serve(socket, app, (places, http::serve::HEAD), stop);
    parts.spawn_on(open(sockets.sql, http), doors);
    while let Some(ended) = parts.join_next().await {
        if let Err(error) = ended {
            tracing::error!(error = %error, "a part of log-ingest died, ending");
        }
        // A part ends by itself only if something is badly wrong; the others end with it.
        shutdown.cancel();
    }
    Ok(())
}

/// Serves a socket on the runtime on which this runs.
async fn open<F: Future<Output = ()>>(
    socket: std::net::TcpListener,
    serve: impl FnOnce(TcpListener) -> F,
) {
    match TcpListener::from_std(socket) {
        Ok(socket) => serve(socket).await,
        Err(error) => tracing::error!(error = %error, "a socket cannot be served"),
    }
}

fn worker_settings(config: &Config) -> Settings {
    Settings {
        tables: config.tables.location.to_string(),
        s3: config.tables.s3.clone(),
        limits: config.query,
        login: config.postgres.login.clone(),
        spill: None,
    }
}

/// Threads beside those that receive.
struct Runtimes {
    /// For landing, deriving and maintaining.
    tables: Threads,
    /// For the SQL ports, status and metrics.
    doors: Threads,
}

impl Runtimes {
    fn start() -> Result<Self, ServeError> {
        let mut doors = Builder::new_multi_thread();
        doors.worker_threads(2);
        Ok(Self {
            tables: Threads::start("tables", Builder::new_multi_thread())?,
            doors: Threads::start("doors", doors)?,
        })
    }
}

/// A runtime that may be dropped where blocking is not allowed, such as when the start fails halfway.
struct Threads {
    handle: Handle,
    runtime: Option<Runtime>,
}

impl Threads {
    fn start(name: &str, mut threads: Builder) -> Result<Self, ServeError> {
        let runtime = threads.enable_all().thread_name(name).build();
        let runtime = runtime.map_err(ServeError::Threads)?;
        Ok(Self {
            handle: runtime.handle().clone(),
            runtime: Some(runtime),
        })
    }
}

impl Drop for Threads {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Everything is bound before anything starts, so that a taken port stops the start.
struct Sockets {
    inputs: Listeners,
    sql: std::net::TcpListener,
    postgres: std::net::TcpListener,
    addresses: Addresses,
}

impl Sockets {
    async fn bind(config: &Config) -> Result<Self, ServeError> {
        let inputs = Listeners::bind(&config.receiver).await;
        let inputs = inputs.map_err(|error| receiver_error("inputs", error))?;
        let (sql, sql_address) = bind("sql.listen", config.sql.listen)?;
        let (postgres, postgres_address) = bind("postgres.listen", config.postgres.listen)?;
        let addresses = Addresses {
            http: address(
                "http.listen",
                config.receiver.http.listen,
                inputs.http.local_addr(),
            )?,
            forward: address(
                "forward.listen",
                config.receiver.forward.listen,
                inputs.forward.local_addr(),
            )?,
            sql: sql_address,
            postgres: postgres_address,
        };
        Ok(Self {
            inputs,
            sql,
            postgres,
            addresses,
        })
    }
}

fn bind(
    key: &'static str,
    wanted: SocketAddr,
) -> Result<(std::net::TcpListener, SocketAddr), ServeError> {
    // Given to the doors' runtime, which is another than this one.
    let listener = listen::bind(wanted).and_then(TcpListener::into_std);
    let listener = listener.map_err(|source| ServeError::Bind {
        key,
        address: wanted,
        source,
    })?;
    let address = address(key, wanted, listener.local_addr())?;
    Ok((listener, address))
}

fn address(
    key: &'static str,
    wanted: SocketAddr,
    real: std::io::Result<SocketAddr>,
) -> Result<SocketAddr, ServeError> {
    real.map_err(|source| ServeError::Bind {
        key,
        address: wanted,
        source,
    })
}

/// Recovers the buffer, which reads files and so takes a moment.
async fn open_receiver(
    config: &Config,
    metrics: log_receiver::Metrics,
) -> Result<Receiver, ServeError> {
    let stores = stores(config).map_err(|error| receiver_error("output", error))?;
    let config = config.receiver.clone();
    let opened = tokio::task::spawn_blocking(move || {
        let storage = DiskStorage::open(&config.buffer.directory);
        let storage = storage.map_err(|error| receiver_error("buffer.directory", error))?;
        Receiver::open_with(config, Arc::new(storage), metrics, &stores)
            .map_err(|error| receiver_error("buffer", error))
    });
    let opened = opened.await;
    opened.unwrap_or_else(|error| Err(receiver_error("buffer", error)))
}

fn receiver_error(what: &'static str, error: impl Error + Send + Sync + 'static) -> ServeError {
    ServeError::Receiver {
        what,
        source: Box::new(error),
    }
}
