//! Lands a segment in parts where the sink does not take it whole, and sets aside what it does not take in any part.
//!
//! Parts go from left to right. One that fails because of its records is halved, until it is a single event: that one is the
//! culprit. It goes to the quarantine as text, or into a file if even that fails. How far the landing has come, and which part is
//! tried, is written down before the part is handed over: after a crash the very same part comes again under the
//! same name, so that the sink knows it if it has it.

use std::io::{self, ErrorKind};
use std::sync::Arc;

use serde_json::{Value, json};

use super::lander::{Landed, Lander, SegmentId};
use super::metrics::Loss;
use super::records::{Reading, Records};
use super::{LandReport, Segment, SinkError, SinkErrorCause, TableSink};
use crate::buffer::{SealedSegment, Storage, parts_file};
use crate::record::Record;

/// The fault of a record that is in the quarantine instead of an event that could not be landed.
const UNLANDABLE: &str = "unlandable";

/// How far the landing of a segment has come, in positions of its events.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct Progress {
    /// The events before it have landed, or are set aside.
    done: u64,
    /// The end of the part that is tried.
    trying: u64,
}

/// A segment that is landed in parts.
struct Split<'a> {
    sealed: &'a SealedSegment,
    id: SegmentId,
    reading: Arc<Reading>,
}

impl Progress {
    fn read(storage: &dyn Storage, segment: &str) -> io::Result<Option<Self>> {
        match storage.read(&parts_file(segment)) {
            // After damage it starts again: then events may come twice, but none is lost.
            Ok(bytes) => {
                let progress: Option<Self> = serde_json::from_slice(&bytes).ok();
                Ok(progress.filter(|progress| progress.trying > progress.done))
            }
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }
}

impl<S: TableSink> Lander<S> {
    /// Whether an earlier run has begun to land it in parts.
    pub(super) async fn is_split(&self, sealed: &SealedSegment) -> Result<bool, SinkError> {
        Ok(self.progress(sealed).await?.is_some())
    }

    /// Returns once every event has landed or is set aside.
    pub(super) async fn land_in_parts(&self, sealed: &SealedSegment) -> Result<Landed, SinkError> {
        let (id, reading) = self.open(sealed).await?;
        let split = Split {
            sealed,
            id: SegmentId {
                buffer: format!("{}-{}", id.buffer, id.seq),
                seq: id.seq,
            },
            reading: Arc::new(reading),
        };
        let totals = self.totals(sealed).await?;
        let begun = self.progress(sealed).await?;
        if begun.is_none() {
            self.metrics.split();
            tracing::error!(
                segment.name = sealed.name,
                events = totals.positions,
                "segment cannot be landed whole; it is landed in parts"
            );
        }
        let begin = Progress {
            done: 0,
            trying: totals.positions.div_ceil(2),
        };
        let mut report = self
            .land_all(&split, begun.unwrap_or(begin), totals.positions)
            .await?;
        report.duplicates += totals.survey.repeated;
        self.landed(split.id.seq, report);
        self.metrics.replaced_texts(totals.replaced);
        Ok(Landed {
            damaged: totals.survey.damaged,
            header_damaged: split.reading.header().is_none(),
            chunks: totals.survey.chunks,
        })
    }

    async fn land_all(
        &self,
        split: &Split<'_>,
        mut progress: Progress,
        end: u64,
    ) -> Result<LandReport, SinkError> {
        let mut report = LandReport::default();
        while progress.done < end {
            self.save_progress(split, progress).await?;
            let part = progress.done..progress.trying;
            let events = progress.trying - progress.done;
            let records = Records::part(Arc::clone(&split.reading), part);
            match self.hand_over(split.part(progress.trying, records)).await {
                Ok(landed) => report += landed,
                Err(error) if error.cause() == SinkErrorCause::Circumstances => return Err(error),
                Err(error) if events <= 1 => {
                    report += self.set_aside(split, progress.done, &error).await?;
                }
                Err(_) => {
                    progress.trying = progress.done + events / 2;
                    continue;
                }
            }
            progress.done = progress.trying;
            // What went well once may go well with more.
            progress.trying = progress.done.saturating_add(events * 2).min(end);
        }
        Ok(report)
    }

