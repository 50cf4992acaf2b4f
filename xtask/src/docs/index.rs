//! What the site contains, and in which order: read from the lists of `docs/README.md`, the index that people read, too.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use pulldown_cmark::{Event, Parser, Tag, TagEnd};

use super::links;

/// Where the index is.
const INDEX: &str = "docs/README.md";

/// A page of the site.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Chapter {
    /// The heading that it is under; the first pages have none.
    pub(super) part: Option<String>,
    pub(super) title: String,
    /// From the top folder of the checkout.
    pub(super) path: PathBuf,
}

/// The front page, the index, and every page with which an item of the index's lists begins.
pub(super) fn read(root: &Path) -> Result<Vec<Chapter>> {
    let text = std::fs::read_to_string(root.join(INDEX))
        .with_context(|| format!("cannot read {INDEX}"))?;
    Ok(chapters(&text))
}

fn chapters(text: &str) -> Vec<Chapter> {
    let front = |title: &str, path: &str| Chapter {
        part: None,
        title: title.to_owned(),
        path: path.into(),
    };
    let mut chapters = vec![front("Earlybid", "README.md"), front("Documents", INDEX)];
    let mut part = None;
    let mut heading = None;
    let mut begins_item = false;
    let mut link: Option<(PathBuf, String)> = None;
    for event in Parser::new(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::End(TagEnd::Heading(_)) => part = heading.take(),
            Event::Start(Tag::Item) => begins_item = true,
            Event::Start(Tag::Link { dest_url, .. }) if begins_item => {
                begins_item = false;
                link = Some((links::resolve(Path::new(INDEX), &dest_url), String::new()));
            }
            Event::Text(said) | Event::Code(said) => match (&mut heading, &mut link) {
                (Some(heading), _) => heading.push_str(&said),
                (None, Some((_, title))) => title.push_str(&said),
                (None, None) => begins_item = false,
            },
            Event::End(TagEnd::Link) => {
                if let Some((path, title)) = link.take() {
                    let part = part.clone();
                    chapters.push(Chapter { part, title, path });
                }
            }
            _ => {}
        }
    }
    chapters
}

/// The same in the form that mdBook expects.
pub(super) fn summary(chapters: &[Chapter]) -> String {
    let mut summary = String::from("# Summary\n");
    let mut part = None;
    for chapter in chapters {
        let path = place(&chapter.path);
        if chapter.part.as_ref() != part {
            part = chapter.part.as_ref();
            let _ = write!(summary, "\n# {}\n", part.map_or("", String::as_str));
        }
        let dash = if part.is_some() { "- " } else { "\n" };
        let _ = writeln!(summary, "{dash}[{}]({})", chapter.title, path.display());
    }
    summary
}

/// Where a page is on the site: a folder's `README.md` is its `index`, which a server shows for the folder.
pub(super) fn place(path: &Path) -> PathBuf {
    if path.file_name().is_some_and(|name| name == "README.md") {
        path.with_file_name("index.md")
    } else {
        path.to_owned()
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_list_of_the_index_is_a_part_of_the_site() {
        let chapters = super::chapters(
            "# Documents\nSee [this](no.md).\n## How to\n- [Run `it`](run.md): see [that](that.md)\n\
             - no [link](no.md)\n## Why\n- [Map](../MAP.md)\n",
        );
        assert_eq!(
            super::summary(&chapters),
            "# Summary\n\n[Earlybid](index.md)\n\n[Documents](docs/index.md)\n\n\
             # How to\n- [Run it](docs/run.md)\n\n# Why\n- [Map](MAP.md)\n"
        );
    }
}
