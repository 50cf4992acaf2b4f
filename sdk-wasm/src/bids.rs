//! The answer of the bid server, as far as a page needs it: bids with their key-values.

use crate::json::{Parsed, Reader};
use crate::units::{Cpm, Size};

/// One bid for one slot.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bid {
    /// Code of the slot that it is for.
    pub slot: String,
    /// Name under which the creative asks for its markup.
    pub ad_id: String,
    /// Who bids.
    pub bidder: String,
    /// Price, if the answer has one that is a number.
    pub cpm: Option<Cpm>,
    /// Currency of the price.
    pub currency: String,
    /// Size of the creative.
    pub size: Size,
    /// Markup.
    pub adm: String,
    /// Where the markup is to be had, for a bid without.
    pub ad_url: String,
    /// The ad comes as data, not as HTML: a native ad's assets, or what a house ad is made of. JSON for `js/render.js`.
    pub data: String,
    /// Seconds for which the bid is good.
    pub lifetime: u32,
    /// Key-values for the ad server; only a winner has them.
    pub targeting: Vec<(String, String)>,
    /// Addresses to call once, when the creative is shown.
    pub notices: Vec<String>,
}

/// Seconds for which a bid is good that does not say so itself.
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
    let mut bids: Vec<Bid> = Vec::new();
    let mut auction_id = None;
    let mut currency = None;
    Reader::new(text).object(&mut |reader, key| match key {
        "cur" => {
            currency = reader.maybe_string()?;
            Ok(())
        }
        "id" => {
            auction_id = reader.maybe_string()?;
            Ok(())
        }
        "seatbid" => reader.maybe_array(&mut |seat| read_seat(seat, &mut bids)),
        _ => reader.skip(),
    })?;
    let currency = currency.unwrap_or_else(|| "USD".to_owned());
    bids.retain(|bid| !bid.slot.is_empty() && !bid.targeting.is_empty());
    for bid in &mut bids {
        bid.currency.clone_from(&currency);
    }
    Ok(Answer {
        auction_id: auction_id.unwrap_or_default(),
        bids,
    })
}

fn read_seat(reader: &mut Reader<'_>, bids: &mut Vec<Bid>) -> Parsed<()> {
    let first = bids.len();
    let mut seat = String::new();
    reader.maybe_object(&mut |reader, key| match key {
        "seat" => {
            seat = reader.maybe_string()?.unwrap_or_default();
            Ok(())
        }
        "bid" => reader.maybe_array(&mut |item| {
            bids.push(read_bid(item)?);
            Ok(())
        }),
        _ => reader.skip(),
    })?;
    for bid in bids.iter_mut().skip(first) {
        bid.bidder.clone_from(&seat);
    }
    Ok(())
}

fn read_bid(reader: &mut Reader<'_>) -> Parsed<Bid> {
    let mut bid = Bid {
        lifetime: LIFETIME,
        ..Bid::default()
    };
    let (mut id, mut native) = (String::new(), false);
    reader.maybe_object(&mut |reader, key| {
        match key {
            "id" => id = reader.maybe_string()?.unwrap_or_default(),
            "impid" => bid.slot = reader.maybe_string()?.unwrap_or_default(),
            "price" => bid.cpm = reader.maybe_fixed(6)?.map(Cpm),
            "w" => bid.size.width = reader.maybe_u32()?.unwrap_or_default(),
            "h" => bid.size.height = reader.maybe_u32()?.unwrap_or_default(),
            "adm" => bid.adm = reader.maybe_string()?.unwrap_or_default(),
            "mtype" => native |= reader.maybe_u32()? == Some(4),
            "exp" => bid.lifetime = reader.maybe_u32()?.unwrap_or(LIFETIME),
            "nurl" => bid.ad_url = reader.maybe_string()?.unwrap_or_default(),
            "burl" => bid.notices.extend(reader.maybe_string()?),
            "ext" => read_ext(reader, &mut bid, &mut native)?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    if native {
        bid.data = core::mem::take(&mut bid.adm);
    }
    // With markup `nurl` is the win notice, without it is where the markup comes from.
    if !bid.adm.is_empty() || !bid.data.is_empty() {
        bid.notices.insert(0, core::mem::take(&mut bid.ad_url));
    }
    bid.notices.retain(|url| !url.is_empty());
    name(&mut bid, id);
    Ok(bid)
}

/// The ad server's creative knows the bid by `hb_adid`: take the server's, or give it one.
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

fn read_ext(reader: &mut Reader<'_>, bid: &mut Bid, native: &mut bool) -> Parsed<()> {
    reader.maybe_object(&mut |reader, key| match key {
        "prebid" => read_prebid(reader, bid, native),
        "earlybid" => reader.maybe_object(&mut |reader, key| {
            if key == "house" {
                reader.raw()?.clone_into(&mut bid.data);
                return Ok(());
            }
            reader.skip()
        }),
        "eventtrackers" => reader.maybe_array(&mut |item| {
            bid.notices.extend(read_tracker(item)?);
            Ok(())
        }),
        _ => reader.skip(),
    })
}

fn read_prebid(reader: &mut Reader<'_>, bid: &mut Bid, native: &mut bool) -> Parsed<()> {
    reader.maybe_object(&mut |reader, key| match key {
        "bidid" => {
            bid.ad_id = reader.maybe_string()?.unwrap_or_default();
            Ok(())
        }
        "type" => {
            *native |= reader.maybe_string()?.as_deref() == Some("native");
            Ok(())
        }
        "targeting" => reader.maybe_object(&mut |reader, key| {
            if let Some(value) = reader.maybe_string()? {
                bid.targeting
                    .push((crate::targeting::short_key(key), value));
            }
            Ok(())
        }),
        "events" => reader.maybe_object(&mut |reader, key| {
            if key == "win" {
                bid.notices.extend(reader.maybe_string()?);
                return Ok(());
            }
            reader.skip()
        }),
        _ => reader.skip(),
    })
}

/// Event 500 is the exchange's win; method 1 is an image, the only one that needs no script.
fn read_tracker(reader: &mut Reader<'_>) -> Parsed<Option<String>> {
    let (mut event, mut method, mut url) = (None, None, None);
    reader.maybe_object(&mut |reader, key| {
        match key {
            "event" => event = reader.maybe_u32()?,
            "method" => method = reader.maybe_u32()?,
            "url" => url = reader.maybe_string()?,
            _ => reader.skip()?,
        }
        Ok(())
    })?;
    Ok(url.filter(|_| event == Some(500) && method == Some(1)))
}

#[cfg(test)]
mod tests;
