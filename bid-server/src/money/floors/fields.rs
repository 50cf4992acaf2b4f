//! Describes an imp in the terms of a floor schema.

use openrtb::{BidRequest, Device, Imp, Publisher};
use serde_json::Value;

use super::find::ANY;

/// A field that a schema may name; field names are case-insensitive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Field {
    SiteDomain,
    PubDomain,
    Domain,
    Bundle,
    Channel,
    MediaType,
    Size,
    GptSlot,
    AdUnitCode,
    Country,
    DeviceType,
}

impl Field {
    pub(super) fn from_name(name: &str) -> Option<Self> {
        match name.to_lowercase().as_str() {
            "sitedomain" => Some(Self::SiteDomain),
            "pubdomain" => Some(Self::PubDomain),
            "domain" => Some(Self::Domain),
            "bundle" => Some(Self::Bundle),
            "channel" => Some(Self::Channel),
            "mediatype" => Some(Self::MediaType),
            "size" => Some(Self::Size),
            "gptslot" => Some(Self::GptSlot),
            "adunitcode" => Some(Self::AdUnitCode),
            "country" => Some(Self::Country),
            "devicetype" => Some(Self::DeviceType),
            _ => None,
        }
    }

    /// The value for an imp; `*` if it is unknown.
    pub(super) fn value(self, request: &BidRequest, imp: &Imp) -> String {
        let known = match self {
            Self::SiteDomain => domain(request),
            Self::PubDomain => publisher_domain(request),
            Self::Domain => domain(request).or_else(|| publisher_domain(request)),
            Self::Bundle => request.app.as_ref().and_then(|app| app.bundle.clone()),
            Self::Channel => channel(request),
            Self::MediaType => media_type(imp).map(str::to_owned),
            Self::Size => size(imp),
            Self::GptSlot => gpt_slot(imp),
            Self::AdUnitCode => ad_unit_code(imp),
            Self::Country => country(request),
            Self::DeviceType => device_type(request.device.as_ref()).map(str::to_owned),
        };
        let known = known.filter(|value| !value.is_empty());
        known.unwrap_or_else(|| ANY.to_owned())
    }
}

fn domain(request: &BidRequest) -> Option<String> {
    match (&request.site, &request.app) {
        (Some(site), _) => site.domain.clone(),
        (None, Some(app)) => app.domain.clone(),
        (None, None) => None,
    }
}

fn publisher_domain(request: &BidRequest) -> Option<String> {
    request
        .publisher()
        .and_then(|Publisher { domain, .. }| domain.clone())
}

fn channel(request: &BidRequest) -> Option<String> {
    let prebid = request.ext.as_ref()?.prebid.as_ref()?;
    let name = prebid.other.get("channel")?.get("name")?;
    name.as_str().map(str::to_owned)
}

/// `None` if the imp offers several.
fn media_type(imp: &Imp) -> Option<&'static str> {
    let mut types = imp.media_types();
    let (first, second) = (types.next()?, types.next());
    if second.is_some() {
        return None;
    }
    let Some(video) = &imp.video else {
        return Some(first.name());
    };
    let placement = video.other.get("placement").and_then(Value::as_i64);
    // 1 is instream in both the older and the newer list; if it is left out, instream is assumed.
    let instream = video.plcmt.or(placement).is_none_or(|place| place == 1);
    Some(if instream { "video" } else { "video-outstream" })
}

/// `None` if the imp accepts several.
fn size(imp: &Imp) -> Option<String> {
    let sizes = match (&imp.banner, &imp.video) {
        (Some(banner), _) => banner.sizes(),
        (None, Some(video)) => video.w.zip(video.h).into_iter().collect(),
        (None, None) => Vec::new(),
    };
    match sizes.as_slice() {
        [(w, h)] if *w > 0 && *h > 0 => Some(format!("{w}x{h}")),
        _ => None,
    }
}

fn data<'a>(imp: &'a Imp, member: &str) -> Option<&'a Value> {
    imp.ext.as_ref()?.other.get("data")?.get(member)
}

fn gpt_slot(imp: &Imp) -> Option<String> {
    let server = data(imp, "adserver")
        .filter(|server| server.get("name").and_then(Value::as_str) == Some("gam"));
    let slot = match server {
        Some(server) => server.get("adslot"),
        None => data(imp, "pbadslot"),
    };
    slot?.as_str().map(str::to_owned)
}

fn ad_unit_code(imp: &Imp) -> Option<String> {
    let ext = imp.ext.as_ref();
    let text = |value: Option<&Value>| {
        let text = value.and_then(Value::as_str);
        text.filter(|text| !text.is_empty()).map(str::to_owned)
    };
    let stored = || {
        let prebid = ext?.prebid.as_ref()?;
        Some(prebid.storedrequest.as_ref()?.id.clone())
    };
    text(ext.and_then(|ext| ext.other.get("gpid")))
        .or_else(|| imp.tagid.clone().filter(|tagid| !tagid.is_empty()))
        .or_else(|| text(data(imp, "pbadslot")))
        .or_else(stored)
}

