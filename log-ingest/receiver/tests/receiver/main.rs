//! The receiver over real sockets and real files.
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    reason = "helpers of tests may fail loudly"
)]

mod accounting;
mod backlog;
mod backpressure;
mod clients;
mod crash;
mod damaged_header;
mod faults;
mod forward;
mod forward_doors;
mod forward_handshake;
mod forward_json;
mod forward_matrix;
mod forward_modes;
mod frail_disk;
mod http;
mod http_contents;
mod http_pages;
mod inflated;
mod json_repair;
mod output_objects;
mod outputs;
mod parts;
mod power_cut;
mod repeats;
mod restart;
mod setup;
mod silence;
mod tags;
