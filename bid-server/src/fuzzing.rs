//! One function for each parser of outside bytes. The targets in `fuzz/` call them, and tests replay the kept
//! corpus, as it is and changed in a fixed way, through the same functions.
//!
//! They return nothing: whatever the bytes are, the functions only have to return.

mod data;
#[cfg(test)]
mod tokens;
mod whole_auction;

use std::collections::BTreeMap;
use std::sync::{Arc, LazyLock};

use openrtb::JsonText;
use serde_json::{Value, json};

use crate::bidders::adapter::{Adapter, Ask, Reply};
use crate::bidders::alone;
use crate::bidders::bodies::Bodies;
use crate::bidders::catalogue::{Catalogue, DefinitionSource};
use crate::bidders::defined::Defined;
use crate::bidders::registry::{Bidder, Registry};
use crate::config::Config;
use crate::data::market::Market;
use crate::request::{AuctionRequest, Server, fuzzed};

pub use data::{account_file, floors_file, query, rate_file, stored_file};
pub use whole_auction::auction_answer;

/// A server with every shipped definition.
struct Bench {
    config: Config,
    market: Market,
    registry: Registry,
    /// A typical request for each bidder: made once, because making one takes longer than reading a reply.
    requests: BTreeMap<String, AuctionRequest>,
}

impl Bench {
    fn server(&self) -> Server<'_> {
        Server {
            settings: self.config.request(),
            market: &self.market,
        }
    }
}

static BENCH: LazyLock<Option<Bench>> = LazyLock::new(bench);

fn bench() -> Option<Bench> {
    let catalogue = Catalogue::shipped().ok()?;
    let mut text = "[currency.rates]\nUSD = { JPY = 150 }\n".to_owned();
    for code in catalogue.codes() {
        text.push_str(&format!("[bidders.{code}]\n"));
        if code == "medianet" {
            text.push_str("host = { region = 'asia' }\n");
        }
    }
    let config = Config::parse(&text).ok()?;
    let mut bench = Bench {
        requests: BTreeMap::new(),
        registry: Registry::new(&config.bidders, &config.catalogue),
        market: Market::new(config.market()),
        config,
    };
    let codes = bench.config.bidders.keys();
    let requests = codes
        .filter_map(|code| Some((code.clone(), usual_request(code, bench.server())?)))
        .collect();
    bench.requests = requests;
    Some(bench)
}

/// The body of an auction request: it is read and checked, and every bidder's calls are made.
pub fn auction_request(bytes: &[u8]) {
    let Some(bench) = BENCH.as_ref() else { return };
    let Ok(request) = fuzzed::of_bytes(bytes, bench.server()) else {
        return;
    };
    let mut bodies = Bodies::default();
    let asks: Vec<_> = bench
        .config
        .bidders
        .keys()
        .filter_map(|code| Some((bench.registry.get(code)?, alone::offers(code, &request))))
        .collect();
    for (bidder, offers) in &asks {
        if !offers.is_empty() {
            let ask = alone::ask("", &request, offers);
            bidder.adapter.calls(&ask, &mut bodies);
        }
    }
}

/// A native request, as the text inside an imp.
pub fn native_request(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let imp = json!({"id": "i", "native": {"request": text}, "ext": {"prebid": {"bidder": {"adf": {"mid": 1}}}}});
    let request = json!({"id": "r", "site": {"page": "https://p.example/"}, "imp": [imp]});
    auction_request(request.to_string().as_bytes());
}

/// The reply of an SSP: the first byte selects the definition, the second the status.
pub fn ssp_reply(bytes: &[u8]) {
    let Some(bench) = BENCH.as_ref() else { return };
    let [which, status, body @ ..] = bytes else {
        return;
    };
    let codes: Vec<&String> = bench.config.bidders.keys().collect();
    let code = codes.get(usize::from(*which) % codes.len().max(1));
    let Some((code, bidder)) = code.and_then(|code| Some((*code, bench.registry.get(code)?)))
    else {
        return;
    };
    let Some(request) = bench.requests.get(code) else {
        return;
    };
    let offers = alone::offers(code, request);
    let status = if *status < 200 {
        200
    } else {
        u16::from(*status)
    };
    read_reply(bidder, &alone::ask(code, request, &offers), status, body);
}

