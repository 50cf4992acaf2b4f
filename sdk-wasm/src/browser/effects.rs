//! What the core wants done: each effect is a function of `js/page.js`, which performs it once the core has returned.

use wasm_bindgen::prelude::wasm_bindgen;

use super::timers::{TimerKind, named};
use crate::json::Writer;
use crate::platform::Effect;

#[wasm_bindgen(module = "earlybid-page")]
extern "C" {
    #[wasm_bindgen(js_name = sendEvents)]
    fn send_events(batch: &str);
    #[wasm_bindgen(js_name = callNotice)]
    fn call_notice(url: &str);
    #[wasm_bindgen(js_name = startTimer)]
    fn start_timer(kind: TimerKind, place: usize, after: u32);
    #[wasm_bindgen(js_name = requestBids)]
    fn request_bids(auction_id: &str, body: &str);
    #[wasm_bindgen(js_name = findSlots)]
    fn find_slots();
    #[wasm_bindgen(js_name = setKeys)]
    fn set_keys(element: &str, keys: &str);
    fn abort(auction_id: &str);
    #[wasm_bindgen(js_name = requestAds)]
    fn request_ads(elements: &str);
    fn answer(port: u32, body: &str);
    #[wasm_bindgen(js_name = resizeFrame)]
    fn resize_frame(element: &str, width: u32, height: u32);
    #[wasm_bindgen(js_name = placeFrame)]
    fn place_frame(slot: usize, code: &str, reserve: u32);
    #[wasm_bindgen(js_name = writeFrame)]
    fn write_frame(slot: usize, width: u32, height: u32, markup: &str);
    #[wasm_bindgen(js_name = writeData)]
    fn write_data(slot: usize, width: u32, height: u32, data: &str);
    #[wasm_bindgen(js_name = serveNative)]
    fn serve_native(port: u32, element: &str, message: &str, data: &str);
    #[wasm_bindgen(js_name = clearFrame)]
    fn clear_frame(slot: usize);
    fn forget(slot: usize);
    #[wasm_bindgen(js_name = watchNear)]
    fn watch_near(slot: usize, code: &str, margin: u32, render: bool);
    fn publish(record: &str);
    fn watch(slot: usize, element: &str);
    fn unwatch(slot: usize);
}

/// Hands an effect to the page.
pub(super) fn perform(effect: &Effect) {
    match effect {
        Effect::SendEvents(batch) => send_events(batch),
        Effect::CallNotice(url) => call_notice(url),
        Effect::StartTimer(timer, after) => {
            let (kind, place) = named(*timer);
            start_timer(kind, place, after.timer_millis());
        }
        Effect::RequestBids { auction_id, body } => request_bids(auction_id, body),
        Effect::FindSlots => find_slots(),
        Effect::SetKeys { element, keys } => set_keys(element, &object(keys)),
        Effect::Abort(auction_id) => abort(auction_id),
        Effect::RequestAds(elements) => request_ads(&array(elements)),
        Effect::Answer { port, body } => answer(*port, body),
        Effect::Resize { element, size } => resize_frame(element, size.width, size.height),
        Effect::PlaceFrame {
            slot,
            code,
            reserve,
        } => place_frame(*slot, code, reserve.height),
        Effect::WriteFrame { slot, size, markup } => {
            write_frame(*slot, size.width, size.height, markup);
        }
        Effect::WriteData { slot, size, data } => {
            write_data(*slot, size.width, size.height, data);
        }
        Effect::ServeNative {
            port,
            element,
            message,
            data,
        } => serve_native(*port, element, message, data),
        Effect::ClearFrame(slot) => clear_frame(*slot),
        Effect::Forget(slot) => forget(*slot),
        Effect::WatchNear {
            slot,
            code,
            margin,
            render,
        } => watch_near(*slot, code, *margin, *render),
        Effect::Publish(record) => publish(record),
        Effect::Watch { slot, element } => watch(*slot, element),
        Effect::Unwatch(slot) => unwatch(*slot),
    }
}

fn object(keys: &[(String, String)]) -> String {
    let mut object = Writer::default();
    object.raw("{");
    for (key, value) in keys {
        object.string(key, value);
    }
    object.raw("}");
    object.finish()
}

fn array(elements: &[String]) -> String {
    let mut array = Writer::default();
    array.raw("[");
    for element in elements {
        array.item(element);
    }
    array.raw("]");
    array.finish()
}
