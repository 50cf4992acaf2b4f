//! The harness that starts Earlybid's real programs, for the system tests and for measurements (`bench`).
//!
//! * [`stack`]: the programs that one test needs, started together on free ports.
//! * [`program`]: one of them: its process, the addresses it printed, its log.
//! * [`config_files`]: the configuration that each is given.
//! * [`client`]: what a test sends to them over HTTP.
//! * [`forward_sender`]: a client of the forward protocol that waits for acks.
//! * [`crash`]: log-ingest killed under load, and what is in the tables afterwards.
//! * [`hostile`]: attacks beside a normal load, and what that load notices.
//! * [`pace`]: calls at a steady rate, whatever the answers take.
//! * [`fixtures`]: bid requests, made and captured.
//! * [`s3`]: a store for tables, and what stores do to their clients.
//! * [`wait`]: polling with an end, in place of sleeping.

pub mod client;
pub mod config_files;
pub mod crash;
pub mod fixtures;
pub mod forward_sender;
pub mod hostile;
pub mod pace;
pub mod program;
pub mod s3;
pub mod stack;
pub mod wait;
