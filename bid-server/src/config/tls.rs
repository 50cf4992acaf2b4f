//! `[tls]`: the authorities that our https calls trust.

use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

use super::{ConfigError, file};
use crate::data::tls::TlsConfig;

pub(super) fn check(raw: &file::Tls) -> Result<TlsConfig, ConfigError> {
    if raw.extra_roots.is_empty() {
        return Ok(TlsConfig::default());
    }
    let extra_roots = roots(Path::new(&raw.extra_roots))
        .map_err(|problem| ConfigError::invalid("tls.extra_roots", problem))?;
    Ok(TlsConfig { extra_roots })
}

/// There must be at least one, and each must be able to end a chain.
fn roots(path: &Path) -> Result<Vec<CertificateDer<'static>>, String> {
    let problem = |what: &dyn std::fmt::Display| format!("{}: {what}", path.display());
    let found = CertificateDer::pem_file_iter(path).map_err(|error| problem(&error))?;
    let found: Result<Vec<_>, _> = found.collect();
    let found = found.map_err(|error| problem(&error))?;
    if found.is_empty() {
        return Err(problem(&"holds no certificate"));
    }
    let mut tried = RootCertStore::empty();
    for root in &found {
        tried.add(root.clone()).map_err(|error| problem(&error))?;
    }
    Ok(found)
}
