//! From replies to bids.

use openrtb::{Bid, MediaType};
use serde_json::Value;

use super::prune::bought;
use crate::bidders::adapter::{AdapterError, Ask, HttpCall, Reply, SspBid, SspBids};
use crate::bidders::definition::BidsPlan;
use crate::bidders::definition::media_type::{MediaTypeRule, by_markup, by_value};
use crate::bidders::definition::template::Scope;
use crate::bidders::info::Capabilities;
use crate::bidders::openrtb_reply;
use crate::request::ImpIndex;
use crate::request::auction_request::offered_imp::OfferedImp;

/// Reads the reply to one call.
pub(super) struct Reader<'a> {
    pub(super) plan: &'a BidsPlan,
    pub(super) capabilities: Option<&'a Capabilities>,
    pub(super) ask: &'a Ask<'a>,
    pub(super) call: &'a HttpCall,
}

impl Reader<'_> {
    pub(super) fn read(&self, reply: &Reply) -> Result<SspBids, AdapterError> {
        let mut bids = openrtb_reply::read(reply, &self.plan.no_bid, &self.plan.currency)?;
        for bid in std::mem::take(&mut bids.bids) {
            let id = bid.bid.id.clone();
            match self.finish(bid) {
                Some(bid) => bids.bids.push(bid),
                None => bids.lost.push(format!(
                    "bid {id} cannot be used after the adapter's changes"
                )),
            }
        }
        Ok(bids)
    }

    /// The bid after all changes; `None` if a change makes it unusable.
    fn finish(&self, mut ssp_bid: SspBid) -> Option<SspBid> {
        let offered = self.offered(&ssp_bid.bid.impid);
        let mut looks = None;
        if self.looks_at_json() {
            let mut value = serde_json::to_value(&ssp_bid.bid).ok()?;
            self.change(&mut value, offered)?;
            ssp_bid.bid = openrtb_reply::bid(value.clone()).ok()?;
            looks = Some(value);
        }
        let value = looks.as_ref().unwrap_or(&Value::Null);
        ssp_bid.bid.mtype = self.media_type(&ssp_bid.bid, value, offered);
        ssp_bid.seat = self.seat(value);
        self.expand_price(&mut ssp_bid.bid);
        Some(ssp_bid)
    }

    fn looks_at_json(&self) -> bool {
        let path = |step: &MediaTypeRule| matches!(step, MediaTypeRule::Path { .. });
        !self.plan.changes.is_empty()
            || self.plan.seat.is_some()
            || self.plan.media_type.iter().any(path)
    }

    /// The imp that a bid names, if the call offered it.
    fn offered(&self, id: &str) -> Option<(ImpIndex, &OfferedImp)> {
        let mut imps = self.call.imps.iter();
        let position = imps.find(|position| {
            let imp = self.ask.imp(**position);
            imp.is_some_and(|imp| imp.imp.id == id)
        })?;
        Some((*position, self.ask.imp(*position)?))
    }

    fn change(&self, bid: &mut Value, offered: Option<(ImpIndex, &OfferedImp)>) -> Option<()> {
        if self.plan.changes.is_empty() {
            return Some(());
        }
        let imp = offered.and_then(|(_, imp)| serde_json::to_value(&imp.imp).ok());
        let position = offered.map(|(position, _)| position);
        let mut offers = self.ask.offers.iter();
        let params = offers.find(|offer| Some(offer.imp) == position);
        let others = Scope {
            params: params.map_or(&Value::Null, |offer| offer.params),
            imp: imp.as_ref().unwrap_or(&Value::Null),
            request: &Value::Null,
            bid: &Value::Null,
        };
        let convert = |price, from: &str, to: &str| self.ask.exchange.convert(price, from, to);
        let mut changes = self.plan.changes.iter();
        changes
            .try_for_each(|change| change.apply(bid, &others, &convert))
            .ok()
    }

    fn media_type(
        &self,
        bid: &Bid,
        value: &Value,
        offered: Option<(ImpIndex, &OfferedImp)>,
    ) -> Option<MediaType> {
        let scope = Scope {
            params: &Value::Null,
            imp: &Value::Null,
            request: &Value::Null,
            bid: value,
        };
        let step = |step: &MediaTypeRule| match step {
            MediaTypeRule::Mtype => bid.mtype,
            MediaTypeRule::PrebidType => MediaType::from_name(bid.prebid()?.kind.as_deref()?),
            MediaTypeRule::Path { path, map } => by_value(scope.get(path)?, map),
            MediaTypeRule::Markup => by_markup(&bid.adm.as_ref()?.text()),
            MediaTypeRule::Imp(order) => self.first_kind(&offered?.1.imp, order),
            MediaTypeRule::Constant(kind) => Some(*kind),
        };
        self.plan.media_type.iter().find_map(step)
    }

    /// The first kind, in that order, that was offered and shown to the bidder.
    fn first_kind(&self, imp: &openrtb::Imp, order: &[MediaType]) -> Option<MediaType> {
        let bought = self
            .capabilities
            .map(|capabilities| bought(self.ask.shared, capabilities));
        let seen = |kind: &&MediaType| {
            imp.media_types().any(|offered| offered == **kind)
                && bought.is_none_or(|bought| bought.contains(kind))
        };
        order.iter().find(seen).copied()
    }

    fn seat(&self, bid: &Value) -> Option<String> {
        let scope = Scope {
            params: &Value::Null,
            imp: &Value::Null,
            request: &Value::Null,
            bid,
        };
        let seat = self.plan.seat.as_ref()?.text(&scope)?;
        Some(seat).filter(|seat| !seat.is_empty())
    }

    /// Expands spellings of the price macro that only this SSP uses; the common ones are expanded for all.
    fn expand_price(&self, bid: &mut Bid) {
        let Some(price) = bid.price.filter(|_| !self.plan.price_macros.is_empty()) else {
            return;
        };
        let price = price.to_string();
        if let Some(adm) = &mut bid.adm {
            let text = adm.text();
            if let Some(filled) = self.with_price(&text, &price) {
                *adm = filled.into();
            }
        }
        for text in [&mut bid.nurl, &mut bid.burl, &mut bid.lurl] {
            let filled = text
                .as_deref()
                .and_then(|text| self.with_price(text, &price));
            if filled.is_some() {
                *text = filled;
            }
        }
    }

    /// `None` = it contains no such macro.
    fn with_price(&self, text: &str, price: &str) -> Option<String> {
        let mut filled: Option<String> = None;
        for name in &self.plan.price_macros {
            let now = filled.as_deref().unwrap_or(text);
            if now.contains(name.as_str()) {
                filled = Some(now.replace(name.as_str(), price));
            }
        }
        filled
    }
}
