//! The stages of a run: what each cost, how it ended, and what is slow in it.

use std::time::Duration;

use anyhow::{Result, bail};

use super::case::{self, Case};
use super::count::Counts;
use super::runner::Outcome;
use crate::step;

/// How many of its cases a stage lists.
const LISTED: usize = 10;
/// Cases below this are not worth a line.
const LISTED_FROM: Duration = Duration::from_millis(500);

/// What has been run.
#[derive(Debug)]
pub(super) struct Checks {
    clock: step::Stopwatch,
    counts: Counts,
    stages: Vec<Stage>,
}

#[derive(Debug)]
struct Stage {
    name: &'static str,
    took: Duration,
    ended: Ended,
    cases: Vec<Case>,
}

#[derive(Debug)]
enum Ended {
    /// It is something that others build on: there is nothing to count.
    Prepared,
    Passed,
    Failed(String),
}

impl Checks {
    /// Starts with nothing run yet.
    pub(super) fn start() -> Self {
        Self {
            clock: step::Stopwatch::start(),
            counts: Counts::default(),
            stages: Vec::new(),
        }
    }

    /// A step that others build on: if it fails, the run cannot go on.
    pub(super) fn prepare<T>(
        &mut self,
        name: &'static str,
        make: impl FnOnce() -> Result<T>,
    ) -> Result<T> {
        let clock = step::Stopwatch::start();
        let made = make()?;
        self.push(name, clock.elapsed(), Ended::Prepared, Vec::new());
        Ok(made)
    }

    /// A single check without cases. Returns what it made, for later stages.
    pub(super) fn check<T>(
        &mut self,
        name: &'static str,
        check: impl FnOnce() -> Result<T>,
    ) -> Option<T> {
        let mut made = None;
        self.stage(name, || {
            made = Some(check()?);
            Ok(Outcome::default())
        });
        made
    }

    /// A check of many cases.
    pub(super) fn stage(&mut self, name: &'static str, check: impl FnOnce() -> Result<Outcome>) {
        step::announce(name, None);
        let clock = step::Stopwatch::start();
        let (problem, cases) = match check() {
            Ok(outcome) => {
                self.counts.add(outcome.counts.or_one_check());
                (outcome.counts.problem(), outcome.cases)
            }
            Err(error) => {
                self.counts.add(Counts::BROKEN);
                (Some(format!("{error:#}")), Vec::new())
            }
        };
        if let Some(problem) = &problem {
            println!("   {name}: {problem}");
        }
        let ended = problem.map_or(Ended::Passed, Ended::Failed);
        self.push(name, clock.elapsed(), ended, cases);
    }

    fn push(&mut self, name: &'static str, took: Duration, ended: Ended, cases: Vec<Case>) {
        self.stages.push(Stage {
            name,
            took,
            ended,
            cases,
        });
    }

    /// Prints the summary. `timings` asks for the slowest cases, too. The last line is the counts.
    pub(super) fn close(self, timings: bool) -> Result<()> {
        println!("\n── summary");
        for line in lines(&self.stages, self.clock.elapsed(), timings) {
            println!("   {line}");
        }
        println!(
            "{} passed, {} failed",
            self.counts.passed, self.counts.failed
        );
        let failed: Vec<_> = self
            .stages
            .iter()
            .filter(|stage| matches!(stage.ended, Ended::Failed(_)))
            .map(|stage| stage.name)
            .collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", failed.join(", "))
    }
}

fn lines(stages: &[Stage], all: Duration, timings: bool) -> Vec<String> {
    let mut lines = Vec::new();
    for stage in stages {
        let verdict = match &stage.ended {
            Ended::Prepared => String::new(),
            Ended::Passed => "ok".to_owned(),
            Ended::Failed(problem) => {
                format!("FAILED: {}", problem.lines().next().unwrap_or_default())
            }
        };
        let seconds = stage.took.as_secs_f64();
        lines.push(
            format!("{:<42} {seconds:>5.0} s  {verdict}", stage.name)
                .trim_end()
                .to_owned(),
        );
        let slow = stage
            .cases
            .iter()
            .filter(|case| timings && case.took >= LISTED_FROM)
            .cloned();
        for case in case::slowest(slow.collect(), LISTED) {
            lines.push(format!(
                "    {:>7.1} s  {}",
                case.took.as_secs_f64(),
                case.name
            ));
        }
    }
    let all = all.as_secs();
    lines.push(format!(
        "{:<42} {:>5} min {:02} s",
        "all of it",
        all / 60,
        all % 60
    ));
    lines
}

#[cfg(test)]
mod tests {
    use super::{Case, Duration, Ended, Stage, lines};

    fn stage(name: &'static str, seconds: u64, ended: Ended, cases: &[(&str, u64)]) -> Stage {
        let case = |(name, ms): &(&str, u64)| Case {
            name: (*name).to_owned(),
            took: Duration::from_millis(*ms),
        };
        Stage {
            name,
            took: Duration::from_secs(seconds),
            ended,
            cases: cases.iter().map(case).collect(),
        }
    }

    #[test]
    fn the_summary_tells_what_each_stage_cost() {
        let stages = [
            stage("building the servers", 100, Ended::Prepared, &[]),
            stage(
                "unit tests",
                31,
                Ended::Passed,
                &[("quick", 20), ("slow", 1500), ("slower", 9000)],
            ),
            stage(
                "gem",
                2,
                Ended::Failed("1 failed, 0 skipped\nand more".to_owned()),
                &[],
            ),
        ];
        let plain = [
            "building the servers                         100 s",
            "unit tests                                    31 s  ok",
            "gem                                            2 s  FAILED: 1 failed, 0 skipped",
            "all of it                                      2 min 13 s",
        ];
        assert_eq!(lines(&stages, Duration::from_secs(133), false), plain);
        let timed = lines(&stages, Duration::from_secs(133), true);
        assert_eq!(
            timed[2..4],
            ["        9.0 s  slower", "        1.5 s  slow"]
        );
        assert_eq!(timed.len(), plain.len() + 2);
    }
}
