//! Calls at a steady pace, whatever the answers take: as many users as come, and not as many as are answered.

use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, MissedTickBehavior, interval};

/// Calls of one kind: how long those took that went well, and what went wrong with the others.
#[derive(Debug, Default)]
pub struct Calls {
    /// Time of each that went well.
    pub took: Vec<Duration>,
    /// Why the others did not.
    pub refused: Vec<String>,
}

/// Makes a call at each tick until then, however many are still open, and waits for all of them.
pub async fn steady<F>(every: Duration, until: Instant, call: impl Fn(u32) -> F) -> Calls
where
    F: Future<Output = anyhow::Result<()>> + Send + 'static,
{
    let mut open = JoinSet::new();
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
    for number in 0.. {
        ticks.tick().await;
        if Instant::now() >= until {
            break;
        }
        let call = call(number);
        open.spawn(async move {
            let began = Instant::now();
            call.await.map(|()| began.elapsed())
        });
    }
    let mut calls = Calls::default();
    while let Some(ended) = open.join_next().await {
        match ended.map_err(anyhow::Error::from).flatten() {
            Ok(took) => calls.took.push(took),
            Err(error) => calls.refused.push(format!("{error:#}")),
        }
    }
    calls
}
