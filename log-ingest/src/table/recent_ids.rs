//! Which events a table has already: the memory of `event_id` that makes a repeated sending count once.
//!
//! The ids are kept as 128-bit digests in two generations. When the younger one is full or as old
//! as the window, it becomes the older one and that is forgotten, so that memory has a bound and an
//! id is known for at least the window while the bound allows. What is remembered is read from the
//! files of the table that this process has not written or read yet: at the start those of the
//! window, later those of other instances.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use ad_events::table::{EVENT_ID, RECEIVED_AT};
use chrono::Utc;
use deltalake::arrow::array::{
    Array, AsArray, BooleanArray, RecordBatch, StringArray, TimestampMicrosecondArray,
};
use deltalake::arrow::compute::filter_record_batch;
use deltalake::arrow::datatypes::TimestampMicrosecondType;
use deltalake::kernel::Add;

use super::TableError;
use super::version::TableVersion;

/// How much is remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecentIdLimits {
    /// An event that comes again within it is a repetition.
    pub window: Duration,
    /// Ids in memory for each table, at about 20 bytes where the sets of ids are well filled: they grow by doubling.
    pub max_ids: usize,
}

impl Default for RecentIdLimits {
    fn default() -> Self {
        Self {
            window: Duration::from_secs(24 * 3600),
            // Just under what two sets of 2^19 places hold: 18 MB, and a few more ids would take 36.
            max_ids: 900_000,
        }
    }
}

/// The memory of one table.
#[derive(Debug)]
pub(crate) struct RecentIds {
    limits: RecentIdLimits,
    young: Generation,
    old: Generation,
    known_files: HashSet<String>,
}

/// Ids that are forgotten together.
#[derive(Debug, Default)]
struct Generation {
    ids: HashSet<u128>,
    /// When the first of them came.
    since_us: Option<i64>,
}

/// The ids of rows that the table does not have.
#[derive(Debug)]
pub(crate) struct NewIds {
    ids: Vec<IdReceipt>,
}

/// The ids, and the rows in pieces.
type NewRows = (NewIds, Vec<RecordBatch>);

impl NewIds {
    /// Whether both are the same rows of one batch: rows without an id are in both.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.ids == other.ids
    }
}

impl RecentIds {
    pub(crate) fn new(limits: RecentIdLimits) -> Self {
        Self {
            limits,
            young: Generation::default(),
            old: Generation::default(),
            known_files: HashSet::new(),
        }
    }

    /// Reads the ids of files that it does not know. Those in a bad file stay unknown.
    pub(crate) async fn learn(&mut self, version: &TableVersion) -> Result<(), TableError> {
        let window_ms = i64::try_from(self.limits.window.as_millis()).unwrap_or(i64::MAX);
        let since_ms = Utc::now().timestamp_millis().saturating_sub(window_ms);
        let mut live = version.files()?;
        live.sort_by_key(|file| file.modification_time);
        let mut known = HashSet::with_capacity(live.len());
        for file in live {
            if !self.known_files.contains(&file.path) && file.modification_time >= since_ms {
                self.read(version, &file).await?;
            }
            known.insert(file.path);
        }
        self.known_files = known;
        Ok(())
    }

    async fn read(&mut self, version: &TableVersion, file: &Add) -> Result<(), TableError> {
        let columns = [EVENT_ID, RECEIVED_AT.name];
        let batches = version.read(file, &columns).await?;
        for batch in batches.into_iter().flatten() {
            for (id, received_us) in ids(&batch).into_iter().flatten() {
                self.insert(id, received_us);
            }
        }
        Ok(())
    }

    /// The rows whose ids are new, each id once, and those ids. Rows without an id are all new.
    pub(crate) fn new_ids(
        &self,
        rows: &[RecordBatch],
    ) -> Result<NewRows, deltalake::DeltaTableError> {
        let mut fresh = HashSet::new();
        let mut new_ids = Vec::new();
        let mut is_new = |receipt: Option<IdReceipt>| {
            let Some((id, received_us)) = receipt else {
                return true;
            };
            let new = !self.contains(id) && fresh.insert(id);
            if new {
                new_ids.push((id, received_us));
            }
            new
        };
        let mut new_rows = Vec::with_capacity(rows.len());
        for piece in rows {
            let keep: Vec<bool> = ids(piece).into_iter().map(&mut is_new).collect();
            // Usually all of it is new, and then nothing is copied.
            new_rows.push(match keep.contains(&false) {
                false => piece.clone(),
                true => filter_record_batch(piece, &BooleanArray::from(keep))?,
            });
        }
        Ok((NewIds { ids: new_ids }, new_rows))
    }

    /// Remembers rows that are in the table now, and the files they are in.
    pub(crate) fn remember(&mut self, new_ids: NewIds, files: impl Iterator<Item = String>) {
        for (id, received_us) in new_ids.ids {
            self.insert(id, received_us);
        }
        self.known_files.extend(files);
    }

    fn contains(&self, id: u128) -> bool {
        self.young.ids.contains(&id) || self.old.ids.contains(&id)
    }

    fn insert(&mut self, id: u128, received_us: i64) {
        let window_us = i64::try_from(self.limits.window.as_micros()).unwrap_or(i64::MAX);
        let is_aged = |since_us: i64| received_us.saturating_sub(since_us) >= window_us;
        let is_full = self.young.ids.len() >= self.limits.max_ids / 2;
        if is_full || self.young.since_us.is_some_and(is_aged) {
            self.old = std::mem::take(&mut self.young);
        }
        self.young.since_us.get_or_insert(received_us);
        self.young.ids.insert(id);
    }
}

/// Digest of an id, and when it came.
type IdReceipt = (u128, i64);

/// Digest of the id and time of receipt of each row.
fn ids(rows: &RecordBatch) -> Vec<Option<IdReceipt>> {
    let text: Option<&StringArray> = rows
        .column_by_name(EVENT_ID)
        .and_then(|c| c.as_string_opt());
    let times: Option<&TimestampMicrosecondArray> = rows
        .column_by_name(RECEIVED_AT.name)
        .and_then(|column| column.as_primitive_opt::<TimestampMicrosecondType>());
    (0..rows.num_rows())
        .map(|row| {
            let text = text.filter(|column| column.is_valid(row))?;
            let received = times.filter(|column| column.is_valid(row));
            Some((
                digest(text.value(row)),
                received.map_or(0, |c| c.value(row)),
            ))
        })
        .collect()
}

fn digest(text: &str) -> u128 {
    let half = |salt: u8| {
        let mut hasher = DefaultHasher::new();
        (salt, text).hash(&mut hasher);
        u128::from(hasher.finish())
    };
    half(0) << 64 | half(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn limited(window_s: u64, max_ids: usize) -> RecentIds {
        RecentIds::new(RecentIdLimits {
            window: Duration::from_secs(window_s),
            max_ids,
        })
    }

    #[test]
    fn forgets_by_count_only_what_is_oldest() {
        let mut recent = limited(3600, 100);
        for id in 0..1000 {
            recent.insert(id, 0);
        }
        assert!(recent.young.ids.len() + recent.old.ids.len() <= 100);
        assert!((950..1000).all(|id| recent.contains(id)) && !recent.contains(100));
    }

    #[test]
    fn an_id_is_known_for_the_window_and_not_for_ever() {
        let mut recent = limited(60, 1000);
        for second in 0..300_u32 {
            recent.insert(u128::from(second), i64::from(second) * 1_000_000);
            let back = second.saturating_sub(60);
            assert!(recent.contains(u128::from(back)), "{second}");
        }
        assert!(!recent.contains(100));
    }
}
