//! Stored data: requests, imps, profiles and responses that callers name instead of sending them.
//!
//! [`parse`] interprets the bytes, [`snapshot`] holds what is in memory, and [`files`] follows a folder.
//! [`remote`] asks another server through [`fetch`], once for all callers that want the same ([`flight`]),
//! and remembers its answers in [`cache`]. [`owner`](mod@owner) says whose an item is. [`store`] is where
//! everybody asks, however the data came. Which request names what, and how the parts are merged, is up to
//! `request::stored`.

mod cache;
mod config;
mod fetch;
mod files;
mod flight;
mod owner;
pub(crate) mod parse;
mod profile;
mod remote;
mod snapshot;
mod store;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

pub use config::{StoredDataConfig, StoredHttpConfig, StoredImps, StoredSections};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use fetch::parse_answer;
pub(crate) use files::StoredFiles;
pub(crate) use owner::{owner, take_owner};
pub(crate) use profile::{PartOf, Precedence};
pub(crate) use snapshot::Snapshot;
pub(crate) use store::{FetchError, Store};

/// The kinds of stored data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum StoredKind {
    /// A bid request, or a part of one.
    Request,
    /// An imp, or a part of one.
    Imp,
    /// The answer for an auction or a bidder.
    Response,
    /// A part of a request or an imp, and how it is merged.
    Profile,
    /// Settings of an account; no request names them.
    Account,
}

impl StoredKind {
    /// The name in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Request => "stored request",
            Self::Imp => "stored imp",
            Self::Response => "stored response",
            Self::Profile => "profile",
            Self::Account => "account",
        }
    }
}

/// Identifies a stored item.
pub(crate) type Key = (StoredKind, String);

/// The items to find.
pub(crate) type Wanted = BTreeSet<Key>;

/// The items that were found; any others do not exist.
pub(crate) type Found = BTreeMap<Key, Arc<Value>>;
