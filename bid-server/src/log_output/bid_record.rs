//! [`BidRecord`]: what the tables and metrics need of a bid once its markup is on its way to the page.

use std::sync::Arc;
use std::time::Duration;

use ad_events::outcome::BidOutcome;
use openrtb::{MediaType, Price};

use crate::settle::{MarkupSource, SettledBid};

/// Made before the answer is written, because the answer takes the bid itself.
#[derive(Debug)]
pub(super) struct BidRecord {
    pub(super) bidder: Arc<str>,
    pub(super) buyer: Option<String>,
    /// The SSP's own id.
    pub(super) bid_id: String,
    pub(super) imp_id: String,
    pub(super) media_type: MediaType,
    pub(super) markup: MarkupSource,
    pub(super) started_at: i64,
    pub(super) latency: Duration,
    pub(super) outcome: BidOutcome,
    pub(super) is_fit: bool,
    pub(super) price: Option<Price>,
    pub(super) bucket: Option<String>,
    pub(super) floor: Option<Price>,
    pub(super) size: Option<(u32, u32)>,
    pub(super) creative_id: Option<String>,
    pub(super) campaign_id: Option<String>,
    pub(super) deal_id: Option<String>,
}

impl BidRecord {
    pub(super) fn of(settled: &SettledBid) -> Self {
        let judged = &settled.judged;
        let bid = &judged.bid;
        Self {
            bidder: Arc::clone(&judged.bidder),
            buyer: judged.buyer.clone(),
            bid_id: bid.id.clone(),
            imp_id: bid.impid.clone(),
            media_type: judged.media_type,
            markup: settled.markup,
            started_at: judged.started_at,
            latency: judged.latency,
            outcome: judged.outcome,
            is_fit: judged.is_fit(),
            price: judged.price,
            bucket: settled.bucket.clone(),
            floor: judged.floor,
            size: bid.size(),
            creative_id: bid.crid.clone(),
            campaign_id: bid.cid.clone(),
            deal_id: bid.dealid.clone(),
        }
    }
}
