//! When to stop.

use tokio::signal::unix::{SignalKind, signal};

/// Returns on SIGTERM or Ctrl-C.
pub async fn requested() {
    let interrupt = tokio::signal::ctrl_c();
    match signal(SignalKind::terminate()) {
        Ok(mut terminate) => {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt => {}
            }
        }
        // Without the one signal there is still the other.
        Err(error) => {
            tracing::warn!(%error, "cannot listen for SIGTERM");
            drop(interrupt.await);
        }
    }
}
