//! Slots that cover the screen accept every usual size that is large enough.
//!
//! `device.ext.prebid.interstitial` sets the minimum, in per cent of the slot or of the screen.

use openrtb::{Banner, BidRequest, Device, Format};
use serde_json::Value;

/// Sizes in which creatives are bought, the most common first.
const SIZES: [(u32, u32); 40] = [
    (300, 250),
    (320, 480),
    (300, 600),
    (336, 280),
    (480, 320),
    (768, 1024),
    (1024, 768),
    (320, 50),
    (728, 90),
    (970, 250),
    (320, 100),
    (360, 640),
    (375, 667),
    (414, 736),
    (250, 250),
    (200, 200),
    (160, 600),
    (120, 600),
    (468, 60),
    (970, 90),
    (300, 50),
    (300, 100),
    (400, 600),
    (600, 500),
    (640, 480),
    (800, 600),
    (1024, 600),
    (1280, 800),
    (580, 400),
    (300, 1050),
    (240, 400),
    (250, 360),
    (550, 480),
    (640, 360),
    (320, 240),
    (930, 180),
    (980, 120),
    (980, 240),
    (375, 812),
    (412, 915),
];
/// More sizes would only make requests longer.
const MOST_SIZES: usize = 10;

/// Minimum width and height in per cent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Least {
    width: u32,
    height: u32,
}

/// Widens the sizes of full-screen banners; a request without a device or this setting stays as it is.
pub(super) fn widen(request: &mut BidRequest, faults: &mut Vec<String>) {
    let Some(device) = &request.device else {
        return;
    };
    let Some(least) = least_share(device, faults) else {
        return;
    };
    let side = |side: Option<i64>| side.and_then(|side| u32::try_from(side).ok());
    let screen = side(device.w).zip(side(device.h));
    let imps = request.imp.iter_mut().filter(|imp| imp.instl == Some(1));
    for banner in imps.filter_map(|imp| imp.banner.as_mut()) {
        widen_banner(banner, screen, least);
    }
}

fn least_share(device: &Device, faults: &mut Vec<String>) -> Option<Least> {
    let least_share = device.ext.as_ref()?.get("prebid")?.get("interstitial")?;
    let mut read = |name: &str| {
        let value = least_share.get(name).and_then(Value::as_u64);
        let value = value.and_then(|value| u32::try_from(value).ok());
        let value = value.filter(|value| *value <= 100);
        if value.is_none() {
            let path = "request.device.ext.prebid.interstitial";
            faults.push(format!(
                "{path}.{name}: must be a whole number from 0 to 100"
            ));
        }
        value
    };
    let (width, height) = (read("minwidthperc"), read("minheightperc"));
    Some(Least {
        width: width?,
        height: height?,
    })
}

/// The first size of the slot is the largest; 1x1, or no size at all, stands for the whole screen.
fn widen_banner(banner: &mut Banner, screen: Option<(u32, u32)>, least: Least) {
    let own = banner.sizes().first().copied();
    let own = own.filter(|(w, h)| *w > 1 && *h > 1);
    let Some((w, h)) = own.or(screen) else { return };
    let part = |side: u32, percent: u32| u64::from(side) * u64::from(percent) / 100;
    let (min_w, min_h) = (part(w, least.width), part(h, least.height));
    let fits = |size: &(u32, u32)| {
        (min_w..=u64::from(w)).contains(&u64::from(size.0))
            && (min_h..=u64::from(h)).contains(&u64::from(size.1))
    };
    let others = SIZES.iter().copied().filter(fits);
    let others = others.filter(|size| Some(*size) != own);
    let sizes: Vec<Format> = own
        .into_iter()
        .chain(others)
        .take(MOST_SIZES)
        .map(|(w, h)| Format::fixed(w, h))
        .collect();
    if !sizes.is_empty() {
        banner.format = sizes;
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn sizes(banner: &Value, device: &Value) -> Vec<(u32, u32)> {
        let request = json!({"id": "r", "device": device, "imp": [{"id": "i", "instl": 1, "banner": banner}]});
        let mut request: BidRequest = serde_json::from_value(request).unwrap();
        let mut faults = Vec::new();
        widen(&mut request, &mut faults);
        assert_eq!(faults, Vec::<String>::new());
        request.imp[0].banner.as_ref().unwrap().sizes()
    }

    fn device() -> Value {
        json!({"w": 320, "h": 480, "ext": {"prebid": {"interstitial": {"minwidthperc": 90, "minheightperc": 50}}}})
    }

    #[test]
    fn usual_sizes_join_the_slots_own() {
        let banner = json!({"format": [{"w": 320, "h": 480}]});
        assert_eq!(
            sizes(&banner, &device()),
            [(320, 480), (300, 250), (320, 240)]
        );
    }

    #[test]
    fn the_screen_stands_in_for_a_slot_without_size() {
        for banner in [json!({}), json!({"format": [{"w": 1, "h": 1}]})] {
            assert_eq!(
                sizes(&banner, &device()),
                [(300, 250), (320, 480), (320, 240)]
            );
        }
    }

    #[test]
    fn at_most_ten_and_none_without_a_wish() {
        let banner = json!({"format": [{"w": 2000, "h": 2000}]});
        let all =
            json!({"ext": {"prebid": {"interstitial": {"minwidthperc": 0, "minheightperc": 0}}}});
        assert_eq!(sizes(&banner, &all).len(), MOST_SIZES);
        assert_eq!(sizes(&banner, &json!({"w": 1})), [(2000, 2000)]);
        assert_eq!(sizes(&banner, &Value::Null), [(2000, 2000)]);
    }

    #[test]
    fn per_cents_over_100_are_faults() {
        let device = json!({"ext": {"prebid": {"interstitial": {"minwidthperc": 101}}}});
        let request = json!({"id": "r", "device": device});
        let mut request: BidRequest = serde_json::from_value(request).unwrap();
        let mut faults = Vec::new();
        widen(&mut request, &mut faults);
        assert_eq!(faults.len(), 2);
    }
}
