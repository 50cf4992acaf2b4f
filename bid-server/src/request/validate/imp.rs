//! Rules for one imp.

use std::fmt::Display;

use openrtb::{Imp, Price};
use serde_json::Value;

use super::{is_currency, media};

/// Collects the faults of an imp; `path` leads to it.
pub(super) fn check(path: &dyn Display, imp: &Imp, faults: &mut Vec<String>) {
    if imp.media_types().next().is_none() {
        faults.push(format!(
            "{path}: one of banner, video, audio and native is needed"
        ));
    }
    if let Some(banner) = &imp.banner {
        let full_screen = imp.instl == Some(1);
        media::check_banner(&format_args!("{path}.banner"), banner, full_screen, faults);
    }
    if let Some(video) = &imp.video {
        media::check_video(&format_args!("{path}.video"), video, faults);
    }
    if let Some(audio) = &imp.audio {
        media::check_audio(&format_args!("{path}.audio"), audio, faults);
    }
    let metrics = imp.other.get("metric").and_then(Value::as_array);
    if metrics.is_some_and(|metrics| !metrics.is_empty()) {
        faults.push(format!("{path}.metric: is not supported"));
    }
    for (name, flag) in [("instl", imp.instl), ("secure", imp.secure)] {
        if flag.is_some_and(|flag| flag > 1) {
            faults.push(format!("{path}.{name}: must be 0 or 1"));
        }
    }
    if imp.bidfloor.is_some_and(Price::is_negative) {
        faults.push(format!("{path}.bidfloor: must not be negative"));
    }
    if let Some(code) = imp.bidfloorcur.as_deref().filter(|code| !is_currency(code)) {
        faults.push(format!("{path}.bidfloorcur: not a currency code: {code:?}"));
    }
    let deals = imp.pmp.iter().flat_map(|pmp| &pmp.deals);
    for (index, deal) in deals.enumerate() {
        if deal.id.is_empty() {
            faults.push(format!("{path}.pmp.deals[{index}].id: missing"));
        }
    }
}
