//! The licence texts in a package's folder, and which of them have to be passed on.

use std::path::Path;

use anyhow::{Context as _, Result};

/// How deep below a package's folder the licence of a library that it carries may be.
const DEPTH: usize = 3;

/// Found in the text of the licence that is not chosen, for libraries that offer this one or a more permissive one.
const NOT_CHOSEN: &str = "GNU GENERAL PUBLIC LICENSE";

/// The texts to pass on when the package is used under `license`: notices always, and what states the licence, but not the
/// text that all under Apache-2.0 share.
pub(super) fn of_package(folder: &Path, license: &str) -> Result<Vec<String>> {
    let mut texts = Vec::new();
    collect(folder, license, DEPTH, &mut texts)
        .with_context(|| format!("licences in {}", folder.display()))?;
    texts.sort();
    texts.dedup();
    Ok(texts)
}

fn collect(folder: &Path, license: &str, depth: usize, texts: &mut Vec<String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .to_lowercase();
        if path.is_dir() {
            let ours =
                ["tests", "test", "benches", "examples", "fuzz", "target"].contains(&name.as_str());
            if depth > 1 && !ours {
                collect(&path, license, depth - 1, texts)?;
            }
        } else if is_wanted(&name, license) {
            let text = std::fs::read(&path)?;
            let text = String::from_utf8_lossy(&text);
            if !is_apache(&text) && !text.contains(NOT_CHOSEN) {
                texts.push(tidy(&text));
            }
        }
    }
    Ok(())
}

/// Whether a file of this name, in lower case, belongs to what has to be passed on.
fn is_wanted(name: &str, license: &str) -> bool {
    let (stem, ending) = name.split_once('.').unwrap_or((name, ""));
    if ![
        "",
        "md",
        "txt",
        "html",
        "mit",
        "bsd",
        "apache",
        "apache-2.0",
    ]
    .contains(&ending)
    {
        return false;
    }
    if stem.starts_with("notice") || stem.starts_with("copyright") {
        return true;
    }
    let states = ["license", "licence", "copying", "unlicense"]
        .iter()
        .any(|start| stem.starts_with(start));
    // Texts of the licences that were not chosen.
    let other = license == "Apache-2.0"
        && ["mit", "zlib", "boost", "bsd", "unlicense", "lgpl"]
            .iter()
            .any(|id| name.contains(id));
    states && !name.contains("apache") && !other
}

/// Whether this is the text that all packages under Apache-2.0 share.
fn is_apache(text: &str) -> bool {
    let start: String = text.chars().take(400).collect();
    start.contains("Apache License") && text.contains("TERMS AND CONDITIONS FOR USE")
}

/// The same text without what differs between copies of it: ends of lines, tabs, and fences that would end ours.
fn tidy(text: &str) -> String {
    let lines: Vec<_> = text
        .lines()
        .map(|line| line.trim_end().replace('\t', "    ").replace("```", "'''"))
        .collect();
    lines.join("\n").trim_matches(['\n', '\u{feff}']).to_owned()
}

#[cfg(test)]
mod tests {
    use super::of_package;

    #[test]
    fn passes_on_what_the_chosen_licence_asks_for() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        write("LICENSE-MIT", "MIT of A\r\n");
        write(
            "LICENSE-APACHE",
            "Apache License … TERMS AND CONDITIONS FOR USE",
        );
        write("NOTICE", "Made by A");
        write("license.rs", "fn main() {}");
        write("lib/zstd/LICENSE", "BSD of B");
        write("tests/data/LICENSE", "not in the program");
        assert_eq!(
            of_package(folder.path(), "Apache-2.0").unwrap(),
            ["BSD of B", "Made by A"]
        );
        assert_eq!(
            of_package(folder.path(), "MIT").unwrap(),
            ["BSD of B", "MIT of A", "Made by A"]
        );
    }
}
