//! Replays the kept corpus, as it is and changed in a fixed way.

use std::path::Path;

use corpus::Random;
use serde_json::Value;

use super::tokens::TOKENS;

#[track_caller]
fn replay(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    corpus::replay(&corpus.join(target), &TOKENS, run);
}

#[test]
fn no_auction_request_does_harm() {
    replay("auction_request", super::auction_request);
}

#[test]
fn no_answer_is_larger_than_its_share() {
    replay("auction_answer", super::auction_answer);
}

/// Requests that stay JSON, unlike those with changed bytes: members are copied, repeated and made longer.
#[test]
fn no_answer_grows_faster_than_its_request() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus/auction_answer");
    let whole = corpus::files(&folder).into_iter();
    let requests: Vec<Value> = whole
        .filter_map(|bytes| serde_json::from_slice(&bytes).ok())
        .collect();
    let mut random = Random(11);
    for _ in 0..600 {
        let mut request = requests[random.below(requests.len())].clone();
        for _ in 0..=random.below(6) {
            grow(&mut request, &requests, &mut random);
        }
        super::auction_answer(request.to_string().as_bytes());
    }
}

/// Longer requests are refused for that alone.
const LONGEST: usize = 200_000;

fn grow(request: &mut Value, others: &[Value], random: &mut Random) {
    let donor = &others[random.below(others.len())];
    let taken = pick(donor, random).clone();
    let place = pick_mut(request, random);
    let room = LONGEST / place.to_string().len().max(1);
    let times = 1 + random.below(room.clamp(1, 2000));
    match place {
        Value::Array(items) if !items.is_empty() => {
            let item = items[random.below(items.len())].clone();
            items.extend(vec![item; times]);
            for (nth, item) in items.iter_mut().enumerate() {
                // Imps have ids of their own.
                if let Some(id) = item.get_mut("id") {
                    *id = Value::from(format!("i{nth}"));
                }
            }
        }
        Value::String(text) => *text = text.repeat(times),
        Value::Object(members) if !members.is_empty() => {
            let (_, value) = members.iter().nth(random.below(members.len())).unwrap();
            let value = value.clone();
            for nth in 0..times.min(300) {
                members.insert(format!("m{nth}"), value.clone());
            }
        }
        other => *other = taken,
    }
    if request.to_string().len() > LONGEST {
        *request = donor.clone();
    }
}

/// A value anywhere within.
fn pick<'a>(value: &'a Value, random: &mut Random) -> &'a Value {
    let children: Vec<&Value> = match value {
        Value::Array(items) => items.iter().collect(),
        Value::Object(members) => members.values().collect(),
        _ => return value,
    };
    match random.below(children.len() + 1) {
        chosen if chosen < children.len() && random.below(8) > 0 => pick(children[chosen], random),
        _ => value,
    }
}

fn pick_mut<'a>(value: &'a mut Value, random: &mut Random) -> &'a mut Value {
    let children = match value {
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        _ => return value,
    };
    let chosen = random.below(children + 1);
    if chosen >= children || random.below(8) == 0 {
        return value;
    }
    match value {
        Value::Array(items) => pick_mut(&mut items[chosen], random),
        Value::Object(members) => {
            let (_, child) = members.iter_mut().nth(chosen).unwrap();
            pick_mut(child, random)
        }
        other => other,
    }
}

#[test]
fn no_native_request_does_harm() {
    replay("native_request", super::native_request);
}

#[test]
fn no_reply_does_harm() {
    replay("ssp_reply", super::ssp_reply);
}

#[test]
fn no_stored_data_does_harm() {
    replay("stored_data", super::stored_data);
}

#[test]
fn no_definition_does_harm() {
    replay("definition", super::definition);
}

#[test]
fn no_file_of_floors_does_harm() {
    replay("floors_file", super::floors_file);
}

#[test]
fn no_file_of_rates_does_harm() {
    replay("rate_file", super::rate_file);
}

#[test]
fn no_file_of_an_account_does_harm() {
    replay("account_file", super::account_file);
}

#[test]
fn no_file_of_stored_data_does_harm() {
    replay("stored_file", super::stored_file);
}

#[test]
fn no_query_does_harm() {
    replay("query", super::query);
}

#[test]
fn no_markup_is_misread() {
    replay("markup", super::markup);
}
