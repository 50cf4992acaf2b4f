//! log-ingest: what was acknowledged is in a table, and the tables answer SQL.
//!
//! The path of a record:
//!
//! ```text
//! HTTP, forward ──▶ log-receiver: 1 IN ▶ 2 SORT by tag ▶ 3 KEEP, fsync, acknowledge
//!                                                          │ sealed segment
//!                                   table: 4 STORE ◀───────┘ rows, exactly once
//!                                          │ Delta tables on disk
//!                                  derive: 5 DERIVE wide tables, roll-ups
//!                                          │
//!                                   query: 6 ASK ──▶ http, postgres, command line
//! ```
//!
//! * `log-receiver` (its own crate, without the query engine) takes records in and keeps them in
//!   segments until they are stored.
//!   It passes them on to other systems too; [`outputs`] are the object stores among those.
//! * [`table`] turns a segment into rows of typed tables and commits each table once.
//! * [`mod@derive`] computes wide tables and roll-ups from them, [`maintain`] joins small files and
//!   removes old rows; [`upkeep`] does both in the background.
//! * [`query`] is the read-only engine over those tables. It runs in processes of its own: [`workers`] is the
//!   server's side of them, [`query_process`] the other, where [`postgres`] speaks to a client. [`http`] and
//!   [`postgres_door`] are the doors, with [`connections`] counted.
//! * [`config`] holds all settings, [`mod@serve`] puts the parts together, [`cli`] is the command
//!   line.

pub mod cli;
pub mod config;
pub mod connections;
pub mod derive;
pub mod describe;
pub mod http;
pub mod maintain;
pub mod metrics;
pub mod outputs;
pub mod postgres;
pub mod postgres_door;
pub mod query;
pub mod query_process;
pub mod serve;
mod stage;
pub mod table;
pub mod telemetry;
pub mod upkeep;
pub mod workers;
