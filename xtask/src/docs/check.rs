//! Where links lead: of the pages in the checkout, and of the site that is made of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};

use super::index::Chapter;
use super::links::{self, Link};

/// Links of the chapters, and paths that they name, that lead nowhere, each with the page that has it.
pub(super) fn broken(root: &Path, chapters: &[Chapter]) -> Result<Vec<String>> {
    let mut broken = listed_twice(chapters);
    let folders = top_folders(root)?;
    for chapter in chapters {
        let text = read(&root.join(&chapter.path))?;
        let beside = chapter.path.parent().unwrap_or(Path::new(""));
        for path in links::named_paths(&text, &folders) {
            let exists = root.join(&path).exists() || root.join(beside).join(&path).exists();
            if !exists {
                broken.push(format!("{}: {path}: no such file", chapter.path.display()));
            }
        }
        for Link { target, .. } in links::of_page(&text) {
            let path = links::resolve(&chapter.path, &target);
            if let Some(fault) = fault_of(&root.join(&path), &target) {
                broken.push(format!("{}: {target}: {fault}", chapter.path.display()));
            } else if is_page(&path) && !chapters.iter().any(|chapter| chapter.path == path) {
                broken.push(format!(
                    "{}: {target}: docs/README.md does not list it",
                    chapter.path.display()
                ));
            }
        }
    }
    Ok(broken)
}

/// The top folders of the checkout, without what is built there and what tools put there.
fn top_folders(root: &Path) -> Result<Vec<String>> {
    const NOT_OURS: [&str; 3] = ["target", "var", "node_modules"];
    let mut folders = Vec::new();
    for entry in std::fs::read_dir(root)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().is_dir() && !NOT_OURS.contains(&name.as_str()) {
            folders.push(name);
        }
    }
    Ok(folders)
}

fn listed_twice(chapters: &[Chapter]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    let twice = chapters
        .iter()
        .filter(|chapter| !seen.insert(&chapter.path));
    twice
        .map(|chapter| format!("docs/README.md: lists {} twice", chapter.path.display()))
        .collect()
}

fn fault_of(path: &Path, target: &str) -> Option<&'static str> {
    if !path.is_file() {
        return Some("no such file");
    }
    let (_, wanted) = target.split_once('#')?;
    let text = read(path).ok()?;
    (!links::anchors(&text).contains(wanted)).then_some("no such heading")
}

fn is_page(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "md")
}

/// The same for the pages of a built site.
pub(super) fn broken_on_site(site: &Path) -> Result<Vec<String>> {
    let mut pages = BTreeMap::new();
    collect_html(site, site, &mut pages)?;
    let mut broken = Vec::new();
    for (page, html) in &pages {
        for target in
            links::attributes(html, &["href", "src", "srcset"]).filter(|link| links::is_ours(link))
        {
            let path = links::resolve(page, target);
            let wanted = target.split_once('#').map(|(_, anchor)| anchor);
            let found = match (pages.get(&path), wanted) {
                (Some(html), Some(anchor)) if !anchor.is_empty() => {
                    links::attributes(html, &["id", "name"]).any(|id| id == anchor)
                }
                (Some(_), _) => true,
                (None, _) => site.join(&path).is_file(),
            };
            if !found {
                broken.push(format!("{}: {target}", page.display()));
            }
        }
    }
    Ok(broken)
}

fn collect_html(site: &Path, folder: &Path, pages: &mut BTreeMap<PathBuf, String>) -> Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect_html(site, &path, pages)?;
        } else if path.extension().is_some_and(|ending| ending == "html") {
            let html = read(&path)?;
            pages.insert(path.strip_prefix(site)?.to_owned(), html);
        }
    }
    Ok(())
}

fn read(path: &Path) -> Result<String> {
    std::fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))
}
