//! Numbers and records from a seed, the same on every machine.

use forward_protocol::{EventTime, PackedEntries};
use serde_json::{Map, Value, json};

/// Splits one number into many (Steele, Lea and Flood's mixer).
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, limit: usize) -> usize {
        (self.next() % limit as u64) as usize
    }

    fn text(&mut self) -> String {
        let length = match self.below(200) {
            0 => 70_000,
            other => [0, 3, 31, 32, 255, 256][other % 6] / (1 + self.below(5)),
        };
        (0..length)
            .map(|_| ['a', 'é', '漢', '\0', '"'][self.below(5)])
            .collect()
    }

    pub(crate) fn value(&mut self, depth: usize) -> Value {
        match self.below(if depth > 3 { 6 } else { 8 }) {
            0 => Value::Null,
            1 => json!(self.next().is_multiple_of(2)),
            2 => json!(self.next() >> self.below(64)),
            3 => json!(self.next().cast_signed() >> self.below(64)),
            4 => json!(self.next() as f64 / 7.0),
            5 => json!(self.text()),
            6 => (0..self.below(20)).map(|_| self.value(depth + 1)).collect(),
            _ => Value::Object(self.record(depth + 1)),
        }
    }

    pub(crate) fn record(&mut self, depth: usize) -> Map<String, Value> {
        let fields = self.below(20);
        (0..fields)
            .map(|index| (format!("{index}{}", self.text()), self.value(depth)))
            .collect()
    }

    /// Some entries, and what must come back.
    pub(crate) fn entries(&mut self) -> (PackedEntries, Vec<crate::Event>) {
        let mut packed = PackedEntries::new();
        let mut events = Vec::new();
        for _ in 0..self.below(8) {
            let micros = 1_000_000 + (self.next() % 4_000_000_000_000_000).cast_signed();
            let record = self.record(1);
            packed.push(EventTime::from_micros(micros), &record);
            events.push((Some(micros), Value::Object(record)));
        }
        (packed, events)
    }
}
