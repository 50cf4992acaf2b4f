//! What a page links to, and which places in it can be linked to.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

/// A link as it was written.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Link {
    pub(super) target: String,
    /// Where it is in the text, with the words that carry it.
    pub(super) range: std::ops::Range<usize>,
}

/// Links of a page to other files and places of ours.
pub(super) fn of_page(text: &str) -> Vec<Link> {
    let mut links = Vec::new();
    for (event, range) in parser(text).into_offset_iter() {
        match event {
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => {
                links.push(Link {
                    target: dest_url.into_string(),
                    range,
                });
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let targets = attributes(&html, &["href", "src", "srcset"]);
                links.extend(targets.map(|target| Link {
                    target: target.to_owned(),
                    range: range.clone(),
                }));
            }
            _ => {}
        }
    }
    links.retain(|link| is_ours(&link.target));
    links
}

/// Files and folders that a page names in code, by their path from the top folder of the checkout.
pub(super) fn named_paths(text: &str, top_folders: &[String]) -> Vec<String> {
    let codes = parser(text).filter_map(|event| match event {
        Event::Code(code) => Some(code.into_string()),
        _ => None,
    });
    codes
        .filter(|code| {
            code.split_once('/')
                .is_some_and(|(top, _)| top_folders.iter().any(|folder| folder == top))
        })
        // What stands for several, or belongs to a command line, is not a path.
        .filter(|code| !code.contains([' ', '<', '*', '{', '…', ':']))
        .collect()
}

fn parser(text: &str) -> Parser<'_> {
    Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_FOOTNOTES)
}

/// Whether a link stays with us: addresses with a scheme lead to other people's servers, on which no check may depend.
pub(super) fn is_ours(target: &str) -> bool {
    let before_path = target.split(['/', '?', '#']).next().unwrap_or_default();
    !before_path.contains(':') && !target.starts_with("//")
}

/// Values of attributes in the tags of HTML that a program has written.
pub(super) fn attributes<'a>(html: &'a str, names: &'a [&str]) -> impl Iterator<Item = &'a str> {
    let tags = html
        .split('<')
        .skip(1)
        .filter_map(|tag| tag.split('>').next());
    tags.flat_map(|tag| tag.split_inclusive('"').zip(tag.split('"').skip(1)))
        .filter_map(|(before, value)| {
            let name = before.strip_suffix("=\"")?;
            let name = name.rsplit(char::is_whitespace).next()?;
            names.contains(&name).then_some(value)
        })
}

/// The anchors of a page's headings, by the rule of GitHub: lower case, no punctuation, dashes for spaces.
pub(super) fn anchors(text: &str) -> BTreeSet<String> {
    let mut anchors = BTreeSet::new();
    let mut seen = BTreeMap::<String, usize>::new();
    let mut heading: Option<String> = None;
    for event in parser(text) {
        match event {
            Event::Start(Tag::Heading { .. }) => heading = Some(String::new()),
            Event::Text(said) | Event::Code(said) => {
                if let Some(heading) = &mut heading {
                    heading.push_str(&said);
                }
            }
            Event::End(TagEnd::Heading(_)) => {
                let anchor = anchor(&heading.take().unwrap_or_default());
                let times = seen.entry(anchor.clone()).or_default();
                anchors.insert(match *times {
                    0 => anchor,
                    times => format!("{anchor}-{times}"),
                });
                *times += 1;
            }
            _ => {}
        }
    }
    anchors
}

fn anchor(heading: &str) -> String {
    let kept = |letter: &char| letter.is_alphanumeric() || matches!(letter, ' ' | '-' | '_');
    let dashed = |letter: char| if letter == ' ' { '-' } else { letter };
    heading
        .to_lowercase()
        .chars()
        .filter(kept)
        .map(dashed)
        .collect()
}

/// The path that a link of a page means, without its anchor; for an anchor alone, the page itself.
pub(super) fn resolve(page: &Path, target: &str) -> PathBuf {
    let path = target.split(['#', '?']).next().unwrap_or_default();
    if path.is_empty() {
        return page.to_owned();
    }
    let mut resolved = page.parent().unwrap_or(Path::new("")).to_owned();
    for part in Path::new(path).components() {
        match part {
            Component::ParentDir => {
                resolved.pop();
            }
            Component::Normal(name) => resolved.push(name),
            _ => {}
        }
    }
    resolved
}
