//! A whole auction, from the bytes of a request to those of its answer, without a network: every imp gets the
//! same stored answer in place of bidders.

use std::sync::{Arc, LazyLock};

use axum::http::HeaderMap;
use openrtb::exact;
use serde_json::{Value, json};
use tokio::runtime::{Builder, Runtime};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use url::Url;

use crate::config::Config;
use crate::data::stored::StoredKind;
use crate::metrics::Registry;
use crate::pipeline::Pipeline;
use crate::request::client::Peer;
use crate::request::{AuctionRequest, Caller};

/// How many bytes an answer may have for each byte of the request and of the bidders' replies.
const MOST_GROWTH: usize = 40;
/// How many bytes an answer may have besides, whatever it answers: the limits of `adservertargeting`,
/// `passthrough`, `ext.debug`, and twice that of `seatnonbid`.
const FIXED: usize = (256 << 10) + (1 << 20) + (1 << 20) + (1 << 20);

const STORED: &str = r#"
[log_output]
enabled = false
[cache]
max_bytes = 1000000
[bidders.alpha]
endpoint = "http://127.0.0.1:1/"
[bidders.beta]
endpoint = "http://127.0.0.1:1/"
[currency.rates]
USD = { JPY = 150, EUR = 0.9 }
[stored_requests.page]
site = { page = "https://p.example/", publisher = { id = "p" } }
ext = { prebid = { targeting = {}, passthrough = { a = 1 } } }
[stored_imps.top]
banner = { format = [{ w = 300, h = 250 }, { w = 728, h = 90 }] }
ext = { prebid = { bidder = { alpha = {}, beta = {} } } }
[profiles.floor]
type = "imp"
body = { bidfloor = 0.5 }
[[house.line_items]]
id = "soup"
price = 0.7
creatives = [{ id = "large", w = 300, h = 250, html = "<b>${AUCTION_PRICE}</b>" }]
"#;

const ANSWER: &str = "answer";

struct Stage {
    runtime: Runtime,
    pipeline: Pipeline,
    /// What stands for the answers of bidders, for each imp.
    answer: Arc<Value>,
}

static STAGE: LazyLock<Option<Stage>> = LazyLock::new(stage);

fn stage() -> Option<Stage> {
    let runtime = Builder::new_current_thread().enable_all().build().ok()?;
    let config = Config::parse(STORED).ok()?;
    let own_url = Url::parse("http://bids.example/").ok()?;
    let (pipeline, _) = {
        let _within = runtime.enter();
        Pipeline::new(config, own_url, &mut Registry::default()).ok()?
    };
    let answer = Arc::new(answer());
    Some(Stage {
        runtime,
        pipeline,
        answer,
    })
}

/// Bids of all kinds, good and bad.
fn answer() -> Value {
    let bid = |id: &str, price: f64, more: Value| {
        let mut bid = json!({"id": id, "impid": "", "price": price, "crid": "c", "adomain": ["shop.example"], "w": 300, "h": 250});
        crate::data::merge_patch::lay_over(&mut bid, more);
        bid
    };
    let banner = "<a href='${CLICK}'>${AUCTION_ID} ${AUCTION_PRICE} ${AUCTION_PRICE:B64} ${AUCTION_IMP_ID}</a>";
    json!({"cur": "USD", "seatbid": [
        {"seat": "alpha", "bid": [
            bid("a1", 1.25, json!({"adm": banner, "burl": "https://s.example/?p=${AUCTION_PRICE}&i=${AUCTION_ID}"})),
            bid("a2", 1.25, json!({"adm": banner, "dealid": "d", "ext": {"prebid": {"meta": {"a": 1}}}})),
            bid("a3", 0.0, json!({"adm": " "})),
        ]},
        {"seat": "beta", "bid": [
            bid("b1", 2.5, json!({"adm": "<VAST version=\"3.0\"><Ad><InLine></InLine></Ad></VAST>", "mtype": 2, "dur": 15})),
            bid("b2", 0.01, json!({"nurl": "https://s.example/?n=${AUCTION_PRICE}"})),
        ]},
    ]})
}

/// The body of an auction request; panics if the answer is larger than its share.
pub fn auction_answer(bytes: &[u8]) {
    let Some(stage) = STAGE.as_ref() else { return };
    let Some((imps, answer)) = stage.runtime.block_on(stage.hold(bytes)) else {
        return;
    };
    let replies = imps * stage.answer.to_string().len();
    let most = MOST_GROWTH * (bytes.len() + replies) + FIXED;
    assert!(
        answer.len() <= most,
        "{} bytes answer {} of a request and {replies} of replies",
        answer.len(),
        bytes.len(),
    );
}

impl Stage {
    /// How many imps were offered, and the bytes of the answer; `None` = the request is refused.
    async fn hold(&self, bytes: &[u8]) -> Option<(usize, Vec<u8>)> {
        let caller = Caller {
            headers: &HeaderMap::new(),
            peer: Peer(None),
            arrived: Instant::now(),
        };
        let mut request: AuctionRequest = self.pipeline.read(bytes, caller).await.ok()?;
        for imp in &mut request.imps {
            imp.stored_answer = Some(ANSWER.to_owned());
        }
        let key = (StoredKind::Response, ANSWER.to_owned());
        request.stored.insert(key, Arc::clone(&self.answer));
        let imps = request.imps.len();
        let mut written = None;
        let send = |answer| written = serde_json::to_vec(&answer).ok();
        self.pipeline
            .run(request, &CancellationToken::new(), send)
            .await;
        Some((imps, exact::restore_owned(written?)))
    }
}
