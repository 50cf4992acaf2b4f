//! How long single cases took, read from what the runners print.

use std::time::Duration;

/// One case and its time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Case {
    pub(super) name: String,
    pub(super) took: Duration,
}

/// Reads times out of a runner's lines, one after another.
#[derive(Debug, Default)]
pub(super) struct Reader {
    /// Node prints the time of a case in a line after its name.
    named: Option<String>,
}

/// Reads one line of a runner.
pub(super) type Read = fn(&mut Reader, &str) -> Option<Case>;

/// `test some::name ... ok <0.012s>`, with `--report-time` only.
pub(super) fn cargo(_: &mut Reader, line: &str) -> Option<Case> {
    let (name, outcome) = line.strip_prefix("test ")?.split_once(" ... ")?;
    let (_, took) = outcome.strip_suffix("s>")?.split_once('<')?;
    case(name, took.parse().ok()?)
}

/// TAP of Node: `ok 3 - some name`, and among its details `duration_ms: 12.3`.
pub(super) fn node(reader: &mut Reader, line: &str) -> Option<Case> {
    let line = line.trim_start();
    let ended = line
        .strip_prefix("ok ")
        .or_else(|| line.strip_prefix("not ok "));
    if let Some((_, name)) = ended.and_then(|rest| rest.split_once(" - ")) {
        reader.named = Some(name.to_owned());
        return None;
    }
    let took: f64 = line.strip_prefix("duration_ms: ")?.parse().ok()?;
    case(&reader.named.take()?, took / 1000.0)
}

/// `SomeTest#test_name = 0.01 s = .`, with `--verbose` only.
pub(super) fn minitest(_: &mut Reader, line: &str) -> Option<Case> {
    let (name, rest) = line.split_once(" = ")?;
    let (took, _) = rest.split_once(" s = ")?;
    case(name, took.parse().ok()?)
}

fn case(name: &str, seconds: f64) -> Option<Case> {
    let took = Duration::try_from_secs_f64(seconds).ok()?;
    Some(Case {
        name: name.to_owned(),
        took,
    })
}

/// The slowest, the slowest first.
pub(super) fn slowest(mut cases: Vec<Case>, number: usize) -> Vec<Case> {
    cases.sort_by_key(|case| std::cmp::Reverse(case.took));
    cases.truncate(number);
    cases
}

#[cfg(test)]
mod tests {
    use super::{Case, Read, Reader, cargo, minitest, node, slowest};
    use std::time::Duration;

    fn all(read: Read, lines: &[&str]) -> Vec<(String, u128)> {
        let mut reader = Reader::default();
        let cases = lines.iter().filter_map(|line| read(&mut reader, line));
        cases
            .map(|case| (case.name, case.took.as_millis()))
            .collect()
    }

    #[test]
    fn reads_the_times_that_runners_print() {
        let lines = [
            "running 2 tests",
            "test a::b ... ok <0.012s>",
            "test c ... FAILED <1.500s>",
            "test d ... ok",
            "",
        ];
        assert_eq!(
            all(cargo, &lines),
            [("a::b".to_owned(), 12), ("c".to_owned(), 1500)]
        );
        let lines = [
            "# Subtest: a",
            "    ok 1 - inner",
            "      ---",
            "      duration_ms: 3.5",
            "not ok 1 - outer - it",
            "  duration_ms: 20",
        ];
        assert_eq!(
            all(node, &lines),
            [("inner".to_owned(), 3), ("outer - it".to_owned(), 20)]
        );
        let lines = ["ATest#test_b = 0.25 s = .", "Finished in 0.3s"];
        assert_eq!(all(minitest, &lines), [("ATest#test_b".to_owned(), 250)]);
    }

    #[test]
    fn a_time_without_a_name_is_nobodys() {
        assert_eq!(
            all(node, &["duration_ms: 3", "ok 1 - a", "duration_ms: x"]),
            []
        );
        assert_eq!(
            all(cargo, &["test a ... ok <-1s>", "test a ... ok <NaNs>"]),
            []
        );
    }

    #[test]
    fn the_slowest_come_first() {
        let of = |ms: &[u64]| -> Vec<Case> {
            let case = |ms: &u64| Case {
                name: ms.to_string(),
                took: Duration::from_millis(*ms),
            };
            ms.iter().map(case).collect()
        };
        assert_eq!(slowest(of(&[3, 9, 1, 7]), 2), of(&[9, 7]));
    }
}
