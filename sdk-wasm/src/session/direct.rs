//! Rendering without an ad server: frames made beforehand, the winner's markup passed in.

use super::Session;
use crate::bids::Bid;
use crate::creative;
use crate::platform::Effect;
use crate::slot::{Frame, HOUSE, Phase, Received, Slot};
use crate::units::Elapsed;
use ad_events::render::Step;

impl Session {
    /// Makes the frames that are missing, so that a winner can be painted at once.
    pub(super) fn place_frames(&mut self) {
        let viewport = self.page.viewport;
        for (slot, known) in self.slots.iter_mut().enumerate() {
            if known.is_missing() {
                known.frame = Frame::Placed;
                self.effects.push(Effect::PlaceFrame {
                    slot,
                    code: known.unit.code.clone(),
                    reserve: known.first_size(viewport),
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

    pub(super) fn frame_ready(&mut self, index: usize, now: Elapsed) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        slot.frame = Frame::Ready;
        if slot.phase == Phase::Offered {
            self.write(index, now);
        }
    }

    /// The auction is over for the slot: show the winner, the publisher's own ad, or nothing.
    pub(super) fn render(&mut self, index: usize, at: Elapsed) {
        let viewport = self.page.viewport;
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        slot.fall_back_to_house(viewport, at);
        let reason = match &slot.bid {
            None => Some("no_bid"),
            Some(known) if !known.is_good(at) => Some("bid_expired"),
            Some(known) if known.bid.is_blank() => Some("no_markup"),
            Some(_) => None,
        };
        let is_ready = slot.frame == Frame::Ready;
        if let Some(reason) = reason {
            self.enter(index, Phase::Empty, at);
            self.effects.push(Effect::ClearFrame(index));
            return self.tell_slot_why(index, Step::SlotEmpty, at, Err(reason));
        }
        self.enter(index, Phase::Offered, at);
        if is_ready {
            self.write(index, at);
        }
    }

    fn write(&mut self, index: usize, now: Elapsed) {
        let viewport = self.page.viewport;
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let fallback = slot.first_size(viewport);
        let Some(known) = &slot.bid else { return };
        let size = if known.bid.size.is_empty() {
            fallback
        } else {
            known.bid.size
        };
        slot.claimed = true;
        let effect = if known.bid.data.is_empty() {
            Effect::WriteFrame {
                slot: index,
                size,
                markup: creative::markup_or_frame(&known.bid),
            }
        } else {
            Effect::WriteData {
                slot: index,
                size,
                data: known.bid.data.clone(),
            }
        };
        self.effects.push(effect);
        self.enter(index, Phase::Requested, now);
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
    /// Whether a frame is needed and there is none yet: nobody has looked for the slot's element, or it was not in the page.
    pub(super) fn is_missing(&self) -> bool {
        self.frame == Frame::Missing && !self.is_settled() && self.phase != Phase::Defined
    }

    fn first_size(&self, viewport: u32) -> crate::units::Size {
        self.unit
            .fitting(viewport)
            .first()
            .copied()
            .unwrap_or_default()
    }

    fn fall_back_to_house(&mut self, viewport: u32, at: Elapsed) {
        let Some(data) = self.unit.house.clone().filter(|_| self.bid.is_none()) else {
            return;
        };
        self.bid = Some(Received {
            bid: Bid {
                bidder: HOUSE.to_owned(),
                size: self.first_size(viewport),
                data,
                lifetime: u32::MAX,
                ..Bid::default()
            },
            auction_id: self.auction_id.clone(),
            at,
        });
    }
}

impl Bid {
    fn is_blank(&self) -> bool {
        self.adm.is_empty() && self.data.is_empty() && self.ad_url.is_empty()
    }
}
