//! Every event that is sent ends in exactly one count, and the counts add up.

use forward_protocol::encode;

use crate::clients::{Forward, entries, request};
use crate::setup::{Running, settings, start};

/// Request head, body, status.
type Post<'a> = (&'a str, &'a [u8], u16);

/// Over HTTP: good, faulty, refused.
async fn send_http(receiver: &Running) -> (u64, u64, u64) {
    let bodies: [Post<'_>; 5] = [
        (
            "POST /ads.render",
            b"[{\"id\":0},{\"id\":1},{\"id\":2}]",
            204,
        ),
        ("POST /ads.render", b"{\"id\":3}\n{]\n{\"id\":4}\n7", 202),
        ("POST /ads.bid", b"[{\"id\":5},[]]", 202),
        ("POST /ads.bid", b"nonsense", 400),
        ("POST /ads.bid\ncontent-encoding: br", b"{}", 415),
    ];
    for (head, body, status) in bodies {
        assert_eq!(
            request(receiver.http, head, body).await.status,
            status,
            "{head}"
        );
    }
    (6, 3, 2)
}

/// Over the forward protocol: good, faulty, refused.
async fn send_forward(receiver: &Running) -> (u64, u64, u64) {
    let mut client = Forward::connect(receiver.forward).await;
    client
        .send(&encode::packed_forward(
            "ads.bid",
            &entries(0..5),
            Some("c"),
        ))
        .await;
    client
        .send(&encode::compressed_packed_forward(
            "ads.auction",
            &entries(0..7),
            Some("c"),
        ))
        .await;
    client
        .send(b"\x93\xa7ads.bid\x93\x92\x01\x80\x05\x92\x01\xc0\x81\xa5chunk\xa1c")
        .await;
    client.send(b"\x94\xc0\x01\x80\x81\xa5chunk\xa1c").await;
    for _ in 0..4 {
        assert!(client.ack().await.is_some());
    }
    client.send(b"\x90").await;
    assert_eq!(client.ack().await, None);
    (13, 3, 1)
}

#[tokio::test]
async fn counts_of_a_mixed_corpus_add_up_to_what_was_sent() {
    let (receiver, _directory) = start(settings()).await;
    let http = send_http(&receiver).await;
    let forward = send_forward(&receiver).await;
    let kept = http.0 + http.1 + forward.0 + forward.1;
    let landed = || {
        let stored = receiver.sum("log_ingest_stored_events_total", "");
        let quarantined = receiver.sum("log_ingest_quarantined_events_total", "");
        let duplicates = receiver.sum("log_ingest_duplicate_events_total", "");
        (stored, quarantined, stored + quarantined + duplicates)
    };
    while landed().2 < kept {
        tokio::task::yield_now().await;
    }
    assert_eq!(landed(), (http.0 + forward.0, http.1 + forward.1, kept));
    for (label, (good, faulty, refused)) in [("http", http), ("forward", forward)] {
        let receiver_is = format!("receiver=\"{label}\"");
        let sum = |name: &str| receiver.sum(name, &receiver_is);
        assert_eq!(
            sum("log_ingest_received_events_total"),
            good + faulty,
            "{label}"
        );
        assert_eq!(sum("log_ingest_faulty_events_total"), faulty, "{label}");
        assert_eq!(sum("log_ingest_rejected_events_total"), refused, "{label}");
    }
    let tags = [
        ("ads.render", 5, 2, 0),
        ("ads.bid", 7, 3, 2),
        ("ads.auction", 7, 0, 0),
        ("", 0, 1, 0),
        // Too little of it could be read.
        ("(unknown)", 0, 0, 1),
    ];
    for (tag, accepted, quarantined, rejected) in tags {
        let sum = |outcome: &str| {
            let label = format!("{{tag=\"{tag}\",outcome=\"{outcome}\"}}");
            receiver.sum("log_ingest_tag_events_total", &label)
        };
        assert_eq!(
            (sum("accepted"), sum("quarantined"), sum("rejected")),
            (accepted, quarantined, rejected),
            "{tag}"
        );
    }
    let refused = http.2 + forward.2;
    assert_eq!(
        receiver.sum("log_ingest_tag_events_total", ""),
        kept + refused
    );
    assert_eq!(receiver.sum("log_ingest_dropped_events_total", ""), 0);
    receiver.stop().await;
}
