//! Answers good, partly good and broken.

use super::{Answer, parse_answer};
use crate::units::{Cpm, Size};

#[test]
fn reads_a_winner_with_all_that_it_carries() {
    let Answer { auction_id, bids } = parse_answer(
        r#"{"id":"x","cur":"EUR","seatbid":[{"seat":"delta","bid":[{"id":"b1","impid":"top","price":2.0,"w":728,"h":90,
        "adm":"<b>\u00e9</b>","crid":"c","burl":"http://s/burl","nurl":"http://s/nurl","mtype":1,
        "ext":{"eventtrackers":[{"event":500,"method":1,"url":"http://s/win"},{"event":1,"method":1,"url":"http://s/imp"}],
        "prebid":{"type":"banner","bidid":"own","events":{"win":"http://p/win","imp":"http://p/imp"},
        "targeting":{"hb_pb":"2.00","hb_bidder":"delta","hb_size":"728x90","hb_adid":"ad-1","hb_very_long_key_name_here":"v"}}}}]}]}"#,
    )
    .unwrap();
    assert_eq!(auction_id, "x");
    let [bid] = bids.as_slice() else {
        panic!("one bid")
    };
    assert_eq!(
        (bid.slot.as_str(), bid.ad_id.as_str(), bid.bidder.as_str()),
        ("top", "ad-1", "delta")
    );
    assert_eq!(
        (bid.cpm, bid.currency.as_str()),
        (Some(Cpm(2_000_000)), "EUR")
    );
    assert_eq!(
        (bid.size, bid.adm.as_str()),
        (
            Size {
                width: 728,
                height: 90
            },
            "<b>é</b>"
        )
    );
    assert_eq!(
        bid.notices,
        [
            "http://s/nurl",
            "http://s/burl",
            "http://s/win",
            "http://p/win"
        ]
    );
    assert!(
        bid.targeting
            .contains(&("hb_very_long_key_nam".to_owned(), "v".to_owned()))
    );
}

#[test]
fn names_a_bid_that_the_server_did_not_name() {
    let answer = |ext: &str| {
        format!(r#"{{"seatbid":[{{"bid":[{{"id":"b1","impid":"a","ext":{{"prebid":{ext}}}}}]}}]}}"#)
    };
    for (ext, ad_id) in [
        (r#"{"targeting":{"hb_pb":"1"}}"#, "b1"),
        (r#"{"bidid":"p9","targeting":{"hb_pb":"1"}}"#, "p9"),
    ] {
        let bids = parse_answer(&answer(ext)).unwrap().bids;
        let bid = bids.first().unwrap();
        assert_eq!(bid.ad_id, ad_id);
        assert!(
            bid.targeting
                .contains(&("hb_adid".to_owned(), ad_id.to_owned()))
        );
    }
}

#[test]
fn leaves_out_losers_and_takes_empty_answers() {
    for text in [
        "{}",
        r#"{"seatbid":[]}"#,
        r#"{"seatbid":null,"ext":{"errors":{}}}"#,
        r#"{"seatbid":[{"seat":"a","bid":[{"id":"1","impid":"top","price":1,"ext":{"prebid":{}}}]}]}"#,
        r#"{"seatbid":[{"seat":"a","bid":[{"id":"1","price":1,"ext":{"prebid":{"targeting":{"hb_pb":"1"}}}}]}]}"#,
        r#"{"seatbid":[7,{"bid":"x"},{"bid":[null,3,{"impid":5,"ext":[]}]}]}"#,
    ] {
        assert_eq!(parse_answer(text), Ok(Answer::default()), "{text}");
    }
}

#[test]
fn refuses_what_is_not_json() {
    for text in [
        "",
        "<html>502 Bad Gateway</html>",
        "{\"seatbid\":[{\"bid\":[",
        "null",
        "[]",
        "{\"seatbid\":[{]}",
    ] {
        assert!(parse_answer(text).is_err(), "{text}");
    }
}

fn one(bid: &str) -> super::Bid {
    let text =
        format!(r#"{{"seatbid":[{{"seat":"a","bid":[{{"id":"1","impid":"top",{bid}}}]}}]}}"#);
    parse_answer(&text).unwrap().bids.remove(0)
}

#[test]
fn without_markup_the_win_notice_is_where_it_comes_from() {
    let bid = one(r#""nurl":"http://s/ad","burl":"","ext":{"prebid":{"targeting":{"hb_pb":"1"}}}"#);
    assert_eq!((bid.ad_url.as_str(), bid.notices.len()), ("http://s/ad", 0));
    assert_eq!(bid.lifetime, 300);
}

#[test]
fn native_and_house_ads_are_data() {
    let native = one(
        r#""adm":"{\"assets\":[]}","nurl":"http://s/win","mtype":4,"exp":30,"ext":{"prebid":{"targeting":{"hb_pb":"1"}}}"#,
    );
    assert_eq!(
        (native.adm.as_str(), native.data.as_str(), native.lifetime),
        ("", r#"{"assets":[]}"#, 30)
    );
    assert_eq!(native.notices, ["http://s/win"]);
    let named = one(r#""adm":"{}","ext":{"prebid":{"type":"native","targeting":{"hb_pb":"1"}}}"#);
    assert_eq!(named.data, "{}");
    let house = one(
        r#""adm":"<a>","ext":{"earlybid":{"house":{"text":"x"}},"prebid":{"targeting":{"hb_pb":"1"}}}"#,
    );
    assert_eq!(house.data, r#"{"text":"x"}"#);
}
