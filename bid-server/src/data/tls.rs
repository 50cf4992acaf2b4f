//! `[tls]`, checked: whom our calls over https trust.

use rustls::pki_types::CertificateDer;

/// `[tls]`
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TlsConfig {
    /// Authorities that are trusted beside those of the operating system.
    pub extra_roots: Vec<CertificateDer<'static>>,
}
