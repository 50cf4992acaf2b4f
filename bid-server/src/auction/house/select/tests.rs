//! Flight, targeting, sizes and priority of line items.

use axum::http::HeaderMap;
use serde_json::json;
use tokio::time::Instant;

use super::*;
use crate::config::Config;

const ITEMS: &str = r#"
[[house.line_items]]
id = "all"
priority = 16
price = 0.1
creatives = [{ id = "c", w = 728, h = 90, html = "-" }]
[[house.line_items]]
id = "recipes"
priority = 14
price = 1
pages = ["/recipes/*"]
creatives = [{ id = "c", w = 970, h = 250, html = "-" }, { id = "d", w = 728, h = 90, html = "-" }]
[[house.line_items]]
id = "stored"
priority = 4
price = 1
ad_units = ["home-*"]
creatives = [{ id = "c", w = 728, h = 90, html = "-" }]
[[house.line_items]]
id = "spring"
priority = 1
price = 1
starts = "2026-03-01T00:00:00Z"
ends = "2026-04-01T00:00:00Z"
creatives = [{ id = "c", w = 728, h = 90, html = "-" }]
[stored_imps.home-top]
bidfloor = 1
"#;

#[track_caller]
fn check(stored: Option<&str>, path: &str, day: &str, expected: &str) {
    let config = Config::parse(ITEMS).unwrap();
    let mut imp = json!({"id": "div-top", "banner": {"w": 728, "h": 90}});
    if let Some(id) = stored {
        imp["ext"] = json!({"prebid": {"storedrequest": {"id": id}}});
    }
    let body = json!({"id": "r", "site": {"page": "https://p/"}, "imp": [imp]}).to_string();
    let request =
        crate::request::read(body.as_bytes(), &HeaderMap::new(), &config, Instant::now()).unwrap();
    let page = Page {
        path: Some(path),
        now: format!("{day}T00:00:00Z").parse().unwrap(),
    };
    let pick = best(
        &config.line_items,
        &request.imps[0],
        page,
        "USD",
        &request.exchange,
    )
    .unwrap();
    assert_eq!(pick.item.id, expected);
    assert_eq!((pick.creative.w, pick.creative.h), (728, 90));
}

#[test]
fn takes_the_best_item_that_fits_page_unit_and_flight() {
    check(None, "/search", "2026-05-01", "all");
    check(None, "/recipes/soup", "2026-05-01", "recipes");
    check(Some("home-top"), "/recipes/soup", "2026-05-01", "stored");
    check(Some("home-top"), "/recipes/soup", "2026-03-01", "spring");
    check(None, "/search", "2026-04-01", "all");
}
