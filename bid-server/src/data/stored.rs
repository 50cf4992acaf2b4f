//! Stored data: requests, imps, profiles and responses that callers name in place of sending them.
//!
//! [`parse`] makes sense of bytes, [`snapshot`] holds what is in memory, [`files`] follows a folder,
//! [`remote`] asks another server through [`fetch`], once for all who want the same ([`flight`]), and remembers
//! in [`cache`] what it said, and [`store`] is what everybody asks, whichever way the data came. Who names what, and how it is laid
//! together, is the business of `request::stored`.

mod cache;
mod config;
mod fetch;
mod files;
mod flight;
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
pub(crate) use profile::{PartOf, Precedence};
pub(crate) use snapshot::Snapshot;
pub(crate) use store::{FetchError, Store};

/// What is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum StoredKind {
    /// A bid request, or a part of one.
    Request,
    /// An imp, or a part of one.
    Imp,
    /// What an auction or a bidder is to answer.
    Response,
    /// A part of a request or an imp, and how it is laid together with it.
    Profile,
    /// Settings of an account; no request names them.
    Account,
}

impl StoredKind {
    /// For messages.
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

/// Names one thing stored.
pub(crate) type Key = (StoredKind, String);

/// What is asked for.
pub(crate) type Wanted = BTreeSet<Key>;

/// What was found; what is missing does not exist.
pub(crate) type Found = BTreeMap<Key, Arc<Value>>;
