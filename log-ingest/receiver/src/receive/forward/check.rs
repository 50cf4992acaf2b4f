//! A complete message before it is stored: what it holds, and which ack its sender gets.

use std::ops::ControlFlow;

use bytes::Bytes;
use forward_protocol::{Ack, BrokenMessage, DecodeError, Intake, Limits};

use crate::buffer::{ChunkKey, Keying, Payload};
use crate::read::DENIED_TAG;
use crate::receive::memory::ReceiveMemory;
use crate::receive::tally::Tally;
use crate::tag_pattern::TagSet;

/// Messages from this size on, and compressed ones, are checked on a thread that may take its time.
const LARGE_MESSAGE: usize = 256 << 10;
/// First bytes of compressed entries that are looked for; a message that is small and compressed may inflate to a large one.
const MAGICS: [&[u8]; 2] = [b"\x1f\x8b", b"\x28\xb5\x2f\xfd"];
/// Where they would be: behind the tag and the entries' header.
const HEAD_BYTES: usize = 1100;

/// What the session keeps of a message.
#[derive(Debug)]
pub(crate) struct CheckedMessage {
    /// The message as the buffer takes it.
    pub(crate) payload: Payload,
    /// What it is known by when it is sent again.
    pub(crate) key: Option<ChunkKey>,
    /// The acknowledgement, if one is asked for.
    pub(crate) ack: Option<Vec<u8>>,
    pub(crate) tag: String,
    pub(crate) tally: Tally,
    pub(crate) bytes: usize,
}

/// How a message is looked at.
#[derive(Debug, Clone)]
pub(crate) struct Terms {
    pub(crate) received_at_us: i64,
    pub(crate) limits: Limits,
    pub(crate) keying: Keying,
    /// The ack is JSON.
    pub(crate) json: bool,
    /// Tags that the sender may not use.
    pub(crate) denied: TagSet,
}

/// `Break` = a heartbeat: there is nothing to store. `None` = our bug ended the work.
type CheckResult = Result<ControlFlow<(), CheckedMessage>, DecodeError>;

/// Checks at once what is quick to check, and the rest on another thread. `None` = a panic, which is our bug.
pub(crate) async fn check(
    frame: Bytes,
    terms: Terms,
    memory: &ReceiveMemory,
) -> Option<CheckResult> {
    if frame.len() < LARGE_MESSAGE && !may_be_compressed(&frame) {
        return Some(check_now(frame, &terms));
    }
    let _turn = memory.turn().await;
    tokio::task::spawn_blocking(move || check_now(frame, &terms))
        .await
        .ok()
}

fn may_be_compressed(frame: &[u8]) -> bool {
    let head = frame.get(..HEAD_BYTES).unwrap_or(frame);
    MAGICS
        .iter()
        .any(|magic| head.windows(magic.len()).any(|window| window == *magic))
}

/// What is not an event is counted here and separated again when the message is landed, by the same rules.
pub(crate) fn check_now(frame: Bytes, terms: &Terms) -> CheckResult {
    let (mut tally, mut denied) = (Tally::default(), false);
    let mut inflated = frame.len();
    let (tag, chunk) = match Intake::read(&frame, &terms.limits)? {
        Intake::Heartbeat => return Ok(ControlFlow::Break(())),
        Intake::Message(message) => {
            denied = terms.denied.has(message.tag);
            inflated = inflated.max(message.entries_len());
            let mut entries = message.entries();
            while let Some(found) = entries.next_or_fault() {
                match found {
                    Ok(_) if denied => tally.fault(DENIED_TAG.0),
                    Ok(_) => tally.events += 1,
                    Err(fault) => tally.fault(fault.error.code()),
                }
            }
            (message.tag.to_owned(), message.option.chunk)
        }
        // Kept as it is, it would be of no use: nobody could land it from the quarantine either.
        Intake::Broken(BrokenMessage {
            error: error @ DecodeError::InflatedTooLarge { .. },
            ..
        }) => return Err(error),
        Intake::Broken(broken) => {
            tally.fault(broken.error.code());
            (
                broken.tag.unwrap_or_default().to_owned(),
                broken.option.chunk,
            )
        }
    };
    let ack = chunk.map(|chunk| {
        let mut out = Vec::new();
        match terms.json {
            true => Ack { chunk }.encode_json(&mut out),
            false => Ack { chunk }.encode(&mut out),
        }
        out
    });
    let key = ack.as_ref().map(|_| terms.keying.message(&frame));
    let bytes = frame.len();
    let payload = match tally.fault_count() {
        0 => Payload::forward(terms.received_at_us, frame),
        _ if denied => Payload::denied_forward(terms.received_at_us, &terms.limits, frame),
        _ => Payload::forward_with_faults(terms.received_at_us, &terms.limits, frame),
    };
    Ok(ControlFlow::Continue(CheckedMessage {
        payload: payload.inflating_to(inflated, tally.all()),
        key,
        ack,
        tag,
        tally,
        bytes,
    }))
}

#[cfg(test)]
mod tests;
