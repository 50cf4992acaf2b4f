//! Rules for one imp.

use openrtb::{Banner, Format, Imp, Price};

use super::is_currency;

/// Collects the faults of an imp; `path` leads to it.
pub(super) fn check(path: &str, imp: &Imp, faults: &mut Vec<String>) {
    if imp.media_types().next().is_none() {
        faults.push(format!(
            "{path}: one of banner, video, audio and native is needed"
        ));
    }
    if let Some(banner) = &imp.banner {
        check_banner(&format!("{path}.banner"), banner, faults);
    }
    if imp
        .video
        .as_ref()
        .is_some_and(|video| video.mimes.is_empty())
    {
        faults.push(format!("{path}.video.mimes: at least one is needed"));
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

fn check_banner(path: &str, banner: &Banner, faults: &mut Vec<String>) {
    if banner.format.is_empty() && banner.w.zip(banner.h).is_none() {
        faults.push(format!("{path}: w and h, or format, are needed"));
    }
    for (index, format) in banner.format.iter().enumerate() {
        if !is_size(format) {
            faults.push(format!(
                "{path}.format[{index}]: either w and h, or wmin, wratio and hratio, all more than 0"
            ));
        }
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
