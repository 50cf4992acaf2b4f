//! Bids that are used up, and creatives that ask for more than they may.

use super::fake_page::{FakePage, winner};
use crate::platform::{AdServerEvent, Effect, Fill, Input, Timer};
use ad_events::render::Step;

const REQUEST: &str = r#"{"message":"Prebid Request","adId":"ad1"}"#;
const SUCCESS: &str = r#"{"message":"Prebid Event","adId":"ad1","event":"adRenderSucceeded"}"#;

fn with_bid() -> FakePage {
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, &winner("top", "delta", "ad1"))
        .knows(&["top", "side"]);
    page
}

fn shown() -> FakePage {
    let mut page = with_bid();
    page.fill("top", Fill::default())
        .message(REQUEST)
        .message(SUCCESS);
    page
}

fn top(page: &FakePage) -> Vec<usize> {
    let sets = page.keys_set().into_iter();
    sets.filter_map(|(slot, keys)| (slot == "top").then_some(keys))
        .collect()
}

#[test]
fn the_keys_of_a_bid_go_with_the_first_creative_that_asks() {
    assert_eq!(top(&shown()), [2, 0]);
}

#[test]
fn a_creative_that_asks_for_a_bid_of_the_ad_before_is_a_blank_and_is_reported() {
    let mut page = shown();
    page.fill("top", Fill::default())
        .message(REQUEST)
        .gpt("top", AdServerEvent::Loaded)
        .gpt("top", AdServerEvent::Viewable);
    assert_eq!(
        page.events_with("bid_used"),
        ["error_raised bid_used top #1", "slot_empty bid_used top #1"]
    );
    assert_eq!(page.events_with("ad_rendered").len(), 1);
    assert!(page.events_with("ad_viewable").is_empty());
}

#[test]
fn a_creative_that_asks_after_its_frame_has_loaded_is_a_blank_all_the_same() {
    let mut page = shown();
    page.fill("top", Fill::default())
        .gpt("top", AdServerEvent::Loaded)
        .message(REQUEST)
        .gpt("top", AdServerEvent::Viewable);
    assert_eq!(
        page.events_with("bid_used"),
        ["error_raised bid_used top #1", "slot_empty bid_used top #1"]
    );
    assert!(page.events_with("ad_viewable").is_empty());
}

#[test]
fn a_bid_that_lost_may_win_when_the_page_asks_the_ad_server_again() {
    let mut page = with_bid();
    page.fill("top", Fill::default())
        .gpt("top", AdServerEvent::Loaded)
        .timer(Timer::OwnLineItem(0));
    page.fill("top", Fill::default())
        .message(REQUEST)
        .message(SUCCESS);
    assert_eq!(
        page.events_with("ad_rendered"),
        [
            "ad_rendered a0 top #0 house",
            "ad_rendered a0 top #1 delta 728x90 header_bidding 2"
        ]
    );
    assert_eq!(top(&page), [2, 0]);
}

#[test]
fn the_keys_of_a_bid_go_when_it_is_too_old() {
    let short = winner("top", "delta", "ad1").replace("\"price\":2", "\"exp\":10,\"price\":2");
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, &short).knows(&["top"]);
    assert_eq!(page.started(Timer::Expiry(0)), 1);
    page.timer(Timer::Expiry(0));
    assert_eq!(top(&page), [2]);
    page.now += 11_000;
    page.timer(Timer::Expiry(0));
    assert_eq!(top(&page), [2, 0]);
}

#[test]
fn a_bid_that_is_good_for_longer_than_timers_count_has_none() {
    let long = winner("top", "delta", "ad1").replace("\"price\":2", "\"exp\":4000000,\"price\":2");
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, &long).knows(&["top"]);
    assert_eq!(page.started(Timer::Expiry(0)), 0);
}

#[test]
fn the_keys_that_the_loader_set_go_as_well() {
    let mut page = FakePage::open_keyed();
    page.answered_before(&winner("top", "delta", "ad1"))
        .message(REQUEST);
    assert_eq!(top(&page), [0]);
}

#[test]
fn clicks_and_errors_of_a_creative_are_limited_and_the_rest_is_counted() {
    let mut page = shown();
    for _ in 0..3000 {
        page.give(Input::Noted {
            step: Step::AdClicked,
            slot: "top".to_owned(),
            fields: String::new(),
        })
        .message(REQUEST);
    }
    page.give(Input::PageLeft);
    assert_eq!(page.events_with("ad_clicked").len(), 10);
    assert_eq!(page.events_with("bid_used").len(), 10);
    assert_eq!(
        page.events_with("events_dropped"),
        ["error_raised a0 events_dropped top #0"]
    );
}

#[test]
fn a_blocked_call_is_not_an_ad_that_was_taken_away() {
    let report = |id: &str| {
        format!(
            r#"{{"message":"Prebid Event","adId":"ad1","event":"browserIntervention","intervention":{{"type":"intervention","body":{{"id":"{id}"}}}}}}"#
        )
    };
    let mut page = shown();
    page.message(&report("NavigatorVibrate"));
    assert!(page.events_with("browser_intervention").is_empty());
    page.message(&report("HeavyAdIntervention"));
    assert_eq!(page.events_with("browser_intervention").len(), 1);
}

#[test]
fn a_refresh_gives_up_the_auction_that_it_takes_the_place_of() {
    let mut page = shown();
    for _ in 0..200 {
        page.give(Input::Refresh { codes: Vec::new() });
    }
    let aborted = page.taken(|effect| matches!(effect, Effect::Abort(_)).then_some(()));
    let asked = page.taken(|effect| matches!(effect, Effect::RequestBids { .. }).then_some(()));
    assert_eq!((asked.len(), aborted.len()), (200, 199));
}

#[test]
fn slots_whose_place_cannot_be_found_are_asked_for_without_bids_at_the_end() {
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, &winner("top", "delta", "ad1"));
    for _ in 0..201 {
        page.knows(&[]).timer(Timer::Retry);
    }
    assert_eq!(page.ad_requests(), [vec!["top", "side"]]);
    assert!(page.keys_set().is_empty());
}
