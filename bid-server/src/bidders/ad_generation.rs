//! Ad Generation (Supership), an SSP that does not speak OpenRTB: one GET per imp, one ad in reply.
//!
//! What its server accepts and returns is known from its public Prebid adapters.

use axum::http::Method;
use bytes::Bytes;
use openrtb::{Bid, MediaType, Members};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::adapter::{
    Adapter, AdapterError, Ask, Calls, HttpCall, Offer, RefusedOffer, Reply, SspBid, SspBids,
};
use super::bodies::Bodies;
use super::defined::{headers, prune};
use super::definition::template::Scope;
use super::definition::{CallPlan, Definition, Version};
use super::info::Capabilities;
use super::openrtb_reply;
use super::refused::Refused;
use crate::request::auction_request::offered_imp::OfferedImp;

/// The currency it pays in, if the auction accepts it.
const HOME_CURRENCY: &str = "JPY";
/// The player that the SSP's own tags load for VAST in a banner slot.
const PLAYER: &str = "https://cdn.apvdr.com/js/VideoAd.min.js";

/// The adapter.
#[derive(Debug)]
pub(crate) struct AdGeneration {
    call: CallPlan,
    capabilities: Option<Capabilities>,
}

/// An answer; `results` is empty if there is no ad.
#[derive(Debug, Deserialize)]
struct AdGenerationReply {
    #[serde(default)]
    results: Value,
    #[serde(default)]
    ad: Value,
    #[serde(default)]
    beacon: Value,
    #[serde(default)]
    vastxml: Value,
    /// What the SSP says about the bid, under its own names.
    #[serde(flatten)]
    other: Members,
}

/// The SSP's names for members of a bid.
const NAMES: [(&str, &str); 7] = [
    ("locationid", "id"),
    ("cpm", "price"),
    ("creativeid", "crid"),
    ("dealid", "dealid"),
    ("w", "w"),
    ("h", "h"),
    ("ttl", "exp"),
];

impl AdGeneration {
    /// The adapter for the endpoint of the definition.
    pub(crate) fn new(definition: &Definition) -> Self {
        Self {
            call: definition.plan.call.clone(),
            capabilities: definition.info.capabilities.clone(),
        }
    }

    fn call(&self, ask: &Ask<'_>, offer: &Offer<'_>, request: &Value) -> Result<HttpCall, Refused> {
        let unfit = |why: &str| Refused::Unfit(why.to_owned());
        let id = offer.params.get("id").and_then(Value::as_str);
        let id = id
            .filter(|id| !id.is_empty())
            .ok_or_else(|| unfit("params.id is missing"))?;
        let endpoint = self.call.url.filled_with("");
        let mut url = Url::parse(&endpoint).map_err(|_| unfit("the endpoint is no URL"))?;
        let mut query = url.query_pairs_mut();
        query
            .append_pair("posall", "SSPLOC")
            .append_pair("id", id)
            .append_pair("hb", "true")
            .append_pair("t", "json3")
            .append_pair("currency", currency(ask))
            .append_pair("sdkname", "earlybid")
            .append_pair("adapterver", env!("CARGO_PKG_VERSION"));
        let sizes = ask.imp(offer.imp).map(sizes).unwrap_or_default();
        let texts = [
            ("sizes", Some(sizes.as_str())),
            ("tp", text_at(request, "/site/page")),
            ("transactionid", text_at(request, "/source/tid")),
            ("appbundle", text_at(request, "/app/bundle")),
            ("appname", text_at(request, "/app/name")),
        ];
        let known = texts.into_iter().chain(system(request));
        for (name, value) in known {
            if let Some(value) = value.filter(|value| !value.is_empty()) {
                query.append_pair(name, value);
            }
        }
        drop(query);
        let scope = Scope {
            params: offer.params,
            imp: &Value::Null,
            request,
            bid: &Value::Null,
        };
        Ok(HttpCall {
            method: Method::GET,
            url,
            headers: headers(&self.call.headers, &scope),
            body: Bytes::new(),
            gzip: None,
            imps: vec![offer.imp],
            timeout_notice: None,
        })
    }
}

