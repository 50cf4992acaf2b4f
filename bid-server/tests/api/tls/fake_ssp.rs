//! SSPs behind TLS, and one that only pretends to be.
//!
//! Their certificate (127.0.0.1, ssp.example) was made with `openssl`, and so was the authority's, whose key
//! was thrown away.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, Mutex};

use axum::Router;
use hyper::server::conn::{http1, http2};
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::service::TowerToHyperService;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::listening::Listening;

/// Settings under which the SSPs here are trusted.
pub(super) const TRUST: &str = concat!(
    "[tls]\nextra_roots = '",
    env!("CARGO_MANIFEST_DIR"),
    "/tests/api/tls/authority.pem'\n"
);

/// The protocol that is offered over TLS.
#[derive(Debug, Clone, Copy)]
pub(super) enum Behind {
    Http1,
    Http2,
}

impl Behind {
    /// Its name in ALPN.
    pub(super) fn protocol(self) -> &'static str {
        match self {
            Self::Http1 => "http/1.1",
            Self::Http2 => "h2",
        }
    }
}

/// The protocol of each connection.
type Spoken = Arc<Mutex<Vec<String>>>;

/// SSPs behind one listener.
pub(super) struct TlsSsps {
    pub(super) ssps: FakeSsps,
    port: u16,
    spoken: Spoken,
}

impl TlsSsps {
    /// Connections whose handshake was completed.
    pub(super) fn connections(&self) -> usize {
        self.spoken.lock().unwrap().len()
    }

    pub(super) fn protocols(&self) -> BTreeSet<&'static str> {
        let spoken = self.spoken.lock().unwrap();
        let both = [Behind::Http1, Behind::Http2].map(Behind::protocol);
        let heard = both
            .into_iter()
            .filter(|name| spoken.iter().any(|said| said == name));
        heard.collect()
    }

    /// The endpoint of `alpha` under this host name.
    pub(super) fn address(&self, host: &str) -> String {
        format!("https://{host}:{}/alpha", self.port)
    }
}

/// Starts SSPs that all do the same.
pub(super) async fn over_tls(codes: &[&str], reply: &Reply, behind: Behind) -> TlsSsps {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let spoken = Spoken::default();
    let replies = codes.iter().map(|code| ((*code).to_owned(), reply.clone()));
    let noted = Arc::clone(&spoken);
    let ssps = FakeSsps::served(replies.collect(), |routes| async move {
        serve(listener, routes, behind, noted)
    });
    TlsSsps {
        ssps: ssps.await,
        port,
        spoken,
    }
}

fn serve(listener: TcpListener, routes: Router, behind: Behind, spoken: Spoken) -> Listening {
    let base = format!("https://{}", listener.local_addr().unwrap());
    let acceptor = acceptor(behind);
    let mut server = JoinSet::new();
    server.spawn(async move {
        let mut open = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            let (acceptor, routes) = (acceptor.clone(), routes.clone());
            open.spawn(connection(stream, acceptor, routes, Arc::clone(&spoken)));
        }
    });
    (base, server)
}

async fn connection(stream: TcpStream, acceptor: TlsAcceptor, routes: Router, spoken: Spoken) {
    // A client that does not trust us says so in the handshake.
    let Ok(stream) = acceptor.accept(stream).await else {
        return;
    };
    let protocol = stream.get_ref().1.alpn_protocol().unwrap_or_default();
    let protocol = String::from_utf8(protocol.to_vec()).unwrap();
    spoken.lock().unwrap().push(protocol.clone());
    let (stream, service) = (TokioIo::new(stream), TowerToHyperService::new(routes));
    let ended = if protocol == "h2" {
        let server = http2::Builder::new(TokioExecutor::new());
        server.serve_connection(stream, service).await
    } else {
        let server = http1::Builder::new();
        server.serve_connection(stream, service).await
    };
    // The test's bid server has stopped, and does not close properly.
    drop(ended);
}

fn acceptor(behind: Behind) -> TlsAcceptor {
    let pem = |name| {
        Path::new(env!("CARGO_MANIFEST_DIR"))
            .join("tests/api/tls")
            .join(name)
    };
    let chain = vec![CertificateDer::from_pem_file(pem("ssp.pem")).unwrap()];
    let key = PrivateKeyDer::from_pem_file(pem("ssp.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth();
    let mut config = config.with_single_cert(chain, key).unwrap();
    config.alpn_protocols = vec![behind.protocol().into()];
    TlsAcceptor::from(Arc::new(config))
}

/// Sends the same to every client, once it has received something.
pub(super) struct BareSsp {
    pub(super) endpoint: String,
    _server: JoinSet<()>,
}

impl BareSsp {
    /// Sends these bytes and closes.
    pub(super) async fn that_says(bytes: &'static [u8]) -> Self {
        Self::start(Some(bytes)).await
    }

    /// Sends nothing at all, and keeps the connection.
    pub(super) async fn that_waits() -> Self {
        Self::start(None).await
    }

    async fn start(says: Option<&'static [u8]>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("https://{}/alpha", listener.local_addr().unwrap());
        let mut server = JoinSet::new();
        server.spawn(async move {
            let mut kept = Vec::new();
            while let Ok((mut stream, _)) = listener.accept().await {
                stream.read_buf(&mut Vec::new()).await.unwrap();
                match says {
                    Some(bytes) => stream.write_all(bytes).await.unwrap(),
                    None => kept.push(stream),
                }
            }
        });
        Self {
            endpoint,
            _server: server,
        }
    }
}
