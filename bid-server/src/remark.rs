//! [`Remark`]: a numbered remark about a bidder or the request, for `ext.errors` and `ext.warnings`.

/// The subject of a remark that is not about any particular bidder.
pub(crate) const GENERAL: &str = "general";

/// The numbers that Prebid Server uses.
pub(crate) mod code {
    /// Error: an SSP's answer, or a bid in it, cannot be used.
    pub(crate) const BAD_ANSWER: i64 = 4;
    /// Error: there is no exchange rate to the auction's currency.
    pub(crate) const NO_CONVERSION_RATE: i64 = 9;
    /// Warning: the request's privacy signals contradict each other.
    pub(crate) const PRIVACY: i64 = 10_001;
    /// Error: the cache cannot be used.
    pub(crate) const CACHE: i64 = 999;
    /// Warning: the account does not allow debugging.
    pub(crate) const ACCOUNT_DEBUG: i64 = 10_002;
    /// Warning: the bidder does not allow debugging.
    pub(crate) const BIDDER_DEBUG: i64 = 10_003;
    /// Warning: a bid under a name that its bidder may not use.
    pub(crate) const ALTERNATE_CODE: i64 = 10_005;
    /// Warning: a bid without the transparency information that was asked for.
    pub(crate) const DSA: i64 = 10_010;
    /// Warning: bid adjustments that cannot be used.
    pub(crate) const BID_ADJUSTMENT: i64 = 10_008;
    /// Warning: something odd about currencies.
    pub(crate) const CURRENCY: i64 = 10_004;
    /// Warning: a `multibid` entry that cannot be used as it is.
    pub(crate) const MULTI_BID: i64 = 10_006;
    /// Warning: an `adservertargeting` entry that gives no value.
    pub(crate) const AD_SERVER_TARGETING: i64 = 10_007;
    /// Warning: a bid below the floor, or floors that cannot be used.
    pub(crate) const FLOORS: i64 = 10_009;
    /// Warning: extended ids that cannot be used.
    pub(crate) const EID: i64 = 10_013;
    /// Warning: the targeting prefix leaves no room for the key.
    pub(crate) const PREFIX_TOO_LONG: i64 = 10_015;
    /// Warning: keys may be so short that no prefix fits.
    pub(crate) const KEY_TOO_SHORT: i64 = 10_016;
    /// Warning without a number of its own.
    pub(crate) const UNKNOWN_WARNING: i64 = 10_999;
}

/// One remark.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Remark {
    /// A bidder as it was named, or [`GENERAL`].
    pub(crate) subject: String,
    /// Number, from [`code`].
    pub(crate) code: i64,
    /// For people.
    pub(crate) text: String,
}

/// Keeps no more than this many, and no more of each than helps a person: a request can have as many oddities as
/// it has members.
pub(crate) fn shortened(mut remarks: Vec<Remark>, most: usize) -> Vec<Remark> {
    let more = remarks.len().saturating_sub(most);
    if more > 0 {
        remarks.truncate(most);
        let text = format!("and {more} more warnings");
        remarks.push(Remark::general(code::UNKNOWN_WARNING, text));
    }
    for remark in &mut remarks {
        let text = &mut remark.text;
        if text.len() > LONGEST_TEXT {
            text.truncate(text.floor_char_boundary(LONGEST_TEXT));
            text.push_str(" ...");
        }
    }
    remarks
}

/// The most bytes of one remark.
const LONGEST_TEXT: usize = 1200;

impl Remark {
    /// About a bidder.
    pub(crate) fn of_bidder(bidder: &str, code: i64, text: impl Into<String>) -> Self {
        Self {
            subject: bidder.to_owned(),
            code,
            text: text.into(),
        }
    }

    /// About the request as a whole.
    pub(crate) fn general(code: i64, text: impl Into<String>) -> Self {
        Self::of_bidder(GENERAL, code, text)
    }
}
