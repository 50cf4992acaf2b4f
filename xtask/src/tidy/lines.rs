//! Rule: prose and comments in lines of at most 140 characters. Code is held to that by the formatters (`style.rs`), except for data in
//! quotes, which is harder to read in pieces.

use super::tests::{check, is_code};

/// Characters of a line.
const LONGEST: usize = 140;

#[test]
fn lines_fit_a_screen() {
    check("lines of more than 140 characters", |name, text| {
        is_held_to_it(name) && text.lines().any(|line| is_too_long(name, line))
    });
}

/// All files except those that a program writes, that others have sent, or that have one line per entry.
fn is_held_to_it(name: &str) -> bool {
    let others = [
        "CHANGELOG.md",
        "THIRD-PARTY-NOTICES.md",
        "docs/tables.md",
        "/fixtures/",
    ];
    let written = [".md", ".sql", ".css"];
    (is_code(name) || written.iter().any(|ending| name.ends_with(ending)))
        && !others.iter().any(|other| name.contains(other))
}

fn is_too_long(name: &str, line: &str) -> bool {
    let line = line.trim_end();
    let is_prose = if name.ends_with(".md") {
        // Neither a row of a table nor an address can be broken.
        !line.starts_with('|') && line.split_whitespace().count() > 3
    } else {
        let starts = ["//", "# ", "-- ", "* ", "/*"];
        starts
            .iter()
            .any(|start| line.trim_start().starts_with(start))
    };
    is_prose && line.chars().nth(LONGEST).is_some()
}

#[test]
fn tables_addresses_and_data_may_be_long() {
    let long = "x".repeat(150);
    for (name, line) in [
        ("a.rs", format!("    let a = \"{long}\";")),
        ("a.rs", format!("/// {}", "é".repeat(136))),
        ("a.md", format!("| `{long}` | more than that | and more |")),
        ("a.md", format!("<https://example.org/{long}>")),
    ] {
        assert!(!is_too_long(name, &line), "{line}");
    }
    for (name, line) in [
        ("a.rs", format!("    // \"{long}\"")),
        ("a.rs", format!("/// {}", "é".repeat(137))),
        ("a.sql", format!("-- {long}")),
        ("a.md", "words and ".repeat(15)),
    ] {
        assert!(is_too_long(name, &line), "{line}");
    }
}
