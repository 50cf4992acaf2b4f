//! Creatives of the ad server's line items that ask the page for their markup.

use super::Session;
use crate::creative::{self, Message};
use crate::platform::Effect;
use crate::slot::{Phase, Slot};
use crate::units::Elapsed;
use ad_events::render::Step;

impl Session {
    /// A message from some frame; most are not for us.
    pub(super) fn creative_says(&mut self, text: &str, port: Option<u32>, now: Elapsed) {
        match creative::parse(text) {
            Some(Message::Request { ad_id }) => {
                if let Some(port) = port {
                    self.markup_asked(&ad_id, (text, port), now);
                }
            }
            Some(Message::Native { ad_id, asks, shown }) => {
                self.native_says(&ad_id, (text, port), (asks, shown), now);
            }
            Some(Message::Succeeded { ad_id }) => self.creative_shown(&ad_id, now),
            Some(Message::Failed { ad_id, reason }) => {
                self.creative_failed(&ad_id, &reason, now);
            }
            Some(Message::Intervention { ad_id }) => {
                self.creative_failed(&ad_id, "browser_intervention", now);
            }
            None => {}
        }
    }

    /// The slot whose winner has this name and may be shown. A bid is shown once, and only while it is valid.
    fn claim(&mut self, ad_id: &str, now: Elapsed) -> Option<usize> {
        let Some(index) = self.slots.iter().position(|slot| slot.answers_to(ad_id)) else {
            let is_spent = |slot: &Slot| slot.spent.as_deref() == Some(ad_id);
            let spent = self.slots.iter().position(is_spent)?;
            self.refuse(spent, "bid_used", now);
            return None;
        };
        let slot = self.slots.get_mut(index)?;
        let is_good = slot.bid.as_ref().is_some_and(|bid| bid.is_good(now));
        let refused = if slot.claimed {
            Some("bid_used")
        } else if is_good {
            None
        } else {
            Some("bid_expired")
        };
        match refused {
            Some(reason) => {
                self.refuse(index, reason, now);
                None
            }
            None => {
                slot.claimed = true;
                self.clear_keys(index);
                Some(index)
            }
        }
    }

    fn refuse(&mut self, index: usize, reason: &'static str, now: Elapsed) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        slot.refused = Some(reason);
        // Its frame may already have been taken for an ad of the ad server's own.
        let is_taken = slot.phase == Phase::Rendered && !slot.claimed && slot.bid.is_none();
        self.fail(reason, Some(index), now);
        if is_taken {
            self.unwatch(index, now);
            self.enter(index, Phase::Empty, now);
            self.tell_slot_why(index, Step::SlotEmpty, now, Err(reason));
        }
    }

    fn markup_asked(&mut self, ad_id: &str, (text, port): (&str, u32), now: Elapsed) {
        let Some(index) = self.claim(ad_id, now) else {
            return;
        };
        let Some(slot) = self.slots.get(index) else {
            return;
        };
        let Some(bid) = slot.bid.as_ref().map(|known| &known.bid) else {
            return;
        };
        let size = bid.size;
        self.effects
            .push(if bid.adm.is_empty() && !bid.data.is_empty() {
                Effect::ServeNative {
                    port,
                    element: slot.element.clone(),
                    message: text.to_owned(),
                    data: bid.data.clone(),
                }
            } else {
                Effect::Answer {
                    port,
                    body: creative::response(bid),
                }
            });
        if !size.is_empty() {
            self.effects.push(Effect::Resize {
                element: slot.element.clone(),
                size,
            });
        }
        self.call_notices(index);
    }

    fn native_says(
        &mut self,
        ad_id: &str,
        (text, port): (&str, Option<u32>),
        (asks, shown): (bool, bool),
        now: Elapsed,
    ) {
        let index = if asks {
            self.claim(ad_id, now)
        } else {
            self.claimed_slot(ad_id)
        };
        let Some(slot) = index.and_then(|index| self.slots.get(index)) else {
            return;
        };
        let Some(known) = &slot.bid else { return };
        self.effects.push(Effect::ServeNative {
            port: port.unwrap_or_default(),
            element: slot.element.clone(),
            message: text.to_owned(),
            data: known.bid.data.clone(),
        });
        let Some(index) = index else { return };
        if asks {
            self.call_notices(index);
        } else if shown {
            self.bid_rendered(index, now);
        }
    }

    fn creative_failed(&mut self, ad_id: &str, reason: &str, now: Elapsed) {
        if let Some(index) = self.claimed_slot(ad_id) {
            self.fail(reason, Some(index), now);
        }
    }

    fn creative_shown(&mut self, ad_id: &str, now: Elapsed) {
        if let Some(index) = self.claimed_slot(ad_id) {
            self.bid_rendered(index, now);
        }
    }

    fn claimed_slot(&self, ad_id: &str) -> Option<usize> {
        self.slots
            .iter()
            .position(|slot| slot.claimed && slot.answers_to(ad_id))
    }

    /// The winner's markup is in its frame, ours or the ad server's.
    pub(super) fn bid_rendered(&mut self, index: usize, now: Elapsed) {
        let Some(slot) = self.slots.get(index).filter(|slot| !slot.is_settled()) else {
            return;
        };
        let creative = slot.bid_creative();
        self.enter(index, Phase::Rendered, now);
        self.tell_slot(index, Step::AdRendered, now, creative.as_ref());
        self.watch(index);
    }

    /// Win and billing notices, once for each bid.
    pub(super) fn call_notices(&mut self, index: usize) {
        let Some(known) = self.slots.get_mut(index).and_then(|slot| slot.bid.as_mut()) else {
            return;
        };
        self.effects.extend(
            core::mem::take(&mut known.bid.notices)
                .into_iter()
                .map(Effect::CallNotice),
        );
    }
}
