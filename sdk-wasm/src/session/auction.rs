//! Asking for bids, getting them, and no longer waiting for them.

use super::Session;
use crate::bids::{Bid, parse_answer};
use crate::config::AdServer;
use crate::platform::{Effect, Timer};
use crate::report::Event;
use crate::request::auction_body;
use crate::slot::{Phase, Slot};
use crate::units::Elapsed;
use ad_events::render::Step;

impl Session {
    /// The answer of an auction, good or bad, in time or not.
    pub(super) fn answered(&mut self, auction_id: &str, status: u16, body: &str, at: Elapsed) {
        let bids = self.read_answer(auction_id, status, body, at);
        let waiting = self.waiting(|slot| slot.auction_id == auction_id);
        for &index in &waiting {
            let Some(slot) = self.slots.get_mut(index) else {
                continue;
            };
            slot.bid = bids.iter().find(|bid| bid.slot == slot.unit.code).cloned();
        }
        self.settle(&waiting, at);
    }

    fn read_answer(&mut self, auction_id: &str, status: u16, body: &str, at: Elapsed) -> Vec<Bid> {
        let read = match status {
            200 => parse_answer(body).map_err(|_| "answer_malformed"),
            204 => Ok(Vec::new()),
            0 => Err("bid_server_unreachable"),
            _ => Err("bid_server_status"),
        };
        let late = !self
            .slots
            .iter()
            .any(|slot| slot.auction_id == auction_id && slot.phase == Phase::AwaitingBids);
        let (step, reason) = match &read {
            Ok(_) => (Step::BidsReturned, late.then_some("late")),
            Err(reason) => (Step::ErrorRaised, Some(*reason)),
        };
        self.tell(&Event {
            auction_id: Some(auction_id),
            reason,
            ..Event::page(step, at)
        });
        read.unwrap_or_default()
    }

    /// The page does not wait any longer: the ad server goes on without bids. Where nobody else
    /// would fill the slot, a late bid is still better than none.
    pub(super) fn time_is_up(&mut self, auction: u32, now: Elapsed) {
        let waiting = self.waiting(|slot| slot.auction == auction);
        let first = waiting.first().and_then(|index| self.slots.get(*index));
        let Some(auction_id) = first.map(|slot| slot.auction_id.clone()) else {
            return;
        };
        self.tell(&Event {
            auction_id: Some(&auction_id),
            reason: Some("failsafe"),
            ..Event::page(Step::AuctionTimedOut, now)
        });
        if self.config.ad_server != AdServer::None {
            self.settle(&waiting, now);
        }
    }

    /// The loader had to send the ad server off before the SDK was there.
    pub(super) fn give_up_first_round(&mut self, auction_id: &str, now: Elapsed) {
        for slot in &mut self.slots {
            slot.phase = Phase::Requested;
        }
        self.tell(&Event {
            auction_id: Some(auction_id),
            reason: Some("sdk_late"),
            ..Event::page(Step::AuctionTimedOut, now)
        });
    }

    /// A new auction for the named slots, or for all.
    pub(super) fn refresh(&mut self, codes: &[String], auction_id: &str, now: Elapsed) {
        let named = |slot: &Slot| codes.is_empty() || codes.contains(&slot.unit.code);
        let chosen = self.indices(named);
        if chosen.is_empty() {
            return;
        }
        self.auctions += 1;
        self.retries_left = super::RETRIES;
        for &index in &chosen {
            let Some(slot) = self.slots.get_mut(index) else {
                continue;
            };
            slot.begin_round(self.auctions, auction_id);
            self.effects.push(Effect::Unwatch(index));
        }
        let units: Vec<_> = self
            .slots
            .iter()
            .filter(|slot| named(slot))
            .map(|slot| &slot.unit)
            .collect();
        let body = auction_body(
            &self.config,
            &self.page,
            (auction_id, &self.page_view_id),
            &units,
        );
        self.effects.push(Effect::RequestBids {
            auction_id: auction_id.to_owned(),
            body,
        });
        let failsafe = Elapsed::millis(self.config.failsafe);
        self.effects
            .push(Effect::StartTimer(Timer::Failsafe(self.auctions), failsafe));
        self.tell(&Event {
            auction_id: Some(auction_id),
            ..Event::page(Step::AuctionRequested, now)
        });
        if self.config.ad_server == AdServer::None {
            self.place_frames();
        }
    }

    fn settle(&mut self, waiting: &[usize], at: Elapsed) {
        if self.config.ad_server == AdServer::None {
            for &slot in waiting {
                self.render(slot, at);
            }
            return;
        }
        for &index in waiting {
            if let Some(slot) = self.slots.get_mut(index) {
                slot.phase = Phase::Offered;
            }
        }
        if !waiting.is_empty() {
            self.effects.push(Effect::FindSlots);
        }
    }

    fn waiting(&self, wanted: impl Fn(&Slot) -> bool) -> Vec<usize> {
        self.indices(|slot| slot.phase == Phase::AwaitingBids && wanted(slot))
    }

    pub(super) fn indices(&self, wanted: impl Fn(&Slot) -> bool) -> Vec<usize> {
        self.slots
            .iter()
            .enumerate()
            .filter(|(_, slot)| wanted(slot))
            .map(|(index, _)| index)
            .collect()
    }
}
