//! Passes events on to other systems: another forward receiver, or objects in a store.
//!
//! ```text
//! sealed segments ─▶ ledger: who still wants which ─▶ reader thread: events by tag, cut into parts, compressed
//!                        ▲                                     └─▶ worker: one part after the other, until it is taken
//!                        └──────── position on disk ◀──────────────────┘
//! ```
//!
//! An output has its own position in the buffer, so that neither it nor the tables wait for the other; a segment file
//! goes when all have it. Parts, their ids and names follow from the segment's bytes and the output's settings alone:
//! what is sent again after a crash is the same message under the same id, or the same object under the same name.

mod compress;
mod config;
mod connect;
mod connection;
mod forward;
mod handshake;
mod metrics;
mod objects;
mod packer;
mod position;
mod reader;
mod send_error;
mod start;
mod status;
mod tls;
mod work_id;
mod worker;

pub use config::{
    Compress, ForwardOutput, ForwardOutputSection, Login, ObjectAccess, ObjectKey, ObjectOutput,
    ObjectOutputSection, OutputConfig, OutputKind, OutputSection, OutputTls, OutputTlsSection,
};
pub(crate) use metrics::OutputMetrics;
pub use objects::{ObjectStore, ObjectStores};
pub(crate) use start::{OpenOutputs, Outputs};
pub(crate) use status::Statuses;
