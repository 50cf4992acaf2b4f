//! The programs that a test needs, started in the order in which they need each other.

use std::path::PathBuf;

use anyhow::Context as _;
use tempfile::TempDir;

use crate::client::Client;
use crate::config_files;
use crate::fixtures::{self, Ssp, StoredImp};
use crate::program::Program;

/// What to start.
#[derive(Debug, Clone)]
pub struct Plan {
    /// The SSPs, in the order of the waterfall.
    pub ssps: Vec<Ssp>,
    /// The imps stored at the bid server.
    pub imps: Vec<StoredImp>,
    /// Whether log-ingest runs.
    pub log_ingest: bool,
    /// Whether the publisher has an ad of its own for one slot of its recipes, and whether its deliveries are counted soon.
    pub house_ad: bool,
}

impl Plan {
    /// The SSPs of the worked example over a floor of 1.0, with log-ingest.
    pub fn worked_example() -> Self {
        Self {
            ssps: fixtures::worked_example(),
            imps: fixtures::stored_imps(1.0),
            log_ingest: true,
            house_ad: false,
        }
    }

    /// These SSPs over a floor of 1.0, and nothing that stores events.
    pub fn auctions(ssps: Vec<Ssp>) -> Self {
        Self {
            ssps,
            log_ingest: false,
            ..Self::worked_example()
        }
    }
}

/// What is different for a log-ingest that is started again.
#[derive(Debug, Clone, Copy, Default)]
pub struct LogIngestChanges {
    /// Sections added to its configuration.
    pub config: &'static str,
    /// Lines added to its section `[tables]`.
    pub tables: &'static str,
    /// What its log is to hold.
    pub log_filter: Option<&'static str>,
}

/// Running programs on free ports, their files in a folder that goes with them.
#[derive(Debug)]
pub struct Stack {
    // Programs come first: they are dropped, and so killed, before their folder.
    /// Plays the SSPs.
    pub ssp: Program,
    /// Stores events, if the plan wants it.
    pub log_ingest: Option<Program>,
    /// Runs auctions.
    pub bid_server: Program,
    /// Talks to them.
    pub client: Client,
    plan: Plan,
    /// How the next log-ingest differs.
    log_ingest_changes: LogIngestChanges,
    folder: TempDir,
}

impl Stack {
    /// Starts what the plan says.
    ///
    /// # Errors
    /// When a program is missing or does not start.
    pub async fn start(plan: Plan) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let path = folder.path();
        let ssp_config = config_files::ssp_simulator(&plan.ssps);
        let ssp = Program::start("ssp-simulator", &[], &ssp_config, path).await?;
        let log_ingest = if plan.log_ingest {
            let mut config = config_files::log_ingest(&path.join("data"), None);
            if plan.house_ad {
                config.push_str(config_files::COUNT_SOON);
            }
            Some(Program::start("log-ingest", &["serve"], &config, path).await?)
        } else {
            None
        };
        let forward = log_ingest
            .as_ref()
            .map(|program| program.address("forward"));
        let mut config = config_files::bid_server(&plan.ssps, &plan.imps, &ssp, forward);
        if plan.house_ad {
            config.push_str(config_files::HOUSE_AD);
        }
        let bid_server = Program::start("bid-server", &[], &config, path).await?;
        Ok(Self {
            ssp,
            log_ingest,
            bid_server,
            client: Client::new()?,
            plan,
            log_ingest_changes: LogIngestChanges::default(),
            folder,
        })
    }

    /// Runs an auction and returns its answer.
    ///
    /// # Errors
    /// When the answer is not 200 with JSON.
    pub async fn auction(&self, body: &serde_json::Value) -> anyhow::Result<serde_json::Value> {
        self.client.auction(&self.bid_server, body).await
    }

    /// Runs a query until it has at least this many rows.
    ///
    /// # Errors
    /// When log-ingest is not running, or there are fewer rows in the end.
    pub async fn rows(
        &self,
        query: &str,
        at_least: usize,
    ) -> anyhow::Result<Vec<serde_json::Value>> {
        self.client.rows(self.log()?, query, at_least).await
    }

    /// The running log-ingest.
    ///
    /// # Errors
    /// When it is not running.
    pub fn log(&self) -> anyhow::Result<&Program> {
        self.log_ingest
            .as_ref()
            .context("log-ingest is not running")
    }

    /// Kills log-ingest as a crash would, and starts it again on the same ports and data.
    ///
    /// # Errors
    /// When it does not come back.
    pub async fn crash_log_ingest(&mut self) -> anyhow::Result<()> {
        let config = self.kill_log_ingest()?;
        self.start_log_ingest(&config).await
    }

    /// From the next start on, log-ingest has these lines at the end of its configuration, and its
    /// log what the filter lets through.
    pub fn configure_log_ingest(&mut self, changes: LogIngestChanges) {
        self.log_ingest_changes = changes;
    }

    /// The folder with log-ingest's data.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// The log of all runs of log-ingest.
    pub fn log_ingest_log(&self) -> PathBuf {
        self.folder.path().join("log-ingest.log")
    }

    /// Kills log-ingest as a crash would; the answer is what [`Self::start_log_ingest`] needs.
    ///
    /// # Errors
    /// When it is not running.
    pub fn kill_log_ingest(&mut self) -> anyhow::Result<String> {
        let config = self.next_log_ingest_config()?;
        self.log_ingest.take().context("not running")?.kill()?;
        Ok(config)
    }

    /// Stops log-ingest; the answer is what [`Self::start_log_ingest`] needs.
    ///
    /// # Errors
    /// When it is not running or does not stop.
    pub async fn stop_log_ingest(&mut self) -> anyhow::Result<String> {
        let before = self.next_log_ingest_config()?;
        self.log_ingest
            .take()
            .context("not running")?
            .terminate()
            .await?;
        Ok(before)
    }

    /// Starts log-ingest again with the configuration that stopping it gave.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn start_log_ingest(&mut self, config: &str) -> anyhow::Result<()> {
        let place = (self.folder.path(), self.log_ingest_changes.log_filter);
        let program = Program::start_with_log("log-ingest", &["serve"], config, place).await?;
        self.log_ingest = Some(program);
        Ok(())
    }

    /// Starts the demo site over this stack; its pages call the bid server at the URL.
    ///
    /// # Errors
    /// When it does not start.
    pub async fn demo_site(&self, floor: f64, bid_server_url: &str) -> anyhow::Result<Program> {
        let folder = tempfile::tempdir_in(self.folder.path())?.keep();
        let config = config_files::demo_site(
            &self.plan.ssps,
            floor,
            &self.ssp,
            bid_server_url,
            self.log()?,
        );
        Program::start("demo-site", &[], &config, &folder).await
    }

    /// The configuration that makes the next log-ingest take the ports and data of this one.
    fn next_log_ingest_config(&self) -> anyhow::Result<String> {
        let config = config_files::log_ingest(&self.data(), Some(self.log()?));
        let LogIngestChanges {
            config: more,
            tables,
            ..
        } = self.log_ingest_changes;
        Ok(config.replace("[tables]\n", &format!("[tables]\n{tables}")) + more)
    }
}
