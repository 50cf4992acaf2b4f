//! Rules for what an imp offers: banner, video, audio.

use std::fmt::Display;

use openrtb::{Banner, Format, Video};
use serde_json::{Map, Value};

/// A name and its seconds.
type Duration<'a> = (&'a str, Option<i64>);

/// Banner types of OpenRTB 2.6 list 5.1: XHTML text and banner, JavaScript, iframe.
const LAST_BANNER_TYPE: i64 = 4;

/// Collects the faults of a banner; one that covers the screen needs no size.
pub(super) fn check_banner(
    path: &dyn Display,
    banner: &Banner,
    full_screen: bool,
    faults: &mut Vec<String>,
) {
    if banner.format.is_empty() && banner.w.zip(banner.h).is_none() && !full_screen {
        faults.push(format!("{path}: w and h, or format, are needed"));
    }
    for name in ["wmin", "wmax", "hmin", "hmax"] {
        if banner.other.get(name).is_some_and(|size| !size.is_null()) {
            faults.push(format!(
                "{path}.{name}: is no more; format says which sizes fit"
            ));
        }
    }
    for (index, format) in banner.format.iter().enumerate() {
        if !is_size(format) {
            faults.push(format!(
                "{path}.format[{index}]: either w and h, or wmin, wratio and hratio, all more than 0"
            ));
        }
    }
    let known = |kind: &i64| (1..=LAST_BANNER_TYPE).contains(kind);
    if let Some(index) = banner.btype.iter().position(|kind| !known(kind)) {
        faults.push(format!(
            "{path}.btype[{index}]: must be 1 to {LAST_BANNER_TYPE}"
        ));
    }
}

fn is_size(format: &Format) -> bool {
    let all = |values: &[Option<u32>]| {
        values
            .iter()
            .all(|value| value.is_some_and(|value| value > 0))
    };
    let none = |values: &[Option<u32>]| {
        values
            .iter()
            .all(|value| value.is_none_or(|value| value == 0))
    };
    let fixed = [format.w, format.h];
    let flexible = [format.wmin, format.wratio, format.hratio];
    (all(&fixed) && none(&flexible)) || (none(&fixed) && all(&flexible))
}

/// Collects the faults of a video offer. Sizes cannot be negative: those would not have been parsed.
pub(super) fn check_video(path: &dyn Display, video: &Video, faults: &mut Vec<String>) {
    if video.mimes.is_empty() {
        faults.push(format!("{path}.mimes: at least one is needed"));
    }
    let durations = [
        ("minduration", video.minduration),
        ("maxduration", video.maxduration),
    ];
    check_durations(path, durations, &video.other, faults);
    check_not_negative(path, &video.other, faults);
}

/// Collects the faults of an audio offer.
pub(super) fn check_audio(path: &dyn Display, audio: &Value, faults: &mut Vec<String>) {
    let Some(audio) = audio.as_object() else {
        return faults.push(format!("{path}: must be an object"));
    };
    let mimes = audio.get("mimes").and_then(Value::as_array);
    if mimes.is_none_or(Vec::is_empty) {
        faults.push(format!("{path}.mimes: at least one is needed"));
    }
    let duration = |name: &'static str| (name, audio.get(name).and_then(Value::as_i64));
    let durations = [duration("minduration"), duration("maxduration")];
    check_durations(path, durations, audio, faults);
    check_not_negative(path, audio, faults);
}

/// Exact durations and a range of durations exclude each other.
fn check_durations(
    path: &dyn Display,
    durations: [Duration<'_>; 2],
    members: &Map<String, Value>,
    faults: &mut Vec<String>,
) {
    for (name, duration) in durations {
        if duration.is_some_and(|duration| duration < 0) {
            faults.push(format!("{path}.{name}: must not be negative"));
        }
    }
    let exact = members.get("rqddurs").and_then(Value::as_array);
    let Some(exact) = exact.filter(|exact| !exact.is_empty()) else {
        return;
    };
    let is_range = durations
        .iter()
        .any(|(_, duration)| duration.is_some_and(|d| d != 0));
    if is_range {
        faults.push(format!(
            "{path}.rqddurs: excludes minduration and maxduration"
        ));
    }
    let wrong = |duration: &Value| duration.as_i64().is_none_or(|duration| duration < 1);
    if let Some(index) = exact.iter().position(wrong) {
        faults.push(format!("{path}.rqddurs[{index}]: must be 1 or more"));
    }
}

fn check_not_negative(path: &dyn Display, members: &Map<String, Value>, faults: &mut Vec<String>) {
    for name in ["minbitrate", "maxbitrate", "maxseq", "sequence", "poddur"] {
        let value = members.get(name).filter(|value| !value.is_null());
        if value.is_some_and(|value| value.as_i64().is_none_or(|value| value < 0)) {
            faults.push(format!(
                "{path}.{name}: must be a whole number of 0 or more"
            ));
        }
    }
}
