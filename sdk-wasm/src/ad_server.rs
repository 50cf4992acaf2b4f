//! What an ad server's library says about its slots, as `js/bridge.js` passes it on.

use crate::json::{Parsed, Reader};
use crate::platform::{AdServerEvent, Fill, Input};
use crate::targeting::SlotNames;
use crate::units::{Cpm, Size};

/// Reads the library's slots.
pub fn parse_known(text: &str) -> Parsed<Vec<SlotNames>> {
    let mut known = Vec::new();
    Reader::new(text).array(&mut |slot| {
        let mut names = SlotNames::default();
        slot.maybe_object(&mut |reader, key| read_name(reader, key, &mut names))?;
        if !names.element.is_empty() {
            known.push(names);
        }
        Ok(())
    })?;
    Ok(known)
}

/// Reads one report on a slot; `None` for those that the SDK does not follow.
pub fn parse_report(text: &str) -> Option<Input> {
    let (mut names, mut fill) = (SlotNames::default(), Fill::default());
    let (mut report, mut empty) = (None, false);
    let read = Reader::new(text).object(&mut |reader, key| {
        match key {
            "report" => report = reader.maybe_string()?,
            "empty" => empty = reader.raw()? == "true",
            "network" => fill.network = reader.raw()? == "true",
            "bidder" => fill.bidder = reader.maybe_string()?,
            "cpm" => fill.cpm = reader.maybe_fixed(6)?.map(Cpm),
            "size" => fill.size = read_size(reader)?,
            _ => read_name(reader, key, &mut names)?,
        }
        Ok(())
    });
    let event = match report.filter(|_| read.is_ok())?.as_str() {
        "slotRequested" => AdServerEvent::Requested,
        "slotResponseReceived" => AdServerEvent::Responded,
        "slotRenderEnded" if empty => AdServerEvent::Empty,
        "slotRenderEnded" => AdServerEvent::Filled(fill),
        "slotOnload" => AdServerEvent::Loaded,
        "impressionViewable" => AdServerEvent::Viewable,
        _ => return None,
    };
    Some(Input::AdServer { names, event })
}

fn read_name(reader: &mut Reader<'_>, key: &str, names: &mut SlotNames) -> Parsed<()> {
    match key {
        "element" => names.element = reader.maybe_string()?.unwrap_or_default(),
        "path" => names.path = reader.maybe_string()?.unwrap_or_default(),
        _ => reader.skip()?,
    }
    Ok(())
}

/// A pair of sides; anything else, such as a word for a fluid size, is no size.
pub(crate) fn read_size(reader: &mut Reader<'_>) -> Parsed<Option<Size>> {
    let mut sides = Vec::new();
    reader.maybe_array(&mut |side| {
        sides.push(side.maybe_u32()?.unwrap_or_default());
        Ok(())
    })?;
    Ok(match sides.as_slice() {
        [width, height] => Some(Size {
            width: *width,
            height: *height,
        }),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use super::{parse_known, parse_report};
    use crate::platform::{AdServerEvent, Fill, Input};
    use crate::targeting::SlotNames;
    use crate::units::{Cpm, Size};

    fn names() -> SlotNames {
        SlotNames {
            element: "top".to_owned(),
            path: "/1/top".to_owned(),
        }
    }

    #[test]
    fn slots_without_an_element_are_left_out() {
        let text = r#"[{"element":"top","path":"/1/top"},{"path":"/1/side"},7]"#;
        assert_eq!(parse_known(text), Ok(vec![names()]));
        assert!(parse_known("undefined").is_err());
    }

    #[test]
    fn reads_the_reports_of_the_library() {
        let text = |report: &str, more: &str| {
            format!(r#"{{"report":"{report}","element":"top","path":"/1/top"{more}}}"#)
        };
        let house = Fill {
            size: Some(Size {
                width: 300,
                height: 250,
            }),
            cpm: Some(Cpm(1_500_000)),
            network: false,
            bidder: None,
        };
        for (report, more, event) in [
            ("slotRequested", "", Some(AdServerEvent::Requested)),
            ("slotResponseReceived", "", Some(AdServerEvent::Responded)),
            (
                "slotRenderEnded",
                r#","empty":true,"size":null"#,
                Some(AdServerEvent::Empty),
            ),
            (
                "slotRenderEnded",
                r#","empty":false,"size":[300,250],"cpm":1.5"#,
                Some(AdServerEvent::Filled(house)),
            ),
            (
                "slotRenderEnded",
                r#","size":"fluid","cpm":null"#,
                Some(AdServerEvent::Filled(Fill::default())),
            ),
            ("slotOnload", "", Some(AdServerEvent::Loaded)),
            ("impressionViewable", "", Some(AdServerEvent::Viewable)),
            ("slotVisibilityChanged", "", None),
        ] {
            let expected = event.map(|event| Input::AdServer {
                names: names(),
                event,
            });
            assert_eq!(
                parse_report(&text(report, more)),
                expected,
                "{report} {more}"
            );
        }
        assert_eq!(parse_report("{"), None);
    }
}
