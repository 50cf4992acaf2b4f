//! [`NonBidReason`]: the numbered reasons why a call or a bid came to nothing.

use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A reason in `seatnonbid` (IAB Tech Lab community extension "seat-non-bid", `statuscode`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum NonBidReason {
    /// The bidder answered and did not bid.
    NoBid,
    /// The call failed in a way without a number of its own.
    Error,
    /// The answer did not arrive by the deadline.
    Timeout,
    /// The answer could not be read.
    InvalidResponse,
    /// No connection could be made, or it broke.
    Unreachable,
    /// The bidder was not asked.
    RequestBlocked,
    /// The bidder does not buy in this channel (site, app).
    UnsupportedChannel,
    /// The bidder does not buy this media type.
    UnsupportedMediaType,
    /// Left out to save a call that would not pay.
    Optimized,
    /// Left out for privacy.
    Privacy,
    /// There is no exchange rate between the currencies.
    UnsupportedCurrency,
    /// The bid broke a rule without a number of its own.
    Rejected,
    /// The price was below the floor.
    BelowFloor,
    /// The same bid had arrived already.
    Duplicate,
    /// The category has no mapping.
    CategoryMapping,
    /// The price was below the floor of its deal.
    BelowDealFloor,
    /// Required transparency information is missing.
    Dsa,
    /// The creative is missing or broken.
    InvalidCreative,
    /// The creative does not fit the slot.
    CreativeSize,
    /// The creative would load over plain HTTP.
    CreativeNotSecure,
    /// The advertiser is blocked.
    AdvertiserBlocked,
}

impl NonBidReason {
    /// Every reason.
    pub const ALL: &[Self] = &[
        Self::NoBid,
        Self::Error,
        Self::Timeout,
        Self::InvalidResponse,
        Self::Unreachable,
        Self::RequestBlocked,
        Self::UnsupportedChannel,
        Self::UnsupportedMediaType,
        Self::Optimized,
        Self::Privacy,
        Self::UnsupportedCurrency,
        Self::Rejected,
        Self::BelowFloor,
        Self::Duplicate,
        Self::CategoryMapping,
        Self::BelowDealFloor,
        Self::Dsa,
        Self::InvalidCreative,
        Self::CreativeSize,
        Self::CreativeNotSecure,
        Self::AdvertiserBlocked,
    ];

    /// The number on the wire.
    pub const fn code(self) -> u16 {
        match self {
            Self::NoBid => 0,
            Self::Error => 100,
            Self::Timeout => 101,
            Self::InvalidResponse => 102,
            Self::Unreachable => 103,
            Self::RequestBlocked => 200,
            Self::UnsupportedChannel => 201,
            Self::UnsupportedMediaType => 202,
            Self::Optimized => 203,
            Self::Privacy => 204,
            Self::UnsupportedCurrency => 205,
            Self::Rejected => 300,
            Self::BelowFloor => 301,
            Self::Duplicate => 302,
            Self::CategoryMapping => 303,
            Self::BelowDealFloor => 304,
            Self::Dsa => 305,
            Self::InvalidCreative => 350,
            Self::CreativeSize => 351,
            Self::CreativeNotSecure => 352,
            Self::AdvertiserBlocked => 356,
        }
    }

    /// The name in tables and metrics.
    pub const fn name(self) -> &'static str {
        match self {
            Self::NoBid => "no_bid",
            Self::Error => "error",
            Self::Timeout => "timeout",
            Self::InvalidResponse => "invalid_response",
            Self::Unreachable => "unreachable",
            Self::RequestBlocked => "request_blocked",
            Self::UnsupportedChannel => "unsupported_channel",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Optimized => "optimized",
            Self::Privacy => "privacy",
            Self::UnsupportedCurrency => "unsupported_currency",
            Self::Rejected => "rejected",
            Self::BelowFloor => "below_floor",
            Self::Duplicate => "duplicate",
            Self::CategoryMapping => "category_mapping",
            Self::BelowDealFloor => "below_deal_floor",
            Self::Dsa => "dsa",
            Self::InvalidCreative => "invalid_creative",
            Self::CreativeSize => "creative_size",
            Self::CreativeNotSecure => "creative_not_secure",
            Self::AdvertiserBlocked => "advertiser_blocked",
        }
    }

    /// The reason that a number stands for.
    pub fn from_code(code: u16) -> Option<Self> {
        Self::ALL
            .iter()
            .copied()
            .find(|reason| reason.code() == code)
    }
}

impl Serialize for NonBidReason {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_u16(self.code())
    }
}

impl<'de> Deserialize<'de> for NonBidReason {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let code = u16::deserialize(deserializer)?;
        Ok(Self::from_code(code).unwrap_or(Self::Error))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_lead_back_and_names_differ() {
        let mut names = std::collections::BTreeSet::new();
        for reason in NonBidReason::ALL {
            assert_eq!(NonBidReason::from_code(reason.code()), Some(*reason));
            assert!(names.insert(reason.name()));
        }
    }
}
