//! Creatives of the ad server's line items that ask the page for their markup.

use super::Session;
use crate::creative::{self, Message};
use crate::platform::Effect;
use crate::slot::Phase;
use crate::units::Elapsed;
use ad_events::render::Step;

impl Session {
    /// A message from some frame; most are not for us.
    pub(super) fn creative_says(&mut self, text: &str, port: Option<u32>, now: Elapsed) {
        match creative::parse(text) {
            Some(Message::Request { ad_id }) => {
                if let Some(port) = port {
                    self.markup_asked(&ad_id, port);
                }
            }
            Some(Message::Succeeded { ad_id }) => self.creative_shown(&ad_id, now),
            Some(Message::Failed { ad_id, reason }) => {
                if let Some(index) = self.claimed_slot(&ad_id) {
                    self.fail(&reason, Some(index), now);
                }
            }
            None => {}
        }
    }

    fn markup_asked(&mut self, ad_id: &str, port: u32) {
        let Some(index) = self.slots.iter().position(|slot| slot.answers_to(ad_id)) else {
            return;
        };
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let first = !core::mem::replace(&mut slot.claimed, true);
        let Some(bid) = &slot.bid else { return };
        let (body, size) = (creative::response(bid), bid.size);
        self.effects.push(Effect::Answer { port, body });
        if !size.is_empty() {
            self.effects.push(Effect::Resize {
                element: slot.element.clone(),
                size,
            });
        }
        if first {
            self.call_notices(index);
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
        let Some(slot) = self.slots.get_mut(index).filter(|slot| !slot.is_settled()) else {
            return;
        };
        slot.phase = Phase::Rendered;
        let creative = slot.bid_creative();
        self.tell_slot(index, Step::AdRendered, now, creative.as_ref());
        self.watch(index);
    }

    /// Win and billing notices, once a bid.
    pub(super) fn call_notices(&mut self, index: usize) {
        let Some(bid) = self.slots.get_mut(index).and_then(|slot| slot.bid.as_mut()) else {
            return;
        };
        self.effects.extend(
            core::mem::take(&mut bid.notices)
                .into_iter()
                .map(Effect::CallNotice),
        );
    }
}
