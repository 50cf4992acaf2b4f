//! Data that others keep for us: floors, rates, accounts, stored data.

use std::sync::Arc;

use openrtb::{BidRequest, Price};
use serde::Deserialize;
use serde_json::{Value, json};

use super::BENCH;
use crate::data::accounts::account_of;
use crate::data::market::rate_file::read as read_rates;
use crate::data::market::read_floors;
use crate::data::stored::{StoredKind, parse, parse_answer};
use crate::money::currency::Exchange;
use crate::money::floors::plan::{FloorSources, plan};
use crate::money::floors::rules::FloorLimits;
use crate::money::floors::settings::PriceFloors;
use crate::request::fuzzed;

/// A fetched file of floors: read, and used for one auction.
pub fn floors_file(bytes: &[u8]) {
    let account = PriceFloors::default();
    let limits = FloorLimits {
        rules: account.fetch.max_rules,
        dims: account.fetch.max_schema_dims,
    };
    let Ok(fetched) = read_floors(bytes, limits) else {
        return;
    };
    let Ok(mut request) = BidRequest::deserialize(&usual_request()) else {
        return;
    };
    let rates = br#"{"conversions":{"USD":{"JPY":150,"EUR":0.9}}}"#;
    let sources = FloorSources {
        enabled: true,
        account: &account,
        floors: crate::money::floors::plan::of_request(&request).unwrap_or_default(),
        fetched: Some(&fetched),
        exchange: &Exchange::new(read_rates(rates).ok().map(Arc::new).into_iter().collect()),
    };
    // The dice follow from the bytes, so that a finding can be repeated.
    let mut drawn = bytes
        .iter()
        .copied()
        .map(u32::from)
        .fold(0, u32::wrapping_add);
    let chance = |below: u32| {
        drawn = drawn.wrapping_add(1);
        drawn.checked_rem(below).unwrap_or_default()
    };
    plan(&mut request, &sources, chance, &mut Vec::new());
}

/// A fetched file of exchange rates: read, and used for small and large prices.
pub fn rate_file(bytes: &[u8]) {
    let Ok(table) = read_rates(bytes) else {
        return;
    };
    let exchange = Exchange::new(vec![Arc::new(table)]);
    for price in ["0", "0.01", "-3.5", "79228162514264337593543950335"] {
        let Ok(price) = price.parse::<Price>() else {
            continue;
        };
        for (from, to) in [
            ("USD", "JPY"),
            ("JPY", "USD"),
            ("EUR", "JPY"),
            ("AAA", "ZZZ"),
        ] {
            exchange.convert(price, from, to);
        }
    }
}

/// The file of an account, as TOML and as JSON: read, and one request prepared for it.
pub fn account_file(bytes: &[u8]) {
    let Some(bench) = BENCH.as_ref() else { return };
    for name in ["a.toml", "a.json"] {
        if let Ok(account) = account_of(name, bytes) {
            drop(fuzzed::of_account(usual_request(), account, bench.server()));
        }
    }
}

/// Stored data as it comes from a file or, with another first byte, from another server.
pub fn stored_file(bytes: &[u8]) {
    let Some((which, body)) = bytes.split_first() else {
        return;
    };
    let kind = match which % 8 {
        0 => StoredKind::Request,
        1 => StoredKind::Imp,
        2 => StoredKind::Response,
        4 => StoredKind::Profile,
        _ => {
            drop(parse_answer(body));
            return;
        }
    };
    if let (Ok(value), StoredKind::Response) = (parse::parse(kind, body), kind) {
        drop(parse::seats(&value));
    }
}

/// The query of an auction over GET, or of an AMP page.
pub fn query(bytes: &[u8]) {
    let Some(bench) = BENCH.as_ref() else { return };
    let text = String::from_utf8_lossy(bytes);
    drop(fuzzed::of_query(&text, &usual_request(), bench.server()));
}

fn usual_request() -> Value {
    json!({
        "id": "r", "cur": ["JPY"], "site": {"page": "https://www.p.example/", "domain": "www.p.example", "publisher": {"id": "p", "domain": "p.example"}},
        "device": {"ua": "Mozilla/5.0 (iPhone)", "geo": {"country": "JPN"}},
        "ext": {"prebid": {
            "channel": {"name": "pbjs", "version": "1"}, "floors": {"floorMin": 0.5, "floorMinCur": "EUR", "skipRate": 3},
            "bidadjustmentfactors": {"aja": 0.9}, "targeting": {},
        }},
        "imp": [{
            "id": "one", "banner": {"format": [{"w": 300, "h": 250}]}, "video": {"mimes": ["video/mp4"], "w": 640, "h": 360, "plcmt": 3},
            "ext": {"gpid": "/1/top", "data": {"adserver": {"name": "gam", "adslot": "/1/top"}}, "prebid": {"bidder": {"aja": {"asi": "s"}}}},
        }],
    })
}
