//! Background work: following the folders of accounts and stored data.
//!
//! Everything here is read once before the first auction, and then repeatedly until the server stops. What
//! cannot be read is logged and counted, and affects nothing else.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::task::{JoinSet, spawn_blocking};

use crate::data::accounts::AccountFiles;
use crate::data::metrics::FetchMetrics;
use crate::data::stored::StoredFiles;
use crate::data::watch::FileFault;
use crate::http::app::App;

/// A folder or file that the server does not start without.
#[derive(Debug, Error)]
pub enum DataError {
    /// The folder of stored data cannot be listed.
    #[error("stored_data.folder {path}")]
    Folder {
        /// The folder.
        path: String,
        /// What the system says.
        source: io::Error,
    },
    /// An account's file, or the folder of accounts, cannot be used.
    #[error("accounts.folder: {0}")]
    Account(String),
}

/// Something that is read repeatedly; blocks on the file system.
type Refresh = Box<dyn FnMut() -> Vec<FileFault> + Send>;

/// Reads all folders, and follows them in `tasks`, which end with the set.
///
/// # Errors
/// [`DataError`] if the server must not start.
pub(crate) fn start(app: &App, tasks: &mut JoinSet<()>) -> Result<(), DataError> {
    if let Some(path) = &app.pipeline.config.accounts.folder {
        let config = &app.pipeline.config.accounts;
        let mut files = AccountFiles::open(path, config, Arc::clone(&app.pipeline.accounts))
            .map_err(|fault| DataError::Account(fault.to_string()))?;
        let refresh = Box::new(move || files.refresh());
        tasks.spawn(follow(
            "accounts",
            config.poll,
            refresh,
            Arc::clone(&app.pipeline.fetch_metrics),
        ));
    }
    if let Some(path) = &app.pipeline.config.stored_data.folder {
        let unlisted = |source| DataError::Folder {
            path: path.display().to_string(),
            source,
        };
        let (mut files, faults) =
            StoredFiles::open(path, Arc::clone(&app.pipeline.stored)).map_err(unlisted)?;
        report("stored_data", &faults, &app.pipeline.fetch_metrics);
        let refresh = Box::new(move || files.refresh());
        let poll = app.pipeline.config.stored_data.poll;
        tasks.spawn(follow(
            "stored_data",
            poll,
            refresh,
            Arc::clone(&app.pipeline.fetch_metrics),
        ));
    }
    Ok(())
}

async fn follow(
    data: &'static str,
    poll: Duration,
    mut refresh: Refresh,
    metrics: Arc<FetchMetrics>,
) {
    loop {
        tokio::time::sleep(poll).await;
        // A slow disk must not hold up auctions.
        let looked = spawn_blocking(move || {
            let faults = refresh();
            (refresh, faults)
        });
        let Ok((back, faults)) = looked.await else {
            tracing::error!(data, "the folder is no longer followed");
            return;
        };
        refresh = back;
        report(data, &faults, &metrics);
    }
}

fn report(data: &'static str, faults: &[FileFault], metrics: &FetchMetrics) {
    for fault in faults {
        metrics.data_fault(data);
        tracing::error!(data, %fault, "a file cannot be used, what it held before stays");
    }
}
