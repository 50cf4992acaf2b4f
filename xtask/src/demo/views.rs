//! Real page views: a script drives Chromium over every variant and says when a view is over.

use std::io::{BufRead as _, BufReader};
use std::process::Stdio;

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::VARIANTS;
use crate::step;

/// Drives `views` page views of each variant and returns the ids of all of them.
pub(crate) fn drive(site: &str, views: u32) -> Result<Vec<String>> {
    step::announce(
        &format!("driving {views} page views of each variant in headless Chromium"),
        Some("2 to 4 s a view"),
    );
    let mut command = step::command("node");
    command
        .args(["tests/browser/page-views.mjs", "--site", site])
        .args(["--views", &views.to_string()])
        .args(["--variants", &VARIANTS.join(",")])
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = command.spawn().context("cannot start node")?;
    let stdout = child.stdout.take().context("node has no output")?;
    let mut ids = Vec::new();
    for line in BufReader::new(stdout).lines() {
        ids.extend(page_view_id(&line?));
        print!(
            "\r   {} of {} page views",
            ids.len(),
            views as usize * VARIANTS.len()
        );
        drop(std::io::Write::flush(&mut std::io::stdout()));
    }
    println!();
    let status = child.wait()?;
    if !status.success() {
        bail!("the page views did not all end well: {status}");
    }
    Ok(ids)
}

/// The driver prints one JSON object per finished view.
fn page_view_id(line: &str) -> Option<String> {
    let view: Value = serde_json::from_str(line).ok()?;
    Some(view.get("page_view_id")?.as_str()?.to_owned())
}