fn country(request: &BidRequest) -> Option<String> {
    let geo = request.device.as_ref()?.other.get("geo")?;
    geo.get("country")?.as_str().map(str::to_owned)
}

/// Determined from the user agent, as in Prebid Server.
fn device_type(device: Option<&Device>) -> Option<&'static str> {
    let ua = device?.ua.as_ref()?.to_lowercase();
    if ua.is_empty() {
        return None;
    }
    let has = |part: &str| ua.contains(part);
    Some(if has("phone") || (has("android") && has("mobile")) {
        "phone"
    } else if has("tablet") || has("ipad") || has("android") || (has("windows nt") && has("touch"))
    {
        "tablet"
    } else {
        "desktop"
    })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[track_caller]
    fn check(name: &str, request: Value, expected: &str) {
        let request: BidRequest = serde_json::from_value(request).unwrap();
        let imp = request.imp.first().cloned().unwrap_or_default();
        assert_eq!(
            Field::from_name(name).unwrap().value(&request, &imp),
            expected
        );
    }

    #[test]
    fn places() {
        let site = json!({"site": {"domain": "d.example", "publisher": {"domain": "p.example"}}});
        check("siteDomain", site.clone(), "d.example");
        check("domain", site.clone(), "d.example");
        check("pubDomain", site.clone(), "p.example");
        check("bundle", site, "*");
        let app = json!({"app": {"bundle": "com.b", "publisher": {"domain": "p.example"}}});
        check("bundle", app.clone(), "com.b");
        check("domain", app.clone(), "p.example");
        check("siteDomain", app, "*");
        check(
            "country",
            json!({"device": {"geo": {"country": "JPN"}}}),
            "JPN",
        );
        check(
            "channel",
            json!({"ext": {"prebid": {"channel": {"name": "pbjs"}}}}),
            "pbjs",
        );
        check("channel", json!({}), "*");
    }

    #[test]
    fn media_types_and_sizes() {
        let imp = |imp: Value| json!({"imp": [imp]});
        check("mediaType", imp(json!({"banner": {}})), "banner");
        check("mediaType", imp(json!({"banner": {}, "native": {}})), "*");
        check("mediatype", imp(json!({"video": {}})), "video");
        check(
            "mediaType",
            imp(json!({"video": {"placement": 1}})),
            "video",
        );
        check(
            "mediaType",
            imp(json!({"video": {"placement": 3}})),
            "video-outstream",
        );
        check(
            "mediaType",
            imp(json!({"video": {"plcmt": 4, "placement": 1}})),
            "video-outstream",
        );
        check(
            "size",
            imp(json!({"banner": {"format": [{"w": 300, "h": 250}]}})),
            "300x250",
        );
        check("size", imp(json!({"banner": {"w": 1, "h": 2}})), "1x2");
        check(
            "size",
            imp(json!({"banner": {"format": [{"w": 1, "h": 2}, {"w": 3, "h": 4}]}})),
            "*",
        );
        check(
            "size",
            imp(json!({"video": {"w": 640, "h": 360}})),
            "640x360",
        );
        check("size", imp(json!({"native": {}})), "*");
    }

    #[test]
    fn ad_units_and_slots() {
        let imp = |ext: Value| json!({"imp": [{"tagid": "t", "ext": ext}]});
        check(
            "adUnitCode",
            imp(json!({"gpid": "g", "data": {"pbadslot": "p"}})),
            "g",
        );
        check("adUnitCode", imp(json!({"data": {"pbadslot": "p"}})), "t");
        let untagged = |ext: Value| json!({"imp": [{"ext": ext}]});
        check(
            "adUnitCode",
            untagged(json!({"data": {"pbadslot": "p"}})),
            "p",
        );
        check(
            "adUnitCode",
            untagged(json!({"prebid": {"storedrequest": {"id": "s"}}})),
            "s",
        );
        check(
            "gptSlot",
            imp(json!({"data": {"pbadslot": "p", "adserver": {"name": "gam", "adslot": "a"}}})),
            "a",
        );
        check(
            "gptSlot",
            imp(json!({"data": {"pbadslot": "p", "adserver": {"name": "x", "adslot": "a"}}})),
            "p",
        );
        check("gptSlot", imp(json!({})), "*");
    }

    #[test]
    fn devices() {
        for (ua, kind) in [
            ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0)", "phone"),
            (
                "Mozilla/5.0 (Linux; Android 14; Pixel) Mobile Safari",
                "phone",
            ),
            ("Mozilla/5.0 (Linux; Android 14; SM-X200)", "tablet"),
            ("Mozilla/5.0 (iPad; CPU OS 17_0)", "tablet"),
            ("Mozilla/5.0 (X11; Linux x86_64)", "desktop"),
            ("", "*"),
        ] {
            check("deviceType", json!({"device": {"ua": ua}}), kind);
        }
    }
}
