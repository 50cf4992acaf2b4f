//! The clients that people have, unchanged, against the real log-ingest: what each sends is in the table, once.
//!
//! Behind the feature `clients`, because they come from `PyPI`, npm, cargo and Debian;
//! `cargo xtask test` has them all. `tests/clients/` holds the programs that use them.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::ensure;
use system_tests::client::Client;
use system_tests::config_files;
use system_tests::program::{Program, root};
use system_tests::s3::foreign::installed;

/// Events that each client sends.
const COUNT: usize = 40;
const KEY: &str = "a shared key";
const USER: (&str, &str) = ("a-user", "a password");

/// A running log-ingest and what to ask it.
struct Ingest {
    program: Program,
    client: Client,
    _folder: tempfile::TempDir,
}

impl Ingest {
    async fn start(more: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = config_files::log_ingest(folder.path(), None) + more;
        let program = Program::start("log-ingest", &["serve"], &config, folder.path());
        Self {
            program: program.await.unwrap(),
            client: Client::new().unwrap(),
            _folder: folder,
        }
    }

    fn address(&self) -> (&str, &str) {
        self.program.address("forward").rsplit_once(':').unwrap()
    }

    /// Runs a client; afterwards the table holds each of its events once.
    async fn takes(&self, prefix: &str, client: Command) {
        run(client).await.unwrap();
        let query = format!(
            "SELECT event_id, elapsed_ms FROM render_events WHERE page_view_id = '{prefix}' ORDER BY elapsed_ms"
        );
        let rows = self
            .client
            .rows(&self.program, &query, COUNT)
            .await
            .unwrap();
        let ids: Vec<_> = rows.iter().map(|row| row["event_id"].clone()).collect();
        let sent: Vec<_> = (0..COUNT)
            .map(|number| format!("{prefix}-{number}"))
            .collect();
        assert_eq!(ids, sent);
    }

    /// A client's program with where to send, what to call the events, and how many.
    fn program(&self, runtime: &[&str], file: &Path, prefix: &str) -> Command {
        let (host, port) = self.address();
        let mut command = Command::new(runtime[0]);
        command.args(&runtime[1..]).arg(file);
        command.args([host, port, prefix, &COUNT.to_string()]);
        command
    }
}

async fn run(mut client: Command) -> anyhow::Result<()> {
    client.current_dir(root());
    let output = tokio::task::spawn_blocking(move || client.output()).await??;
    ensure!(
        output.status.success(),
        "the client failed: {}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    );
    Ok(())
}

fn clients() -> PathBuf {
    root().join("tests/clients")
}

#[tokio::test(flavor = "multi_thread")]
async fn clients_without_a_handshake() {
    let ingest = Ingest::start("").await;
    let python = clients().join("python/send.py");
    let mut command = ingest.program(&["python3"], &python, "python");
    command.env("PYTHONPATH", installed().join("python"));
    ingest.takes("python", command).await;

    let fluent_org = clients().join("node/fluent-org.mjs");
    for mode in [
        "Message",
        "Forward",
        "PackedForward",
        "CompressedPackedForward",
    ] {
        let mut command = ingest.program(&["node"], &fluent_org, mode);
        command.arg(mode);
        ingest.takes(mode, command).await;
    }

    let fluent_logger = clients().join("node/fluent-logger.mjs");
    for mode in ["Message", "PackedForward"] {
        let prefix = format!("older-{mode}");
        let mut command = ingest.program(&["node"], &fluent_logger, &prefix);
        command.arg(mode);
        ingest.takes(&prefix, command).await;
    }

    let go = clients().join("go/send.go");
    let mut command = ingest.program(&["go", "run"], &go, "go");
    // Debian's packages are a workspace of the older kind; the cache is ours, so that no home is needed.
    command
        .env("GO111MODULE", "off")
        .env("GOPATH", "/usr/share/gocode");
    command.env("GOCACHE", installed().join("go-cache"));
    ingest.takes("go", command).await;

    for name in ["poston", "tracing-fluentd"] {
        let mut command = Command::new(installed().join("rust/debug").join(name));
        command.args([ingest.program.address("forward"), name, &COUNT.to_string()]);
        ingest.takes(name, command).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_that_proves_who_it_is() {
    let (user, password) = USER;
    let security = format!(
        "\n[forward.security]\nshared_key = \"{KEY}\"\nusers = [{{ name = \"{user}\", password = \"{password}\" }}]\n"
    );
    let ingest = Ingest::start(&security).await;
    let file = clients().join("node/fluent-org.mjs");
    let mut command = ingest.program(&["node"], &file, "known");
    command.args(["Forward", KEY, user, password]);
    ingest.takes("known", command).await;

    let mut stranger = ingest.program(&["node"], &file, "stranger");
    stranger.args(["Forward", "another key", user, password]);
    let refused = run(stranger).await;
    assert!(refused.is_err(), "a wrong key was let in");
}
