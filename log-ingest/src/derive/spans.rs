//! Stretches of time in which rows are looked for.

use deltalake::kernel::Add;

use crate::table::files;

/// First and last moment, microseconds since 1970, both included.
pub(crate) type Span = (i64, i64);

/// Stretches of time that may overlap. One event that comes weeks late adds a stretch of its own, so that the files
/// between then and now are not read for it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Spans(Vec<Span>);

/// Stretches in memory; at this number they are merged.
const MOST: usize = 4096;

impl Spans {
    /// All of time.
    pub(crate) fn all() -> Self {
        Self(vec![(i64::MIN, i64::MAX)])
    }

    /// Adds a stretch.
    pub(crate) fn add(&mut self, from: i64, to: i64) {
        // Most events of a step follow each other within seconds.
        if let Some((first, last)) = self.0.last_mut()
            && from <= *last
            && to >= *first
        {
            *first = (*first).min(from);
            *last = (*last).max(to);
            return;
        }
        self.0.push((from, to));
        if self.0.len() >= MOST {
            self.merge();
        }
    }

    /// Whether the file may hold a row of one of them.
    pub(crate) fn touch(&self, file: &Add) -> bool {
        self.0.iter().any(|span| files::overlaps(file, *span))
    }

    /// The same stretches, each longer at both ends.
    pub(crate) fn widened(&self, before: i64, after: i64) -> Self {
        let widened = self.0.iter().map(|(from, to)| {
            let (from, to) = (from.saturating_sub(before), to.saturating_add(after));
            (from, to)
        });
        let mut spans = Self(widened.collect());
        spans.merge();
        spans
    }

    /// Joins those that overlap; if there are still too many, joins all of them.
    fn merge(&mut self) {
        self.0.sort_unstable();
        let mut merged: Vec<Span> = Vec::new();
        for (from, to) in self.0.drain(..) {
            match merged.last_mut() {
                Some((_, last)) if from <= *last => *last = (*last).max(to),
                _ => merged.push((from, to)),
            }
        }
        if merged.len() >= MOST / 2 {
            let from = merged.first().map_or(i64::MIN, |(from, _)| *from);
            let to = merged.last().map_or(i64::MAX, |(_, to)| *to);
            merged = vec![(from, to)];
        }
        self.0 = merged;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_overlaps_is_one_stretch_and_what_does_not_stays_apart() {
        let mut spans = Spans::default();
        for (from, to) in [(10, 20), (100, 110), (15, 30), (12, 13)] {
            spans.add(from, to);
        }
        assert_eq!(spans.widened(1, 2), Spans(vec![(9, 32), (99, 112)]));
    }

    #[test]
    fn their_number_has_a_bound() {
        let mut spans = Spans::default();
        for number in 0..100_000 {
            spans.add(number * 10, number * 10 + 1);
        }
        assert!(spans.0.len() < MOST);
        assert!(spans.0.iter().any(|(from, _)| *from == 0));
    }
}
