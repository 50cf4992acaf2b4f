//! An S3-compatible store for tests, and a proxy before it that does to its clients what stores do.
//!
//! ```text
//! log-ingest ──▶ faults: answers 5xx, waits, hangs, resets, loses answers ──▶ store: objects in memory
//! ```
//! The store speaks what the tables need: PUT, with `If-None-Match: *` too, GET and HEAD with ranges,
//! DELETE, deletion of many, `ListObjectsV2` and multipart uploads. A conditional PUT looks and writes
//! under one lock, so of any number at the same time, exactly one succeeds. It asks for a signature
//! and does not check it. [`FaultyStore`] is both together.

pub mod faults;
pub mod foreign;
mod list;
mod objects;
mod store;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use faults::Faults;
use ssp_simulator::connection::{Connection, ResettableListener};

/// The key id that clients have to name.
pub const KEY_ID: &str = "earlybid-tests";
/// The bucket that exists.
pub const BUCKET: &str = "lake";

/// A store behind a proxy, for as long as this lives.
#[derive(Debug)]
pub struct FaultyStore {
    /// What clients are given as the store's address.
    pub endpoint: String,
    /// What the proxy does to them.
    pub faults: Arc<Faults>,
    servers: JoinSet<()>,
}

impl FaultyStore {
    /// Starts both on free ports; no faults at first.
    ///
    /// # Errors
    /// When there is no free port.
    pub async fn start() -> anyhow::Result<Self> {
        let mut servers = JoinSet::new();
        let store = serve(&mut servers, store::router()).await?;
        let faults = Arc::new(Faults::new(format!("http://{store}"))?);
        let proxy = serve(&mut servers, faults::router(Arc::clone(&faults))).await?;
        Ok(Self {
            endpoint: format!("http://{proxy}"),
            faults,
            servers,
        })
    }

    /// Servers that run; both, unless one has died.
    pub fn running(&self) -> usize {
        self.servers.len()
    }
}

async fn serve(servers: &mut JoinSet<()>, router: Router) -> anyhow::Result<SocketAddr> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let address = listener.local_addr()?;
    let service = router.into_make_service_with_connect_info::<Connection>();
    servers.spawn(async move {
        // axum's accept loop has no error of its own.
        drop(axum::serve(ResettableListener::new(listener), service).await);
    });
    Ok(address)
}
