//! The processes that answer queries, as the server sees them.
//!
//! A query is a program that strangers write: it may ask for any amount of memory, never yield, or overflow a stack. So no
//! query runs in the process that receives events. Each runs in a process of its own ([`crate::query_process`]) that has
//! the tables open for reading and may be ended at any moment: when its time is up ([`relay`](crate::postgres_door)
//! and [`pool`] do that), when the client cancels, or when all of them together take too much memory
//! ([`memory`]). [`process`] starts and ends one, [`wire`] is what both sides say to each other.

mod memory;
pub mod pool;
mod process;
pub mod wire;

pub use pool::Workers;
pub(crate) use process::Worker;