fn read_reply(bidder: &Bidder, ask: &Ask<'_>, status: u16, body: &[u8]) {
    let calls = bidder.adapter.calls(ask, &mut Bodies::default());
    let reply = Reply {
        status,
        body: body.to_vec().into(),
    };
    for call in &calls.calls {
        // An error is as good as bids here.
        drop(bidder.adapter.bids(ask, call, &reply));
    }
}

/// Markup as it is written in a reply: what [`JsonText`] says about the written form must be true of the text.
pub fn markup(bytes: &[u8]) {
    let kept = serde_json::from_slice::<JsonText>(bytes);
    let text = serde_json::from_slice::<String>(bytes);
    let (Ok(kept), Ok(text)) = (&kept, &text) else {
        assert_eq!(kept.is_ok(), text.is_ok());
        return;
    };
    assert_eq!(kept.text(), text.as_str());
    assert_eq!(kept.is_blank(), text.trim().is_empty());
    for word in ["http:", "https:", "http%3A", "https%3A", "${AUCTION_"] {
        assert_eq!(
            kept.contains(&openrtb::Word::new(word)),
            text.contains(word)
        );
    }
    let again = serde_json::to_string(kept).and_then(|again| serde_json::from_str(&again));
    assert_eq!(again.ok(), Some(text.clone()));
}

/// Stored data: a JSON array of the stored item and the request that is laid over it.
pub fn stored_data(bytes: &[u8]) {
    let Some(bench) = BENCH.as_ref() else { return };
    let Ok(Value::Array(mut layers)) = serde_json::from_slice(bytes) else {
        return;
    };
    let incoming = layers.pop().unwrap_or_default();
    let below = layers.pop().map(Arc::new);
    drop(fuzzed::laid_over(incoming, below.as_ref(), bench.server()));
}

/// A definition, followed by a line of `===` and its params schema: compiled, and carried out once.
pub fn definition(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else {
        return;
    };
    let (definition, schema) = match text.split_once("\n===\n") {
        Some((definition, schema)) => (definition, Some(schema)),
        None => (text, None),
    };
    let Ok(source) = DefinitionSource::parse("fuzzed".to_owned(), definition, schema) else {
        return;
    };
    let catalogue = Catalogue::of("fuzzed", source);
    let (Ok(definition), Some(bench)) = (catalogue.compile_unconfigured("fuzzed"), BENCH.as_ref())
    else {
        return;
    };
    let Some(request) = bench.requests.get("aja") else {
        return;
    };
    let offers = alone::offers("aja", request);
    if let (Some(schema), Some(offer)) = (&definition.params, offers.first()) {
        schema.faults(offer.params, &"params");
    }
    let adapter = Defined::new(definition.plan, definition.info.capabilities);
    let ask = alone::ask("aja", request, &offers);
    let calls = adapter.calls(&ask, &mut Bodies::default());
    let reply = Reply {
        status: 200,
        body: USUAL_REPLY.as_bytes().to_vec().into(),
    };
    for call in &calls.calls {
        drop(adapter.bids(&ask, call, &reply));
    }
}

const USUAL_REPLY: &str = r#"{"id":"r","cur":"JPY","seatbid":[{"seat":"s","bid":[{"id":"b","impid":"one","price":1.5,"adm":"<VAST/>","w":300,"h":250,"mtype":1,"ext":{"prebid":{"type":"banner"},"a":[1,{"b":"c"}]}}]}]}"#;

fn usual_request(code: &str, server: Server<'_>) -> Option<AuctionRequest> {
    let params = json!({
        "asi": "s", "tid": "t", "mid": 1, "id": "1", "partnerId": 1, "partnerid": "p", "adunitid": "u", "plc": 1,
        "cid": "c", "crid": "d", "publisherId": "p", "tagid": "1", "placementId": "1", "accountId": 1, "sid": "1", "token": "t",
    });
    let imp = |id: &str| {
        json!({
            "id": id, "banner": {"format": [{"w": 300, "h": 250}]}, "video": {"mimes": ["video/mp4"], "maxduration": 9, "protocols": [2]},
            "bidfloor": 0.5, "ext": {"prebid": {"bidder": {code: params}}, "gpid": "g"},
        })
    };
    let request = json!({
        "id": "r", "imp": [imp("one"), imp("two")], "site": {"page": "https://p.example/"}, "cur": ["JPY"],
        "device": {"ua": "b", "ip": "203.0.113.9"}, "user": {"buyeruid": "u"},
    });
    alone::request(request, server).ok()
}

#[cfg(test)]
mod tests;
