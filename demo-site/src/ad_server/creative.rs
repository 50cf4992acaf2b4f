//! The markup behind a line item, before its macros are filled.

use minijinja::{Environment, context};

use super::line_items::Pick;
use super::wire::{CreativeIds, Yield};
use crate::slots::Size;

/// Advertiser, order and line item of all header bidding: one set of records, as a publisher would book it.
const HEADER_BIDDING: CreativeIds = CreativeIds {
    advertiser_id: 4_501_000_001,
    campaign_id: 2_701_000_001,
    line_item_id: 5_301_000_001,
    creative_id: 138_200_000_001,
};

/// First ids of the network line items.
const NETWORK: CreativeIds = CreativeIds {
    advertiser_id: 4_502_000_001,
    campaign_id: 2_702_000_001,
    line_item_id: 5_302_000_001,
    creative_id: 138_200_100_001,
};

/// First ids of the house line items; each takes the next ones.
const HOUSE: CreativeIds = CreativeIds {
    advertiser_id: 4_503_000_001,
    campaign_id: 2_703_000_001,
    line_item_id: 5_303_000_001,
    creative_id: 138_200_200_001,
};

/// What the header bidding line item shows: the Prebid Universal Creative, set up as its documentation says, with its
/// script for banners, since nothing else is sold here.
const UNIVERSAL_CREATIVE: &str = r#"<script src="%%AD_SERVER%%/creative/banner.js"></script>
<script>
  var ucTagData = {};
  ucTagData.adServerDomain = "";
  ucTagData.pubUrl = "%%PATTERN:url%%";
  ucTagData.targetingMap = %%PATTERN:TARGETINGMAP%%;
  ucTagData.hbPb = "%%PATTERN:hb_pb%%";
  ucTagData.hbFormat = "%%PATTERN:hb_format%%";
  ucTagData.adId = "%%PATTERN:hb_adid%%";
  ucTagData.clickUrlUnesc = "%%CLICK_URL_UNESC%%";
  ucTagData.requestAllAssets = true;
  try { ucTag.renderAd(document, ucTagData); } catch (error) { console.error(error); }
</script>"#;

/// What it shows on pages that ask for `inline`: the same messages as the universal creative, but nothing to load first.
const INLINE_CREATIVE: &str = r#"<script>
  var earlybidCreative = {
    adId: "%%PATTERN:hb_adid%%",
    pubUrl: "%%PATTERN:url%%",
    clickUrl: "%%CLICK_URL_UNESC%%"
  };
</script>
<script>"#;

/// A line item's markup, with the facts that go with it.
#[derive(Debug)]
pub struct Draft {
    /// Markup, macros not filled yet.
    pub template: String,
    /// Size of its frame.
    pub size: Size,
    /// Ids of its records.
    pub ids: CreativeIds,
    /// What it earns, where the ad server knows.
    pub revenue: Option<Yield>,
}

/// Which creative the header bidding line item has.
#[derive(Debug, Clone, Copy)]
pub enum BidCreative<'a> {
    /// Prebid's, its script loaded from this origin.
    Universal {
        /// Origin of the ad server.
        origin: &'a str,
    },
    /// Earlybid's, with its script.
    Inline {
        /// Text of `creative.js`.
        script: &'a str,
    },
}

impl BidCreative<'_> {
    fn template(self) -> String {
        match self {
            Self::Universal { origin } => UNIVERSAL_CREATIVE.replace("%%AD_SERVER%%", origin),
            Self::Inline { script } => format!("{INLINE_CREATIVE}{script}</script>"),
        }
    }
}

/// Writes the markup of the picked line item.
pub fn draft(
    pick: Pick<'_>,
    templates: &Environment<'_>,
    bid_creative: BidCreative<'_>,
) -> Result<Draft, minijinja::Error> {
    match pick {
        Pick::HeaderBidding(bid) => Ok(Draft {
            template: bid_creative.template(),
            size: bid.size,
            ids: HEADER_BIDDING,
            revenue: None,
        }),
        Pick::Network(bid) => Ok(Draft {
            template: bid
                .markup
                .replace("${AUCTION_PRICE}", &bid.price.to_string()),
            size: bid.size,
            ids: NETWORK,
            revenue: Some(Yield {
                cpm: bid.price,
                source: "network",
                bidder: bid.network,
            }),
        }),
        Pick::House { index, item, size } => {
            let template = templates.get_template("house_creative.html")?;
            let landing = item.landing.as_bytes();
            let landing: String = url::form_urlencoded::byte_serialize(landing).collect();
            Ok(Draft {
                template: template.render(context! {
                    headline => item.headline.as_str(),
                    text => item.text.as_str(),
                    color => item.color.as_str(),
                    landing,
                    shape => shape(size),
                })?,
                size,
                ids: house_ids(index),
                revenue: Some(Yield {
                    cpm: item.cpm,
                    source: "house",
                    bidder: "house".to_owned(),
                }),
            })
        }
    }
}

fn house_ids(index: usize) -> CreativeIds {
    let step = u64::try_from(index).unwrap_or_default();
    CreativeIds {
        line_item_id: HOUSE.line_item_id + step,
        creative_id: HOUSE.creative_id + step,
        ..HOUSE
    }
}

/// Which layout suits the size.
fn shape((width, height): Size) -> &'static str {
    if height <= 100 {
        "strip"
    } else if height > width {
        "tower"
    } else {
        "box"
    }
}
