//! Ad Generation (Supership), an SSP that does not speak OpenRTB: one GET per imp, one ad in reply.
//!
//! What its server accepts and returns is known from its public Prebid adapters.

use axum::http::Method;
use bytes::Bytes;
use openrtb::{Bid, MediaType, Price};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::adapter::{
    Adapter, AdapterError, Ask, Calls, HttpCall, Offer, RefusedOffer, Reply, SspBid, SspBids,
};
use super::bodies::Bodies;
use super::defined::prune;
use super::definition::Definition;
use super::info::Capabilities;
use super::refused::Refused;
use crate::request::auction_request::offered_imp::OfferedImp;

/// The currency it pays in, if the auction accepts it.
const HOME_CURRENCY: &str = "JPY";
/// The player that the SSP's own tags load for VAST in a banner slot.
const PLAYER: &str = "https://cdn.apvdr.com/js/VideoAd.min.js";

/// The adapter.
#[derive(Debug)]
pub(crate) struct AdGeneration {
    endpoint: String,
    capabilities: Option<Capabilities>,
}

/// An answer; `results` is empty if there is no ad.
#[derive(Debug, Deserialize)]
struct AdGenerationReply {
    #[serde(default)]
    results: Vec<Value>,
    locationid: Option<String>,
    ad: Option<String>,
    beacon: Option<String>,
    cpm: Option<Price>,
    creativeid: Option<String>,
    dealid: Option<String>,
    w: Option<u32>,
    h: Option<u32>,
    ttl: Option<i64>,
    vastxml: Option<String>,
}

impl AdGeneration {
    /// The adapter for the endpoint of the definition.
    pub(crate) fn new(definition: &Definition) -> Self {
        Self {
            endpoint: definition.plan.call.url.filled_with(""),
            capabilities: definition.info.capabilities.clone(),
        }
    }

    fn call(&self, ask: &Ask<'_>, offer: &Offer<'_>) -> Result<HttpCall, Refused> {
        let unfit = |why: &str| Refused::Unfit(why.to_owned());
        let id = offer.params.get("id").and_then(Value::as_str);
        let id = id
            .filter(|id| !id.is_empty())
            .ok_or_else(|| unfit("params.id is missing"))?;
        let mut url = Url::parse(&self.endpoint).map_err(|_| unfit("the endpoint is no URL"))?;
        let mut query = url.query_pairs_mut();
        query
            .append_pair("posall", "SSPLOC")
            .append_pair("id", id)
            .append_pair("sdktype", "0")
            .append_pair("hb", "true")
            .append_pair("t", "json3")
            .append_pair("currency", currency(ask))
            .append_pair("sdkname", "earlybid")
            .append_pair("adapterver", env!("CARGO_PKG_VERSION"));
        let sizes = ask.imp(offer.imp).map(sizes).unwrap_or_default();
        if !sizes.is_empty() {
            query.append_pair("size", &sizes);
        }
        if let Some(page) = ask
            .shared
            .site
            .as_ref()
            .and_then(|site| site.page.as_deref())
        {
            query.append_pair("tp", page);
        }
        drop(query);
        Ok(HttpCall {
            method: Method::GET,
            url,
            headers: Vec::new(),
            body: Bytes::new(),
            gzip: None,
            imps: vec![offer.imp],
            timeout_notice: None,
        })
    }
}

impl Adapter for AdGeneration {
    fn calls<'a>(&self, ask: &Ask<'a>, _bodies: &mut Bodies<'a>) -> Calls {
        let (kept, refused) = prune(ask, self.capabilities.as_ref());
        let mut calls = Calls {
            calls: Vec::new(),
            refused,
        };
        for kept in kept {
            match self.call(ask, &kept.offer) {
                Ok(call) => calls.calls.push(call),
                Err(why) => calls.refused.push(RefusedOffer {
                    imp: kept.offer.imp,
                    why,
                }),
            }
        }
        calls
    }

    fn bids(&self, ask: &Ask<'_>, call: &HttpCall, reply: &Reply) -> Result<SspBids, AdapterError> {
        match reply.status {
            204 => return Ok(SspBids::default()),
            200 => {}
            other => return Err(AdapterError::Status(other)),
        }
        let answer: AdGenerationReply = serde_json::from_slice(&reply.body)
            .map_err(|error| AdapterError::Malformed(error.to_string()))?;
        let imp = call.imps.first().and_then(|imp| ask.imp(*imp));
        let (Some(imp), false) = (imp, answer.results.is_empty()) else {
            return Ok(SspBids::default());
        };
        Ok(SspBids {
            currency: currency(ask).to_owned(),
            bidid: None,
            bids: vec![SspBid {
                bid: bid(answer, &imp.imp.id),
                ..SspBid::default()
            }],
        })
    }
}

fn bid(answer: AdGenerationReply, imp: &str) -> Bid {
    let markup = markup(&answer, imp);
    Bid {
        id: answer.locationid.unwrap_or_default(),
        impid: imp.to_owned(),
        price: answer.cpm,
        adm: Some(markup.into()),
        crid: answer.creativeid,
        dealid: answer.dealid.filter(|id| !id.is_empty()),
        w: answer.w,
        h: answer.h,
        exp: answer.ttl,
        mtype: Some(MediaType::Banner),
        ..Bid::default()
    }
}

/// Yen if the auction accepts it, otherwise the first accepted currency.
fn currency<'a>(ask: &'a Ask<'_>) -> &'a str {
    let accepted = &ask.shared.cur;
    let first = accepted.first().map_or(HOME_CURRENCY, String::as_str);
    let home = accepted.iter().any(|code| code == HOME_CURRENCY);
    if home { HOME_CURRENCY } else { first }
}

/// `300×250,320×50`, with the character that its server splits at.
fn sizes(imp: &OfferedImp) -> String {
    let sizes: Vec<String> = imp
        .sizes()
        .iter()
        .map(|(w, h)| format!("{w}×{h}"))
        .collect();
    sizes.join(",")
}

/// The ad, or a player for its VAST, with the beacon at its end and without the surrounding page.
fn markup(answer: &AdGenerationReply, imp: &str) -> String {
    let vast = answer.vastxml.as_deref().filter(|vast| !vast.is_empty());
    let ad = vast.map_or_else(
        || answer.ad.clone().unwrap_or_default(),
        |vast| player(vast, imp),
    );
    let beacon = answer.beacon.as_deref().unwrap_or_default();
    let (Some(start), Some(end)) = (ad.find("<body>"), ad.rfind("</body>")) else {
        return ad + beacon;
    };
    let inner = ad
        .get(start + "<body>".len()..end)
        .unwrap_or_default()
        .trim();
    format!("{inner}{beacon}")
}

fn player(vast: &str, imp: &str) -> String {
    // Text written as a JSON string is a string in a script too, but `</` could still end the script.
    let literal = |text: &str| Value::from(text).to_string().replace("</", "<\\/");
    let element = Value::from(format!("apvad-{imp}"))
        .to_string()
        .replace(['<', '>', '&'], "_");
    format!(
        "<div id={element}></div><script src=\"{PLAYER}\"></script><script>new APV.VideoAd({{s:{}}}).load({});</script>",
        literal(imp),
        literal(vast),
    )
}
