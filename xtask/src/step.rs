//! One command after another, each announced before it starts, since some take minutes.

use std::ffi::OsStr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

/// Announces what comes next. `expect` says how long it may take where that is worth knowing.
pub(crate) fn announce(what: &str, expect: Option<&str>) {
    match expect {
        Some(expect) => println!("── {what} ({expect})"),
        None => println!("── {what}"),
    }
}

/// A command of the checkout: runs in its top folder.
pub(crate) fn command(program: impl AsRef<OsStr>) -> Command {
    let mut command = Command::new(program);
    command.current_dir(crate::paths::root());
    command
}

/// A `cargo` that does not know it was started by another one.
///
/// `cargo run` describes the package it runs in the environment. Some build scripts watch those
/// variables, and would run again, with everything that depends on them, each time a person changes
/// between `cargo build` and `cargo xtask`.
pub(crate) fn cargo() -> Command {
    const ABOUT_THE_RUN_PACKAGE: [&str; 4] = [
        "CARGO_MANIFEST_",
        "CARGO_PKG_",
        "CARGO_BIN_",
        "CARGO_CRATE_",
    ];
    let mut command = command("cargo");
    command.env_remove("CARGO");
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy();
        if ABOUT_THE_RUN_PACKAGE
            .iter()
            .any(|prefix| name.starts_with(prefix))
        {
            command.env_remove(&*name);
        }
    }
    command
}

/// Runs a command with its output going to the terminal; an exit status other than 0 is an error.
pub(crate) fn run(command: &mut Command) -> Result<()> {
    let shown = show(command);
    let status = command
        .stdin(Stdio::null())
        .status()
        .with_context(|| format!("cannot start {shown}"))?;
    if !status.success() {
        bail!("{shown}: {status}");
    }
    Ok(())
}

/// A command that runs while others do. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Background {
    shown: String,
    child: Child,
}

impl Background {
    /// Starts a command with its output going to the terminal.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let shown = show(command);
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| format!("cannot start {shown}"))?;
        Ok(Self { shown, child })
    }

    /// Waits for its end; an exit status other than 0 is an error.
    pub(crate) fn wait(mut self) -> Result<()> {
        let status = self.child.wait()?;
        if !status.success() {
            bail!("{}: {status}", self.shown);
        }
        Ok(())
    }
}

impl Drop for Background {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Runs a command quietly; what it printed becomes part of the error if it fails.
pub(crate) fn run_quietly(command: &mut Command) -> Result<String> {
    let shown = show(command);
    let output = command
        .stdin(Stdio::null())
        .output()
        .with_context(|| format!("cannot start {shown}"))?;
    if !output.status.success() {
        bail!(
            "{shown}: {}\n{}{}",
            output.status,
            String::from_utf8_lossy(&output.stdout),
            String::from_utf8_lossy(&output.stderr)
        );
    }
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Whether a command can be started and ends well; for questions like "is it installed?".
pub(crate) fn succeeds(command: &mut Command) -> bool {
    command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// The command as a person would type it.
pub(crate) fn show(command: &Command) -> String {
    let mut shown = Path::new(command.get_program())
        .file_name()
        .map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    for argument in command.get_args() {
        shown.push(' ');
        shown.push_str(&argument.to_string_lossy());
    }
    shown
}

/// How long something took, for the summary a person reads.
#[derive(Debug)]
#[expect(
    clippy::disallowed_types,
    reason = "a build tool has no runtime whose clock could be paused"
)]
pub(crate) struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(
        clippy::disallowed_types,
        reason = "a build tool has no runtime whose clock could be paused"
    )]
    pub(crate) fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// Time since the start.
    pub(crate) fn elapsed(&self) -> std::time::Duration {
        self.0.elapsed()
    }
}

#[cfg(test)]
mod tests {
    use super::{Background, command};

    #[test]
    fn what_runs_beside_ends_with_its_owner() {
        let mut sleeps = command("sleep");
        let running = Background::start(sleeps.arg("1000")).unwrap();
        let process = format!("/proc/{}", running.child.id());
        assert!(std::path::Path::new(&process).exists());
        drop(running);
        assert!(!std::path::Path::new(&process).exists());
    }

    #[test]
    fn a_failure_beside_is_an_error() {
        let failed = Background::start(&mut command("false")).unwrap();
        assert!(
            failed
                .wait()
                .unwrap_err()
                .to_string()
                .starts_with("false: ")
        );
        assert!(
            Background::start(&mut command("true"))
                .unwrap()
                .wait()
                .is_ok()
        );
        assert!(Background::start(&mut command("no-such-program")).is_err());
    }
}
