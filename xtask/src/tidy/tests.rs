//! Each rule names the files that break it, so that the message is the to-do list.

use std::fs;
use std::process::Command;

use crate::paths;

/// The tracked files that are text, with their text.
fn files() -> Vec<(String, String)> {
    let output = Command::new("git")
        .args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ])
        .current_dir(paths::root())
        .output()
        .unwrap();
    assert!(output.status.success(), "git ls-files");
    String::from_utf8(output.stdout)
        .unwrap()
        .split('\0')
        .filter(|name| !name.is_empty())
        .filter_map(|name| {
            let text = fs::read_to_string(paths::root().join(name)).ok()?;
            Some((name.to_owned(), text))
        })
        .collect()
}

/// Names of tracked files that are there.
pub(super) fn names() -> Vec<String> {
    files().into_iter().map(|(name, _)| name).collect()
}

#[track_caller]
pub(super) fn check(rule: &str, broken: impl Fn(&str, &str) -> bool) {
    let offenders: Vec<_> = files()
        .into_iter()
        .filter(|(name, text)| broken(name, text))
        .map(|(name, _)| name)
        .collect();
    assert!(offenders.is_empty(), "{rule}: {offenders:#?}");
}

fn is_rust(name: &str) -> bool {
    name.ends_with(".rs")
}

pub(super) fn is_code(name: &str) -> bool {
    [".rs", ".js", ".mjs", ".rb", ".ts"]
        .iter()
        .any(|ending| name.ends_with(ending))
}

#[test]
fn each_rust_file_says_what_it_is() {
    check("the first line must be a //! comment", |name, text| {
        is_rust(name) && !name.contains("/fuzz_targets/") && !text.starts_with("//!")
    });
}

#[test]
fn no_file_is_called_mod() {
    check("use foo.rs beside foo/", |name, _| {
        name.ends_with("/mod.rs")
    });
}

#[test]
fn files_stay_readable() {
    check(
        "more than 500 lines: two files read better",
        |name, text| is_code(name) && text.lines().count() > 500,
    );
}

#[test]
fn only_the_browser_folder_touches_the_browser() {
    let interfaces = ["web_sys::", "js_sys::"];
    check(
        "browser interfaces belong in sdk-wasm/src/browser",
        |name, text| {
            name.starts_with("sdk-wasm/src/")
                && !name.starts_with("sdk-wasm/src/browser")
                && interfaces.iter().any(|interface| text.contains(interface))
        },
    );
}

#[test]
fn the_auction_is_not_wire_format() {
    check(
        "convert at the edge, not in bid-server/src/auction",
        |name, text| {
            name.starts_with("bid-server/src/auction")
                && text
                    .lines()
                    .any(|line| line.contains("derive(") && line.contains("Serialize"))
        },
    );
}

#[test]
fn nothing_is_left_open() {
    // Spelled in two halves, so that this file keeps its own rule.
    let marks = [
        concat!("todo", "!("),
        concat!("unimplemented", "!("),
        concat!("#[ign", "ore"),
        concat!("#[should", "_panic"),
        concat!("FIX", "ME"),
    ];
    check("unfinished or skipped", |name, text| {
        is_code(name) && marks.iter().any(|mark| text.contains(mark))
    });
}

#[test]
fn glossary_words_only() {
    check(
        "say bidder, SSP or adapter (docs/glossary.md)",
        |name, text| {
            is_rust(name)
                && name != "xtask/src/tidy/tests.rs"
                // The name of a list and its member are not ours to choose.
                && text
                    .replace("Global Vendor List", "")
                    .replace("gvlVendorID", "")
                    .to_lowercase()
                    .contains("vendor")
        },
    );
}

#[test]
fn no_place_of_one_machine() {
    check("a path that exists on one machine only", |name, text| {
        !name.ends_with("package-lock.json") && names_a_home(text)
    });
}

/// Whether a text names an absolute path below a folder where people keep their checkouts.
fn names_a_home(text: &str) -> bool {
    let homes = [
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/wo", "rk/"),
    ];
    homes.iter().any(|home| {
        text.match_indices(home).any(|(at, _)| {
            let before = text[..at].chars().next_back();
            // Inside a longer path it is a folder's name like any other.
            !before.is_some_and(|c| c.is_alphanumeric() || "._-/}".contains(c))
        })
    })
}

#[test]
fn every_member_shares_the_lints() {
    check("[lints] workspace = true is missing", |name, text| {
        name.ends_with("Cargo.toml")
            && text.contains("[package]")
            // Workspaces of their own.
            && !name.contains("/fuzz/")
            && !text.contains("[workspace]")
            && !text.contains("[lints]\nworkspace = true")
    });
}
