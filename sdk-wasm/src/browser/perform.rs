//! One effect, one call. The numbers are places in the list `actions` of `js/page.js`.

use super::bridge;
use crate::json::Writer;
use crate::platform::Effect;
use crate::units::Size;

/// Hands an effect to the page.
pub(crate) fn perform(effect: &Effect) {
    match effect {
        Effect::SendEvents(batch) => text(0, batch),
        Effect::CallNotice(url) => text(1, url),
        Effect::StartTimer(timer, after) => {
            let (kind, slot) = timer.code();
            bridge::perform(2, slot, kind, after.timer_millis(), "", "");
        }
        Effect::RequestBids { auction_id, body } => bridge::perform(3, 0, 0, 0, auction_id, body),
        Effect::FindSlots => text(4, ""),
        Effect::SetKeys { element, keys } => {
            bridge::perform(5, 0, 0, 0, element, &object(keys));
        }
        Effect::RequestAds(elements) => text(6, &array(elements)),
        Effect::Answer { port, body } => bridge::perform(7, *port, 0, 0, body, ""),
        Effect::Resize { element, size } => sized(8, 0, *size, element),
        Effect::PlaceFrame {
            slot,
            code,
            reserve,
        } => sized(9, *slot, *reserve, code),
        Effect::WriteFrame { slot, size, markup } => sized(10, *slot, *size, markup),
        Effect::ClearFrame(slot) => sized(11, *slot, Size::default(), ""),
        Effect::Watch { slot, element } => sized(12, *slot, Size::default(), element),
        Effect::Unwatch(slot) => sized(13, *slot, Size::default(), ""),
        Effect::Abort(auction_id) => text(14, auction_id),
        Effect::WriteData { slot, size, data } => sized(15, *slot, *size, data),
        Effect::ServeNative {
            port,
            element,
            message,
            data,
        } => {
            let mut more = Writer::default();
            more.raw("{")
                .string("message", message)
                .string("data", data)
                .raw("}");
            bridge::perform(16, *port, 0, 0, element, &more.finish());
        }
        Effect::Forget(slot) => sized(17, *slot, Size::default(), ""),
        Effect::WatchNear {
            slot,
            code,
            margin,
            render,
        } => {
            let size = Size {
                width: *margin,
                height: u32::from(*render),
            };
            sized(18, *slot, size, code);
        }
        Effect::Publish(event) => text(19, event),
    }
}

fn text(kind: u32, text: &str) {
    bridge::perform(kind, 0, 0, 0, text, "");
}

fn sized(kind: u32, slot: usize, size: Size, text: &str) {
    let slot = u32::try_from(slot).unwrap_or(u32::MAX);
    bridge::perform(kind, slot, size.width, size.height, text, "");
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
