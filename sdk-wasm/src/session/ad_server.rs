//! Key-values to the ad server, one request for its ads, and what it reports back.

use super::Session;
use crate::config::AdServer;
use crate::platform::{AdServerEvent, Effect, Timer};
use crate::slot::{Phase, Slot};
use crate::targeting::SlotNames;
use crate::units::Elapsed;
use ad_events::render::Step;

/// A creative of ours asks for its markup while its frame loads. If none has asked this long
/// after the frame has loaded, the ad server has chosen a line item of its own.
const CLAIM_WITHIN: Elapsed = Elapsed::millis(1000);

impl Session {
    /// Sets the key-values of the slots that are due and known, and asks for exactly their ads, once.
    pub(super) fn ad_server_knows(&mut self, known: &[SlotNames], now: Elapsed) {
        let mut ready = Vec::new();
        for index in self.indices(|slot| slot.phase == Phase::Offered) {
            let Some(slot) = self.slots.get_mut(index) else {
                continue;
            };
            let Some(names) = slot.find_in(known).and_then(|place| known.get(place)) else {
                continue;
            };
            slot.element.clone_from(&names.element);
            // A bid that has become too old while the slot waited counts as none.
            if slot.bid.as_ref().is_some_and(|bid| !bid.is_good(now)) {
                slot.bid = None;
            }
            let keys = slot
                .bid
                .as_ref()
                .map(|known| known.bid.targeting.clone())
                .unwrap_or_default();
            let with_keys = !keys.is_empty();
            self.effects.push(Effect::SetKeys {
                element: names.element.clone(),
                keys,
            });
            ready.push(names.element.clone());
            self.enter(index, Phase::Requested, now);
            if with_keys {
                self.tell_slot(index, Step::TargetingSet, now, None);
                self.watch_expiry(index, now);
            }
        }
        if !ready.is_empty() {
            self.effects.push(Effect::RequestAds(ready));
        }
        if self.slots.iter().any(|slot| slot.phase == Phase::Offered) {
            self.look_again_later();
        }
    }

    /// A report of the ad server's library on a slot, ours or not.
    pub(super) fn ad_server_reports(
        &mut self,
        names: SlotNames,
        event: AdServerEvent,
        now: Elapsed,
    ) {
        let by_element = self
            .slots
            .iter()
            .position(|slot| slot.element == names.element && slot.phase != Phase::Removed);
        let element = names.element.clone();
        let names = [names];
        let by_path = || {
            self.slots
                .iter()
                .position(|slot| slot.find_in(&names).is_some())
        };
        let Some(index) = by_element.or_else(by_path) else {
            return;
        };
        if let Some(slot) = self.slots.get_mut(index) {
            slot.element = element;
            // A refresh can come while the previous ad is on its way; reports on that one must not be taken for the new one's.
            match event {
                AdServerEvent::Requested => slot.ad_asked = true,
                _ if slot.is_between_ads() => return,
                _ => {}
            }
        }
        match event {
            AdServerEvent::Requested => self.ad_requested(index, now),
            AdServerEvent::Responded => self.tell_slot(index, Step::AdServerResponded, now, None),
            AdServerEvent::Empty => self.ad_server_empty(index, now),
            AdServerEvent::Filled(fill) => {
                if let Some(slot) = self.slots.get_mut(index) {
                    slot.fill = fill;
                }
            }
            AdServerEvent::Loaded => {
                self.tell_slot(index, Step::CreativeLoaded, now, None);
                self.ad_loaded(index, now);
            }
            AdServerEvent::Viewable => self.viewable(index, now),
        }
    }

