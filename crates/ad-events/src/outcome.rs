//! How a bidder call, a bid and an auction can end: closed lists, one name each.
//!
//! The numbers are the field's non-bid reason codes as Prebid Server publishes them in
//! `seatnonbid`; outcomes without a number of their own in that list borrow a general one.

/// How one offered imp ended at one bidder, or one bid in the auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum BidOutcome {
    /// The bid won its imp.
    Won,
    /// A valid bid, but another one won.
    Outbid,
    /// The bidder answered and declined.
    NoBid,
    /// The bidder did not answer before the deadline.
    TimedOut,
    /// The answer was not a valid bid response, or too large, or had an error status.
    InvalidResponse,
    /// No connection, or it broke.
    Unreachable,
    /// The bidder was not asked: too little time was left for it.
    Skipped,
    /// All primary bidders were in, and nobody waited for this secondary one.
    NotAwaited,
    /// The client went away before the bidder had answered.
    CutOff,
    /// The bid named an imp that it was not offered.
    UnknownImp,
    /// The bid lacks something it must have, or has a price that is not one.
    InvalidBid,
    /// The bid's price is below the imp's floor.
    BelowFloor,
    /// The bid belongs to a deal and is below the deal's floor.
    BelowDealFloor,
    /// The creative has a size that the imp does not take.
    SizeNotAllowed,
    /// The creative loads over plain HTTP where the imp asks for HTTPS.
    NotSecure,
    /// The advertiser is blocked by the request.
    Blocked,
    /// No exchange rate leads from the bid's currency to the auction's, or the answer may not have that currency.
    NoConversionRate,
    /// The bidder was not asked: nothing that was on offer can be offered to it.
    NotAsked,
    /// The bidder was not asked: it does not buy in this channel (site, app, screen).
    UnsupportedChannel,
    /// The bidder was not asked: it does not buy this media type.
    UnsupportedMediaType,
    /// The bidder gave the same bid before.
    Duplicate,
    /// The request wants to be told who pays for the ad, and the bid does not say so.
    DsaMissing,
    /// The bid has neither markup nor a URL that gives it.
    NoCreative,
    /// The creative is of a media type that the imp does not offer.
    MediaTypeNotOffered,
    /// The category of the creative is blocked by the request.
    CategoryBlocked,
    /// An attribute of the creative is blocked by the imp.
    AttributeBlocked,
    /// The buyer's seat, or the name that the bidder uses, is not let in.
    SeatBlocked,
    /// The bidder has better bids for the imp, as many as its account lets take part.
    OverLimit,
    /// The deal was not offered, or not to this buyer.
    DealNotOffered,
    /// The imp was left out of the auction: it breaks a rule, or a value in it cannot be read.
    ImpInvalid,
    /// The imp was left out of the auction: stored data that it names does not exist or does not fit.
    ImpNotStored,
    /// The imp was left out of the auction: the request has more imps than the server takes.
    ImpOverLimit,
}

impl BidOutcome {
    /// All outcomes.
    pub const ALL: [Self; 32] = [
        Self::Won,
        Self::Outbid,
        Self::NoBid,
        Self::TimedOut,
        Self::InvalidResponse,
        Self::Unreachable,
        Self::Skipped,
        Self::NotAwaited,
        Self::CutOff,
        Self::UnknownImp,
        Self::InvalidBid,
        Self::BelowFloor,
        Self::BelowDealFloor,
        Self::SizeNotAllowed,
        Self::NotSecure,
        Self::Blocked,
        Self::NoConversionRate,
        Self::NotAsked,
        Self::UnsupportedChannel,
        Self::UnsupportedMediaType,
        Self::Duplicate,
        Self::DsaMissing,
        Self::NoCreative,
        Self::MediaTypeNotOffered,
        Self::CategoryBlocked,
        Self::AttributeBlocked,
        Self::SeatBlocked,
        Self::DealNotOffered,
        Self::OverLimit,
        Self::ImpInvalid,
        Self::ImpNotStored,
        Self::ImpOverLimit,
    ];

    /// The value of the `outcome` column and of metric labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::Outbid => "outbid",
            Self::NoBid => "no_bid",
            Self::TimedOut => "timed_out",
            Self::InvalidResponse => "invalid_response",
            Self::Unreachable => "unreachable",
            Self::Skipped => "skipped",
            Self::NotAwaited => "not_awaited",
            Self::CutOff => "cut_off",
            Self::UnknownImp => "unknown_imp",
            Self::InvalidBid => "invalid_bid",
            Self::BelowFloor => "below_floor",
            Self::BelowDealFloor => "below_deal_floor",
            Self::SizeNotAllowed => "size_not_allowed",
            Self::NotSecure => "not_secure",
            Self::Blocked => "blocked",
            Self::NoConversionRate => "no_conversion_rate",
            Self::NotAsked => "not_asked",
            Self::UnsupportedChannel => "unsupported_channel",
            Self::UnsupportedMediaType => "unsupported_media_type",
            Self::Duplicate => "duplicate",
            Self::DsaMissing => "dsa_missing",
            Self::NoCreative => "no_creative",
            Self::MediaTypeNotOffered => "media_type_not_offered",
            Self::CategoryBlocked => "category_blocked",
            Self::AttributeBlocked => "attribute_blocked",
            Self::SeatBlocked => "seat_blocked",
            Self::DealNotOffered => "deal_not_offered",
            Self::OverLimit => "over_limit",
            Self::ImpInvalid => "imp_invalid",
            Self::ImpNotStored => "imp_not_stored",
            Self::ImpOverLimit => "imp_over_limit",
        }
    }

    /// The number under which `seatnonbid` reports it; `None` for a bid that took part.
    pub const fn non_bid_reason(self) -> Option<u16> {
        match self {
            Self::Won | Self::Outbid => None,
            Self::NoBid => Some(0),
            Self::CutOff => Some(100),
            Self::TimedOut | Self::Skipped | Self::NotAwaited => Some(101),
            Self::InvalidResponse => Some(102),
            Self::Unreachable => Some(103),
            Self::NotAsked | Self::ImpInvalid | Self::ImpNotStored | Self::ImpOverLimit => {
                Some(200)
            }
            Self::UnsupportedChannel => Some(201),
            Self::UnsupportedMediaType => Some(202),
            Self::UnknownImp
            | Self::InvalidBid
            | Self::SeatBlocked
            | Self::DealNotOffered
            | Self::OverLimit => Some(300),
            Self::BelowFloor => Some(301),
            Self::Duplicate => Some(302),
            Self::BelowDealFloor => Some(304),
            Self::DsaMissing => Some(305),
            Self::NoCreative
            | Self::MediaTypeNotOffered
            | Self::CategoryBlocked
            | Self::AttributeBlocked => Some(350),
            Self::SizeNotAllowed => Some(351),
            Self::NotSecure => Some(352),
            Self::Blocked => Some(356),
            Self::NoConversionRate => Some(205),
        }
    }
}

/// How an auction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AuctionOutcome {
    /// At least one imp has a winner.
    Won,
    /// Everybody was asked, nobody's bid stood.
    NoBids,
    /// There was nobody to ask.
    NoBidders,
    /// The client went away before the answer was there.
    CutOff,
}

impl AuctionOutcome {
    /// All outcomes.
    pub const ALL: [Self; 4] = [Self::Won, Self::NoBids, Self::NoBidders, Self::CutOff];

    /// The value of the `outcome` column and of metric labels.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Won => "won",
            Self::NoBids => "no_bids",
            Self::NoBidders => "no_bidders",
            Self::CutOff => "cut_off",
        }
    }
}
