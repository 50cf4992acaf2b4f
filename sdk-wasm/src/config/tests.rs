//! Configs as publishers write them, and as they should not.

use super::{AdServer, Config, FAILSAFE, TMAX};
use crate::units::Size;

#[test]
fn reads_every_key() {
    let config = Config::parse(
        r#"{"account":"demo","auctionUrl":"/a","eventsUrl":"/e","sdkUrl":"/s/","tmax":500,"failsafe":900,
        "adServer":{"scripts":["x"],"type":"gpt"},"page":{"site":"recipes","type":"home","variant":"early"},
        "slots":[{"code":"top","adUnitPath":"/1/top","sizes":[[728,90],[970,250]],"storedImp":"home-top"},
                 {"code":"side","sizes":[[300,250]],"bidders":{"alpha":{"p":1}}}]}"#,
    )
    .unwrap();
    assert_eq!(
        (config.tmax, config.failsafe, config.ad_server),
        (500, 900, AdServer::KeyValues)
    );
    assert_eq!(config.page.page_type, "home");
    let [top, side] = config.ad_units.as_slice() else {
        panic!("two slots")
    };
    assert_eq!(
        top.sizes,
        [
            Size {
                width: 728,
                height: 90
            },
            Size {
                width: 970,
                height: 250
            }
        ]
    );
    assert_eq!(
        (top.path.as_str(), top.stored_imp.as_deref()),
        ("/1/top", Some("home-top"))
    );
    assert_eq!(side.bidders.as_deref(), Some(r#"{"alpha":{"p":1}}"#));
}

#[test]
fn tolerates_wrong_types_and_drops_nameless_slots() {
    let config = Config::parse(
        r#"{"tmax":"soon","failsafe":-1,"adServer":null,"page":7,
        "slots":[{"sizes":[[1,2]]},{"code":"a","sizes":[[0,90],"fluid",[300]]},3]}"#,
    )
    .unwrap();
    assert_eq!(
        (config.tmax, config.failsafe, config.ad_server),
        (700, 1500, AdServer::None)
    );
    assert_eq!(config.ad_units.len(), 1);
    assert!(config.ad_units.iter().all(|unit| unit.sizes.is_empty()));
}

#[test]
fn refuses_what_is_no_object() {
    for text in ["", "null", "[]", "{", "{\"slots\":[}"] {
        assert!(Config::parse(text).is_err(), "{text}");
    }
}

#[test]
fn all_who_name_the_defaults_name_the_same() {
    let loader = include_str!("../../js/loader.js");
    let overlay = include_str!("../../js/debug/warnings.js");
    let types = include_str!("../../js/index.d.ts");
    let document = include_str!("../../../docs/page-config.md");
    for (name, value) in [("tmax", TMAX), ("failsafe", FAILSAFE)] {
        let script = format!("config.{name} || {value}");
        assert!(
            loader.contains(&script) && overlay.contains(&script),
            "{name}"
        );
        assert!(types.contains(&format!("Default {value}.")), "{name}");
        assert!(
            document.contains(&format!("| `{name}` | {value} |")),
            "{name}"
        );
    }
}
