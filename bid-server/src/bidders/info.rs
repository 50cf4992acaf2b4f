//! What is known about a bidder apart from how it is spoken to: for `/info/bidders`, for
//! `/bidders/params`, and for those parts of the auction that treat bidders differently.

use openrtb::MediaType;
use serde_json::Value;

/// About one bidder, configured or not.
#[derive(Debug, Clone, Default, PartialEq)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent facts, each reported under its own name"
)]
pub(crate) struct BidderInfo {
    /// Its code.
    pub(crate) code: String,
    /// Whether the configuration has it and lets it be asked.
    pub(crate) enabled: bool,
    /// Address of those who look after the adapter.
    pub(crate) maintainer: Option<String>,
    /// The bidder whose dialect this one speaks under another name.
    pub(crate) alias_of: Option<String>,
    /// Id in the Global Vendor List.
    pub(crate) gvl_id: Option<u32>,
    /// Whether its endpoint is called over TLS.
    pub(crate) uses_https: bool,
    /// What it buys; `None` = not known, so it is asked for all.
    pub(crate) capabilities: Option<Capabilities>,
    /// JSON Schema of its params.
    pub(crate) params_schema: Option<Value>,
    /// Whether its calls may be shown where a request asks for debugging.
    pub(crate) debug_allowed: bool,
    /// Whether we may write our own impression into its VAST.
    pub(crate) modifying_vast_xml_allowed: bool,
    /// Addresses for matching user ids; passed to who asks, not acted on.
    pub(crate) user_sync: Option<UserSync>,
}

/// What a bidder buys, by channel; an empty list means nothing there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Capabilities {
    /// On websites.
    pub(crate) site: Vec<MediaType>,
    /// In apps.
    pub(crate) app: Vec<MediaType>,
    /// On screens out of home.
    pub(crate) dooh: Vec<MediaType>,
    /// Whether an imp may offer several kinds at once.
    pub(crate) multi_format: bool,
}

/// How a bidder matches user ids. URLs with Prebid Server's macros, such as `{{.GDPR}}`, as they are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct UserSync {
    /// Key under which the id is kept, where it is not the code.
    pub(crate) key: Option<String>,
    /// Page for a frame.
    pub(crate) iframe: Option<String>,
    /// Image that redirects to us.
    pub(crate) redirect: Option<String>,
}