    /// One event that cannot be landed.
    async fn set_aside(
        &self,
        split: &Split<'_>,
        position: u64,
        error: &SinkError,
    ) -> Result<LandReport, SinkError> {
        let reading = Arc::clone(&split.reading);
        let part = Records::part(reading, position..position + 1);
        let read = tokio::task::spawn_blocking(move || part.into_iter().next());
        // There is no record where the position is that of a repeated event.
        let Some(record) = read.await.map_err(SinkError::new)? else {
            return Ok(LandReport::default());
        };
        let reason = std::error::Error::source(error).map(ToString::to_string);
        tracing::error!(
            segment.name = split.sealed.name,
            event = position,
            event.tag = record.tag,
            error = reason,
            "event cannot be landed; it is set aside"
        );
        let quarantined = as_fault(&record, reason.unwrap_or_default());
        let records = Records::from(vec![quarantined]);
        match self.hand_over(split.part(position + 1, records)).await {
            Err(error) if error.cause() == SinkErrorCause::Records => {
                self.keep_in_file(split, position, &record).await?;
                self.metrics.dropped(Loss::Unlandable, 1);
                Ok(LandReport::default())
            }
            landed => landed,
        }
    }

    async fn keep_in_file(
        &self,
        split: &Split<'_>,
        position: u64,
        record: &Record,
    ) -> Result<(), SinkError> {
        let storage = Arc::clone(&self.storage);
        let name = format!("{}.{position}.unlandable", split.sealed.name);
        let text = as_json(record).to_string();
        tracing::error!(file.name = name, "event kept in a file of the buffer");
        let kept = tokio::task::spawn_blocking(move || storage.replace(&name, text.as_bytes()));
        let kept = kept.await.map_err(SinkError::new)?;
        kept.map_err(SinkError::new)
    }

    async fn progress(&self, sealed: &SealedSegment) -> Result<Option<Progress>, SinkError> {
        let (storage, name) = (Arc::clone(&self.storage), sealed.name.clone());
        let read = tokio::task::spawn_blocking(move || Progress::read(storage.as_ref(), &name));
        let read = read.await.map_err(SinkError::new)?;
        read.map_err(SinkError::new)
    }

    async fn save_progress(&self, split: &Split<'_>, progress: Progress) -> Result<(), SinkError> {
        let (storage, name) = (Arc::clone(&self.storage), parts_file(&split.sealed.name));
        let bytes = serde_json::to_vec(&progress).map_err(SinkError::new)?;
        let saved = tokio::task::spawn_blocking(move || storage.replace(&name, &bytes));
        let saved = saved.await.map_err(SinkError::new)?;
        saved.map_err(SinkError::new)
    }
}

impl Split<'_> {
    /// A part's number is its end: it grows from part to part, and no two parts that land have the same.
    fn part(&self, end: u64, records: Records) -> Segment {
        Segment {
            buffer_id: self.id.buffer.clone(),
            seq: end,
            records,
        }
    }
}

/// What the quarantine gets of an event.
fn as_fault(record: &Record, reason: String) -> Record {
    let text = as_json(record).to_string();
    let fields = [("error", reason), ("text", text)];
    let fields = fields.map(|(name, text)| (name.to_owned(), Value::String(text)));
    Record {
        tag: record.tag.clone(),
        event_time_us: None,
        received_at_us: record.received_at_us,
        fields: fields.into_iter().collect(),
        fault: Some(UNLANDABLE),
    }
}

fn as_json(record: &Record) -> Value {
    json!({
        "tag": record.tag,
        "event_time_us": record.event_time_us,
        "received_at_us": record.received_at_us,
        "fields": record.fields,
    })
}
