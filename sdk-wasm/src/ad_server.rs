//! What an ad server's library says about its slots, as `js/ad-server.js` passes it on: JSON.

use crate::json::{Parsed, Value};
use crate::platform::{AdServerEvent, Fill, Input};
use crate::targeting::SlotNames;
use crate::units::{Cpm, Size};

/// Reads the library's slots.
pub fn parse_known(text: &str) -> Parsed<Vec<SlotNames>> {
    let mut known: Vec<SlotNames> = Value::array(text)?.items().map(names).collect();
    known.retain(|names| !names.element.is_empty());
    Ok(known)
}

/// Reads one report on a slot; `None` for those that the SDK does not follow.
pub fn parse_report(text: &str) -> Option<Input> {
    let found = Value::object(text).ok()?;
    let event = match found.get("report").text().as_str() {
        "slotRequested" => AdServerEvent::Requested,
        "slotResponseReceived" => AdServerEvent::Responded,
        "slotRenderEnded" if found.get("empty").is_true() => AdServerEvent::Empty,
        "slotRenderEnded" => AdServerEvent::Filled(Fill {
            size: Size::read(found.get("size")),
            cpm: found.get("cpm").fixed(6).map(Cpm),
            network: found.get("network").is_true(),
            bidder: found.get("bidder").maybe_text(),
        }),
        "slotOnload" => AdServerEvent::Loaded,
        "impressionViewable" => AdServerEvent::Viewable,
        _ => return None,
    };
    Some(Input::AdServer {
        names: names(&found),
        event,
    })
}

fn names(value: &Value<'_>) -> SlotNames {
    SlotNames {
        element: value.get("element").text(),
        path: value.get("path").text(),
    }
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
