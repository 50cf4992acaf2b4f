//! `cargo xtask test`: every check there is, and a closing line of counts.
//!
//! All stages run, also after one has failed, so that one run shows everything that is wrong. What
//! others build on (set-up, builds) stops the run at once. Nothing is skipped: a test runner that
//! reports a skipped or ignored case fails its stage.

mod count;

use std::time::Duration;

use anyhow::{Result, bail};

use self::count::Counts;
use crate::{build, setup, step, wasm};

/// Runs all checks.
pub(crate) fn run() -> Result<()> {
    let mut checks = Checks::default();
    checks.stage("format", || {
        step::run(step::cargo().args(["fmt", "--all", "--check"])).map(|()| Counts::default())
    });
    let toolchain = setup::everything()?;
    setup::for_tests()?;
    build::programs()?;
    wasm::build(toolchain)?;
    checks.stage("size budget of the SDK", || {
        wasm::size::check_budget(toolchain).map(|()| Counts::default())
    });
    checks.stage("unit, wire, system and browser tests", cargo_tests);
    checks.stage("SDK in the browser", || {
        node_tests("sdk-wasm/tests/browser")
    });
    checks.stage("ad server stand-in", || node_tests("demo-site/tests/js"));
    checks.stage("gem", gem_tests);
    checks.stage("lints", || {
        step::run(
            step::cargo()
                .args(["clippy", "--workspace", "--all-targets", "--"])
                .args(["-D", "warnings"]),
        )
        .map(|()| Counts::default())
    });
    checks.stage("documents", || {
        step::run(
            step::cargo()
                .args([
                    "doc",
                    "--workspace",
                    "--no-deps",
                    "--document-private-items",
                    "--quiet",
                ])
                .env("RUSTDOCFLAGS", "-D warnings"),
        )
        .map(|()| Counts::default())
    });
    checks.close()
}

/// All Rust tests: beside the code, over sockets, against the real programs, with Chromium.
fn cargo_tests() -> Result<Counts> {
    count::run(
        step::cargo()
            .args(["test", "--workspace", "--no-fail-fast"])
            .args(["--features", "system-tests/browser,system-tests/clients"]),
        count::cargo,
    )
}

/// The `*.test.mjs` files of a folder, with Node's own test runner.
fn node_tests(folder: &str) -> Result<Counts> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(crate::paths::root().join(folder))? {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(".test.mjs") {
            files.push(path);
        }
    }
    files.sort();
    if files.is_empty() {
        bail!("no *.test.mjs in {folder}");
    }
    count::run(
        step::command("node")
            .args(["--test", "--test-reporter=tap", "--test-concurrency=1"])
            .args(files),
        count::node,
    )
}

/// The Rails helper's tests.
fn gem_tests() -> Result<Counts> {
    let mut ruby = step::command("ruby");
    ruby.current_dir(crate::paths::root().join("rails-helper"));
    count::run(
        ruby.args(["-Ilib", "-Itest", "-e"])
            .arg("Dir['test/**/*_test.rb'].sort.each { |file| require File.expand_path(file) }"),
        count::minitest,
    )
}

/// What has been run, and how it went.
#[derive(Debug, Default)]
struct Checks {
    counts: Counts,
    stages: Vec<Stage>,
}

#[derive(Debug)]
struct Stage {
    name: &'static str,
    took: Duration,
    problem: Option<String>,
}

impl Checks {
    fn stage(&mut self, name: &'static str, check: impl FnOnce() -> Result<Counts>) {
        step::announce(name, None);
        let clock = step::Stopwatch::start();
        let problem = match check() {
            Ok(counts) => {
                self.counts.add(counts.or_one_check());
                counts.problem()
            }
            Err(error) => {
                self.counts.add(Counts::BROKEN);
                Some(format!("{error:#}"))
            }
        };
        if let Some(problem) = &problem {
            println!("   {name}: {problem}");
        }
        self.stages.push(Stage {
            name,
            took: clock.elapsed(),
            problem,
        });
    }

    fn close(self) -> Result<()> {
        println!("\n── summary");
        for stage in &self.stages {
            let verdict = if stage.problem.is_none() {
                "ok"
            } else {
                "FAILED"
            };
            println!(
                "   {:<42} {:>5.0} s  {verdict}",
                stage.name,
                stage.took.as_secs_f64()
            );
        }
        println!(
            "{} passed, {} failed",
            self.counts.passed, self.counts.failed
        );
        let failed: Vec<_> = self
            .stages
            .iter()
            .filter(|stage| stage.problem.is_some())
            .map(|stage| stage.name)
            .collect();
        if failed.is_empty() {
            return Ok(());
        }
        bail!("failed: {}", failed.join(", "))
    }
}
