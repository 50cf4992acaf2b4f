//! Sends render events with poston: `poston ADDRESS PREFIX COUNT`. It always asks for acks.

use std::error::Error;
use std::time::{Duration, SystemTime};

use poston::{Client, Settings, WorkerPool};
use serde::Serialize;

#[derive(Serialize)]
struct Event<'a> {
    event_id: String,
    page_view_id: &'a str,
    event: &'a str,
    elapsed_ms: f64,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let [_, address, prefix, count] = arguments.as_slice() else {
        return Err("poston ADDRESS PREFIX COUNT".into());
    };
    let settings = Settings {
        flush_period: Duration::from_millis(20),
        ..Settings::default()
    };
    let pool = WorkerPool::with_settings(address, &settings)?;
    for number in 0..count.parse::<u32>()? {
        let event = Event {
            event_id: format!("{prefix}-{number}"),
            page_view_id: prefix,
            event: "ad_rendered",
            elapsed_ms: f64::from(number) + 0.5,
        };
        pool.send("ads.render".to_owned(), &event, SystemTime::now())?;
    }
    // Waits until all is acknowledged.
    pool.terminate()?;
    Ok(())
}
