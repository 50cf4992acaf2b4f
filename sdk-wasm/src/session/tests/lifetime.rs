//! For how long and how often a bid may be shown, and ads that come in other forms than markup.

use super::fake_page::{CONFIG, FakePage, winner};
use crate::platform::{Effect, Input, Timer};

const REQUEST: &str = r#"{"message":"Prebid Request","adId":"ad1"}"#;

fn answers(page: &FakePage) -> Vec<String> {
    page.taken(|effect| match effect {
        Effect::Answer { body, .. } => Some(body.clone()),
        _ => None,
    })
}

fn refresh(page: &mut FakePage) {
    page.give(Input::Refresh {
        codes: vec!["top".to_owned()],
    });
}

#[test]
fn a_bid_is_shown_once() {
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, &winner("top", "delta", "ad1"))
        .knows(&["top", "side"])
        .message(REQUEST)
        .message(REQUEST);
    assert_eq!(answers(&page).len(), 1);
    assert_eq!(
        page.events_with("error"),
        ["error_raised a0 bid_used top #0"]
    );
}

#[test]
fn a_bid_that_is_too_old_is_not_shown_and_sets_no_keys() {
    let short = winner("top", "delta", "ad1").replace("\"price\":2", "\"exp\":10,\"price\":2");
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, &short).knows(&["top"]);
    page.now += 11_000;
    page.message(REQUEST);
    assert!(answers(&page).is_empty());
    assert_eq!(
        page.events_with("error"),
        ["error_raised a0 bid_expired top #0"]
    );
    let mut waits = FakePage::with_gpt();
    waits.answer("a0", 200, &short);
    waits.now += 11_000;
    waits.knows(&["top", "side"]);
    assert_eq!(
        waits.keys_set(),
        [("top".to_owned(), 0), ("side".to_owned(), 0)]
    );
}

#[test]
fn a_late_bid_serves_the_next_ad_where_the_page_wants_that() {
    for (setting, keys, aborted) in [("true", 2, 0), ("false", 0, 1)] {
        let config = CONFIG.replace(
            "\"failsafe\"",
            &format!("\"lateBids\":{setting},\"failsafe\""),
        );
        let mut page = FakePage::open(&config, false);
        page.give(Input::FailsafeUp).knows(&["top", "side"]);
        let aborts = page.taken(|effect| matches!(effect, Effect::Abort(_)).then_some(()));
        assert_eq!(aborts.len(), aborted);
        page.answer("a0", 200, &winner("top", "delta", "ad1"));
        refresh(&mut page);
        page.answer("a1", 200, "{}").knows(&["top"]);
        assert_eq!(
            page.keys_set().last(),
            Some(&("top".to_owned(), keys)),
            "{setting}"
        );
    }
}

#[test]
fn the_better_of_a_late_and_a_new_bid_is_offered() {
    let config = CONFIG.replace("\"failsafe\"", "\"lateBids\":true,\"failsafe\"");
    for (price, ad_id) in [("1", "ad1"), ("3", "ad2")] {
        let mut page = FakePage::open(&config, false);
        page.give(Input::FailsafeUp).knows(&["top", "side"]);
        page.answer("a0", 200, &winner("top", "delta", "ad1"));
        refresh(&mut page);
        let new =
            winner("top", "beta", "ad2").replace("\"price\":2", &format!("\"price\":{price}"));
        page.answer("a1", 200, &new).knows(&["top"]);
        page.message(&REQUEST.replace("ad1", ad_id));
        assert_eq!(answers(&page).len(), 1, "{price}");
    }
}

#[test]
fn the_loaders_keys_are_answered_for_by_the_sdk_that_comes_later() {
    let mut page = FakePage::open_keyed();
    page.answered_before(&winner("top", "delta", "ad1"))
        .message(REQUEST);
    assert_eq!(answers(&page).len(), 1);
    assert!(page.ad_requests().is_empty());
    assert_eq!(
        page.events().split_off(4),
        [
            "bids_returned a0",
            "targeting_set a0 top #0",
            "no_bid a0 side #0"
        ]
    );
}

