//! One effect, one call.

use super::app::App;
use super::{bridge, frame, gpt};
use crate::platform::Effect;
use wasm_bindgen::JsValue;

impl App {
    pub(super) fn perform(&self, effect: Effect) {
        match effect {
            Effect::SendEvents(batch) => self.send_events(&batch),
            Effect::CallNotice(url) => bridge::notice(&url),
            Effect::StartTimer(timer, after) => self.start_timer(timer, after),
            Effect::RequestBids { auction_id, body } => self.request_bids(auction_id, &body),
            Effect::FindSlots => gpt::find_slots(),
            Effect::SetKeys { element, keys } => gpt::set_keys(&element, &keys),
            Effect::RequestAds(elements) => gpt::request_ads(&elements),
            Effect::Answer(body) => self.answer(&body),
            Effect::Resize { element, size } => frame::resize(&element, size),
            Effect::PlaceFrame {
                slot,
                code,
                reserve,
            } => self.place_frame(slot, &code, reserve),
            Effect::WriteFrame { slot, size, markup } => self.write_frame(slot, size, &markup),
            Effect::ClearFrame(slot) => self.clear_frame(slot),
            Effect::Watch { slot, element } => self.watch(slot, &element),
            Effect::Unwatch(slot) => self.unwatch(slot),
        }
    }

    fn answer(&self, body: &str) {
        if let Some(port) = self.port.take() {
            drop(port.post_message(&JsValue::from_str(body)));
        }
    }
}
