//! Every fixture is read and written back with the same members and values.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]

use std::path::{Path, PathBuf};

use openrtb::{BidRequest, BidResponse};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

fn fixtures(kind: &str) -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("tests/fixtures")
        .join(kind);
    let entries = std::fs::read_dir(folder).unwrap();
    entries.map(|entry| entry.unwrap().path()).collect()
}

fn check<T: DeserializeOwned + Serialize>(kind: &str) {
    let files = fixtures(kind);
    assert!(!files.is_empty());
    for file in files {
        let text = std::fs::read_to_string(&file).unwrap();
        let before: Value = serde_json::from_str(&text).unwrap();
        let typed: T = serde_json::from_str(&text).unwrap();
        let after = serde_json::to_value(&typed).unwrap();
        assert_eq!(after, before, "{}", file.display());
    }
}

#[test]
fn requests_keep_every_member() {
    check::<BidRequest>("bid-request");
}

#[test]
fn responses_keep_every_member() {
    check::<BidResponse>("bid-response");
}

#[test]
fn unreadable_bid_extension_spoils_nothing() {
    let file = fixtures("bid-response").remove(0);
    let text = std::fs::read_to_string(file).unwrap();
    let response: BidResponse = serde_json::from_str(&text).unwrap();
    let (seat, bid) = response.bids().next().unwrap();
    assert_eq!(seat, "s1");
    assert_eq!(bid.prebid(), None);
}

#[test]
fn null_members_count_as_left_out() {
    let text = r#"{"id":"r","seatbid":[{"bid":[{"id":"b","impid":"i","price":1,"adomain":null,"mtype":99,"ext":null}]}],"ext":null}"#;
    let response: BidResponse = serde_json::from_str(text).unwrap();
    let (_, bid) = response.bids().next().unwrap();
    assert!(bid.adomain.is_empty());
    assert_eq!(bid.mtype, None);
}
