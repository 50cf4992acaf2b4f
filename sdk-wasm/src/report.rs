//! Events on their way out: numbered records, collected into batches.
//!
//! A batch leaves when it is full, when it is old, and when the page is hidden or left; then it
//! is the last chance, so nothing here is deferred.

use crate::json::Writer;
use crate::units::{Cpm, Elapsed};
use ad_events::render::Step;

/// Records after which a batch leaves.
const FULL_COUNT: usize = 20;
/// Bytes that a batch never exceeds; browsers allow 64 KiB in flight while a page goes away.
const FULL_BYTES: usize = 60_000;
/// Longest text that comes from outside, in bytes.
const LONGEST_TEXT: usize = 500;

/// What is the same for all events of a page view.
#[derive(Debug, Clone, Default)]
pub struct PageView {
    /// Its id.
    pub id: String,
    /// Wall clock at navigation start, in milliseconds since 1970.
    pub began_at: u64,
    /// Path without query.
    pub path: String,
    /// What each event says of the browser, in the table's names: a JSON object without its braces, never empty.
    pub browser: String,
}

/// Whose creative was shown.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Creative {
    /// Bidder, for a bid.
    pub bidder: Option<String>,
    /// What the publisher earns, where it is known.
    pub cpm: Option<Cpm>,
    /// Its currency.
    pub currency: Option<String>,
    /// Size, as in `300x250`.
    pub size: Option<String>,
    /// `header_bidding`, `house` or `network`.
    pub source: &'static str,
}

/// One event.
#[derive(Debug, Clone, Copy)]
pub struct Event<'a> {
    /// The step.
    pub step: Step,
    /// When.
    pub at: Elapsed,
    /// Code of the slot and its refresh number.
    pub slot: Option<(&'a str, u32)>,
    /// The auction that it belongs to.
    pub auction_id: Option<&'a str>,
    /// For a rendered ad.
    pub creative: Option<&'a Creative>,
    /// Why, if there is a reason to give.
    pub reason: Option<&'a str>,
    /// Fields of this step alone: a JSON object without its braces; may be empty.
    pub fields: &'a str,
}

impl Event<'_> {
    /// An event of the whole page.
    pub fn page(step: Step, at: Elapsed) -> Self {
        Self {
            step,
            at,
            slot: None,
            auction_id: None,
            creative: None,
            reason: None,
            fields: "",
        }
    }
}

/// Collects events.
#[derive(Debug)]
pub struct Report {
    view: PageView,
    names: [String; 3],
    envelope: String,
    next: u64,
    count: usize,
    batch: String,
}

impl Report {
    /// For one page view; `names` are the publisher's site, page type and variant.
    pub fn new(view: PageView, names: [&str; 3]) -> Self {
        let names = names.map(|name| clip(name).to_owned());
        Self {
            envelope: envelope(&view, &names),
            names,
            view,
            next: 0,
            count: 0,
            batch: String::new(),
        }
    }

    /// Begins another page view; events that wait belong to the previous one and must have left.
    pub fn begin(&mut self, id: &str, began_at: u64, path: &str) {
        id.clone_into(&mut self.view.id);
        path.clone_into(&mut self.view.path);
        self.view.began_at = began_at;
        self.next = 0;
        self.envelope = envelope(&self.view, &self.names);
    }

    /// Adds a record; gives back a batch that has to leave before or because of it.
    pub fn add(&mut self, record: &str) -> Option<String> {
        let before = if self.batch.len() + record.len() > FULL_BYTES {
            self.take()
        } else {
            None
        };
        self.batch
            .push(if self.batch.is_empty() { '[' } else { ',' });
        self.batch.push_str(record);
        self.count += 1;
        before.or_else(|| {
            if self.count >= FULL_COUNT {
                self.take()
            } else {
                None
            }
        })
    }

    /// Whether exactly one event waits, so that its age is the batch's.
    pub fn is_fresh(&self) -> bool {
        self.count == 1
    }

    /// What waits, as a JSON array.
    pub fn take(&mut self) -> Option<String> {
        if self.count == 0 {
            return None;
        }
        self.count = 0;
        let mut batch = core::mem::take(&mut self.batch);
        batch.push(']');
        Some(batch)
    }

    /// An event as it will be sent.
    pub fn record(&mut self, event: &Event<'_>) -> String {
        let number = self.next;
        self.next += 1;
        let mut id = self.view.id.clone();
        id.push('-');
        crate::json::push_integer(&mut id, number);
        let millis = u64::try_from(event.at.0 / 1000).unwrap_or(0);
        let mut record = Writer::default();
        record
            .raw("{")
            .string("event_id", &id)
            .integer("seq", number)
            .string("event", event.step.name())
            .fixed("elapsed_ms", event.at.0, Elapsed::DECIMALS)
            .integer("client_time", self.view.began_at + millis)
            .comma()
            .raw(&self.envelope)
            .maybe_string("auction_id", event.auction_id)
            .maybe_string("reason", event.reason.map(clip));
        if let Some((code, round)) = event.slot {
            record
                .string("slot", code)
                .integer("refresh_no", u64::from(round));
        }
        if let Some(creative) = event.creative {
            describe(&mut record, creative);
        }
        if !event.fields.is_empty() {
            record.comma().raw(event.fields);
        }
        record.raw("}");
        record.finish()
    }
}

fn envelope(view: &PageView, [site, page_type, variant]: &[String; 3]) -> String {
    let mut envelope = Writer::default();
    envelope
        .string("page_view_id", &view.id)
        .string("site", site)
        .string("page_type", page_type)
        .string("variant", variant)
        .string("page_path", clip(&view.path))
        .string("sdk_version", env!("CARGO_PKG_VERSION"))
        .comma()
        .raw(&view.browser);
    envelope.finish()
}

fn describe(record: &mut Writer, creative: &Creative) {
    record
        .maybe_string("bidder", creative.bidder.as_deref())
        .maybe_string("currency", creative.currency.as_deref())
        .maybe_string("creative_size", creative.size.as_deref())
        .string("source", creative.source);
    if let Some(cpm) = creative.cpm {
        record.fixed("cpm", cpm.0, Cpm::DECIMALS);
    }
}

fn clip(text: &str) -> &str {
    let mut end = LONGEST_TEXT.min(text.len());
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests;
