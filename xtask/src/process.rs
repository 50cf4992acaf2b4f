//! Our own programs as child processes: started, awaited until they listen, stopped together.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail};

use crate::{paths, step};

/// A running program of ours. Dropping it stops it.
#[derive(Debug)]
pub(crate) struct Running {
    name: &'static str,
    child: Child,
    addresses: BTreeMap<String, String>,
}

impl Running {
    /// Starts a program with its configuration and waits until it says that it listens.
    ///
    /// Its log goes to `log`. Every server prints one line, `listening name=address …`, when all
    /// its sockets are bound.
    pub(crate) fn start(name: &'static str, arguments: &[&str], log: &Path) -> Result<Self> {
        let log_file = std::fs::File::create(log)
            .with_context(|| format!("cannot write {}", log.display()))?;
        let mut command = step::command(paths::program(name));
        command
            .args(arguments)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log_file);
        let mut child = command
            .spawn()
            .with_context(|| format!("cannot start {}", step::show(&command)))?;
        let addresses = child.stdout.take().map(read_addresses);
        let Some(Some(addresses)) = addresses else {
            drop(child.kill());
            drop(child.wait());
            let said = std::fs::read_to_string(log).unwrap_or_default();
            bail!("{name} did not start; its log says:\n{said}");
        };
        Ok(Self {
            name,
            child,
            addresses,
        })
    }

    /// The address that it bound under that name.
    pub(crate) fn address(&self, name: &str) -> Result<&str> {
        self.addresses
            .get(name)
            .map(String::as_str)
            .with_context(|| format!("{} has no listener called {name}", self.name))
    }

    /// Whether it still runs; a server that ended by itself is an error to report.
    pub(crate) fn check(&mut self) -> Result<()> {
        if let Some(status) = self.child.try_wait()? {
            bail!("{} ended by itself: {status}", self.name);
        }
        Ok(())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // SIGTERM first: log-ingest still has to land what it acknowledged.
        let pid = self.child.id().to_string();
        drop(Command::new("kill").args(["-TERM", &pid]).status());
        for _ in 0..100 {
            if matches!(self.child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(std::time::Duration::from_millis(100));
        }
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// Reads the `listening` line, then keeps draining the pipe so that the program never blocks on it.
fn read_addresses(stdout: std::process::ChildStdout) -> Option<BTreeMap<String, String>> {
    let mut lines = BufReader::new(stdout).lines();
    let found = lines.by_ref().find_map(|line| parse_listening(&line.ok()?));
    std::thread::spawn(move || lines.for_each(drop));
    found
}

fn parse_listening(line: &str) -> Option<BTreeMap<String, String>> {
    let pairs = line.strip_prefix("listening ")?.split_whitespace();
    pairs
        .map(|pair| pair.split_once('='))
        .map(|pair| pair.map(|(name, address)| (name.to_owned(), address.to_owned())))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::parse_listening;

    #[test]
    fn reads_the_addresses_of_a_ready_server() {
        let addresses = parse_listening("listening http=127.0.0.1:8000 admin=127.0.0.1:8001");
        let addresses = addresses.unwrap_or_default();
        assert_eq!(
            addresses.get("http").map(String::as_str),
            Some("127.0.0.1:8000")
        );
        assert_eq!(
            addresses.get("admin").map(String::as_str),
            Some("127.0.0.1:8001")
        );
    }

    #[test]
    fn other_lines_are_not_addresses() {
        assert_eq!(parse_listening("starting"), None);
        assert_eq!(parse_listening("listening http"), None);
    }
}
