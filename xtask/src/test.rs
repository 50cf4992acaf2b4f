//! `cargo xtask test`: every check there is, and a closing line of counts.
//!
//! All stages run, even after one has failed, so that one run shows everything that is wrong. What
//! others build on (set-up, builds) stops the run at once. Nothing is skipped: a test runner that
//! reports a skipped or ignored case fails its stage.

mod case;
mod checks;
mod count;
mod runner;
mod rust;

use anyhow::{Result, bail};
use clap::Args;

use self::checks::Checks;
use self::runner::{NODE, Outcome, RUBY};
use crate::{build, paths, setup, step, style, wasm};

/// Options of `cargo xtask test`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Also print the slowest cases of each stage.
    #[arg(long)]
    timings: bool,
}

/// Runs all checks.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut checks = Checks::start();
    checks.check("format of Rust", style::check_rust);
    // They build while we wait for what is fetched from elsewhere.
    let servers = build::start_programs()?;
    let toolchain = checks.prepare("set-up", setup::everything)?;
    checks.prepare("set-up for tests", setup::for_tests)?;
    checks.check(
        "style of JavaScript and TypeScript",
        style::check_javascript,
    );
    checks.check("style of Ruby", style::check_ruby);
    checks.check("style of SQL", style::check_sql);
    checks.prepare("building the servers, after these", || servers.wait())?;
    checks.prepare("building the SDK", || wasm::build(toolchain))?;
    checks.check("size budget of the SDK", || {
        wasm::size::check_budget(toolchain)
    });
    if let Some(programs) = checks.check("building the tests", rust::build) {
        let stage = "unit, wire, system and browser tests";
        checks.stage(stage, || Ok(rust::run(&programs, options.timings)));
    }
    checks.stage("examples in comments", rust::examples);
    checks.stage("SDK in the browser", || {
        node_tests("sdk-wasm/tests/browser")
    });
    checks.stage("ad server stand-in", || node_tests("demo-site/tests/js"));
    checks.stage("gem", gem_tests);
    checks.check("lints", lints);
    checks.check("documents", documents);
    checks.close(options.timings)
}

fn lints() -> Result<()> {
    step::run(
        step::cargo()
            .args(["clippy", "--workspace", "--all-targets", "--"])
            .args(["-D", "warnings"]),
    )
}

fn documents() -> Result<()> {
    step::run(
        step::cargo()
            .args(["doc", "--workspace", "--no-deps"])
            .args(["--document-private-items", "--quiet"])
            .env("RUSTDOCFLAGS", "-D warnings"),
    )
}

/// The `*.test.mjs` files of a folder, with Node's own test runner.
fn node_tests(folder: &str) -> Result<Outcome> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(paths::root().join(folder))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("no *.test.mjs in {folder}");
    }
    let mut node = step::command("node");
    node.args(["--test", "--test-reporter=tap", "--test-concurrency=2"]);
    // A file that waits forever fails, and the others still run.
    node.arg("--test-timeout=900000");
    runner::run(node.args(files), NODE)
}

/// The Rails helper's tests.
fn gem_tests() -> Result<Outcome> {
    let mut ruby = step::command("ruby");
    ruby.current_dir(paths::root().join("rails-helper"));
    ruby.args(["-Ilib", "-Itest", "-e"])
        .arg("Dir['test/**/*_test.rb'].sort.each { |file| require File.expand_path(file) }")
        .args(["--", "--verbose"]);
    runner::run(&mut ruby, RUBY)
}
