//! A body before it is stored: how many events it holds, and what in it is not an event.

use bytes::Bytes;
use forward_protocol::repair_json;

use super::content::Events;
use super::refusal::Refusal;
use crate::items::{CheckedArray, CheckedRecord, Fault, Item, JsonItems, MsgPackItems};
use crate::receive::tally::Tally;

/// Faults that an answer lists; it counts them all.
const MAX_LISTED: usize = 100;

/// A body with at least one event, or with none on purpose.
#[derive(Debug)]
pub(crate) struct CheckedBody {
    pub(crate) body: Bytes,
    pub(crate) msgpack: bool,
    /// As a form gave it.
    pub(crate) time: Option<String>,
    pub(crate) tally: Tally,
    /// The first of them.
    pub(crate) faults: Vec<Fault>,
    /// Texts, keys and numbers in which something was replaced, so that the rest can be read.
    pub(crate) replaced: u64,
}

/// Checks the whole body. One without any event is refused with its first fault; then nothing of it is kept, since
/// a client that sends only nonsense should hear so.
pub(crate) fn check(events: Events) -> Result<CheckedBody, Refusal> {
    let Events {
        mut bytes,
        msgpack,
        time,
    } = events;
    let mut replaced = 0;
    let whole = match msgpack {
        true => None,
        false => count_events(&bytes),
    };
    let (tally, faults) = match (whole, msgpack) {
        (Some(events), _) => (Tally::of(events), Vec::new()),
        (None, true) => sort(MsgPackItems::new(&bytes)),
        (None, false) => {
            if let Some(repaired) = repair_json(&bytes) {
                (bytes, replaced) = (repaired.text.into(), repaired.replaced);
            }
            sort(JsonItems::new(&bytes))
        }
    };
    match faults.first() {
        Some(first) if tally.events == 0 => Err(Refusal::Faulty(first.clone())),
        _ => Ok(CheckedBody {
            body: bytes,
            msgpack,
            time,
            tally,
            faults,
            replaced,
        }),
    }
}

fn sort<'a>(items: impl Iterator<Item = Item<'a>>) -> (Tally, Vec<Fault>) {
    let (mut tally, mut faults) = (Tally::default(), Vec::new());
    for item in items {
        match item {
            Ok(_) => tally.events += 1,
            Err(faulty) => {
                tally.fault(faulty.fault.code);
                if faults.len() < MAX_LISTED {
                    faults.push(faulty.fault);
                }
            }
        }
    }
    (tally, faults)
}

/// The events of a body without a fault, in one go; `None` = it has one.
fn count_events(body: &[u8]) -> Option<u64> {
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match body.iter().find(|byte| !byte.is_ascii_whitespace())? {
        b'[' => {
            let CheckedArray(count) = serde_json::from_slice(body).ok()?;
            Some(count)
        }
        b'{' => serde_json::Deserializer::from_slice(body)
            .into_iter::<CheckedRecord>()
            .try_fold(0, |count, record| record.ok().map(|_| count + 1)),
        _ => None,
    }
}
