//! What is known about a bidder besides how to talk to it: for `/info/bidders`, for `/bidders/params`, and
//! for those parts of the auction that treat bidders differently.

use openrtb::MediaType;
use serde_json::Value;

/// Facts about one bidder, configured or not.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each reported under its own name"
)]
pub(crate) struct BidderInfo {
    /// Its code.
    pub(crate) code: String,
    /// Whether it is configured and enabled.
    pub(crate) enabled: bool,
    /// Address of the people who maintain the adapter.
    pub(crate) maintainer: Option<String>,
    /// The bidder whose dialect this one uses under another name.
    pub(crate) alias_of: Option<String>,
    /// Its id in the Global Vendor List.
    pub(crate) gvl_id: Option<u32>,
    /// Whether its endpoint is called over TLS.
    pub(crate) uses_https: bool,
    /// What it buys; `None` = unknown, so it is asked for everything.
    pub(crate) capabilities: Option<Capabilities>,
    /// JSON Schema of its params.
    pub(crate) params_schema: Option<Value>,
    /// Whether its calls may be shown to a debugging caller.
    pub(crate) debug_allowed: bool,
    /// Whether we may add our own impression to its VAST.
    pub(crate) modifying_vast_xml_allowed: bool,
    /// Addresses for matching user ids; we publish them and do nothing else with them.
    pub(crate) user_sync: Option<UserSync>,
}

/// What a bidder buys, by channel; an empty list means nothing in that channel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Capabilities {
    /// On websites.
    pub(crate) site: Vec<MediaType>,
    /// In apps.
    pub(crate) app: Vec<MediaType>,
    /// On out-of-home screens.
    pub(crate) dooh: Vec<MediaType>,
    /// Whether an imp may offer several kinds at once.
    pub(crate) multi_format: bool,
}

/// How a bidder matches user ids. URLs keep Prebid Server's macros, such as `{{.GDPR}}`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UserSync {
    /// The key under which the id is kept, if it is not the code.
    pub(crate) key: Option<String>,
    /// A page for a frame.
    pub(crate) iframe: Option<String>,
    /// An image that redirects to us.
    pub(crate) redirect: Option<String>,
}
