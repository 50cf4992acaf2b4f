//! The messages by which a creative in another origin gets its markup: the protocol of Prebid
//! Universal Creative, so that publishers keep the creatives they have in their ad server.

use crate::bids::Bid;
use crate::json::{Value, Writer};

/// What a creative says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// It wants the markup of the bid.
    Request {
        /// Name of the bid.
        ad_id: String,
    },
    /// The markup is in its frame.
    Succeeded {
        /// Name of the bid.
        ad_id: String,
    },
    /// The markup could not be shown.
    Failed {
        /// Name of the bid.
        ad_id: String,
        /// The reason that the creative gives.
        reason: String,
    },
    /// The browser took the creative away, or held it back.
    Intervention {
        /// Name of the bid.
        ad_id: String,
    },
    /// A native creative wants its assets, or reports what happened to it.
    Native {
        /// Name of the bid.
        ad_id: String,
        /// It wants assets.
        asks: bool,
        /// It has been shown.
        shown: bool,
    },
}

/// Reads a message; `None` for the messages of others, which share the window.
pub fn parse(text: &str) -> Option<Message> {
    if text.as_bytes().first() != Some(&b'{') {
        return None;
    }
    let found = Value::object(text).ok()?;
    let ad_id = found.get("adId").maybe_text()?;
    let (message, event) = (found.get("message").text(), found.get("event").text());
    match (message.as_str(), event.as_str()) {
        ("Prebid Request", _) => Some(Message::Request { ad_id }),
        ("Prebid Event", "adRenderSucceeded") => Some(Message::Succeeded { ad_id }),
        ("Prebid Event", "adRenderFailed") => Some(Message::Failed {
            ad_id,
            reason: found.get("info").get("reason").text(),
        }),
        ("Prebid Event", "browserIntervention") => {
            // A browser also reports calls that it has blocked, such as `vibrate()`. The ad stays then.
            let id = found.get("intervention").get("body").get("id").maybe_text();
            let is_heavy = id.is_none_or(|id| id == "HeavyAdIntervention");
            is_heavy.then_some(Message::Intervention { ad_id })
        }
        ("Prebid Native", _) => {
            let action = found.get("action").text();
            Some(Message::Native {
                ad_id,
                asks: action == "assetRequest" || action == "allAssetRequest",
                shown: action == "fireNativeImpressionTrackers",
            })
        }
        _ => None,
    }
}

/// The answer that goes back on the port of the request.
pub fn response(bid: &Bid) -> String {
    let mut out = Writer::default();
    out.raw("{")
        .string("message", "Prebid Response")
        .string("adId", &bid.ad_id)
        .string("ad", &markup(bid))
        .maybe_string(
            "adUrl",
            Some(bid.ad_url.as_str()).filter(|url| !url.is_empty()),
        );
    out.integer("width", u64::from(bid.size.width))
        .integer("height", u64::from(bid.size.height));
    out.key("instl")
        .raw("false")
        .string("mediaType", "banner")
        .raw("}");
    out.finish()
}

/// The bid's markup with its price filled in.
pub fn markup(bid: &Bid) -> String {
    match bid.cpm {
        Some(cpm) => replace(&bid.adm, "${AUCTION_PRICE}", &cpm.text()),
        None => bid.adm.clone(),
    }
}

/// The bid's markup, or a frame that loads it from its address.
pub fn markup_or_frame(bid: &Bid) -> String {
    if !bid.adm.is_empty() {
        return markup(bid);
    }
    let mut out = String::from(
        "<iframe width=100% height=100% frameborder=0 scrolling=no style=\"position:fixed\" src=\"",
    );
    out.push_str(&replace(
        &replace(&bid.ad_url, "&", "&amp;"),
        "\"",
        "&quot;",
    ));
    out.push_str("\"></iframe>");
    out
}

/// Written by hand, since `str::replace` brings a searcher of several kilobytes with it.
fn replace(text: &str, macro_name: &str, value: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(place) = position(rest, macro_name) {
        let (before, after) = (rest.get(..place), rest.get(place + macro_name.len()..));
        out.push_str(before.unwrap_or_default());
        out.push_str(value);
        rest = after.unwrap_or_default();
    }
    out.push_str(rest);
    out
}

fn position(text: &str, wanted: &str) -> Option<usize> {
    text.as_bytes()
        .windows(wanted.len())
        .position(|window| window == wanted.as_bytes())
}

#[cfg(test)]
mod tests;
