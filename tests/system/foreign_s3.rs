//! A store that other people have written: two instances fill the same tables, and an output brings its objects.
//!
//! Behind the feature `clients`, because moto comes from `PyPI`. With `EARLYBID_TEST_S3` the same tests run against a store
//! that runs already; see `CONTRIBUTING.md`.

use std::collections::BTreeSet;
use std::path::Path;

use serde_json::Value;
use system_tests::client::Client;
use system_tests::config_files;
use system_tests::program::Program;
use system_tests::s3::foreign::{ForeignStore, SECRET};
use system_tests::s3::{BUCKET, KEY_ID};
use system_tests::wait;
use tempfile::TempDir;

use crate::s3::{EVENTS, Instance, batch};

/// A prefix of its own for each run: a store that stays has the tables of earlier ones.
fn prefix(folder: &Path) -> String {
    let name = folder.file_name().unwrap().to_string_lossy();
    name.trim_start_matches('.').to_ascii_lowercase()
}

#[tokio::test]
async fn two_instances_fill_the_same_tables_in_a_store_of_others() {
    const BATCHES: u32 = 15;
    let mut store = ForeignStore::planned().unwrap();
    store.start().await.unwrap();
    let prefix = prefix(tempfile::tempdir().unwrap().path());
    let start = async || {
        let more_patient = |config: String| {
            let place = format!("{BUCKET}/{prefix}");
            config
                .replace("timeout_ms = 1000", "timeout_ms = 20000")
                .replace(&format!("{BUCKET}/earlybid"), &place)
        };
        Instance::start_with(&store.endpoint, more_patient).await
    };
    let one = start().await;
    let mut other = start().await;
    for number in 0..BATCHES {
        let (shared, ones, others) = (batch(number), batch(1000 + number), batch(2000 + number));
        tokio::join!(one.send(&shared), other.send(&shared));
        tokio::join!(one.send(&ones), other.send(&others));
        if number == BATCHES / 2 {
            other.kill_and_run().await;
        }
    }
    let events = u64::from(3 * BATCHES * EVENTS);
    for instance in [&one, &other] {
        instance.wait_for_all_once(events).await;
    }
    let counted = "SELECT SUM(stored) AS n FROM table_loads WHERE table_name = 'render_events'";
    one.wait_for(counted, events).await;
}

/// The ids in all objects under the prefix, as another client reads them.
async fn ids_in(store: &ForeignStore, prefix: &str) -> Vec<String> {
    let mut reader = store.reader(&format!("{prefix}/"));
    let read = tokio::task::spawn_blocking(move || reader.output());
    let read = read.await.unwrap().unwrap();
    let complaint = String::from_utf8_lossy(&read.stderr);
    assert!(read.status.success(), "{complaint}");
    let text = String::from_utf8(read.stdout).unwrap();
    let events = text.lines().map(|line| serde_json::from_str(line).unwrap());
    events
        .map(|event: Value| event["event_id"].as_str().unwrap().to_owned())
        .collect()
}

/// log-ingest with an output into the store.
struct Passing {
    program: Program,
    client: Client,
    _folder: TempDir,
}

impl Passing {
    async fn start(store: &ForeignStore) -> (Self, String) {
        let folder = tempfile::tempdir().unwrap();
        let prefix = prefix(folder.path());
        let config = format!(
            "{}\n[[output]]\nkind = \"object_store\"\nname = \"archive\"\nurl = \"s3://{BUCKET}/{prefix}\"\n\
             endpoint = \"{}\"\nregion = \"us-east-1\"\naccess_key_id = \"{KEY_ID}\"\nsecret_access_key = \"{SECRET}\"\n\
             compress = \"none\"\ngather_ms = 0\nmax_backoff_ms = 500\n",
            config_files::log_ingest(folder.path(), None),
            store.endpoint,
        );
        let program = Program::start("log-ingest", &["serve"], &config, folder.path()).await;
        let passing = Self {
            program: program.unwrap(),
            client: Client::new().unwrap(),
            _folder: folder,
        };
        (passing, prefix)
    }

    async fn send(&self, number: u32) {
        let url = self.program.url("http", "/ads.render");
        let answer = self.client.post(&url, batch(number).to_string()).await;
        assert_eq!(answer.unwrap().0, 204);
    }

    /// The sum of a metric's values.
    async fn metric(&self, name: &str) -> u64 {
        let text = self.client.get(&self.program.url("sql", "/metrics")).await;
        let text = text.unwrap();
        let values = text.lines().filter(|line| line.starts_with(name));
        let values = values.filter_map(|line| line.rsplit_once(' ')?.1.parse::<u64>().ok());
        values.sum()
    }

    async fn wait_for_metric(&self, name: &str, enough: impl Fn(u64) -> bool) {
        wait::until(name, async || {
            let value = self.metric(name).await;
            anyhow::ensure!(enough(value), "{value}");
            Ok(Some(()))
        })
        .await
        .unwrap();
    }
}

#[tokio::test]
async fn an_output_brings_every_event_to_a_store_that_was_away() {
    const BATCHES: u32 = 6;
    let mut store = ForeignStore::planned().unwrap();
    let (passing, prefix) = Passing::start(&store).await;
    for number in 0..BATCHES / 2 {
        passing.send(number).await;
    }
    let sent = "log_ingest_output_acknowledged_events_total";
    if store.is_away() {
        passing
            .wait_for_metric("log_ingest_output_retries_total", |errors| errors > 1)
            .await;
    }
    store.start().await.unwrap();
    for number in BATCHES / 2..BATCHES {
        passing.send(number).await;
    }
    let events = u64::from(BATCHES * EVENTS);
    passing.wait_for_metric(sent, |count| count >= events).await;
    let ids = ids_in(&store, &prefix).await;
    let expected: BTreeSet<String> = (0..BATCHES)
        .flat_map(|number| (0..EVENTS).map(move |event| format!("{number}-{event}")))
        .collect();
    assert_eq!(ids.len(), expected.len(), "an event is there twice");
    assert_eq!(ids.into_iter().collect::<BTreeSet<_>>(), expected);
}
