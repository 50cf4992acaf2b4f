//! What a kill of log-ingest interrupted: the work that its log shows as begun and not ended.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};
use std::path::PathBuf;

use crate::stack::Stack;

/// The stages of the work on tables, by the names that log-ingest logs.
pub const STAGES: [&str; 9] = [
    "land",
    "commit_rows",
    "derive",
    "roll_up",
    "commit_derived",
    "compact",
    "commit_joined",
    "commit_removal",
    "vacuum",
];

/// A death outside all stages: records were only received, or nothing was done.
const NONE: &str = "receiving only";

/// The log of all runs, read as far as the last death.
#[derive(Debug)]
pub(super) struct Log {
    path: PathBuf,
    read: u64,
}

impl Log {
    /// From here on.
    pub(super) fn of(stack: &Stack) -> anyhow::Result<Self> {
        let path = stack.log_ingest_log();
        // The run that is killed first appends to this log; its stages start from nothing.
        Ok(Self { path, read: 0 })
    }

    /// Counts the stages that were under way when the last run of the log was killed.
    pub(super) fn count_in_flight(
        &mut self,
        struck: &mut BTreeMap<String, u32>,
    ) -> anyhow::Result<()> {
        let mut file = File::open(&self.path)?;
        file.seek(SeekFrom::Start(self.read))?;
        let mut bytes = Vec::new();
        self.read += u64::try_from(file.read_to_end(&mut bytes)?)?;
        let mut stages = in_flight(&String::from_utf8_lossy(&bytes));
        if stages.is_empty() {
            stages.push(NONE.to_owned());
        }
        for stage in stages {
            *struck.entry(stage).or_default() += 1;
        }
        Ok(())
    }
}

/// The names of the stages that have begun and not ended, each once.
fn in_flight(log: &str) -> Vec<String> {
    let mut open: BTreeMap<&str, &str> = BTreeMap::new();
    for line in log.lines() {
        let (Some(number), Some(name)) = (field(line, "stage.number="), field(line, "stage.name="))
        else {
            // A run begins with the buffer; what its predecessor left open does not belong to it.
            if line.contains("buffer opened") {
                open.clear();
            }
            continue;
        };
        if line.contains(" begun ") {
            open.insert(number, name);
        } else {
            open.remove(number);
        }
    }
    let mut names: Vec<String> = open.into_values().map(str::to_owned).collect();
    names.sort();
    names.dedup();
    names
}

fn field<'a>(line: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = line.split_once(name)?;
    let value = rest.split_whitespace().next()?;
    Some(value.trim_matches('"'))
}

#[cfg(test)]
mod tests {
    use super::in_flight;

    #[test]
    fn what_has_begun_and_not_ended_was_struck() {
        let log = "\
            t INFO log_receiver::run: buffer opened segments=0\n\
            t DEBUG log_ingest::stage: begun stage.number=0 stage.name=\"land\" table=\"\"\n\
            t DEBUG log_ingest::stage: begun stage.number=1 stage.name=\"commit_rows\" table=\"bids\"\n\
            t DEBUG log_ingest::stage: ended stage.number=1 stage.name=\"commit_rows\"\n\
            t DEBUG log_ingest::stage: begun stage.number=2 stage.name=\"vacuum\" table=\"bids\"\n\
            t DEBUG log_ingest::stage: begun stage.number=3 stage.name=\"land\" tab";
        assert_eq!(in_flight(log), ["land", "vacuum"]);
        let next = format!("{log}\nt INFO log_receiver::run: buffer opened segments=1\n");
        assert!(in_flight(&next).is_empty());
    }
}
