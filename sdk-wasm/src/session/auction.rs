//! Receives bids, and stops waiting for them.

use super::Session;
use crate::bids::{Answer, parse_answer};
use crate::config::AdServer;
use crate::platform::Effect;
use crate::report::Event;
use crate::slot::{Nearness, Phase, Received, Slot};
use crate::units::Elapsed;
use ad_events::render::Step;

/// What an answer has for a slot.
type Receive<'f> = &'f dyn Fn(&Slot) -> Option<Received>;
/// Whether a slot is among those that are meant.
type Wanted<'f> = &'f dyn Fn(&Slot) -> bool;

impl Session {
    /// The answer of an auction, good or bad, in time or not.
    pub(super) fn answered(&mut self, auction_id: &str, status: u16, body: &str, at: Elapsed) {
        let waiting = self.waiting(|slot| slot.auction_id == auction_id);
        let sent_off =
            self.indices(|slot| slot.auction_id == auction_id && slot.was_sent_off_after(at));
        let late = waiting.is_empty() && sent_off.is_empty();
        let answer = self.read_answer((auction_id, status), body, late, at);
        let was_read = answer.is_some();
        let answer = answer.unwrap_or_default();
        // An auction that was asked for at a fixed address gets its id from the bid server.
        let auction_id = if auction_id.is_empty() {
            answer.auction_id.clone()
        } else {
            auction_id.to_owned()
        };
        let received = |slot: &Slot| {
            let bid = answer.bids.iter().find(|bid| bid.slot == slot.unit.code);
            bid.map(|bid| Received {
                bid: bid.clone(),
                auction_id: auction_id.clone(),
                at,
            })
        };
        for &index in &waiting {
            let Some(slot) = self.slots.get_mut(index) else {
                continue;
            };
            slot.auction_id.clone_from(&auction_id);
            let new = received(slot);
            if was_read && new.is_none() {
                self.tell_slot(index, Step::NoBid, at, None);
            }
            if let Some(slot) = self.slots.get_mut(index) {
                slot.offer(new, at);
            }
        }
        for &index in &sent_off {
            let Some(slot) = self.slots.get_mut(index) else {
                continue;
            };
            slot.auction_id.clone_from(&auction_id);
            slot.bid = received(slot);
            let (step, when) = match slot.sent_off.filter(|_| slot.bid.is_some()) {
                Some(sent_off) => (Step::TargetingSet, sent_off),
                None => (Step::NoBid, at),
            };
            if was_read {
                self.tell_slot(index, step, when, None);
            }
            self.watch_expiry(index, at);
        }
        for slot in &mut self.slots {
            // Too late for this ad.
            let own = slot.auction_id == auction_id && slot.bid.is_none();
            if own && self.config.late_bids && !slot.is_settled() && !slot.was_sent_off_after(at) {
                slot.spare = received(slot);
            }
        }
        if self.config.late_bids {
            self.keep_for_next(&auction_id, &received);
        }
        self.settle(&waiting, at);
    }

    /// Keeps the bids for slots that were settled without the bids of their own auction.
    fn keep_for_next(&mut self, auction_id: &str, received: Receive<'_>) {
        for slot in &mut self.slots {
            let own = slot.auction_id == auction_id && slot.bid.is_none();
            if own && slot.is_settled() && slot.phase != Phase::Removed {
                slot.spare = received(slot);
            }
        }
    }

    fn read_answer(
        &mut self,
        (auction_id, status): (&str, u16),
        body: &str,
        late: bool,
        at: Elapsed,
    ) -> Option<Answer> {
        let read = match status {
            200 => parse_answer(body).map_err(|_| "answer_malformed"),
            204 => Ok(Answer::default()),
            0 => Err("bid_server_unreachable"),
            _ => Err("bid_server_status"),
        };
        let (step, reason) = match &read {
            Ok(_) => (Step::BidsReturned, late.then_some("late")),
            Err(reason) => (Step::ErrorRaised, Some(*reason)),
        };
        let answer = read.ok();
        let name = match &answer {
            Some(answer) if auction_id.is_empty() => answer.auction_id.as_str(),
            _ => auction_id,
        };
        self.tell(&Event {
            auction_id: Some(name).filter(|name| !name.is_empty()),
            reason,
            ..Event::page(step, at)
        });
        answer
    }

    /// The page does not wait any longer: the ad server goes on without bids. If nobody else
    /// would fill the slot, a late bid is still better than none.
    pub(super) fn time_is_up(&mut self, auction: u32, now: Elapsed) {
        let waiting = self.waiting(|slot| slot.auction == auction);
        let mut timed_out: Vec<String> = Vec::new();
        for &index in &waiting {
            let Some(slot) = self.slots.get(index) else {
                continue;
            };
            if timed_out.contains(&slot.auction_id) {
                continue;
            }
            timed_out.push(slot.auction_id.clone());
        }
        let with_ad_server = self.config.ad_server != AdServer::None;
        for id in timed_out {
            self.tell(&Event {
                auction_id: Some(&*id).filter(|id| !id.is_empty()),
                reason: Some("failsafe"),
                ..Event::page(Step::AuctionTimedOut, now)
            });
            if with_ad_server && !self.config.late_bids {
                self.effects.push(Effect::Abort(id));
            }
        }
        if with_ad_server {
            for &index in &waiting {
                if let Some(slot) = self.slots.get_mut(index) {
                    slot.offer(None, now);
                }
            }
            self.settle(&waiting, now);
        }
    }

    /// The loader has let the ad server go on with the slot: its bids were there, or the time was up.
    pub(super) fn sent_off(&mut self, code: &str, at: Elapsed, now: Elapsed) {
        for index in self.waiting(|slot| slot.unit.code == code) {
            if let Some(slot) = self.slots.get_mut(index) {
                slot.sent_off = Some(at);
            }
            self.enter(index, Phase::Requested, now);
        }
    }

    /// The loader had to let the ad server go on before the SDK was there.
    pub(super) fn give_up_first_round(&mut self, auction_id: &str, now: Elapsed) {
        for index in self.waiting(|_| true) {
            self.enter(index, Phase::Requested, now);
        }
        self.tell(&Event {
            auction_id: Some(auction_id),
            reason: Some("sdk_late"),
            ..Event::page(Step::AuctionTimedOut, now)
        });
    }

    /// The auction is over for these: whoever renders gets the outcome, once they are near enough.
    pub(super) fn settle(&mut self, waiting: &[usize], at: Elapsed) {
        let mut offered = false;
        for &index in waiting {
            let nearness = self.slots.get(index).map(|slot| slot.nearness);
            if nearness != Some(Nearness::Render) {
                self.enter(index, Phase::Held, at);
            } else if self.config.ad_server == AdServer::None {
                self.render(index, at);
            } else {
                self.enter(index, Phase::Offered, at);
                offered = true;
            }
        }
        if offered {
            self.effects.push(Effect::FindSlots);
        }
    }

    pub(super) fn waiting(&self, wanted: impl Fn(&Slot) -> bool) -> Vec<usize> {
        self.indices(|slot| slot.phase == Phase::AwaitingBids && wanted(slot))
    }

    pub(super) fn indices(&self, wanted: impl Fn(&Slot) -> bool) -> Vec<usize> {
        self.chosen(&wanted)
    }

    /// One copy for all callers, each of which has a closure of its own.
    fn chosen(&self, wanted: Wanted<'_>) -> Vec<usize> {
        let mut chosen = Vec::new();
        for (index, slot) in self.slots.iter().enumerate() {
            if wanted(slot) {
                chosen.push(index);
            }
        }
        chosen
    }
}
