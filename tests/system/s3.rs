//! The tables in an S3-compatible store that fails as stores do: what was acknowledged is there, once.

use serde_json::{Value, json};
use system_tests::client::Client;
use system_tests::config_files;
use system_tests::program::Program;
use system_tests::s3::faults::Fault;
use system_tests::s3::{FaultyStore, KEY_ID};
use system_tests::wait;
use tempfile::TempDir;

/// Events of a batch.
pub(crate) const EVENTS: u32 = 20;

/// One log-ingest with a buffer of its own; its tables are in the store.
pub(crate) struct Instance {
    program: Option<Program>,
    client: Client,
    folder: TempDir,
    config: String,
}

impl Instance {
    async fn start(store: &FaultyStore) -> Self {
        Self::start_with(&store.endpoint, |config| config).await
    }

    /// Starts it with a changed configuration.
    pub(crate) async fn start_with(endpoint: &str, change: impl Fn(String) -> String) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let config = config_files::log_ingest_on_s3(folder.path(), endpoint, KEY_ID);
        let mut instance = Self {
            program: None,
            client: Client::new().unwrap(),
            config: change(config),
            folder,
        };
        instance.run().await;
        instance
    }

    async fn run(&mut self) {
        let folder = self.folder.path();
        let program = Program::start("log-ingest", &["serve"], &self.config, folder).await;
        self.program = Some(program.unwrap());
    }

    /// Kills it and starts it again over the same buffer.
    #[cfg(feature = "clients")]
    pub(crate) async fn kill_and_run(&mut self) {
        self.program.take().unwrap().kill().unwrap();
        self.run().await;
    }

    fn program(&self) -> &Program {
        self.program.as_ref().unwrap()
    }

    /// Sends a batch until it is acknowledged.
    pub(crate) async fn send(&self, events: &Value) {
        let url = self.program().url("http", "/ads.render");
        wait::until("an acknowledgement", async || {
            let answer = self.client.post(&url, events.to_string()).await?;
            Ok((answer.0 == 204).then_some(()))
        })
        .await
        .unwrap();
    }

    /// Waits until each of this many events is in the table of events once, and has its row in the derived one.
    pub(crate) async fn wait_for_all_once(&self, events: u64) {
        for what in ["*", "DISTINCT event_id"] {
            let sql = format!("SELECT COUNT({what}) AS n FROM render_events");
            self.wait_for(&sql, events).await;
        }
        self.wait_for("SELECT COUNT(*) AS n FROM ad_renders", events)
            .await;
    }

    /// Waits until the one number that a query gives is this one. Queries fail with the store, too.
    pub(crate) async fn wait_for(&self, sql: &str, expected: u64) {
        let result = wait::until(sql, async || {
            let rows = self.client.sql(self.program(), sql).await?;
            let found = rows[0]["n"].as_u64();
            anyhow::ensure!(found == Some(expected), "{found:?}");
            Ok(Some(()))
        });
        result.await.unwrap();
    }

    async fn metric(&self, name: &str) -> u64 {
        let url = self.program().url("sql", "/metrics");
        let text = self.client.get(&url).await.unwrap();
        let values = text.lines().filter(|line| line.starts_with(name));
        let values = values.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok());
        values.sum()
    }
}

pub(crate) fn batch(number: u32) -> Value {
    let event = |event: u32| {
        json!({
            "event_id": format!("{number}-{event}"), "event": "ad_rendered",
            "page_view_id": format!("view-{number}"), "slot": format!("slot-{event}"),
            "elapsed_ms": 10 * event,
        })
    };
    (0..EVENTS).map(event).collect()
}

#[tokio::test]
async fn what_was_acknowledged_is_there_once_though_the_store_fails() {
    const BATCHES: u32 = 60;
    let store = FaultyStore::start().await.unwrap();
    let mut instance = Instance::start(&store).await;
    store.faults.turn(true);
    for number in 0..BATCHES {
        instance.send(&batch(number)).await;
        if number == BATCHES / 2 {
            // It dies with segments that the store has not taken yet, or has taken without saying so.
            instance.program.take().unwrap().kill().unwrap();
            store.faults.turn(false);
            instance.run().await;
            store.faults.turn(true);
        }
    }
    // Batch after batch, until each fault has struck a commit; each brings commits to several tables.
    let mut sent = BATCHES;
    for _ in 0..60 {
        if store.faults.of_commits().len() == Fault::ALL.len() {
            break;
        }
        instance.send(&batch(sent)).await;
        sent += 1;
        let rows = "SELECT COUNT(*) AS n FROM render_events";
        instance.wait_for(rows, u64::from(sent * EVENTS)).await;
    }
    let struck = store.faults.of_commits();
    assert_eq!(struck.len(), Fault::ALL.len(), "{struck:?}");
    store.faults.turn(false);

    let events = u64::from(sent * EVENTS);
    let rows = "SELECT COUNT(*) AS n FROM render_events";
    instance.wait_for(rows, events).await;
    let different = "SELECT COUNT(DISTINCT event_id) AS n FROM render_events";
    instance.wait_for(different, events).await;
    let derived = "SELECT COUNT(*) AS n FROM ad_renders";
    instance.wait_for(derived, events).await;
    let views = "SELECT COUNT(*) AS n FROM page_views";
    instance.wait_for(views, u64::from(sent)).await;
    // What the counts of the loads say is what is there, even where an answer was lost.
    let counted = "SELECT SUM(stored) AS n FROM table_loads WHERE table_name = 'render_events'";
    instance.wait_for(counted, events).await;
    assert_eq!(store.running(), 2);
}

/// Some events go to both, one after the other or at the same moment, and each also gets some of its own.
#[tokio::test]
async fn two_instances_fill_the_same_tables() {
    const BATCHES: u32 = 20;
    let store = FaultyStore::start().await.unwrap();
    let (one, other) = (Instance::start(&store).await, Instance::start(&store).await);
    store.faults.turn(true);
    for number in 0..BATCHES {
        let (shared, ones, others) = (batch(number), batch(1000 + number), batch(2000 + number));
        tokio::join!(one.send(&shared), other.send(&shared));
        tokio::join!(one.send(&ones), other.send(&others));
    }
    store.faults.turn(false);
    let events = u64::from(3 * BATCHES * EVENTS);
    for instance in [&one, &other] {
        instance.wait_for_all_once(events).await;
    }
    let sum = async |name: &str| one.metric(name).await + other.metric(name).await;
    let stored = "log_ingest_stored_events_total";
    let repeated = "log_ingest_duplicate_events_total";
    wait::until("both to have counted", async || {
        Ok((sum(stored).await == events).then_some(()))
    })
    .await
    .unwrap();
    assert_eq!(sum(repeated).await, u64::from(BATCHES * EVENTS));
}
