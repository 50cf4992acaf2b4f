//! Lays the pages out for mdBook, in the folders that they have in the checkout, with the files that they link to.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::index::{self, Chapter};
use super::links;

/// Writes `src`, with the summary and every page, and the settings of the site.
pub(super) fn lay_out(root: &Path, chapters: &[Chapter], folder: &Path) -> Result<()> {
    let pages = folder.join("src");
    if pages.exists() {
        std::fs::remove_dir_all(&pages)?;
    }
    let mut linked = BTreeSet::new();
    for chapter in chapters {
        let text = std::fs::read_to_string(root.join(&chapter.path))
            .with_context(|| format!("cannot read {}", chapter.path.display()))?;
        for link in links::of_page(&text) {
            linked.insert(links::resolve(&chapter.path, &link.target));
        }
        write(&pages.join(index::place(&chapter.path)), for_site(&text))?;
    }
    for path in linked {
        if !chapters.iter().any(|chapter| chapter.path == path) {
            let text = std::fs::read(root.join(&path))
                .with_context(|| format!("cannot read {}", path.display()))?;
            write(&pages.join(&path), text)?;
        }
    }
    write(&pages.join("SUMMARY.md"), index::summary(chapters))?;
    let settings = std::fs::read(root.join("xtask/docs-site/book.toml"))?;
    write(&folder.join("book.toml"), settings)
}

/// The page with its links to `README.md`s changed to where these are on the site.
fn for_site(text: &str) -> String {
    let mut written = String::with_capacity(text.len());
    let mut from = 0;
    for link in links::of_page(text) {
        let Some(target) = text.get(link.range.clone()) else {
            continue;
        };
        if link.target.contains("README.md") && link.range.start >= from {
            let renamed = link.target.replace("README.md", "index.md");
            written.push_str(&text[from..link.range.start]);
            written.push_str(&target.replace(&link.target, &renamed));
            from = link.range.end;
        }
    }
    written.push_str(&text[from..]);
    written
}

fn write(path: &Path, text: impl AsRef<[u8]>) -> Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

#[cfg(test)]
mod tests {
    #[test]
    fn links_to_a_readme_lead_to_the_index_of_its_folder() {
        assert_eq!(
            super::for_site("[README.md](a/README.md#b), [c](d.md) and [e](README.md)"),
            "[README.md](a/index.md#b), [c](d.md) and [e](index.md)"
        );
    }
}
