//! Messages as captured from the real creative, and what else may arrive at a window.

use super::{Message, markup, parse, response};
use crate::bids::Bid;
use crate::units::{Cpm, Size};

#[test]
fn understands_the_universal_creative() {
    let ad_id = || "A1".to_owned();
    for (text, message) in [
        (
            r#"{"message":"Prebid Request","adId":"A1","adServerDomain":"http://host"}"#,
            Some(Message::Request { ad_id: ad_id() }),
        ),
        (
            r#"{"message":"Prebid Request","adId":"A1","options":{"clickUrl":"x"}}"#,
            Some(Message::Request { ad_id: ad_id() }),
        ),
        (
            r#"{"adId":"A1","message":"Prebid Event","event":"adRenderSucceeded"}"#,
            Some(Message::Succeeded { ad_id: ad_id() }),
        ),
        (
            r#"{"adId":"A1","message":"Prebid Event","event":"adRenderFailed","info":{"reason":"noAd","message":"m"}}"#,
            Some(Message::Failed {
                ad_id: ad_id(),
                reason: "noAd".to_owned(),
            }),
        ),
        (r#"{"message":"Prebid Request"}"#, None),
        (
            r#"{"message":"Prebid Native","adId":"A1","action":"click"}"#,
            Some(Message::Native {
                ad_id: ad_id(),
                asks: false,
                shown: false,
            }),
        ),
        (
            r#"{"message":"Prebid Native","adId":"A1","action":"allAssetRequest"}"#,
            Some(Message::Native {
                ad_id: ad_id(),
                asks: true,
                shown: false,
            }),
        ),
        (
            r#"{"message":"Prebid Event","adId":"A1","event":"browserIntervention"}"#,
            Some(Message::Intervention { ad_id: ad_id() }),
        ),
        (r#"{"message":"Prebid Request","adId":"A1""#, None),
        ("setImmediate$0.1", None),
        ("", None),
        ("[]", None),
    ] {
        assert_eq!(parse(text), message, "{text}");
    }
}

#[test]
fn fills_in_the_price() {
    let bid = Bid {
        ad_id: "A1".to_owned(),
        cpm: Some(Cpm(1_200_000)),
        size: Size {
            width: 300,
            height: 250,
        },
        adm: "<img src=\"p?${AUCTION_PRICE}&é${AUCTION_PRICE}\">${AUCTION".to_owned(),
        ..Bid::default()
    };
    assert_eq!(markup(&bid), "<img src=\"p?1.2&é1.2\">${AUCTION");
    assert_eq!(
        response(&bid),
        concat!(
            r#"{"message":"Prebid Response","adId":"A1","ad":"<img src=\"p?1.2&é1.2\">${AUCTION","width":300,"#,
            r#""height":250,"instl":false,"mediaType":"banner"}"#
        )
    );
}
