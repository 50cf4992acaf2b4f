//! The stores that outputs write objects to: a directory, or an S3-compatible store reached the way the tables' store is.

use std::fs::File;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use log_receiver::{ObjectAccess, ObjectOutput, ObjectStore, ObjectStores, OutputKind, SinkError};
use object_store::aws::AmazonS3;
use object_store::path::Path;
use object_store::{ObjectStoreExt, PutPayload};
use url::Url;

use crate::config::Config;
use crate::table::s3::{S3Access, S3Key, open};

/// Why an output has no store.
#[derive(Debug, thiserror::Error)]
pub enum OpenStoreError {
    /// It is not a URL.
    #[error("{url}: {source}")]
    Url {
        /// The text.
        url: String,
        /// What is wrong with it.
        source: url::ParseError,
    },
    /// The store cannot be reached that way.
    #[error("{url}: {source}")]
    Store {
        /// Where.
        url: String,
        /// Why not.
        source: object_store::Error,
    },
    /// The directory cannot be made.
    #[error("{url}: {source}")]
    Directory {
        /// Where.
        url: String,
        /// Why not.
        source: io::Error,
    },
}

/// Opens the stores of all outputs that have one.
///
/// # Errors
/// The first that cannot be opened.
pub fn stores(config: &Config) -> Result<ObjectStores, OpenStoreError> {
    let outputs = config.receiver.outputs.iter();
    outputs
        .filter_map(|output| match &output.kind {
            OutputKind::Objects(objects) => Some((output.name.clone(), objects)),
            OutputKind::Forward(_) => None,
        })
        .map(|(name, objects)| {
            let store: Arc<dyn ObjectStore> = Arc::new(Store::open(objects, &config.tables.s3)?);
            Ok((name, store))
        })
        .collect()
}

/// Where the objects of one output go.
#[derive(Debug)]
enum Store {
    Directory(PathBuf),
    /// A store and the prefix of all names in it.
    Remote(AmazonS3, Path),
}

impl Store {
    fn open(output: &ObjectOutput, tables: &S3Access) -> Result<Self, OpenStoreError> {
        let text = &output.url;
        if let Some(directory) = text.strip_prefix("file://") {
            return std::fs::create_dir_all(directory)
                .map(|()| Self::Directory(PathBuf::from(directory)))
                .map_err(|source| OpenStoreError::Directory {
                    url: text.clone(),
                    source,
                });
        }
        let url = Url::parse(text).map_err(|source| OpenStoreError::Url {
            url: text.clone(),
            source,
        })?;
        let opened = open(&url, &access(&output.access, tables).options());
        let store = opened.map_err(|source| OpenStoreError::Store {
            url: text.clone(),
            source,
        })?;
        Ok(Self::Remote(store, Path::from(url.path())))
    }

    async fn keep(&self, name: &str, bytes: Bytes) -> Result<(), SinkError> {
        match self {
            Self::Directory(directory) => {
                let path = directory.join(name);
                let written = tokio::task::spawn_blocking(move || write(&path, &bytes));
                let written = written.await.map_err(SinkError::new)?;
                written.map_err(SinkError::new)
            }
            Self::Remote(store, prefix) => {
                // The name is clean, and a percent sign in it stays one.
                let path = Path::parse(format!("{prefix}/{name}")).map_err(SinkError::new)?;
                let put = store.put(&path, PutPayload::from(bytes)).await;
                put.map(drop).map_err(SinkError::new)
            }
        }
    }
}

/// A file that is there whole or not at all, and that a power cut leaves there.
fn write(path: &std::path::Path, bytes: &[u8]) -> io::Result<()> {
    let folder = path.parent().unwrap_or(path);
    let above: Vec<_> = folder
        .ancestors()
        .take_while(|folder| !folder.exists())
        .collect();
    std::fs::create_dir_all(folder)?;
    let mut unfinished = path.as_os_str().to_owned();
    unfinished.push(".new");
    let mut file = File::create(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, path)?;
    let parents = above.iter().filter_map(|made| made.parent());
    for folder in std::iter::once(folder).chain(parents) {
        File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// The output's own access; what it does not say is as for the tables.
fn access(own: &ObjectAccess, tables: &S3Access) -> S3Access {
    let own_key = own.key.as_ref().map(|key| S3Key {
        id: key.id.clone(),
        secret: key.secret.as_str().to_owned(),
    });
    S3Access {
        endpoint: own.endpoint.clone().or_else(|| tables.endpoint.clone()),
        region: own.region.clone().or_else(|| tables.region.clone()),
        key: own_key.or_else(|| tables.key.clone()),
        timeout: tables.timeout,
    }
}

impl ObjectStore for Store {
    fn put<'a>(&'a self, name: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), SinkError>> {
        Box::pin(self.keep(name, bytes))
    }
}

#[cfg(test)]
mod tests;
