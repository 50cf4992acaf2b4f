//! Keys, users and certificates between an output and the receiver behind it.

use std::path::Path;

use log_receiver::UserSection;
use serde_json::Value;

use super::{send, sorted, until, with_output};
use crate::clients::request;
use crate::setup::{Running, settings, start};

fn pem(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/receiver/tls")
        .join(name);
    path.display().to_string()
}

/// A receiver that asks for a key, a user and a certificate.
async fn strict() -> (Running, tempfile::TempDir) {
    let mut file = settings();
    file.forward.security.shared_key = Some("k".into());
    file.forward.security.users = vec![UserSection {
        name: "u".to_owned(),
        password: "p".into(),
    }];
    file.forward.tls.certificate = Some(pem("server.pem").into());
    file.forward.tls.private_key = Some(pem("server.key").into());
    file.forward.tls.client_authorities = Some(pem("authority.pem").into());
    start(file).await
}

/// What an output needs to know of its certificates.
fn tls() -> String {
    format!(
        "tls = {{ authorities = {:?}, server_name = \"localhost\", certificate = {:?}, private_key = {:?} }}\n",
        pem("authority.pem"),
        pem("client.pem"),
        pem("client.key")
    )
}

#[tokio::test]
async fn keys_users_and_certificates() {
    let ((next, _directory), tls) = (strict().await, tls());
    for (number, keepalive) in [true, false].into_iter().enumerate() {
        let login = format!(
            "shared_key = \"k\"\nusername = \"u\"\npassword = \"p\"\nkeepalive = {keepalive}\n{tls}"
        );
        let (first, _directory) = start(with_output(&[next.forward], &login)).await;
        let from = number as u64 * 10;
        send(&first, "t", from..from + 5).await;
        send(&first, "u", from + 5..from + 10).await;
        next.memory.wait_for(number * 10 + 10).await;
        first.stop().await;
    }
    assert_eq!(sorted(&next.memory), (0..20).collect::<Vec<_>>());
    next.stop().await;
}

#[tokio::test]
async fn who_is_not_let_in_says_why() {
    let ((next, _directory), tls) = (strict().await, tls());
    for (wrong, said) in [
        (
            format!("shared_key = \"x\"\nusername = \"u\"\npassword = \"p\"\n{tls}"),
            "shared_key mismatch",
        ),
        (
            format!("shared_key = \"k\"\nusername = \"u\"\npassword = \"x\"\n{tls}"),
            "username/password mismatch",
        ),
        (
            format!(
                "shared_key = \"k\"\nself_hostname = \"log-ingest\"\nusername = \"u\"\npassword = \"p\"\n{tls}"
            ),
            "a circle",
        ),
        (
            format!(
                "shared_key = \"k\"\n{}",
                tls.replace("\"localhost\"", "\"elsewhere\"")
            ),
            "certificate",
        ),
    ] {
        let (first, _directory) = start(with_output(&[next.forward], &wrong)).await;
        send(&first, "t", 0..1).await;
        until(|| first.sum("log_ingest_output_retries_total", "next") > 1).await;
        let status = request(first.http, "GET /status", b"").await.json();
        let error = status
            .pointer("/outputs/0/error")
            .and_then(Value::as_str)
            .unwrap()
            .to_owned();
        assert!(error.contains(said), "{error}");
        first.stop().await;
    }
    assert!(next.stop().await.records().is_empty());
}
