//! An SSP's dialect as data: the TOML of `adapters/<code>/adapter.toml`, compiled once at the start.
//!
//! [`mod@file`] is the text as written; [`compile`] turns it into a [`Plan`] and names the key of every
//! fault. A plan holds only what an auction needs: parsed paths, parsed templates, constants. Host settings
//! are constants by then. [`super::defined`] carries plans out. docs/adapters.md explains all keys.

pub(crate) mod compile;
pub(crate) mod condition;
pub(crate) mod fault;
mod file;
pub(crate) mod media_type;
pub(crate) mod operation;
pub(crate) mod path;
pub(crate) mod template;
mod timeout_notice;
mod url;

use std::collections::BTreeMap;

use axum::http::{HeaderName, Method};
use openrtb::MediaType;

use super::info::BidderInfo;
use super::params_schema::ParamsSchema;
use media_type::MediaTypeRule;
use operation::Operation;
use template::Template;
use timeout_notice::TimeoutPlan;

/// One compiled definition, including the host settings of one bidder.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Definition {
    /// What is known besides the dialect.
    pub(crate) info: BidderInfo,
    /// The schema of its params.
    pub(crate) params: Option<ParamsSchema>,
    /// The dialect; for an adapter written in Rust, only its `call` counts.
    pub(crate) plan: Plan,
}

/// How requests are made and replies are read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Plan {
    /// Whether SSPs that want OpenRTB 2.5 get the older forms of fields.
    pub(crate) version: Version,
    /// Whether bodies are sent compressed.
    pub(crate) gzip: bool,
    /// Where calls go, and how.
    pub(crate) call: CallPlan,
    /// Changes to each imp, in this order.
    pub(crate) imp: Vec<Operation>,
    /// Changes to the rest of each request, after the imps.
    pub(crate) request: Vec<Operation>,
    /// How replies are read.
    pub(crate) bids: BidsPlan,
}

/// A version of OpenRTB.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Version {
    /// 2.5, with the consent and chain fields in `ext`.
    V25,
    /// 2.6.
    V26,
}

impl Version {
    /// The value of `x-openrtb-version`.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::V25 => "2.5",
            Self::V26 => "2.6",
        }
    }
}

/// Where calls go, and how.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct CallPlan {
    pub(crate) method: Method,
    pub(crate) url: Template,
    pub(crate) split: Split,
    /// Appended to the address; members without a value are left out.
    pub(crate) query: Vec<(String, Template)>,
    /// One entry for each line; lines without a value are left out.
    pub(crate) headers: Vec<(HeaderName, Template)>,
    /// The notice that the SSP gets if its answer is late.
    pub(crate) timeout_notice: Option<TimeoutPlan>,
}

/// Which imps share a request.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Split {
    /// All in one request.
    All,
    /// Each in a request of its own.
    PerImp,
    /// Those for which the template gives the same value.
    By(Template),
}

/// How replies are read.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct BidsPlan {
    /// Tried in this order.
    pub(crate) media_type: Vec<MediaTypeRule>,
    /// The currency if the reply names none.
    pub(crate) currency: String,
    /// Additional spellings of the price macro.
    pub(crate) price_macros: Vec<String>,
    /// The seat under which bids appear in the answer, if that is not the bidder's own name.
    pub(crate) seat: Option<Template>,
    /// Statuses that mean "no bid".
    pub(crate) no_bid: Vec<u16>,
    /// Changes to each bid, in this order.
    pub(crate) changes: Vec<Operation>,
}

/// Values of `{{host.<name>}}`, from the configuration.
pub(crate) type HostSettings = BTreeMap<String, String>;

/// Reads a list of media type names.
pub(crate) fn media_types(names: &[String]) -> Result<Vec<MediaType>, String> {
    let known = |name: &String| {
        MediaType::from_name(name).ok_or_else(|| format!("no media type is called {name:?}"))
    };
    names.iter().map(known).collect()
}
