//! `[tls]`, checked: the authorities that our https calls trust.

use rustls::pki_types::CertificateDer;

/// `[tls]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsConfig {
    /// Authorities that are trusted in addition to those of the operating system.
    pub extra_roots: Vec<CertificateDer<'static>>,
}