impl Adapter for AdGeneration {
    fn calls<'a>(&self, ask: &Ask<'a>, bodies: &mut Bodies<'a>) -> Calls {
        let request = bodies.top(ask, Version::V26);
        let (kept, refused) = prune(ask, self.capabilities.as_ref());
        let mut calls = Calls {
            calls: Vec::new(),
            refused,
        };
        for kept in kept {
            match self.call(ask, &kept.offer, &request) {
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
        let body = openrtb_reply::without_mark(&reply.body);
        let malformed = |problem: String| AdapterError::Malformed(problem);
        let answer: AdGenerationReply =
            serde_json::from_slice(body).map_err(|error| malformed(error.to_string()))?;
        let imp = call.imps.first().and_then(|imp| ask.imp(*imp));
        let any = answer
            .results
            .as_array()
            .is_some_and(|results| !results.is_empty());
        let (Some(imp), true) = (imp, any) else {
            return Ok(SspBids::default());
        };
        Ok(SspBids {
            currency: currency(ask).to_owned(),
            bidid: None,
            bids: vec![SspBid {
                bid: bid(answer, &imp.imp.id).map_err(malformed)?,
                ..SspBid::default()
            }],
            lost: Vec::new(),
        })
    }
}

fn bid(answer: AdGenerationReply, imp: &str) -> Result<Bid, String> {
    let markup = markup(&answer, imp);
    let mut other = answer.other;
    let members = NAMES.into_iter().filter_map(|(theirs, ours)| {
        let value = other.shift_remove(theirs)?;
        Some((ours.to_owned(), value))
    });
    let read = openrtb_reply::bid(Value::Object(members.collect()))?;
    Ok(Bid {
        impid: imp.to_owned(),
        adm: Some(markup.into()),
        dealid: read.dealid.clone().filter(|id| !id.is_empty()),
        mtype: Some(MediaType::Banner),
        ..read
    })
}

/// Yen if the auction accepts it, otherwise the first accepted currency.
fn currency<'a>(ask: &'a Ask<'_>) -> &'a str {
    let accepted = &ask.shared.cur;
    let first = accepted.first().map_or(HOME_CURRENCY, String::as_str);
    let home = accepted.iter().any(|code| code == HOME_CURRENCY);
    if home { HOME_CURRENCY } else { first }
}

/// `300x250,320x50`.
fn sizes(imp: &OfferedImp) -> String {
    let sizes: Vec<String> = imp
        .sizes()
        .iter()
        .map(|(w, h)| format!("{w}x{h}"))
        .collect();
    sizes.join(",")
}

/// Name and value of a query parameter, where there is a value.
type Parameter<'a> = (&'static str, Option<&'a str>);

/// The operating system and the device's advertising id, under the SSP's name for it on that system.
fn system(request: &Value) -> [Parameter<'_>; 2] {
    let os = text_at(request, "/device/os").unwrap_or_default();
    let id = text_at(request, "/device/ifa");
    match os.to_ascii_lowercase().as_str() {
        "android" => [("sdktype", Some("1")), ("advertising_id", id)],
        "ios" => [("sdktype", Some("2")), ("idfa", id)],
        _ => [("sdktype", Some("0")), ("idfa", None)],
    }
}

fn text_at<'a>(request: &'a Value, pointer: &str) -> Option<&'a str> {
    request.pointer(pointer)?.as_str()
}

/// The ad, or a player for its VAST, with the beacon at its end and without the surrounding page.
fn markup(answer: &AdGenerationReply, imp: &str) -> String {
    let vast = answer.vastxml.as_str().filter(|vast| !vast.is_empty());
    let ad = vast.map_or_else(
        || answer.ad.as_str().unwrap_or_default().to_owned(),
        |vast| player(vast, imp),
    );
    let beacon = answer.beacon.as_str().unwrap_or_default();
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
