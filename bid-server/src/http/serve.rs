//! [`run`]: starts everything, and stops it again in order.

use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use thiserror::Error;
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

use crate::config::Config;
use crate::data::http_client::ClientError;
use crate::data::market;
use crate::http::app::App;
use crate::http::background::{self, DataError};
use crate::http::listeners::Listeners;
use crate::http::{overload, router};
use crate::log_output::{Queue, RowSender};

mod connections;
mod gone;
mod head_watch;
mod one_request;

use connections::serve;

/// Why the server could not run.
#[derive(Debug, Error)]
pub enum RunError {
    /// An HTTP client could not be built.
    #[error(transparent)]
    Client(#[from] ClientError),
    /// Files that it needs cannot be used.
    #[error("a folder of data cannot be used")]
    Data(#[from] DataError),
    /// A listener failed permanently.
    #[error("a listener failed")]
    Listener(#[from] io::Error),
}

/// Serves until `shutdown` is ready. Then it finishes open auctions and sends queued rows, each within the
/// configured grace period.
///
/// # Errors
/// [`RunError`] if it cannot start or a listener fails.
pub async fn run(
    config: Config,
    listeners: Listeners,
    shutdown: impl Future<Output = ()> + Send,
) -> Result<(), RunError> {
    let grace = config.grace;
    let (app, notices) = App::new(config, listeners.own_url())?;
    let app = Arc::new(app);
    // Ends with this function: nothing in it has to be finished.
    let mut beside = JoinSet::new();
    background::start(&app, &mut beside)?;
    beside.spawn(overload::watch(Arc::clone(&app)));
    let pipeline = &app.pipeline;
    let (config, fetches) = (&pipeline.config, Arc::clone(&pipeline.fetch_metrics));
    let clients = market::Clients::new(config.market(), &config.tls, fetches)?;
    market::work(&pipeline.market, config.market(), clients, &mut beside);
    let mut output = JoinSet::new();
    if let (Some(settings), Some(queue)) = (&config.log_output, &pipeline.rows) {
        output.spawn(RowSender::new(settings.clone(), Arc::clone(queue)).run());
    }
    let stop = CancellationToken::new();
    let notices_stop = CancellationToken::new();
    let mut sending = JoinSet::new();
    sending.spawn(notices.run(notices_stop.clone()));
    let mut servers = JoinSet::new();
    for (listener, routes) in [
        (listeners.http, router::public(Arc::clone(&app))),
        (listeners.admin, router::admin(Arc::clone(&app))),
    ] {
        servers.spawn(serve(listener, routes, Arc::clone(&app), stop.clone()));
    }
    let failed = tokio::select! {
        () = shutdown => Ok(()),
        ended = first_end(&mut servers) => ended,
    };
    app.stopping.store(true, Ordering::Relaxed);
    stop.cancel();
    stop_servers(grace, &mut servers).await;
    stop_auctions(grace, &app).await;
    // Before the rows, because each notice becomes one.
    notices_stop.cancel();
    stop_notices(grace, &mut sending).await;
    if let Some(queue) = &app.pipeline.rows {
        stop_output(grace, &mut output, queue).await;
    }
    Ok(failed?)
}

async fn stop_servers(grace: Duration, servers: &mut JoinSet<io::Result<()>>) {
    if !drained_within(grace, servers).await {
        tracing::warn!("some connections were open at the end of the grace period");
    }
}

async fn stop_auctions(grace: Duration, app: &App) {
    app.auctions.close();
    if timeout(grace, app.auctions.wait()).await.is_err() {
        tracing::warn!("some auctions were open at the end of the grace period");
    }
}

async fn stop_notices(grace: Duration, sending: &mut JoinSet<()>) {
    if !drained_within(grace, sending).await {
        tracing::warn!("some notices were not sent at the end of the grace period");
    }
}

async fn stop_output(grace: Duration, output: &mut JoinSet<()>, queue: &Queue) {
    queue.close();
    if !drained_within(grace, output).await {
        let rows = queue.waiting_rows();
        tracing::warn!(rows, "rows were not sent at the end of the grace period");
    }
}

/// Waits for all tasks; those that are still running at the end of the grace period are stopped.
async fn drained_within<T: Send + 'static>(grace: Duration, tasks: &mut JoinSet<T>) -> bool {
    let drained = timeout(grace, drain(tasks)).await.is_ok();
    if !drained {
        tasks.shutdown().await;
    }
    drained
}

async fn first_end(servers: &mut JoinSet<io::Result<()>>) -> io::Result<()> {
    match servers.join_next().await {
        Some(Ok(ended)) => ended,
        Some(Err(error)) => Err(io::Error::other(error)),
        None => Ok(()),
    }
}

async fn drain<T: 'static>(tasks: &mut JoinSet<T>) {
    while tasks.join_next().await.is_some() {}
}
