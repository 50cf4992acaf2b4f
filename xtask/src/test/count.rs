//! What test runners print at their end, read as numbers.

/// Cases of a run, by how they ended.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Counts {
    pub(super) passed: u64,
    pub(super) failed: u64,
    pub(super) skipped: u64,
}

impl Counts {
    /// A stage that gave no count.
    pub(super) const BROKEN: Self = Self {
        passed: 0,
        failed: 1,
        skipped: 0,
    };

    /// The cases of a stage that has some; for a stage that is a single check, one case that passed. What
    /// failed is counted once: as a case, and not as its stage as well.
    pub(super) fn or_one_check(self) -> Self {
        if self == Self::default() {
            return Self { passed: 1, ..self };
        }
        self
    }

    pub(super) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// What is wrong with a run that ended with these.
    pub(super) fn problem(self) -> Option<String> {
        (self.failed + self.skipped > 0)
            .then(|| format!("{} failed, {} skipped", self.failed, self.skipped))
    }
}

/// Reads the counts in a line of a runner, if it has any.
pub(super) type Read = fn(&str) -> Option<Counts>;

/// `test result: ok. 4 passed; 0 failed; 0 ignored; …`
pub(super) fn cargo(line: &str) -> Option<Counts> {
    let line = line.strip_prefix("test result: ")?;
    Some(Counts {
        passed: number_before(line, "passed")?,
        failed: number_before(line, "failed")?,
        skipped: number_before(line, "ignored")?,
    })
}

/// TAP's closing comments: `# pass 4`, `# fail 0`, `# skipped 0`, each on its own line.
pub(super) fn node(line: &str) -> Option<Counts> {
    let (what, n) = line.strip_prefix("# ")?.split_once(' ')?;
    let n = n.parse().ok()?;
    let mut counts = Counts::default();
    match what {
        "pass" => counts.passed = n,
        "fail" | "cancelled" => counts.failed = n,
        "skipped" | "todo" => counts.skipped = n,
        _ => return None,
    }
    Some(counts)
}

/// `9 runs, 21 assertions, 0 failures, 0 errors, 0 skips`
pub(super) fn minitest(line: &str) -> Option<Counts> {
    let runs = number_before(line, "runs,")?;
    let failed = number_before(line, "failures,")? + number_before(line, "errors,")?;
    let skipped = number_before(line, "skips")?;
    Some(Counts {
        passed: runs.checked_sub(failed + skipped)?,
        failed,
        skipped,
    })
}

fn number_before(line: &str, word: &str) -> Option<u64> {
    let mut words = line
        .split_whitespace()
        .map(|word| word.trim_end_matches(';'));
    let mut before = words.next()?;
    for next in words {
        if next == word {
            return before.parse().ok();
        }
        before = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{Counts, cargo, minitest, node};

    fn counts(passed: u64, failed: u64, skipped: u64) -> Option<Counts> {
        Some(Counts {
            passed,
            failed,
            skipped,
        })
    }

    #[test]
    fn reads_what_the_runners_print() {
        let line = "test result: FAILED. 4 passed; 1 failed; 2 ignored; 0 measured; 0 filtered out";
        assert_eq!(cargo(line), counts(4, 1, 2));
        assert_eq!(node("# pass 12"), counts(12, 0, 0));
        assert_eq!(node("# fail 3"), counts(0, 3, 0));
        assert_eq!(node("# skipped 1"), counts(0, 0, 1));
        let line = "9 runs, 21 assertions, 1 failures, 1 errors, 2 skips";
        assert_eq!(minitest(line), counts(5, 2, 2));
    }

    #[test]
    fn other_lines_count_nothing() {
        for line in [
            "",
            "running 4 tests",
            "test a ... ok",
            "# Subtest: a",
            "# duration_ms 4.2",
        ] {
            assert_eq!(cargo(line), None, "{line}");
            assert_eq!(node(line), None, "{line}");
            assert_eq!(minitest(line), None, "{line}");
        }
    }

    #[test]
    fn what_failed_is_counted_once() {
        let of = |stage: Option<Counts>| stage.map(Counts::or_one_check);
        assert_eq!(of(counts(3, 1, 0)), counts(3, 1, 0));
        assert_eq!(of(counts(0, 1, 0)), counts(0, 1, 0));
        // Format, lints and documents have no cases.
        assert_eq!(of(counts(0, 0, 0)), counts(1, 0, 0));
    }

    #[test]
    fn failed_and_skipped_cases_are_a_problem() {
        assert_eq!(counts(3, 0, 0).and_then(Counts::problem), None);
        assert!(counts(3, 1, 0).and_then(Counts::problem).is_some());
        assert!(counts(3, 0, 1).and_then(Counts::problem).is_some());
    }
}
