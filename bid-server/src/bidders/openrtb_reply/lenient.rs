//! Reads a response that contains something odd, bid by bid: `"crid": 7`, `"price": "1.5"`, a `null` in a
//! list, a byte that is not UTF-8.
//!
//! Values with only one possible meaning are given it; a bid is lost only if it contains one that has none.
//! This is called only for answers that cannot be read as they are, so it costs the others nothing.

use openrtb::{Bid, BidResponse, MediaType, Members, SeatBid};
use serde::Deserialize;
use serde_json::Value;

use super::written::mended;

/// Why bids were lost, each with its place in the answer.
pub(in crate::bidders) type Lost = Vec<String>;

/// Any further reasons are counted, not listed.
const MOST_REASONS: usize = 10;

/// Members of a bid that are texts.
const TEXTS: [&str; 10] = [
    "id", "impid", "nurl", "burl", "lurl", "adid", "iurl", "cid", "crid", "dealid",
];
/// Members of a bid that are lists of texts.
const LISTS: [&str; 2] = ["adomain", "cat"];

/// `None` = it cannot be read as a response at all.
pub(super) fn read(body: &[u8]) -> Option<(BidResponse, Lost)> {
    let text = String::from_utf8_lossy(body);
    let value = serde_json::from_str(&text).or_else(|_| serde_json::from_str(&mended(&text)));
    let Ok(Value::Object(mut members)) = value else {
        return None;
    };
    let seats = several(members.shift_remove("seatbid").unwrap_or_default(), "bid")?;
    let mut lost = Lost::new();
    let mut seatbid = Vec::with_capacity(seats.len());
    for (index, value) in seats.into_iter().enumerate() {
        seatbid.extend(seat(value, &format!("seatbid[{index}]"), &mut lost));
    }
    let count = lost.len();
    if count > MOST_REASONS {
        lost.truncate(MOST_REASONS);
        lost.push(format!("{} more bids cannot be read", count - MOST_REASONS));
    }
    let mut member = |name: &str| members.shift_remove(name);
    let response = BidResponse {
        id: member("id").and_then(text_of).unwrap_or_default(),
        bidid: member("bidid").and_then(text_of),
        // A list of one currency stands for that currency.
        cur: member("cur").and_then(first).and_then(text_of),
        seatbid,
        ..BidResponse::default()
    };
    Some((response, lost))
}

/// A bid that may contain something odd.
pub(in crate::bidders) fn bid(value: Value) -> Result<Bid, String> {
    let Value::Object(mut members) = value else {
        return Err("is no object".to_owned());
    };
    for name in TEXTS {
        change(&mut members, name, |value| text_of(value).map(Value::from));
    }
    for name in LISTS {
        change(&mut members, name, |value| {
            Some(list_of(value, |item| text_of(item).map(Value::from)))
        });
    }
    change(&mut members, "attr", |value| {
        Some(list_of(value, |item| whole_number_of(&item)))
    });
    change(&mut members, "exp", |value| whole_number_of(&value));
    change(&mut members, "mtype", |value| media_type_of(&value));
    change(&mut members, "ext", |value| {
        value.is_object().then_some(value)
    });
    if let Some(price) = members
        .shift_remove("price")
        .filter(|price| !price.is_null())
    {
        let price = number_of(&price).ok_or_else(|| format!("price: {price} is no number"))?;
        members.insert("price".to_owned(), price);
    }
    if let Some(adm) = members.shift_remove("adm").filter(|adm| !adm.is_null()) {
        let text = match adm {
            Value::String(text) => text,
            // A native answer that was not serialised to a string.
            Value::Object(_) => adm.to_string(),
            _ => return Err("adm: is no markup".to_owned()),
        };
        members.insert("adm".to_owned(), Value::String(text));
    }
    Bid::deserialize(Value::Object(members)).map_err(|error| error.to_string())
}

fn seat(value: Value, path: &str, lost: &mut Lost) -> Option<SeatBid> {
    let Value::Object(mut members) = value else {
        if !value.is_null() {
            lost.push(format!("{path}: is no object"));
        }
        return None;
    };
    let bids = members.shift_remove("bid").unwrap_or_default();
    let Some(values) = several(bids, "impid") else {
        lost.push(format!("{path}.bid: must be an array"));
        return None;
    };
    let mut bids = Vec::with_capacity(values.len());
    for (index, value) in values.into_iter().enumerate() {
        if value.is_null() {
            continue;
        }
        let named = name_of(&value);
        match bid(value) {
            Ok(bid) => bids.push(bid),
            Err(problem) => lost.push(format!("{path}.bid[{index}]{named}.{problem}")),
        }
    }
    Some(SeatBid {
        bid: bids,
        seat: members.shift_remove("seat").and_then(text_of),
        ..SeatBid::default()
    })
}

/// ` (bid x)`, so that people can find it in the SSP's logs.
fn name_of(bid: &Value) -> String {
    const LONGEST: usize = 64;
    let id = bid.get("id").and_then(Value::as_str).unwrap_or_default();
    if id.is_empty() {
        return String::new();
    }
    let id: String = id.chars().take(LONGEST).collect();
    format!(" ({id})")
}

/// A list, or a single object with that member instead of a list.
fn several(value: Value, member: &str) -> Option<Vec<Value>> {
    match value {
        Value::Null => Some(Vec::new()),
        Value::Array(items) => Some(items),
        Value::Object(_) if value.get(member).is_some() => Some(vec![value]),
        _ => None,
    }
}

/// Changes a member; without a new value the member is left out.
fn change(members: &mut Members, name: &str, new: impl FnOnce(Value) -> Option<Value>) {
    let Some(member) = members.get_mut(name) else {
        return;
    };
    match new(member.take()) {
        Some(value) => *member = value,
        None => drop(members.shift_remove(name)),
    }
}

fn first(value: Value) -> Option<Value> {
    match value {
        Value::Array(items) => items.into_iter().next(),
        other => Some(other),
    }
}

fn text_of(value: Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// A single value instead of a list becomes a list of one; items without a meaning are left out.
fn list_of(value: Value, item: impl Fn(Value) -> Option<Value>) -> Value {
    let items = match value {
        Value::Array(items) => items,
        other => vec![other],
    };
    Value::Array(items.into_iter().filter_map(item).collect())
}

fn number_of(value: &Value) -> Option<Value> {
    match value {
        Value::Number(_) => Some(value.clone()),
        Value::String(text) => {
            let number: Value = serde_json::from_str(text.trim()).ok()?;
            number.is_number().then_some(number)
        }
        _ => None,
    }
}

/// `7`, `"7"` or `7.0`.
fn whole_number_of(value: &Value) -> Option<Value> {
    let number = number_of(value)?;
    if number.is_i64() {
        return Some(number);
    }
    let text = number.to_string();
    let whole: i64 = text.strip_suffix(".0")?.parse().ok()?;
    Some(Value::from(whole))
}

/// A number or a name.
fn media_type_of(value: &Value) -> Option<Value> {
    let named = value.as_str().and_then(MediaType::from_name);
    let number = || MediaType::from_number(whole_number_of(value)?.as_i64()?);
    let known = named.or_else(number)?;
    Some(Value::from(known.number()))
}
