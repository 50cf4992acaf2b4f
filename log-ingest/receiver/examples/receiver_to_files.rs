//! The smallest program with a receiver in it: events end up as one NDJSON file per segment.
//!
//! `receiver_to_files DIRECTORY` prints `listening http=… forward=…` and runs until it is killed, or until its
//! standard input ends, which shuts it down cleanly. The crash test kills it again and again.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};

use log_receiver::{
    LandReport, Listeners, Metrics, ReceiverConfig, ReceiverFile, Segment, SinkError, TableSink,
    run,
};
use prometheus_client::registry::Registry;
use tokio_util::sync::CancellationToken;

/// Writes each segment to a file with its name; a segment that comes again finds its file there.
struct FileSink {
    directory: PathBuf,
}

impl TableSink for FileSink {
    async fn land(&self, segment: Segment) -> Result<LandReport, SinkError> {
        let directory = self.directory.clone();
        let landed = tokio::task::spawn_blocking(move || write_segment(&directory, segment)).await;
        landed.map_err(SinkError::new)?.map_err(SinkError::new)
    }
}

fn write_segment(directory: &Path, segment: Segment) -> std::io::Result<LandReport> {
    let name = directory.join(format!("{}-{}.ndjson", segment.buffer_id, segment.seq));
    if name.exists() {
        let count = segment.records.into_iter().count();
        return Ok(LandReport {
            duplicates: count.try_into().unwrap_or(u64::MAX),
            ..LandReport::default()
        });
    }
    let (mut lines, mut count) = (Vec::new(), 0);
    for record in segment.records {
        count += 1;
        let line = serde_json::json!({"tag": record.tag, "time": record.event_time_us, "fields": record.fields});
        writeln!(lines, "{line}")?;
    }
    let unfinished = name.with_extension("new");
    fs::write(&unfinished, lines)?;
    fs::rename(&unfinished, &name)?;
    Ok(LandReport {
        stored: count,
        ..LandReport::default()
    })
}

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let directory = PathBuf::from(
        std::env::args_os()
            .nth(1)
            .ok_or("usage: receiver_to_files DIRECTORY")?,
    );
    let landed = directory.join("landed");
    fs::create_dir_all(&landed)?;
    let mut file = ReceiverFile::default();
    file.http.listen.set_port(0);
    file.forward.listen.set_port(0);
    file.buffer.directory = directory.join("buffer");
    file.buffer.segment_age_ms = 100;
    let config = ReceiverConfig::check(&file)?;
    let listeners = Listeners::bind(&config).await?;
    let (http, forward) = (
        listeners.http.local_addr()?,
        listeners.forward.local_addr()?,
    );
    writeln!(std::io::stdout(), "listening http={http} forward={forward}")?;

    let shutdown = CancellationToken::new();
    let stop = shutdown.clone();
    // A thread of its own: a read of standard input cannot be interrupted, and must not hold up the runtime's end.
    std::thread::spawn(move || {
        std::io::stdin().read_to_end(&mut Vec::new()).ok();
        stop.cancel();
    });
    let metrics = Metrics::register(&mut Registry::default());
    run(
        config,
        listeners,
        FileSink { directory: landed },
        metrics,
        shutdown,
    )
    .await?;
    Ok(())
}
