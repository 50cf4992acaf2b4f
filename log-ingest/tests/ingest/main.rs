//! Records in, answers out: the tables, the queries and both doors, over real files and sockets.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    reason = "helpers of tests"
)]

mod bad_files;
mod command_line;
mod derived;
mod docs;
mod fixture;
mod forgotten;
mod history;
mod hostile_queries;
mod http;
mod http_admission;
mod land;
mod limits;
mod maintained;
mod named_queries;
mod page_views;
mod poison;
mod postgres_wire;
mod psql;
mod read_only;
mod repeated;
mod schema_change;
mod served;
mod sql_states;
mod wire_client;
