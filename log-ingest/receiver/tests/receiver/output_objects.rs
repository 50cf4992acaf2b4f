//! Events as objects: what is written again replaces itself.

use std::collections::BTreeMap;
use std::io::Read;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use log_receiver::{
    DiskStorage, Metrics, ObjectStore, ObjectStores, Receiver, ReceiverConfig, ReceiverFile,
    SinkError,
};
use prometheus_client::registry::Registry;
use serde_json::Value;
use tempfile::TempDir;

use crate::clients::request;
use crate::outputs::{outputs, until};
use crate::setup::{Running, settings, start_with};

/// Objects in memory; the next puts fail, some after they have written.
#[derive(Debug, Default)]
struct Shelf {
    objects: Mutex<BTreeMap<String, Bytes>>,
    puts: AtomicU32,
    /// Where in memory the bytes of each put were.
    places: Mutex<Vec<usize>>,
    fail: AtomicU32,
}

impl ObjectStore for Shelf {
    fn put<'a>(&'a self, name: &'a str, bytes: Bytes) -> BoxFuture<'a, Result<(), SinkError>> {
        Box::pin(async move {
            self.puts.fetch_add(1, Ordering::SeqCst);
            self.places.lock().unwrap().push(bytes.as_ptr().addr());
            let fails = self.fail.load(Ordering::SeqCst);
            if fails != 1 {
                self.objects.lock().unwrap().insert(name.to_owned(), bytes);
            }
            if fails > 0 {
                self.fail.store(fails - 1, Ordering::SeqCst);
                return Err(SinkError::new("the answer was lost"));
            }
            Ok(())
        })
    }
}

impl Shelf {
    fn names(&self) -> Vec<String> {
        self.objects.lock().unwrap().keys().cloned().collect()
    }

    /// The ids in all objects, in the order of their names.
    fn ids(&self) -> Vec<u64> {
        let mut ids = Vec::new();
        for bytes in self.objects.lock().unwrap().values() {
            let mut text = String::new();
            flate2::read::GzDecoder::new(&bytes[..])
                .read_to_string(&mut text)
                .unwrap();
            for line in text.lines() {
                let event: Value = serde_json::from_str(line).unwrap();
                assert!(event.get("time").is_some_and(Value::is_f64), "{line}");
                ids.push(event.get("id").and_then(Value::as_u64).unwrap());
            }
        }
        ids.sort_unstable();
        ids
    }
}

fn settings_with(gather_ms: u64) -> ReceiverFile {
    let mut file = settings();
    file.output = outputs(&format!(
        "[[output]]\nkind = \"object_store\"\nname = \"lake\"\nurl = \"s3://b/p\"\nmax_backoff_ms = 20\ngather_ms = {gather_ms}"
    ));
    file
}

async fn start_over(directory: &TempDir, shelf: &Arc<Shelf>, gather_ms: u64) -> Running {
    let store: Arc<dyn ObjectStore> = shelf.clone();
    let stores = ObjectStores::from([("lake".to_owned(), store)]);
    let (file, path) = (settings_with(gather_ms), directory.path());
    start_with(file, path, Default::default(), &stores).await
}

async fn post(receiver: &Running, tag: &str, id: u64) {
    let body = format!("{{\"id\":{id},\"time\":1700000000.5}}");
    let answer = request(receiver.http, &format!("POST /{tag}"), body.as_bytes()).await;
    assert_eq!(answer.status, 204);
}

#[tokio::test]
async fn objects_by_tag_and_hour_and_a_failed_put_replaces_itself() {
    let (directory, shelf) = (tempfile::tempdir().unwrap(), Arc::new(Shelf::default()));
    shelf.fail.store(3, Ordering::SeqCst);
    let receiver = start_over(&directory, &shelf, 0).await;
    post(&receiver, "ads.render", 1).await;
    until(|| receiver.sum("log_ingest_output_acknowledged_events_total", "lake") == 1).await;
    assert_eq!(
        (shelf.names().len(), shelf.puts.load(Ordering::SeqCst)),
        (1, 4)
    );
    // What is put again is what was compressed the first time.
    let places = shelf.places.lock().unwrap().clone();
    assert!(places.windows(2).all(|two| two[0] == two[1]), "{places:?}");
    post(&receiver, "other", 2).await;
    until(|| shelf.names().len() == 2).await;
    assert_eq!(shelf.ids(), [1, 2]);
    let received = receiver
        .memory
        .wait_for(2)
        .await
        .first()
        .unwrap()
        .received_at_us;
    let hour = chrono::DateTime::from_timestamp_micros(received)
        .unwrap()
        .format("%Y/%m/%d/%H");
    let names = shelf.names();
    let first = names.first().unwrap();
    assert!(
        first.starts_with(&format!("ads.render/{hour}/")) && first.ends_with(".ndjson.gz"),
        "{first}"
    );
    receiver.stop().await;
}

#[tokio::test]
async fn segments_are_gathered_and_the_same_ones_go_together_after_a_kill() {
    let (directory, shelf) = (tempfile::tempdir().unwrap(), Arc::new(Shelf::default()));
    let receiver = start_over(&directory, &shelf, 3_600_000).await;
    for (id, landed) in (0..5).zip(1..) {
        post(&receiver, "t", id).await;
        receiver.memory.wait_for(landed).await;
    }
    assert!(shelf.names().is_empty(), "they wait for each other");
    // The end is waited for with objects half written: all puts fail.
    shelf.fail.store(u32::MAX, Ordering::SeqCst);
    receiver.stop().await;
    let written = shelf.names();
    assert_eq!((written.len(), shelf.ids()), (1, vec![0, 1, 2, 3, 4]));
    shelf.fail.store(0, Ordering::SeqCst);
    // More arrives before the store answers again; the object that was begun stays as it was.
    let receiver = start_over(&directory, &shelf, 3_600_000).await;
    until(|| receiver.sum("log_ingest_output_acknowledged_events_total", "lake") == 5).await;
    assert_eq!(shelf.names(), written);
    post(&receiver, "t", 5).await;
    receiver.memory.wait_for(1).await;
    receiver.stop().await;
    assert_eq!(
        (shelf.names().len(), shelf.ids()),
        (2, vec![0, 1, 2, 3, 4, 5])
    );
}

#[test]
fn an_output_without_a_store_stops_the_start() {
    let directory = tempfile::tempdir().unwrap();
    let mut file = settings_with(0);
    file.buffer.directory = directory.path().to_owned();
    let config = ReceiverConfig::check(&file).unwrap();
    let storage = Arc::new(DiskStorage::open(directory.path()).unwrap());
    let metrics = Metrics::register(&mut Registry::default());
    let error = Receiver::open(config, storage, metrics).unwrap_err();
    let cause = std::error::Error::source(&error).unwrap().to_string();
    assert!(cause.contains("no store for the output lake"), "{cause}");
}
