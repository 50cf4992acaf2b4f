//! Reads the events back from the tables and turns them into figures and waterfalls.
//!
//! [`rows`] asks log-ingest by SQL, [`views`] puts the rows of a page view together, [`summary`] takes medians over
//! views, and [`bars`] lays out one typical view of each variant on a common time axis. Only the first does I/O.

pub mod bars;
pub mod rows;
pub mod summary;
pub mod views;
