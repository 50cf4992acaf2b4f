//! The documents themselves, and that the checks see what is broken.

use std::path::{Path, PathBuf};

use super::{check, index};
use crate::paths;

#[test]
fn no_link_of_the_documents_leads_nowhere() {
    let chapters = index::read(paths::root()).unwrap();
    let broken = check::broken(paths::root(), &chapters).unwrap();
    assert!(broken.is_empty(), "{broken:#?}");
}

#[test]
fn the_index_lists_every_document() {
    let chapters = index::read(paths::root()).unwrap();
    let mut documents = Vec::new();
    collect(&paths::root().join("docs"), &mut documents);
    documents.retain(|path| !chapters.iter().any(|chapter| chapter.path == *path));
    assert!(
        documents.is_empty(),
        "not in docs/README.md: {documents:#?}"
    );
}

fn collect(folder: &Path, documents: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, documents);
        } else if path.extension().is_some_and(|ending| ending == "md") {
            documents.push(path.strip_prefix(paths::root()).unwrap().to_owned());
        }
    }
}

const INDEX: &str = "# Documents\n## How to\n- [A](a.md)\n";

#[test]
fn what_operators_are_told_to_watch_exists() {
    let read = |name: &str| std::fs::read_to_string(paths::root().join("docs").join(name)).unwrap();
    let lists = [
        "http-api.md",
        "forward-protocol.md",
        "table-upkeep.md",
        "outputs.md",
    ]
    .map(read);
    let operate = read("operate.md");
    let words = operate.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
    let metrics: Vec<_> = words
        .filter(|word| word.starts_with("bid_server_") || word.starts_with("log_ingest_"))
        .map(|name| name.trim_end_matches("_bucket").trim_end_matches("_total"))
        .collect();
    assert!(metrics.len() >= 15, "{metrics:?}");
    let unknown = |name: &&str| !lists.iter().any(|list| list.contains(&format!("`{name}")));
    let unknown: Vec<_> = metrics.into_iter().filter(unknown).collect();
    assert!(unknown.is_empty(), "no page lists {unknown:?}");
}

#[test]
fn the_tests_of_the_limits_exist() {
    let limits = std::fs::read_to_string(paths::root().join("docs/limits.md")).unwrap();
    let cells = limits
        .lines()
        .filter_map(|line| line.strip_suffix('|')?.rsplit('|').next());
    let names: Vec<_> = cells
        .flat_map(|cell| cell.split('`').skip(1).step_by(2))
        .collect();
    assert!(names.len() > 20, "{names:?}");
    let mut source = String::new();
    for part in ["bid-server", "crates", "log-ingest", "sdk-wasm", "tests"] {
        read_rust(&paths::root().join(part), &mut source);
    }
    let known = |name: &&str| {
        source.contains(&format!("fn {name}(")) || source.contains(&format!("mod {name};"))
    };
    let unknown: Vec<_> = names.into_iter().filter(|name| !known(name)).collect();
    assert!(unknown.is_empty(), "no test is called {unknown:?}");
}

fn read_rust(folder: &Path, source: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if path.is_dir() && name != "target" {
            read_rust(&path, source);
        } else if name.ends_with(".rs") {
            source.push_str(&std::fs::read_to_string(&path).unwrap_or_default());
        }
    }
}

/// A checkout with this index, and `a.md`, which says this.
fn broken_links(index: &str, page: &str) -> Vec<String> {
    let root = tempfile::tempdir().unwrap();
    let write = |path: &str, text: &str| {
        let path = root.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
    };
    write("README.md", "# Front\n");
    write("docs/README.md", index);
    write("docs/a.md", page);
    write("docs/unlisted.md", "");
    write("docs/data.toml", "");
    let chapters = index::read(root.path()).unwrap();
    check::broken(root.path(), &chapters).unwrap()
}

#[test]
fn follows_files_and_headings() {
    let page = "# One `two`: three\n## Same\n## Same\n\
        [a](#one-two-three) [b](#same-1) [c](../README.md#front) [d](data.toml)\n\
        [e](https://e.example/x#y) `[f](f.md)`";
    assert_eq!(broken_links(INDEX, page), [""; 0]);
}

#[test]
fn names_what_is_missing() {
    assert_eq!(
        broken_links(
            INDEX,
            "[a](b.md) [c](#d) [e](unlisted.md)\n\n<img src=\"f.svg\">\n\n![g](g.png)\n\n[h]\n\n[h]: h.md"
        ),
        [
            "docs/a.md: b.md: no such file",
            "docs/a.md: #d: no such heading",
            "docs/a.md: unlisted.md: docs/README.md does not list it",
            "docs/a.md: f.svg: no such file",
            "docs/a.md: g.png: no such file",
            "docs/a.md: h.md: no such file",
        ]
    );
}

#[test]
fn paths_named_in_code_exist() {
    let page = "`docs/a.md` `docs/gone.rs` `docs/` `docs/*.md` `cat docs/gone.rs` `target/gone` `src/gone.rs`";
    assert_eq!(
        broken_links(INDEX, page),
        ["docs/a.md: docs/gone.rs: no such file"]
    );
}

#[test]
fn a_page_is_listed_once() {
    let index = INDEX.to_owned() + "## Why\n- [A again](a.md)\n";
    assert_eq!(
        broken_links(&index, ""),
        ["docs/README.md: lists docs/a.md twice"]
    );
}

#[test]
fn follows_links_of_a_built_site() {
    let site = tempfile::tempdir().unwrap();
    std::fs::create_dir(site.path().join("b")).unwrap();
    let page = r##"<a href="b/c.html#here">1</a><a href="#">2</a><a href="gone.html">3</a>
        <a href="b/c.html#away">4</a><img src="i.svg">&lt;a href="shown.html"&gt;"##;
    std::fs::write(site.path().join("a.html"), page).unwrap();
    std::fs::write(site.path().join("b/c.html"), r#"<h1 id="here">"#).unwrap();
    let broken = check::broken_on_site(site.path()).unwrap();
    assert_eq!(
        broken,
        [
            "a.html: gone.html",
            "a.html: b/c.html#away",
            "a.html: i.svg"
        ]
    );
}
