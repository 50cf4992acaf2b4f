//! log-receiver: takes events in, keeps them durably and hands them to a [`TableSink`].
//!
//! The path of an event:
//!
//! 1. `receive` takes it from a forward protocol connection or an HTTP request. The whole message is checked
//!    first; one that cannot be read is refused as a whole.
//! 2. `buffer` appends the message's own bytes to a segment file. One fdatasync serves all who wait. Then, and
//!    only then, the forward client gets its ack and the HTTP client its 204.
//! 3. A segment that is large or old enough is sealed. `land` gives it to the sink, which reads its [`Record`]s one by
//!    one, until the sink has taken it; then the file is deleted.
//! 4. `output` passes the same events on to other systems. Each output has a position of its own; a segment's file
//!    goes when the tables and all outputs have it.
//!
//! After a crash, segment files that are left are cut back to their last whole record and landed. A segment that
//! had landed before the crash, and was not deleted, comes again under the same number, which the sink remembers.
//!
//! The crate knows neither tables nor a query engine, so that it builds in seconds; log-ingest provides the sink
//! and calls [`run()`].

mod buffer;
mod clock;
mod config;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod items;
pub mod land;
mod listeners;
mod metrics;
mod open_files;
mod output;
mod read;
mod receive;
mod record;
mod run;
mod setting;
mod tag_pattern;

pub use buffer::{BufferConfig, BufferSection, DiskStorage, OpenError, SegmentFile, Storage};
pub use config::{ReceiverConfig, ReceiverFile};
pub use land::{LandReport, Records, RecordsIter, Segment, SinkError, SinkErrorCause, TableSink};
pub use listeners::Listeners;
pub use metrics::Metrics;
pub use open_files::raise_open_file_limit;
pub use output::{
    Compress, ForwardOutput, ForwardOutputSection, Login, ObjectAccess, ObjectKey, ObjectOutput,
    ObjectOutputSection, ObjectStore, ObjectStores, OutputConfig, OutputKind, OutputSection,
    OutputTls, OutputTlsSection,
};
pub use receive::{
    ClientRule, ClientSection, ConnectionLimits, ForwardConfig, ForwardSection, HttpConfig,
    HttpSection, Origins, RateLimit, Security, SecuritySection, TlsFiles, TlsSection, UnixPath,
    UserSection,
};
pub use record::Record;
pub use run::{Receiver, run};
pub use setting::{ConfigError, Network, Secret};
pub use tag_pattern::TagSet;
