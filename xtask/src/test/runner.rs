//! Test runners: what they print goes to the terminal and is read on its way.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};

use super::case::{self, Case};
use super::count::{self, Counts};
use crate::step;

/// How to read what one kind of runner prints.
#[derive(Debug, Clone, Copy)]
pub(super) struct Language {
    counts: count::Read,
    case: case::Read,
}

/// The test programs that Cargo builds.
pub(super) const RUST: Language = Language {
    counts: count::cargo,
    case: case::cargo,
};
/// Node, told to print TAP.
pub(super) const NODE: Language = Language {
    counts: count::node,
    case: case::node,
};
/// Ruby's minitest.
pub(super) const RUBY: Language = Language {
    counts: count::minitest,
    case: case::minitest,
};

/// What became of a stage's cases.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    pub(super) counts: Counts,
    pub(super) cases: Vec<Case>,
}

impl Outcome {
    pub(super) fn add(&mut self, other: Self) {
        self.counts.add(other.counts);
        self.cases.extend(other.cases);
    }
}

/// Runs a test runner to its end.
pub(super) fn run(command: &mut Command, language: Language) -> Result<Outcome> {
    let shown = step::show(command);
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start {shown}"))?;
    let stdout = child.stdout.take().context("no output to read")?;
    let mut outcome = Outcome::default();
    let mut reader = case::Reader::default();
    let mut ended = false;
    for line in BufReader::new(stdout).split(b'\n') {
        let line = line?;
        let line = String::from_utf8_lossy(&line);
        println!("{line}");
        if let Some(more) = (language.counts)(&line) {
            outcome.counts.add(more);
            ended = true;
        }
        outcome.cases.extend((language.case)(&mut reader, &line));
    }
    let status = child.wait()?;
    if !status.success() && outcome.counts.problem().is_none() {
        bail!("{shown}: {status}");
    }
    if !ended {
        bail!("{shown} came to no end");
    }
    Ok(outcome)
}
