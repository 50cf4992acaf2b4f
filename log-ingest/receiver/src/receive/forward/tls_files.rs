//! `[forward.tls]`: certificates of the forward port. The files are read when the port is bound.

use std::path::PathBuf;

use crate::setting::ConfigError;

/// As in the file. Without a certificate the port speaks plain TCP.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct TlsSection {
    /// PEM file with the server's certificate and the ones it is signed by. Default: not given.
    pub certificate: Option<PathBuf>,
    /// PEM file with its private key. Default: not given.
    pub private_key: Option<PathBuf>,
    /// PEM file with the authorities whose clients may connect; given, a client must show a certificate.
    /// Default: not given.
    pub client_authorities: Option<PathBuf>,
}

/// Checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsFiles {
    /// The server's certificates.
    pub certificate: PathBuf,
    /// Its key.
    pub private_key: PathBuf,
    /// Who signs clients.
    pub client_authorities: Option<PathBuf>,
}

impl TlsFiles {
    /// `None` = plain TCP.
    pub(super) fn check(section: &TlsSection) -> Result<Option<Self>, ConfigError> {
        match (&section.certificate, &section.private_key) {
            (Some(certificate), Some(private_key)) => Ok(Some(Self {
                certificate: certificate.clone(),
                private_key: private_key.clone(),
                client_authorities: section.client_authorities.clone(),
            })),
            (None, None) if section.client_authorities.is_none() => Ok(None),
            _ => Err(ConfigError {
                key: "forward.tls",
                reason: "certificate and private_key must be given together".to_owned(),
            }),
        }
    }
}
