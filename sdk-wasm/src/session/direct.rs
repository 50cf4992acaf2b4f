//! Rendering without an ad server: frames made beforehand, the winner's markup passed in.

use super::Session;
use crate::creative;
use crate::platform::Effect;
use crate::slot::{Frame, Phase, Slot};
use crate::units::Elapsed;
use ad_events::render::Step;

impl Session {
    /// Makes the frames that are missing, so that a winner paints at once.
    pub(super) fn place_frames(&mut self) {
        for (slot, known) in self.slots.iter_mut().enumerate() {
            if known.is_missing() {
                known.frame = Frame::Placed;
                let reserve = known.unit.sizes.first().copied().unwrap_or_default();
                self.effects.push(Effect::PlaceFrame {
                    slot,
                    code: known.unit.code.clone(),
                    reserve,
                });
            }
        }
    }

    pub(super) fn frame_missing(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.frame = Frame::Missing;
            self.look_again_later();
        }
    }

    pub(super) fn frame_ready(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        slot.frame = Frame::Ready;
        if slot.phase == Phase::Offered {
            self.write(index);
        }
    }

    /// The auction is over for the slot: show the winner, or nothing.
    pub(super) fn render(&mut self, index: usize, at: Elapsed) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let reason = match &slot.bid {
            None => Some("no_bid"),
            Some(bid) if bid.adm.is_empty() => Some("no_markup"),
            Some(_) => None,
        };
        if let Some(reason) = reason {
            slot.phase = Phase::Empty;
            self.effects.push(Effect::ClearFrame(index));
            return self.tell_slot_why(index, Step::SlotEmpty, at, Err(reason));
        }
        slot.phase = Phase::Offered;
        if slot.frame == Frame::Ready {
            self.write(index);
        }
    }

    fn write(&mut self, index: usize) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let Some(bid) = &slot.bid else { return };
        let fallback = slot.unit.sizes.first().copied().unwrap_or_default();
        let size = if bid.size.is_empty() {
            fallback
        } else {
            bid.size
        };
        slot.phase = Phase::Requested;
        self.effects.push(Effect::WriteFrame {
            slot: index,
            size,
            markup: creative::markup(bid),
        });
    }

    pub(super) fn frame_written(&mut self, index: usize, now: Elapsed) {
        if self
            .slots
            .get(index)
            .is_some_and(|slot| slot.phase == Phase::Requested)
        {
            self.bid_rendered(index, now);
            self.call_notices(index);
        }
    }
}

impl Slot {
    /// Not in the page, or unknown to the ad server, as far as we have looked.
    pub(super) fn is_missing(&self) -> bool {
        self.frame == Frame::Missing && !self.is_settled()
    }
}
