//! The tests in Rust: built once, then one program after another, then the examples in the documents.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context as _, Result, bail};
use serde_json::Value;

use super::count::Counts;
use super::runner::{self, Outcome, RUST};
use crate::step;

/// With the tests that need a browser, and those that need log clients of other languages.
const FEATURES: [&str; 2] = ["--features", "system-tests/browser,system-tests/clients"];

/// A program that runs the tests of one target.
#[derive(Debug)]
pub(super) struct Program {
    path: PathBuf,
    /// Where Cargo would start it.
    folder: PathBuf,
}

/// Builds all test programs.
pub(super) fn build() -> Result<Vec<Program>> {
    let mut cargo = step::cargo();
    cargo
        .args([
            "test",
            "--workspace",
            "--no-run",
            "--message-format=json-render-diagnostics",
        ])
        .args(FEATURES)
        .stdin(Stdio::null())
        .stdout(Stdio::piped());
    let mut child = cargo.spawn().context("cannot start cargo")?;
    let stdout = child.stdout.take().context("no output to read")?;
    let mut programs = Vec::new();
    for message in
        serde_json::Deserializer::from_reader(BufReader::new(stdout)).into_iter::<Value>()
    {
        programs.extend(program(&message.context("cargo prints something else")?));
    }
    if !child.wait()?.success() {
        bail!("the tests do not build");
    }
    if programs.is_empty() {
        bail!("there are no tests");
    }
    Ok(programs)
}

/// The test program that one of Cargo's messages reports.
fn program(message: &Value) -> Option<Program> {
    message["profile"]["test"]
        .as_bool()
        .filter(|is_test| *is_test)?;
    let manifest = Path::new(message["manifest_path"].as_str()?);
    Some(Program {
        path: message["executable"].as_str()?.into(),
        folder: manifest.parent()?.to_owned(),
    })
}

/// Runs all of them, even after one has failed. With `timed`, each case says how long it took.
pub(super) fn run(programs: &[Program], timed: bool) -> Outcome {
    let mut all = Outcome::default();
    for program in programs {
        println!("   {}", program.path.display());
        match runner::run(&mut command(program, timed), RUST) {
            Ok(outcome) => all.add(outcome),
            Err(error) => {
                println!("   {error:#}");
                all.counts.add(Counts::BROKEN);
            }
        }
    }
    all
}

fn command(program: &Program, timed: bool) -> Command {
    let mut command = Command::new(&program.path);
    command
        .current_dir(&program.folder)
        .env("CARGO_MANIFEST_DIR", &program.folder);
    if timed {
        // The test library reports times only if told that we know the option may change.
        command
            .args(["-Zunstable-options", "--report-time"])
            .env("RUSTC_BOOTSTRAP", "1");
    }
    command
}

/// The examples in comments.
pub(super) fn examples() -> Result<Outcome> {
    runner::run(
        step::cargo().args(["test", "--workspace", "--doc", "--no-fail-fast"]),
        RUST,
    )
}

#[cfg(test)]
mod tests {
    use super::program;
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn test_programs_are_told_from_others() {
        let message = |test: bool, executable: Option<&str>| {
            json!({
                "reason": "compiler-artifact",
                "manifest_path": "/checkout/tests/Cargo.toml",
                "profile": { "test": test },
                "executable": executable,
            })
        };
        let found = program(&message(true, Some("/target/debug/deps/system-1f"))).unwrap();
        assert_eq!(found.path, Path::new("/target/debug/deps/system-1f"));
        assert_eq!(found.folder, Path::new("/checkout/tests"));
        assert!(program(&message(false, Some("/target/debug/bid-server"))).is_none());
        assert!(program(&message(true, None)).is_none());
        assert!(program(&json!({ "reason": "build-finished", "success": true })).is_none());
    }
}
