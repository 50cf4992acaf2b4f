//! Other ways in: TLS, with and without certificates of clients, and the Unix socket.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use forward_protocol::{Ack, encode};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpStream, UnixStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use crate::clients::{Forward, entries};
use crate::setup::{Running, settings, settings_without_dedup, start};

/// Made for these tests with `openssl`: an authority, a server (localhost, 127.0.0.1) and a client. The authority's key
/// was thrown away.
fn pem(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/receiver/tls")
        .join(name)
}

async fn acknowledged(mut stream: impl AsyncRead + AsyncWrite + Unpin) -> bool {
    let message = encode::packed_forward("t", &entries(0..1), Some("c"));
    if stream.write_all(&message).await.is_err() {
        return false;
    }
    let mut received = Vec::new();
    while Ack::decode(&received).unwrap().is_none() {
        match stream.read_buf(&mut received).await {
            Ok(count) if count > 0 => {}
            _ => return false,
        }
    }
    true
}

async fn connect(receiver: &Running, certificate: bool) -> std::io::Result<TlsStream<TcpStream>> {
    let mut roots = RootCertStore::empty();
    roots
        .add(CertificateDer::from_pem_file(pem("authority.pem")).unwrap())
        .unwrap();
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_root_certificates(roots);
    let config = if certificate {
        let chain = vec![CertificateDer::from_pem_file(pem("client.pem")).unwrap()];
        let key = PrivateKeyDer::from_pem_file(pem("client.key")).unwrap();
        config.with_client_auth_cert(chain, key).unwrap()
    } else {
        config.with_no_client_auth()
    };
    let stream = TcpStream::connect(receiver.forward).await?;
    let name = "localhost".try_into().unwrap();
    TlsConnector::from(Arc::new(config))
        .connect(name, stream)
        .await
}

#[tokio::test]
async fn tls_on_the_forward_port() {
    let mut file = settings_without_dedup();
    file.forward.tls.certificate = Some(pem("server.pem"));
    file.forward.tls.private_key = Some(pem("server.key"));
    let (receiver, _directory) = start(file).await;
    assert!(acknowledged(connect(&receiver, false).await.unwrap()).await);
    // Plain bytes, a heartbeat, half a handshake: each costs its own connection and nothing else.
    let mut plain = Forward::connect(receiver.forward).await;
    plain
        .send(&encode::packed_forward("t", &entries(0..1), Some("c")))
        .await;
    let mut answer = Vec::new();
    plain.stream.read_to_end(&mut answer).await.ok();
    assert!(answer.len() < 20, "an alert at most: {answer:x?}");
    drop(TcpStream::connect(receiver.forward).await.unwrap());
    let mut half = Forward::connect(receiver.forward).await;
    half.send(b"\x16\x03\x01").await;
    assert!(acknowledged(connect(&receiver, false).await.unwrap()).await);
    drop(half);
    assert_eq!(receiver.sum("log_ingest_refused_messages_total", "tls"), 1);
    assert_eq!(receiver.stop().await.records().len(), 2);
}

#[tokio::test]
async fn clients_must_show_a_certificate_where_authorities_are_named() {
    let mut file = settings();
    file.forward.tls.certificate = Some(pem("server.pem"));
    file.forward.tls.private_key = Some(pem("server.key"));
    file.forward.tls.client_authorities = Some(pem("authority.pem"));
    let (receiver, _directory) = start(file).await;
    assert!(acknowledged(connect(&receiver, true).await.unwrap()).await);
    // The client learns of the refusal with its first read.
    let refused = match connect(&receiver, false).await {
        Ok(stream) => !acknowledged(stream).await,
        Err(_) => true,
    };
    assert!(refused);
    assert_eq!(receiver.stop().await.records().len(), 1);
}

#[tokio::test]
async fn certificates_that_cannot_be_used_stop_the_start() {
    let cases = [
        ("missing.pem", "server.key", "missing.pem"),
        ("server.key", "server.key", "no certificate in it"),
        ("server.pem", "client.key", "certificate"),
        ("server.pem", "server.pem", "server.pem"),
    ];
    for (certificate, key, reason) in cases {
        let mut file = settings();
        file.forward.tls.certificate = Some(pem(certificate));
        file.forward.tls.private_key = Some(pem(key));
        let config = log_receiver::ReceiverConfig::check(&file).unwrap();
        let error = log_receiver::Listeners::bind(&config)
            .await
            .unwrap_err()
            .to_string();
        assert!(
            error.contains("forward.tls") && error.contains(reason),
            "{error}"
        );
    }
}

#[tokio::test]
async fn the_unix_socket_has_its_permissions_and_goes_with_the_receiver() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("forward.sock");
    // What a crash leaves behind.
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let mut file = settings();
    file.forward.unix_socket = Some(path.clone());
    file.forward.unix_permissions = "0620".to_owned();
    let (receiver, _directory) = start(file.clone()).await;
    let mode = fs::metadata(&path).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o620);
    assert!(acknowledged(UnixStream::connect(&path).await.unwrap()).await);
    // Somebody answers on it, so it is not taken away.
    let config = log_receiver::ReceiverConfig::check(&file).unwrap();
    let error = log_receiver::Listeners::bind(&config).await.unwrap_err();
    assert!(error.to_string().contains("forward.unix_socket"));
    assert_eq!(receiver.stop().await.records().len(), 1);
    assert!(!path.exists());
}
