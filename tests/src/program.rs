//! One of Earlybid's programs, running as a child process of a test.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

use anyhow::{Context as _, bail};

use crate::wait;

/// A running program. Dropping it kills the process; if the test is failing, the log is printed.
#[derive(Debug)]
pub struct Program {
    name: String,
    child: Child,
    addresses: BTreeMap<String, String>,
    log: PathBuf,
}

impl Program {
    /// Starts `name <arguments> --config FILE` in the folder and waits until it listens.
    ///
    /// # Errors
    /// When the program is not built, does not start, or ends before it listens.
    pub async fn start(
        name: &str,
        arguments: &[&str],
        config: &str,
        folder: &Path,
    ) -> anyhow::Result<Self> {
        Self::start_with_log(name, arguments, config, (folder, None)).await
    }

    /// The same, with what its log is to hold besides the usual (`RUST_LOG`).
    ///
    /// # Errors
    /// When the program is not built, does not start, or ends before it listens.
    pub async fn start_with_log(
        name: &str,
        arguments: &[&str],
        config: &str,
        (folder, log_filter): (&Path, Option<&str>),
    ) -> anyhow::Result<Self> {
        let config_path = folder.join(format!("{name}.toml"));
        std::fs::write(&config_path, config)?;
        let (out, log) = (
            folder.join(format!("{name}.out")),
            folder.join(format!("{name}.log")),
        );
        let mut command = Command::new(find(name)?);
        if let Some(filter) = log_filter {
            command.env("RUST_LOG", filter);
        }
        let child = command
            .args(arguments)
            .arg("--config")
            .arg(&config_path)
            .current_dir(root())
            .stdin(Stdio::null())
            .stdout(File::create(&out)?)
            .stderr(File::options().create(true).append(true).open(&log)?)
            .spawn()
            .with_context(|| format!("cannot start {name}"))?;
        let mut program = Self {
            name: name.to_owned(),
            child,
            addresses: BTreeMap::new(),
            log,
        };
        program.addresses = program.listening(&out).await?;
        Ok(program)
    }

    /// The address that it printed under this name.
    ///
    /// # Panics
    /// When it printed no such address: the test and the program disagree.
    #[expect(clippy::panic, reason = "a typing error in a test, not a condition")]
    pub fn address(&self, key: &str) -> &str {
        match self.addresses.get(key) {
            Some(address) => address,
            None => panic!("{} has no address `{key}`: {:?}", self.name, self.addresses),
        }
    }

    /// Its number in the operating system.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// A URL on the address of this name.
    pub fn url(&self, key: &str, path: &str) -> String {
        format!("http://{}{path}", self.address(key))
    }

    /// Ends it as a crash would: SIGKILL.
    ///
    /// # Errors
    /// When the process cannot be killed or waited for.
    pub fn kill(mut self) -> anyhow::Result<()> {
        self.kill_now()
    }

    /// The same for a run whose place another one takes.
    ///
    /// # Errors
    /// When the process cannot be killed or waited for.
    pub fn kill_now(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Asks it to stop (SIGTERM) and waits until it has.
    ///
    /// # Errors
    /// When it does not stop in time.
    pub async fn terminate(mut self) -> anyhow::Result<ExitStatus> {
        let asked = Command::new("kill")
            .args(["-TERM", &self.child.id().to_string()])
            .status()?;
        anyhow::ensure!(asked.success(), "cannot send SIGTERM to {}", self.name);
        let what = format!("{} to stop", self.name);
        let child = &mut self.child;
        wait::until(&what, async || Ok(child.try_wait()?)).await
    }

    async fn listening(&mut self, out: &Path) -> anyhow::Result<BTreeMap<String, String>> {
        let what = format!("{} to say where it listens", self.name);
        let child = &mut self.child;
        let line = wait::until(&what, async || {
            let printed = std::fs::read_to_string(out)?;
            match printed.split_once('\n') {
                Some((line, _)) => Ok(Some(line.to_owned())),
                None => Ok(child.try_wait()?.map(|status| format!("ended: {status}"))),
            }
        })
        .await?;
        let Some(pairs) = line.strip_prefix("listening ") else {
            let log = std::fs::read_to_string(&self.log).unwrap_or_default();
            bail!("{} did not start: {line}\n{log}", self.name);
        };
        pairs
            .split_whitespace()
            .map(|pair| {
                let (key, address) = pair.split_once('=').context("not name=address")?;
                Ok((key.to_owned(), address.to_owned()))
            })
            .collect()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // Both fail only if the process has ended already, which is what is wanted.
        drop(self.child.kill());
        drop(self.child.wait());
        if std::thread::panicking() {
            print_log(&self.name, &self.log);
        }
    }
}

#[expect(
    clippy::print_stderr,
    reason = "shown by the test runner beside the failure"
)]
fn print_log(name: &str, log: &Path) {
    const LINES: usize = 80;
    let text = std::fs::read_to_string(log).unwrap_or_default();
    let lines: Vec<&str> = text.lines().collect();
    let tail = lines.iter().skip(lines.len().saturating_sub(LINES));
    eprintln!("---- {name}: end of its log ----");
    for line in tail {
        eprintln!("{line}");
    }
}

/// The root of the workspace, where the programs run, as they do for a user.
pub fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_owned()
}

/// Where executables are looked for: the folders of `EARLYBID_BIN_DIR`, then the target folder of this test.
///
/// # Errors
/// When the system does not say where this test itself is.
pub fn folders() -> std::io::Result<Vec<PathBuf>> {
    let mut folders: Vec<PathBuf> = std::env::var_os("EARLYBID_BIN_DIR")
        .map(|list| std::env::split_paths(&list).collect())
        .unwrap_or_default();
    // A program of ours runs from target/debug, a test from target/debug/deps.
    let this = std::env::current_exe()?;
    folders.extend(this.ancestors().skip(1).take(2).map(Path::to_owned));
    Ok(folders)
}

fn find(name: &str) -> anyhow::Result<PathBuf> {
    let folders = folders()?;
    let found = folders
        .iter()
        .map(|folder| folder.join(name))
        .find(|path| path.is_file());
    found.with_context(|| {
        format!("{name} is not built: run `cargo build --workspace --bins` (looked in {folders:?})")
    })
}
