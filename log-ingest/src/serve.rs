//! Starts everything, and ends it in the order that loses nothing.

use std::error::Error;
use std::net::SocketAddr;
use std::sync::Arc;

use datafusion::error::DataFusionError;
use log_receiver::{DiskStorage, Listeners, Metrics, Receiver};
use prometheus_client::registry::Registry;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::http::{HttpApp, router};
use crate::metrics::{QueryMetrics, TableMetrics};
use crate::outputs::stores;
use crate::postgres::{PostgresServer, listener};
use crate::query::engine::Engine;
use crate::table::TableError;
use crate::table::lake::Lake;
use crate::table::sink::LakeSink;
use crate::upkeep::Upkeep;

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
    /// The query engine does not start.
    #[error("query engine: {0}")]
    Engine(#[from] DataFusionError),
}

/// Where it really listens.
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

/// Runs until shutdown; `ready` is called once everything listens.
pub async fn serve(
    config: Config,
    ready: impl FnOnce(Addresses),
    shutdown: CancellationToken,
) -> Result<(), ServeError> {
    let sockets = Sockets::bind(&config).await?;
    let mut registry = Registry::default();
    let receiver = open_receiver(&config, Metrics::register(&mut registry)).await?;
    let lake = Lake::create(&config.tables).await?;
    let engine = Engine::new(lake.clone(), config.query)?;
    let sink = LakeSink::new(
        &lake,
        config.landing,
        TableMetrics::registered(&mut registry),
    );
    let metrics = QueryMetrics::registered(&mut registry);
    let upkeep = Upkeep {
        derive: config.derive,
        maintain: config.maintain,
    };
    let tables = lake.clone();
    let postgres = PostgresServer::new(engine.clone(), config.postgres.login, metrics.clone());
    let app = HttpApp {
        engine,
        lake,
        metrics,
        registry: Arc::new(registry),
    };
    let app = router(app, &config.sql.origins);

    ready(sockets.addresses);
    let mut parts = JoinSet::new();
    upkeep.start(&tables, &shutdown, &mut parts);
    parts.spawn(receiver.run(sockets.inputs, sink, shutdown.clone()));
    let max_connections = config.postgres.max_connections;
    parts.spawn(listener::serve(
        postgres,
        sockets.postgres,
        max_connections,
        shutdown.clone(),
    ));
    let stop = shutdown.clone().cancelled_owned();
    parts.spawn(async move {
        // axum's accept loop has no error of its own.
        drop(
            axum::serve(sockets.sql, app)
                .with_graceful_shutdown(stop)
                .await,
        );
    });
    while let Some(ended) = parts.join_next().await {
        if let Err(error) = ended {
            tracing::error!(error = %error, "a part of log-ingest died, ending");
        }
        // A part ends by itself only if something is badly wrong; the others end with it.
        shutdown.cancel();
    }
    Ok(())
}

/// Everything bound before anything starts, so that a taken port stops the start.
struct Sockets {
    inputs: Listeners,
    sql: TcpListener,
    postgres: TcpListener,
    addresses: Addresses,
}

impl Sockets {
    async fn bind(config: &Config) -> Result<Self, ServeError> {
        let inputs = Listeners::bind(&config.receiver).await;
        let inputs = inputs.map_err(|error| receiver_error("inputs", error))?;
        let (sql, sql_address) = bind("sql.listen", config.sql.listen).await?;
        let (postgres, postgres_address) = bind("postgres.listen", config.postgres.listen).await?;
        let addresses = Addresses {
            http: address("http.listen", config.receiver.http.listen, &inputs.http)?,
            forward: address(
                "forward.listen",
                config.receiver.forward.listen,
                &inputs.forward,
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

async fn bind(
    key: &'static str,
    wanted: SocketAddr,
) -> Result<(TcpListener, SocketAddr), ServeError> {
    let listener = TcpListener::bind(wanted).await;
    let listener = listener.map_err(|source| ServeError::Bind {
        key,
        address: wanted,
        source,
    })?;
    let address = address(key, wanted, &listener)?;
    Ok((listener, address))
}

fn address(
    key: &'static str,
    wanted: SocketAddr,
    listener: &TcpListener,
) -> Result<SocketAddr, ServeError> {
    listener.local_addr().map_err(|source| ServeError::Bind {
        key,
        address: wanted,
        source,
    })
}

/// Recovers the buffer, which reads files and so takes a moment.
async fn open_receiver(config: &Config, metrics: Metrics) -> Result<Receiver, ServeError> {
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
