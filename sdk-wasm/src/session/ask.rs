//! Asking for auctions: the first one of slots that came later, and those of refreshes.

use super::Session;
use crate::config::AdServer;
use crate::platform::{Effect, Timer};
use crate::report::Event;
use crate::request::auction_body;
use crate::slot::{Nearness, Phase};
use crate::units::Elapsed;
use ad_events::render::Step;

impl Session {
    /// A new auction for the named slots, or for all that have had one.
    pub(super) fn refresh(&mut self, codes: &[String], now: Elapsed) {
        let viewport = self.page.viewport;
        let chosen = self.indices(|slot| {
            let named = codes.contains(&slot.unit.code);
            let wanted = named || codes.is_empty() && slot.phase != Phase::Defined;
            wanted && slot.phase != Phase::Removed && slot.unit.fits(viewport)
        });
        self.ask(&chosen, now);
    }

    /// The first auction of slots that have waited for it.
    pub(super) fn ask_due(&mut self, now: Elapsed) {
        let viewport = self.page.viewport;
        let due = self.indices(|slot| {
            slot.phase == Phase::Defined
                && slot.nearness >= Nearness::Fetch
                && slot.unit.fits(viewport)
        });
        self.ask(&due, now);
    }

    /// One auction for all of them together, except for slots that want one of their own.
    fn ask(&mut self, chosen: &[usize], now: Elapsed) {
        let mut together = Vec::new();
        for &index in chosen {
            match self.slots.get(index) {
                Some(slot) if slot.unit.own_auction => self.ask_for(&[index], now),
                Some(_) => together.push(index),
                None => {}
            }
        }
        self.ask_for(&together, now);
    }

    fn ask_for(&mut self, chosen: &[usize], now: Elapsed) {
        if chosen.is_empty() {
            return;
        }
        self.auctions += 1;
        self.retries_left = super::RETRIES;
        let auction_id = self.next_id();
        let mut superseded = Vec::new();
        for &index in chosen {
            self.unwatch(index, now);
            if let Some(slot) = self.slots.get_mut(index) {
                let known = superseded.contains(&slot.auction_id);
                if slot.phase == Phase::AwaitingBids && !known {
                    superseded.push(slot.auction_id.clone());
                }
                slot.begin_round(self.auctions, &auction_id);
            }
            self.enter(index, Phase::AwaitingBids, now);
        }
        self.abort(superseded);
        let units: Vec<_> = chosen
            .iter()
            .filter_map(|&index| self.slots.get(index))
            .map(|slot| &slot.unit)
            .collect();
        let body = auction_body(
            &self.config,
            &self.page,
            (&auction_id, &self.page_view_id),
            &units,
        );
        self.effects.push(Effect::RequestBids {
            auction_id: auction_id.clone(),
            body,
        });
        let failsafe = Elapsed::millis(self.config.failsafe);
        self.effects
            .push(Effect::StartTimer(Timer::Failsafe(self.auctions), failsafe));
        self.tell(&Event {
            auction_id: Some(&auction_id),
            ..Event::page(Step::AuctionRequested, now)
        });
        if self.config.ad_server == AdServer::None {
            self.place_frames();
        }
    }

    /// Gives up auctions that no slot waits for any longer.
    fn abort(&mut self, auctions: Vec<String>) {
        for id in auctions {
            let awaited = self.waiting(|slot| slot.auction_id == id);
            if awaited.is_empty() && !id.is_empty() {
                self.effects.push(Effect::Abort(id));
            }
        }
    }

    /// The page's own random number, with a counter as its last digits.
    fn next_id(&mut self) -> String {
        self.ids += 1;
        let mut digits = String::new();
        let mut rest = self.ids;
        while rest > 0 {
            digits.insert(0, char::from_digit(rest & 15, 16).unwrap_or('0'));
            rest >>= 4;
        }
        let seed = self.seed.as_str();
        let kept = seed.get(..32 - digits.len()).unwrap_or(seed);
        let mut id = kept.to_owned();
        id.push_str(&digits);
        id
    }
}