    fn ad_requested(&mut self, index: usize, now: Elapsed) {
        // The slot was settled and is asked for again: the page has refreshed it without an auction.
        if self.slots.get(index).is_some_and(Slot::is_settled) {
            self.unwatch(index, now);
        }
        if let Some(slot) = self.slots.get_mut(index).filter(|slot| slot.is_settled()) {
            // Key-values that no creative has used are still set, and may win this time.
            let unspent = slot.take_unspent(now);
            let auction_id = unspent.as_ref().map(|known| known.auction_id.clone());
            slot.begin_round(slot.auction, &auction_id.unwrap_or_default());
            slot.bid = unspent;
            self.enter(index, Phase::Requested, now);
        }
        self.tell_slot(index, Step::AdServerRequested, now, None);
    }

    fn ad_server_empty(&mut self, index: usize, now: Elapsed) {
        self.enter(index, Phase::Empty, now);
        self.tell_slot_why(index, Step::SlotEmpty, now, Err("ad_server_empty"));
    }

    fn ad_loaded(&mut self, index: usize, now: Elapsed) {
        let Some(slot) = self.slots.get_mut(index).filter(|slot| !slot.claimed) else {
            return;
        };
        slot.loaded_at = Some(now);
        if slot.bid.is_none() || slot.fill.cpm.is_some() {
            self.own_line_item(index, now);
        } else {
            self.effects
                .push(Effect::StartTimer(Timer::OwnLineItem(index), CLAIM_WITHIN));
        }
    }

    /// No creative asked for our markup, so what has loaded is the ad server's own.
    pub(super) fn own_line_item(&mut self, index: usize, now: Elapsed) {
        let Some(slot) = self.slots.get(index) else {
            return;
        };
        let Some(loaded_at) = slot
            .loaded_at
            .filter(|_| !slot.claimed && !slot.is_settled())
        else {
            return;
        };
        if let Some(reason) = slot.refused {
            // A creative of ours was refused its markup: what is shown is a blank, not an ad.
            self.enter(index, Phase::Empty, now);
            return self.tell_slot_why(index, Step::SlotEmpty, loaded_at, Err(reason));
        }
        let creative = slot.ad_server_creative();
        self.enter(index, Phase::Rendered, now);
        self.tell_slot(index, Step::AdRendered, loaded_at, Some(&creative));
        self.watch(index);
    }

    /// A bid is valid for some time only, and the ad server may be asked much later: by the page, or for a lazy slot.
    pub(super) fn watch_expiry(&mut self, index: usize, now: Elapsed) {
        let bid = self.slots.get(index).and_then(|slot| slot.bid.as_ref());
        if let Some(rest) = bid.and_then(|known| known.expires_in(now)) {
            self.effects
                .push(Effect::StartTimer(Timer::Expiry(index), rest));
        }
    }

    pub(super) fn bid_expired(&mut self, index: usize, now: Elapsed) {
        let bid = self.slots.get(index).and_then(|slot| slot.bid.as_ref());
        if bid.is_some_and(|known| !known.is_good(now)) {
            self.clear_keys(index);
        }
    }

    /// From now on the ad server is asked without the slot's bid.
    pub(super) fn clear_keys(&mut self, index: usize) {
        let slot = self.slots.get(index);
        if let Some(slot) = slot.filter(|_| self.config.ad_server != AdServer::None) {
            self.effects.push(Effect::SetKeys {
                element: slot.element.clone(),
                keys: Vec::new(),
            });
        }
    }

    /// Gives up slots that the page never had, or that the ad server never knew.
    pub(super) fn give_up_missing(&mut self, now: Elapsed) {
        // An element that cannot be found may be in a closed shadow root, so the ad server is asked all the same, without bids.
        let elements = self.indices(|slot| slot.phase == Phase::Offered);
        let elements: Vec<String> = elements
            .iter()
            .filter_map(|&index| self.slots.get(index))
            .map(|slot| slot.element.clone())
            .collect();
        if !elements.is_empty() {
            self.effects.push(Effect::RequestAds(elements));
        }
        for index in self.indices(|slot| {
            slot.phase == Phase::Offered
                || slot.is_missing() && self.config.ad_server == AdServer::None
        }) {
            self.enter(index, Phase::Empty, now);
            self.fail("slot_not_found", Some(index), now);
        }
    }
}
