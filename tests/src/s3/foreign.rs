//! An S3-compatible store that other people have written: the one that is named, or moto's, which `cargo xtask setup` installs.

use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::Context as _;

use crate::program::root;

/// Names a store that runs already, such as `http://127.0.0.1:9000`; it has a bucket `lake` and takes the key
/// [`super::KEY_ID`] with [`SECRET`].
const RUNNING: &str = "EARLYBID_TEST_S3";
/// The secret that goes with the key id.
pub const SECRET: &str = "secret";

/// A store, for as long as this lives.
#[derive(Debug)]
pub struct ForeignStore {
    /// What clients are given as the store's address.
    pub endpoint: String,
    server: Option<Child>,
}

impl ForeignStore {
    /// The address of a store that does not run yet.
    ///
    /// # Errors
    /// When no port is free.
    pub fn planned() -> anyhow::Result<Self> {
        let endpoint = match std::env::var_os(RUNNING) {
            Some(endpoint) => endpoint.to_string_lossy().into_owned(),
            None => format!("http://{}", TcpListener::bind("127.0.0.1:0")?.local_addr()?),
        };
        Ok(Self {
            endpoint,
            server: None,
        })
    }

    /// Whether it is not started yet.
    pub fn is_away(&self) -> bool {
        self.server.is_none() && std::env::var_os(RUNNING).is_none()
    }

    /// Starts it and makes the bucket, unless it runs already.
    ///
    /// # Errors
    /// When it is not installed or does not start.
    pub async fn start(&mut self) -> anyhow::Result<()> {
        if !self.is_away() {
            return Ok(());
        }
        let (_, port) = self.endpoint.rsplit_once(':').context("no port")?;
        let mut server = Command::new("python3")
            .arg(root().join("tests/stores/moto_s3.py"))
            .arg(port)
            .env("PYTHONPATH", installed().join("moto"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("cannot start python3")?;
        let out = server.stdout.take().context("no output")?;
        self.server = Some(server);
        let line = tokio::task::spawn_blocking(move || {
            let mut line = String::new();
            BufReader::new(out).read_line(&mut line).map(|_| line)
        });
        let line = line.await??;
        anyhow::ensure!(
            line.starts_with("listening "),
            "moto does not run: `cargo xtask setup` installs it"
        );
        let bucket = format!("{}/{}", self.endpoint, super::BUCKET);
        let made = reqwest::Client::builder().build()?.put(bucket).send();
        made.await?.error_for_status()?;
        Ok(())
    }
}

impl ForeignStore {
    /// Prints what all objects under a prefix of the bucket hold, by Amazon's own client.
    pub fn reader(&self, prefix: &str) -> Command {
        let mut reader = Command::new("python3");
        reader
            .arg(root().join("tests/stores/read_objects.py"))
            .args([&self.endpoint, super::KEY_ID, SECRET, super::BUCKET, prefix])
            .env("PYTHONPATH", installed().join("moto"));
        reader
    }
}

impl Drop for ForeignStore {
    fn drop(&mut self) {
        if let Some(server) = &mut self.server {
            // Both fail only if it has ended already, which is what is wanted.
            drop(server.kill());
            drop(server.wait());
        }
    }
}

/// Where `cargo xtask setup` has put what the tests need from other projects.
pub fn installed() -> PathBuf {
    std::env::var_os("EARLYBID_CLIENTS")
        .map_or_else(|| root().join("target/clients"), PathBuf::from)
}
