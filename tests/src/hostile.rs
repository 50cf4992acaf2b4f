//! A hostile load beside a normal one: what well-behaved users notice of everybody else.
//!
//! [`normal`] is the load of users: auctions, events and queries at a steady rate, each timed and its answer checked. It
//! runs once alone and once beside all of [`attack`] at the same time, which come from another address of this machine,
//! as strangers do: caps by address apply to them alone. `cargo xtask bench hostile` runs both for minutes; the system
//! tests for seconds.

mod attack;
mod normal;
mod payload;
mod socket;

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

use crate::program::Program;
use crate::stack::Stack;
pub use attack::Attack;
pub use normal::Normal;
pub use payload::statement;

/// What became of both loads.
#[derive(Debug)]
pub struct Report {
    /// The normal load alone.
    pub alone: Normal,
    /// The normal load beside the hostile one.
    pub beside: Normal,
    /// How often each attack struck, by what came of it.
    pub strikes: BTreeMap<Attack, BTreeMap<String, u64>>,
    /// Messages that were acknowledged in both.
    pub messages: u64,
    /// Events in them.
    pub acknowledged: u64,
    /// Rows of these in `render_events` once everything has landed.
    pub stored: u64,
    /// Rows of these in `ad_renders`: one of each acknowledged message.
    pub derived: u64,
}

/// Where the programs of a stack listen.
#[derive(Debug, Clone)]
struct Doors {
    bid_server: String,
    ingest: String,
    forward: String,
    sql: String,
    postgres: String,
}

impl Doors {
    fn of(bid_server: &Program, log: &Program) -> Self {
        Self {
            bid_server: bid_server.address("http").to_owned(),
            ingest: log.address("http").to_owned(),
            forward: log.address("forward").to_owned(),
            sql: log.address("sql").to_owned(),
            postgres: log.address("postgres").to_owned(),
        }
    }
}

/// Runs the normal load alone for one time, and beside the attacks for the other.
///
/// # Errors
/// When the loads cannot be started, or the tables do not answer after them.
pub async fn hostile(stack: &Stack, alone: Duration, beside: Duration) -> anyhow::Result<Report> {
    let doors = Doors::of(&stack.bid_server, stack.log()?);
    let alone = normal::run(&doors, "alone", Instant::now() + alone).await?;
    let end = Instant::now() + beside;
    let (beside, strikes) =
        tokio::join!(normal::run(&doors, "beside", end), attack::all(&doors, end));
    let (beside, strikes) = (beside?, strikes?);
    let messages = alone.acknowledged + beside.acknowledged;
    let acknowledged = messages * normal::EVENTS;
    Ok(Report {
        stored: settled(stack, "render_events", acknowledged).await?,
        derived: settled(stack, "ad_renders", messages).await?,
        alone,
        beside,
        strikes,
        messages,
        acknowledged,
    })
}

/// No row more for so long, and no more will come.
const STANDSTILL: Duration = Duration::from_secs(60);
/// How often it is asked.
const POLL: Duration = Duration::from_millis(250);

/// The normal load's rows in a table once there are this many, or once they have stopped becoming more: how long all of
/// them take depends on the machine.
///
/// # Errors
/// When no query was answered.
async fn settled(stack: &Stack, table: &str, expected: u64) -> anyhow::Result<u64> {
    let query = format!(
        "SELECT COUNT(*) AS n FROM {table} WHERE page_view_id LIKE '{}%'",
        normal::PREFIX
    );
    let (mut found, mut since) = (None, Instant::now());
    loop {
        let answer = stack.client.sql(stack.log()?, &query).await;
        let now = answer.map(|rows| rows.first().and_then(|row| row["n"].as_u64()));
        match (now, found) {
            (Ok(Some(now)), _) if now >= expected => return Ok(now),
            (Ok(Some(now)), before) if before != Some(now) => {
                (found, since) = (Some(now), Instant::now());
            }
            // Fewer are for the caller to judge.
            (_, Some(found)) if since.elapsed() > STANDSTILL => return Ok(found),
            (Err(error), None) if since.elapsed() > STANDSTILL => return Err(error),
            _ => {}
        }
        tokio::time::sleep(POLL).await;
    }
}
