//! The auction request of refreshes and of slots that come later. The loader writes the first one, in the same form but
//! for `secure`.

use crate::config::{AdUnit, Config};
use crate::json::Writer;

/// What a request says about the page.
#[derive(Debug, Clone, Default)]
pub struct PageAddress {
    /// Full address.
    pub url: String,
    /// Address of the page before.
    pub referrer: String,
    /// Whether the page came over HTTPS, so that creatives have to as well.
    pub secure: bool,
    /// Width of the viewport in CSS pixels.
    pub viewport: u32,
}

/// The body that asks for one auction over `units`.
pub fn auction_body(
    config: &Config,
    page: &PageAddress,
    ids: (&str, &str),
    units: &[&AdUnit],
) -> String {
    let (auction_id, page_view_id) = ids;
    let mut body = Writer::default();
    body.raw("{").string("id", auction_id).key("imp").raw("[");
    for unit in units {
        body.comma();
        imp(&mut body, unit, page);
    }
    body.raw("]").key("site").raw("{").string("page", &page.url);
    body.maybe_string(
        "ref",
        Some(page.referrer.as_str()).filter(|referrer| !referrer.is_empty()),
    );
    body.key("publisher")
        .raw("{")
        .string("id", &config.account)
        .raw("}}");
    body.integer("tmax", u64::from(config.tmax));
    body.key("ext")
        .raw(r#"{"prebid":{"targeting":{"includewinners":true,"includebidderkeys":false}}"#);
    body.key("earlybid")
        .raw(r#"{"adid":true"#)
        .string("page_view_id", page_view_id)
        .raw("}}}");
    body.finish()
}

fn imp(body: &mut Writer, unit: &AdUnit, page: &PageAddress) {
    body.raw("{")
        .string("id", &unit.code)
        .key("banner")
        .raw("{")
        .key("format")
        .raw("[");
    for size in unit.fitting(page.viewport) {
        body.comma()
            .raw("{")
            .integer("w", u64::from(size.width))
            .integer("h", u64::from(size.height))
            .raw("}");
    }
    body.raw("]}");
    if page.secure {
        body.integer("secure", 1);
    }
    body.key("ext").raw("{").key("prebid").raw("{");
    if let Some(name) = &unit.stored_imp {
        body.key("storedrequest")
            .raw("{")
            .string("id", name)
            .raw("}");
    }
    if let Some(bidders) = &unit.bidders {
        body.key("bidder").raw(bidders);
    }
    body.raw("}}}");
}

#[cfg(test)]
mod tests {
    use super::{PageAddress, auction_body};
    use crate::config::Config;

    #[test]
    fn says_the_same_as_the_loader() {
        let config = Config::parse(
            r#"{"account":"demo","tmax":500,"slots":[{"code":"top","sizes":[[728,90],[1,2]],"storedImp":"home-top"},
            {"code":"side","sizes":[],"bidders":{"alpha":{"p":1}}}]}"#,
        )
        .unwrap();
        let page = PageAddress {
            url: "https://x/\"".to_owned(),
            referrer: String::new(),
            secure: true,
            viewport: 1000,
        };
        let units: Vec<_> = config.ad_units.iter().collect();
        assert_eq!(
            auction_body(&config, &page, ("aa", "bb"), &units),
            concat!(
                r#"{"id":"aa","imp":[{"id":"top","banner":{"format":[{"w":728,"h":90},{"w":1,"h":2}]},"secure":1,"#,
                r#""ext":{"prebid":{"storedrequest":{"id":"home-top"}}}},"#,
                r#"{"id":"side","banner":{"format":[]},"secure":1,"ext":{"prebid":{"bidder":{"alpha":{"p":1}}}}}],"#,
                r#""site":{"page":"https://x/\"","publisher":{"id":"demo"}},"tmax":500,"#,
                r#""ext":{"prebid":{"targeting":{"includewinners":true,"includebidderkeys":false}},"#,
                r#""earlybid":{"adid":true,"page_view_id":"bb"}}}"#
            )
        );
    }
}
