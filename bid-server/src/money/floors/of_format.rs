//! Floors in the imp itself, for one size or media type.
//!
//! Prebid.js writes them if they differ; the imp's own floor is then the lowest of them.

use openrtb::{Imp, MediaType, Members, Price};
use serde::Deserialize;
use serde_json::Value;

/// A floor, and its currency if that is given.
pub(crate) type Given<'a> = (Price, Option<&'a str>);

/// The floor for a size, otherwise for a media type. `None` = the imp's own floor applies.
pub(crate) fn of_format(
    imp: &Imp,
    media_type: MediaType,
    size: Option<(u32, u32)>,
) -> Option<Given<'_>> {
    let ext = match media_type {
        MediaType::Banner => {
            let banner = imp.banner.as_ref()?;
            let format = banner.format.iter().find(|format| format.size() == size);
            let of_size = format.and_then(|format| floor_in(format.other.get("ext")));
            return of_size.or_else(|| floor_in(banner.other.get("ext")));
        }
        MediaType::Video => member(&imp.video.as_ref()?.other),
        MediaType::Audio => imp.audio.as_ref()?.get("ext"),
        MediaType::Native => imp.native.as_ref()?.get("ext"),
    };
    floor_in(ext)
}

fn member(other: &Members) -> Option<&Value> {
    other.get("ext")
}

fn floor_in(ext: Option<&Value>) -> Option<Given<'_>> {
    let ext = ext?;
    let floor = Price::deserialize(ext.get("bidfloor")?).ok()?;
    let currency = ext.get("bidfloorcur").and_then(Value::as_str);
    Some((floor, currency))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// Floor and currency.
    type Expected<'a> = (&'a str, Option<&'a str>);

    #[track_caller]
    fn check(media_type: MediaType, size: Option<(u32, u32)>, expected: Option<Expected<'_>>) {
        let imp = json!({
            "banner": {"format": [{"w": 1, "h": 2, "ext": {"bidfloor": 1.5, "bidfloorcur": "EUR"}}, {"w": 3, "h": 4}], "ext": {"bidfloor": 1}},
            "video": {"ext": {"bidfloor": 2.5}}, "native": {"ext": {"bidfloor": "much"}},
        });
        let imp: Imp = serde_json::from_value(imp).unwrap();
        let found = of_format(&imp, media_type, size);
        let found = found.map(|(floor, currency)| (floor.to_string(), currency));
        let found = found
            .as_ref()
            .map(|(floor, currency)| (floor.as_str(), *currency));
        assert_eq!(found, expected);
    }

    #[test]
    fn the_size_goes_before_the_media_type() {
        check(MediaType::Banner, Some((1, 2)), Some(("1.5", Some("EUR"))));
        check(MediaType::Banner, Some((3, 4)), Some(("1", None)));
        check(MediaType::Banner, None, Some(("1", None)));
        check(MediaType::Video, Some((1, 2)), Some(("2.5", None)));
        check(MediaType::Native, None, None);
        check(MediaType::Audio, None, None);
    }
}
