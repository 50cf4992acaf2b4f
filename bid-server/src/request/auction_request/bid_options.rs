//! What a request asks for about its bids: reasons, events, kept creatives, notices, debugging.

use openrtb::ext::RequestPrebid;
use openrtb::{BidRequest, Members};
use serde::Deserialize;
use serde_json::Value;

use super::{CacheRequest, CacheTerms};
use crate::data::accounts::{AccountSettings, AlternateCodes};

/// What the caller asks for, within the limits of its account.
#[derive(Debug, Clone, Default)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "independent switches of the request"
)]
pub(crate) struct BidOptions {
    /// The reasons why bids are missing.
    pub(crate) non_bids: bool,
    /// Which creatives are to be kept.
    pub(crate) cache: Option<CacheRequest>,
    /// Addresses of `/event`.
    pub(crate) events: bool,
    /// Notices to SSPs are sent by us.
    pub(crate) notices: bool,
    /// Other names under which bidders may bid.
    pub(crate) alternate_codes: AlternateCodes,
    /// How the page is integrated; goes into the addresses of events.
    pub(crate) integration: Option<String>,
    /// Debugging.
    pub(crate) debug: Debug,
}

/// How much of an auction the caller may see.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Debug {
    /// Nobody asked.
    #[default]
    Off,
    /// The account does not allow it.
    Forbidden,
    /// Calls of the bidders that allow it.
    On,
    /// Everything: the caller knows the secret.
    Override,
}

impl Debug {
    /// Whether anything is shown.
    pub(crate) fn is_on(self) -> bool {
        matches!(self, Self::On | Self::Override)
    }
}

impl BidOptions {
    /// Reads the options of a whole request. `secret` = the caller has shown the configured secret.
    pub(crate) fn new(request: &BidRequest, account: &AccountSettings, secret: bool) -> Self {
        let ext = request.ext.as_ref();
        let prebid = ext.and_then(|ext| ext.prebid.as_ref());
        let debug = debug(request, prebid, account, secret);
        let earlybid = ext.and_then(|ext| ext.earlybid.as_ref());
        let notices = earlybid.and_then(|earlybid| earlybid.other.get("notices"));
        let Some(prebid) = prebid else {
            return Self {
                events: account.events.enabled == Some(true),
                notices: notices.and_then(Value::as_bool) == Some(true),
                alternate_codes: account.alternatebiddercodes.clone(),
                debug,
                ..Self::default()
            };
        };
        let codes = member(&prebid.other, "alternatebiddercodes");
        let codes = codes.and_then(|codes| AlternateCodes::deserialize(codes).ok());
        let events = member(&prebid.other, "events").is_some();
        let integration = member(&prebid.other, "integration").and_then(Value::as_str);
        Self {
            non_bids: prebid.returnallbidstatus == Some(true),
            cache: member(&prebid.other, "cache").and_then(cache_request),
            events: account.events.enabled.unwrap_or(events),
            notices: notices.and_then(Value::as_bool) == Some(true),
            alternate_codes: codes.unwrap_or_else(|| account.alternatebiddercodes.clone()),
            integration: integration.map(|text| text.chars().take(64).collect()),
            debug,
        }
    }
}

fn member<'a>(members: &'a Members, name: &str) -> Option<&'a Value> {
    members.get(name).filter(|value| !value.is_null())
}

fn debug(
    request: &BidRequest,
    prebid: Option<&RequestPrebid>,
    account: &AccountSettings,
    secret: bool,
) -> Debug {
    let flag = prebid.and_then(|prebid| prebid.other.get("debug"));
    let asked = flag.is_some_and(|flag| flag.as_bool() == Some(true) || flag.as_i64() == Some(1));
    if secret {
        Debug::Override
    } else if !asked && request.test != Some(1) {
        Debug::Off
    } else if account.debug_allow.unwrap_or(true) {
        Debug::On
    } else {
        Debug::Forbidden
    }
}

/// `null` asks for nothing, an empty object for the default terms.
fn cache_request(cache: &Value) -> Option<CacheRequest> {
    let terms = |name: &str| {
        let asked = cache.get(name).filter(|asked| asked.is_object())?;
        Some(CacheTerms {
            return_creative: asked.get("returnCreative").and_then(Value::as_bool) != Some(false),
            ttl: asked.get("ttlseconds").and_then(Value::as_i64),
        })
    };
    let asked = CacheRequest {
        bids: terms("bids"),
        vast: terms("vastxml"),
        winning_only: cache.get("winningonly").and_then(Value::as_bool) == Some(true),
    };
    (asked.bids.is_some() || asked.vast.is_some()).then_some(asked)
}

/// The request as it was understood, for the answer to a debugging caller.
pub(crate) fn resolved(request: &BidRequest, options: &BidOptions) -> Option<Value> {
    let shown = options.debug.is_on();
    shown.then(|| serde_json::to_value(request).unwrap_or_default())
}
