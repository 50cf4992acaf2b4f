//! SSPs behind TLS: which certificates are trusted, which protocol is spoken over it, and what happens to a
//! call that fails there.

mod fake_ssp;

use serde_json::{Value, json};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::operators::metrics;
use crate::server::Server;
use fake_ssp::{BareSsp, Behind, TRUST, over_tls};

fn request() -> Value {
    let imp = json!({"id": "i", "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}, "beta": {}}}}});
    json!({
        "id": "r", "tmax": 4000, "site": {"page": "https://p/"}, "imp": [imp],
        "ext": {"prebid": {"returnallbidstatus": true}},
    })
}

fn bid() -> Reply {
    let bid =
        json!({"id": "b", "impid": "i", "price": 1, "adm": "<b>", "crid": "c", "w": 1, "h": 1});
    Reply::With(200, json!({"seatbid": [{"bid": [bid]}]}).to_string())
}

/// What happened with `alpha` at this endpoint, while `beta` bids without TLS.
async fn with_alpha_at(endpoint: &str, settings: &str) -> (Value, Value) {
    let beta = FakeSsps::all(&["beta"], &bid()).await;
    let alpha = format!("[bidders.alpha]\nendpoint = '{endpoint}'\n");
    let server = Server::start(&format!("{settings}{alpha}{}", beta.settings())).await;
    let answer = server.auction(&request()).await;
    assert_eq!(answer["seatbid"].as_array().unwrap().len(), 1);
    assert_eq!(answer["seatbid"][0]["seat"], "beta");
    let code = answer["ext"]["errors"]["alpha"][0]["code"].clone();
    let seats = answer["ext"]["seatnonbid"].as_array().unwrap();
    let alpha = seats.iter().find(|seat| seat["seat"] == "alpha").unwrap();
    (code, alpha["nonbid"][0]["statuscode"].clone())
}

const UNREACHABLE: (i64, i64) = (5, 103);

#[tokio::test]
async fn bids_come_over_tls_from_whom_the_settings_trust() {
    for (behind, connections) in [(Behind::Http1, 2), (Behind::Http2, 1)] {
        let ssps = over_tls(&["alpha", "beta"], &bid(), behind).await;
        let server = Server::start(&(TRUST.to_owned() + &ssps.ssps.settings())).await;
        // Twice: the second auction uses what the first one opened.
        for _ in 0..2 {
            let answer = server.auction(&request()).await;
            let seats = answer["seatbid"].as_array().unwrap();
            assert_eq!(seats.len(), 2, "{behind:?}: {answer}");
            assert_eq!(answer["ext"].get("errors"), None, "{behind:?}: {answer}");
        }
        // One call at a time over HTTP/1.1, any number over HTTP/2, where calls that start together open one
        // connection each.
        let opened = ssps.connections();
        assert!((connections..=2).contains(&opened), "{behind:?}: {opened}");
        assert_eq!(ssps.protocols(), [behind.protocol()].into());
        let text = metrics(&server).await;
        let handshakes = format!("bid_server_ssp_handshake_duration_seconds_count {opened}\n");
        assert!(text.contains(&handshakes), "{behind:?}: {text}");
    }
}

#[tokio::test]
async fn an_ssp_that_nobody_vouches_for_is_unreachable() {
    let ssps = over_tls(&["alpha"], &bid(), Behind::Http1).await;
    let ended = with_alpha_at(&ssps.address("127.0.0.1"), "").await;
    assert_eq!(ended, (json!(UNREACHABLE.0), json!(UNREACHABLE.1)));
    assert!(ssps.ssps.asked().is_empty());
}

#[tokio::test]
async fn an_ssp_with_the_certificate_of_another_host_is_unreachable() {
    let ssps = over_tls(&["alpha"], &bid(), Behind::Http2).await;
    let ended = with_alpha_at(&ssps.address("localhost"), TRUST).await;
    assert_eq!(ended, (json!(UNREACHABLE.0), json!(UNREACHABLE.1)));
    assert!(ssps.ssps.asked().is_empty());
}

#[tokio::test]
async fn an_ssp_that_speaks_no_tls_is_unreachable() {
    for says in [
        &b""[..],
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        &[0; 64],
        &[0x16, 3, 3, 0xff, 0xff],
    ] {
        let bare = BareSsp::that_says(says).await;
        let ended = with_alpha_at(&bare.endpoint, TRUST).await;
        assert_eq!(
            ended,
            (json!(UNREACHABLE.0), json!(UNREACHABLE.1)),
            "{says:?}"
        );
    }
}

#[tokio::test]
async fn an_ssp_that_never_ends_its_handshake_has_the_time_for_connecting() {
    let bare = BareSsp::that_waits().await;
    let settings = format!("[ssp_client]\nconnect_timeout_ms = 50\n{TRUST}");
    let ended = with_alpha_at(&bare.endpoint, &settings).await;
    assert_eq!(ended, (json!(UNREACHABLE.0), json!(UNREACHABLE.1)));
}

#[test]
fn roots_that_are_none_stop_the_start() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("roots.pem");
    let key = include_str!("tls/ssp.key");
    let broken = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
    for text in ["", "no certificate", key, broken] {
        std::fs::write(&file, text).unwrap();
        let settings = format!("[tls]\nextra_roots = '{}'\n", file.display());
        let fault = bid_server::Config::parse(&settings)
            .unwrap_err()
            .to_string();
        assert!(fault.starts_with("tls.extra_roots: "), "{text:?}: {fault}");
    }
    let fault = bid_server::Config::parse("[tls]\nextra_roots = '/no/such/file'\n");
    assert!(fault.unwrap_err().to_string().contains("/no/such/file"));
}