#[test]
fn a_bid_that_came_after_the_loader_had_gone_on_is_late() {
    let mut page = FakePage::open_keyed();
    page.answer("a0", 200, &winner("top", "delta", "ad1"))
        .message(REQUEST);
    assert!(answers(&page).is_empty());
    assert_eq!(page.events().split_off(4), ["bids_returned a0 late"]);
}

#[test]
fn a_bid_without_markup_is_shown_from_its_address() {
    let by_address = winner("top", "delta", "ad1").replace(
        r#""adm":"<p>${AUCTION_PRICE}</p>""#,
        r#""nurl":"https://s/ad?a=1&b=\"""#,
    );
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, &by_address)
        .knows(&["top"])
        .message(REQUEST);
    assert!(answers(&page)[0].contains(r#""ad":"","adUrl":"https://s/ad?a=1&b=\"""#));
    let mut direct = FakePage::without_ad_server();
    direct
        .give(Input::FrameReady(0))
        .answer("a0", 200, &by_address)
        .give(Input::FrameWritten(0));
    let markup = direct.taken(|effect| match effect {
        Effect::WriteFrame { markup, .. } => Some(markup.clone()),
        _ => None,
    });
    assert!(
        markup[0].contains(r#"src="https://s/ad?a=1&amp;b=&quot;""#),
        "{markup:?}"
    );
    let notices = direct.taken(|effect| match effect {
        Effect::CallNotice(url) => Some(url.clone()),
        _ => None,
    });
    assert_eq!(notices, ["http://s/burl"]);
}

#[test]
fn a_native_creative_gets_its_assets_and_counts_when_it_is_shown() {
    let native = winner("top", "delta", "ad1").replace("\"price\":2", "\"mtype\":4,\"price\":2");
    let says =
        |action: &str| format!(r#"{{"message":"Prebid Native","adId":"ad1","action":"{action}"}}"#);
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, &native).knows(&["top"]);
    page.message(&says("click"));
    for action in ["allAssetRequest", "fireNativeImpressionTrackers", "click"] {
        page.message(&says(action));
    }
    let served = page.taken(|effect| match effect {
        Effect::ServeNative { message, data, .. } => Some((message.clone(), data.clone())),
        _ => None,
    });
    assert_eq!(
        served.len(),
        3,
        "a click before the ad is asked for is none"
    );
    assert!(
        served
            .iter()
            .all(|(_, data)| data == "<p>${AUCTION_PRICE}</p>")
    );
    assert_eq!(page.events_with("ad_rendered").len(), 1);
}

#[test]
fn the_publishers_own_ad_fills_a_slot_that_nobody_bids_for() {
    let config = CONFIG.replace("\"gpt\"", "\"none\"").replace(
        "\"code\":\"top\"",
        "\"code\":\"top\",\"house\":{\"text\":\"hello\"}",
    );
    let mut page = FakePage::open(&config, false);
    page.give(Input::FrameReady(0)).answer("a0", 200, "{}");
    let data = page.taken(|effect| match effect {
        Effect::WriteData { slot: 0, data, .. } => Some(data.clone()),
        _ => None,
    });
    assert_eq!(data, [r#"{"text":"hello"}"#]);
    page.give(Input::FrameWritten(0));
    assert_eq!(
        page.events_with("ad_rendered"),
        ["ad_rendered a0 top #0 house 728x90 house"]
    );
}

#[test]
fn an_auction_without_an_id_has_the_one_of_its_answer() {
    let mut page = FakePage::open_unnamed();
    page.answer("", 200, &winner("top", "delta", "ad1"))
        .knows(&["top"]);
    assert_eq!(page.events_with("bids_returned"), ["bids_returned x"]);
    assert_eq!(
        page.events_with("targeting_set"),
        ["targeting_set x top #0"]
    );
}

#[test]
fn an_intervention_of_the_browser_is_an_error_of_the_slot() {
    let mut page = FakePage::without_ad_server();
    page.give(Input::SlotFailed(0, "browser_intervention".to_owned()))
        .timer(Timer::Flush);
    assert_eq!(
        page.events_with("error"),
        ["error_raised a0 browser_intervention top #0"]
    );
}
