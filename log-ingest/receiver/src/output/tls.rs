//! TLS towards a forward receiver. The files are read for each connection, so that new ones hold from the next connection on.

use std::io;
use std::sync::Arc;

use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::config::OutputTls;

/// How to connect, and whom to expect.
pub(super) type Client = (TlsConnector, ServerName<'static>);

/// For one connection to that server.
pub(super) fn client(files: &OutputTls, server: &str) -> io::Result<Client> {
    let (host, _) = server.rsplit_once(':').unwrap_or((server, ""));
    let name = files.server_name.as_deref().unwrap_or(host);
    let name = ServerName::try_from(name.trim_matches(['[', ']']).to_owned());
    let name = name.map_err(io::Error::other)?;
    let connector = TlsConnector::from(Arc::new(config(files)?));
    Ok((connector, name))
}

/// Reads the files.
pub(super) fn config(files: &OutputTls) -> io::Result<ClientConfig> {
    let named = |path: &std::path::Path, error: &dyn std::error::Error| {
        io::Error::other(format!("{}: {error}", path.display()))
    };
    let certificates = |path: &std::path::Path| {
        let read = CertificateDer::pem_file_iter(path).map_err(|error| named(path, &error))?;
        let read = read.collect::<Result<Vec<_>, _>>();
        read.map_err(|error| named(path, &error))
    };
    let mut roots = RootCertStore::empty();
    for authority in certificates(&files.authorities)? {
        roots.add(authority).map_err(io::Error::other)?;
    }
    if roots.is_empty() {
        let path = files.authorities.display();
        return Err(io::Error::other(format!("{path}: no certificate in it")));
    }
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(io::Error::other)?
        .with_root_certificates(roots);
    match &files.own {
        None => Ok(builder.with_no_client_auth()),
        Some((certificate, key_path)) => {
            let key = PrivateKeyDer::from_pem_file(key_path);
            let key = key.map_err(|error| named(key_path, &error))?;
            let chain = certificates(certificate)?;
            let config = builder.with_client_auth_cert(chain, key);
            config.map_err(io::Error::other)
        }
    }
}
