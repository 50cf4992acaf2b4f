//! What tests send: SSPs of a fixed price, stored imps, bid requests made and captured.

use serde_json::{Value, json};

use crate::program::root;

/// An SSP that always bids the same.
#[derive(Debug, Clone)]
pub struct Ssp {
    /// Its code.
    pub code: &'static str,
    /// Its price per thousand.
    pub cpm: f64,
    /// The currency of its price.
    pub currency: &'static str,
    /// How long it takes.
    pub latency_ms: u32,
    /// Share of imps it bids on.
    pub bid_rate: f64,
}

impl Ssp {
    /// Bids this many US dollars on everything, at once.
    pub fn fixed(code: &'static str, cpm: f64) -> Self {
        Self {
            code,
            cpm,
            currency: "USD",
            latency_ms: 5,
            bid_rate: 1.0,
        }
    }
}

/// The SSPs of the example that header bidding exists for: with a floor of 1.0, a waterfall
/// in this order ends at beta, while the best price is delta's.
pub fn worked_example() -> Vec<Ssp> {
    [("alpha", 0.8), ("beta", 1.2), ("delta", 2.0)]
        .map(|(code, cpm)| Ssp::fixed(code, cpm))
        .to_vec()
}

/// An imp stored at the bid server.
#[derive(Debug, Clone)]
pub struct StoredImp {
    /// Its id.
    pub id: &'static str,
    /// Its floor in US dollars.
    pub floor: f64,
}

/// The stored imps of the demo site's pages, all with this floor.
pub fn stored_imps(floor: f64) -> Vec<StoredImp> {
    [
        "home-top",
        "home-side",
        "recipe-top",
        "recipe-side",
        "recipe-bottom",
        "search-top",
        "search-side",
    ]
    .map(|id| StoredImp { id, floor })
    .to_vec()
}

/// The auction body that the loader sends from a recipe page, for two of its slots.
pub fn loader_auction(auction_id: &str, tmax: u64) -> Value {
    let imp = |code: &str, stored: &str, w: u32, h: u32| {
        json!({
            "id": code,
            "banner": { "format": [{ "w": w, "h": h }] },
            "ext": { "prebid": { "storedrequest": { "id": stored } } },
        })
    };
    json!({
        "id": auction_id,
        "imp": [
            imp("div-top", "recipe-top", 728, 90),
            imp("div-side", "recipe-side", 300, 250),
        ],
        "site": {
            "page": "http://recipes.example/early/recipes/pea-soup",
            "publisher": { "id": "demo-publisher" },
        },
        "tmax": tmax,
        "ext": {
            "prebid": {
                "targeting": { "includewinners": true, "includebidderkeys": false },
                "returnallbidstatus": true,
            },
            "earlybid": { "adid": true, "page_view_id": page_view_id(auction_id) },
        },
    })
}

/// An id of 32 hexadecimal digits, as the loader makes them, but always the same for a number.
pub fn auction_id(number: u32) -> String {
    format!("{number:032x}")
}

/// The page view that [`loader_auction`] names for an auction.
pub fn page_view_id(auction_id: &str) -> String {
    auction_id.chars().rev().collect()
}

/// A request body of the real Prebid.js, captured from a browser.
///
/// # Errors
/// When there is no such capture.
pub fn capture(name: &str) -> std::io::Result<String> {
    std::fs::read_to_string(root().join("tests/fixtures/captures").join(name))
}
