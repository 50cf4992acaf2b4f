//! Keys of cached bids; the wire tests cover everything else.

use axum::http::HeaderMap;
use openrtb::MediaType;
use serde_json::json;
use tokio::time::Instant;

use super::*;
use crate::auction::JudgedBid;
use crate::config::Config;
use crate::settle::Cached;

#[test]
fn a_cached_bid_says_where() {
    let config = Config::parse("").unwrap();
    let body = json!({
        "id": "r", "app": {"bundle": "b"}, "imp": [{"id": "i", "video": {"mimes": ["video/mp4"]}}],
        "ext": {"prebid": {"targeting": {"includebidderkeys": false, "includeformat": true}}},
    });
    let body = body.to_string();
    let request =
        crate::request::read(body.as_bytes(), &HeaderMap::new(), &config, Instant::now()).unwrap();
    let mut judged = JudgedBid::sample("alpha", "1.234");
    judged.media_type = MediaType::Video;
    let mut bid = SettledBid::new(judged, &request);
    bid.cached = Some(Cached {
        bid_id: Some("c-1".to_owned()),
        vast_id: Some("v-1".to_owned()),
        host: "cache.example".to_owned(),
        path: "/cache".to_owned(),
    });
    let keys = serde_json::to_value(keys(&bid, &request).targeting).unwrap();
    let expected = json!({
        "hb_bidder": "alpha", "hb_pb": "1.20", "hb_format": "video", "hb_env": "mobile-app",
        "hb_cache_id": "c-1", "hb_uuid": "v-1", "hb_cache_host": "cache.example", "hb_cache_path": "/cache",
    });
    assert_eq!(keys, expected);
}
