//! The answer of the bid server, as far as a page needs it: bids with their key-values.

use crate::json::{Parsed, Value};
use crate::units::{Cpm, Size};

/// One bid for one slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bid {
    /// Code of the slot that it is for.
    pub slot: String,
    /// Name under which the creative asks for its markup.
    pub ad_id: String,
    /// The bidder.
    pub bidder: String,
    /// Price, if the answer has one that is a number.
    pub cpm: Option<Cpm>,
    /// Currency of the price.
    pub currency: String,
    /// Size of the creative.
    pub size: Size,
    /// Markup.
    pub adm: String,
    /// Address of the markup, for a bid that does not contain it.
    pub ad_url: String,
    /// An ad that comes as data, not as HTML: a native ad's assets, or what a house ad is made of. JSON for `js/render.js`.
    pub data: String,
    /// Seconds for which the bid is valid.
    pub lifetime: u32,
    /// Key-values for the ad server; only a winner has them.
    pub targeting: Vec<(String, String)>,
    /// Addresses to call once, when the creative is shown.
    pub notices: Vec<String>,
}

/// Seconds for which a bid is valid if it does not say so itself.
const LIFETIME: u32 = 300;

/// An answer.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// The auction, as the bid server calls it.
    pub auction_id: String,
    /// Winners.
    pub bids: Vec<Bid>,
}

/// Reads the winners of all slots. Bids without key-values lost, and are left out.
///
/// Whatever is not understood in one bid costs that bid; only broken JSON costs all.
pub fn parse_answer(text: &str) -> Parsed<Answer> {
    let found = Value::object(text)?;
    let currency = found.get("cur").maybe_text();
    let currency = currency.unwrap_or_else(|| "USD".to_owned());
    let mut bids = Vec::new();
    for seat in found.get("seatbid").items() {
        let bidder = seat.get("seat").text();
        for value in seat.get("bid").items() {
            let mut bid = read_bid(value);
            bid.bidder.clone_from(&bidder);
            bid.currency.clone_from(&currency);
            bids.push(bid);
        }
    }
    bids.retain(|bid| !bid.slot.is_empty() && !bid.targeting.is_empty());
    Ok(Answer {
        auction_id: found.get("id").text(),
        bids,
    })
}

fn read_bid(value: &Value<'_>) -> Bid {
    let ext = value.get("ext");
    let prebid = ext.get("prebid");
    let side = |key| value.get(key).number().unwrap_or_default();
    let mut bid = Bid {
        slot: value.get("impid").text(),
        cpm: value.get("price").fixed(6).map(Cpm),
        size: Size {
            width: side("w"),
            height: side("h"),
        },
        adm: value.get("adm").text(),
        ad_url: value.get("nurl").text(),
        data: ext.get("earlybid").get("house").raw().to_owned(),
        lifetime: value.get("exp").number().unwrap_or(LIFETIME),
        ad_id: prebid.get("bidid").text(),
        ..Bid::default()
    };
    for (key, value) in prebid.get("targeting").fields() {
        if let Some(value) = value.maybe_text() {
            bid.targeting
                .push((crate::targeting::short_key(key), value));
        }
    }
    if value.get("mtype").number() == Some(4) || prebid.get("type").text() == "native" {
        bid.data = core::mem::take(&mut bid.adm);
    }
    // If there is markup, `nurl` is the win notice; otherwise it is the address of the markup.
    if !bid.adm.is_empty() || !bid.data.is_empty() {
        bid.notices.push(core::mem::take(&mut bid.ad_url));
    }
    bid.notices.push(value.get("burl").text());
    bid.notices
        .extend(ext.get("eventtrackers").items().filter_map(win_tracker));
    bid.notices.push(prebid.get("events").get("win").text());
    bid.notices.retain(|url| !url.is_empty());
    name(&mut bid, value.get("id").text());
    bid
}

/// The ad server's creative knows the bid by `hb_adid`: takes the bid server's, or gives the bid one.
fn name(bid: &mut Bid, id: String) {
    let given = bid
        .targeting
        .iter()
        .find(|(key, _)| key == "hb_adid")
        .map(|(_, value)| value.clone());
    let bid_id = if bid.ad_id.is_empty() {
        id
    } else {
        core::mem::take(&mut bid.ad_id)
    };
    bid.ad_id = match given {
        Some(ad_id) => ad_id,
        None if bid.targeting.is_empty() => bid_id,
        None => {
            bid.targeting.push(("hb_adid".to_owned(), bid_id.clone()));
            bid_id
        }
    };
}

/// Event 500 is the exchange's win; method 1 is an image, the only one that needs no script.
fn win_tracker(value: &Value<'_>) -> Option<String> {
    let is_win = value.get("event").number() == Some(500);
    let is_image = value.get("method").number() == Some(1);
    value.get("url").maybe_text().filter(|_| is_win && is_image)
}

#[cfg(test)]
mod tests;
