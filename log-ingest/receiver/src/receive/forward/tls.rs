//! TLS of the forward port: certificates from files, read again when the files change.

use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::time::Instant;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::server::{VerifierBuilderError, WebPkiClientVerifier};
use tokio_rustls::rustls::{self, RootCertStore, ServerConfig};

use super::tls_files::TlsFiles;

/// How often the files are looked at, at most.
const LOOK_EVERY: Duration = Duration::from_secs(2);

/// Certificates that cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    /// A file that cannot be read, or is not what it should be.
    #[error("{path}: {reason}")]
    File {
        /// Which.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// Certificate and key do not belong together, for example.
    #[error("certificate: {0}")]
    Rejected(#[from] rustls::Error),
    /// The authorities of clients.
    #[error("client_authorities: {0}")]
    Authorities(#[from] VerifierBuilderError),
}

/// The certificates as they are now.
#[derive(Debug)]
pub(crate) struct ForwardTls {
    files: TlsFiles,
    current: Mutex<Current>,
}

#[derive(Debug)]
struct Current {
    config: Arc<ServerConfig>,
    stamps: Vec<String>,
    looked: Instant,
}

impl ForwardTls {
    /// Reads the files.
    ///
    /// # Errors
    /// The first file that cannot be used.
    pub(crate) fn load(files: TlsFiles) -> Result<Self, TlsError> {
        let current = Current {
            stamps: stamps(&files),
            config: Arc::new(read(&files)?),
            looked: Instant::now(),
        };
        Ok(Self {
            files,
            current: Mutex::new(current),
        })
    }

    /// An acceptor for one connection. If new files cannot be used, the old ones stay in force.
    pub(crate) fn acceptor(&self) -> TlsAcceptor {
        let mut current = self.current.lock().unwrap_or_else(PoisonError::into_inner);
        if current.looked.elapsed() >= LOOK_EVERY {
            current.looked = Instant::now();
            let stamps = stamps(&self.files);
            if stamps != current.stamps {
                if let Some(config) = self.read_again() {
                    current.config = Arc::new(config);
                }
                current.stamps = stamps;
            }
        }
        TlsAcceptor::from(Arc::clone(&current.config))
    }

    fn read_again(&self) -> Option<ServerConfig> {
        let read = read(&self.files).inspect_err(|error| {
            tracing::error!(error = %error, "changed certificates cannot be used, the old ones stay");
        });
        read.ok()
    }
}

/// Times of change and sizes; a file that is missing differs from one that is there.
fn stamps(files: &TlsFiles) -> Vec<String> {
    let paths = [
        Some(&files.certificate),
        Some(&files.private_key),
        files.client_authorities.as_ref(),
    ];
    let stamp = |path: &Path| {
        let found = fs::metadata(path).and_then(|found| Ok((found.modified()?, found.len())));
        format!("{:?}", found.map_err(|error| error.kind()))
    };
    paths
        .into_iter()
        .flatten()
        .map(|path| stamp(path))
        .collect()
}

fn read(files: &TlsFiles) -> Result<ServerConfig, TlsError> {
    let provider = Arc::new(ring::default_provider());
    let chain = certificates(&files.certificate)?;
    let key = PrivateKeyDer::from_pem_file(&files.private_key);
    let key = key.map_err(|error| file_error(&files.private_key, &error))?;
    let builder = ServerConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    let builder = match &files.client_authorities {
        None => builder.with_no_client_auth(),
        Some(path) => {
            let mut roots = RootCertStore::empty();
            for certificate in certificates(path)? {
                roots.add(certificate)?;
            }
            let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider);
            builder.with_client_cert_verifier(verifier.build()?)
        }
    };
    Ok(builder.with_single_cert(chain, key)?)
}

fn certificates(path: &Path) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let found = CertificateDer::pem_file_iter(path)
        .and_then(Iterator::collect::<Result<Vec<_>, _>>)
        .map_err(|error| file_error(path, &error))?;
    if found.is_empty() {
        return Err(file_error(path, &io::Error::other("no certificate in it")));
    }
    Ok(found)
}

fn file_error(path: &Path, error: &dyn std::error::Error) -> TlsError {
    TlsError::File {
        path: path.display().to_string(),
        reason: error.to_string(),
    }
}
