//! Answers of SSPs that are compressed: which ways are asked for and read, and that no bomb gets through.

use std::io::Write as _;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use crate::fake_ssp::{FakeSsps, Reply};
use crate::one_slot::{bid, body, request, seats};
use crate::operators::metrics;
use crate::server::Server;

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn brotli(text: &str) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::CompressorWriter::new(&mut out, 4096, 5, 20)
        .write_all(text.as_bytes())
        .unwrap();
    out
}

#[tokio::test]
async fn compressed_answers_are_asked_for_and_read() {
    // Long enough to be worth compressing.
    let mut long = bid("b", 1.0);
    long["adm"] = json!("<b>x</b>".repeat(500));
    let text = body(&[long]);
    let zstd = zstd::stream::encode_all(text.as_bytes(), 3).unwrap();
    let replies = [
        ("brotli", Reply::Coded("br", brotli(&text))),
        ("damaged", Reply::Coded("gzip", text.clone().into_bytes())),
        ("gzip", Reply::Coded("gzip", gzip(&text))),
        ("strange", Reply::Coded("lzw", text.clone().into_bytes())),
        ("zstd", Reply::Coded("zstd", zstd)),
    ];
    let codes = replies.clone().map(|(code, _)| code);
    let replies = replies.map(|(code, reply)| (code.to_owned(), reply));
    let ssps = FakeSsps::start(replies.into()).await;
    let server = Server::start(&ssps.settings()).await;
    let params: serde_json::Map<String, Value> = codes
        .iter()
        .map(|code| ((*code).to_owned(), json!({})))
        .collect();
    let asked = request(
        json!({"prebid": {"bidder": params}}),
        json!({"debug": true}),
    );
    let answer = server.auction(&asked).await;
    assert_eq!(seats(&answer), ["brotli", "gzip", "zstd"]);
    for code in ["damaged", "strange"] {
        assert_eq!(answer["ext"]["errors"][code][0]["code"], 4, "{code}");
    }
    for code in codes {
        assert_eq!(ssps.asked_header(code, "accept-encoding"), "gzip, br, zstd");
    }
    let shown = &answer["ext"]["debug"]["httpcalls"]["gzip"][0]["responsebody"];
    assert_eq!(shown, &json!(text));
    let counted = metrics(&server).await;
    assert!(
        counted.contains("bid_server_ssp_answer_bytes_saved_total{bidder=\"gzip\"}"),
        "{counted}"
    );
}

#[tokio::test]
async fn calls_say_who_calls_and_a_setting_turns_compression_off() {
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(204, String::new())).await;
    let settings = ssps.settings() + "compressed_answers = false\n";
    let server = Server::start(&settings).await;
    server
        .auction(&request(
            json!({"prebid": {"bidder": {"alpha": {}}}}),
            json!({}),
        ))
        .await;
    assert_eq!(ssps.asked_header("alpha", "accept-encoding"), "");
    let agent = ssps.asked_header("alpha", "user-agent");
    assert!(agent.starts_with("Earlybid/"), "{agent}");
}

#[tokio::test]
async fn a_compressed_answer_obeys_the_size_cap() {
    let bomb = gzip(&" ".repeat(3 << 20));
    let ssps = FakeSsps::start([("alpha".to_owned(), Reply::Coded("gzip", bomb))].into()).await;
    let server = Server::start(&ssps.settings()).await;
    let answer = server
        .auction(&request(
            json!({"prebid": {"bidder": {"alpha": {}}}}),
            json!({}),
        ))
        .await;
    let error = &answer["ext"]["errors"]["alpha"][0];
    assert_eq!(
        (error["code"].as_i64(), error["message"].as_str()),
        (Some(4), Some("answer is larger than 1048576 bytes"))
    );
}
