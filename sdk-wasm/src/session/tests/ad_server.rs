//! Page views with an ad server.

use super::fake_page::{CONFIG, FakePage, winner};
use crate::platform::{AdServerEvent, Effect, Fill, Input, Timer};
use crate::targeting::SlotNames;
use crate::units::{Cpm, Size};

const REQUEST: &str = r#"{"message":"Prebid Request","adId":"ad1","adServerDomain":"x"}"#;
const SUCCESS: &str = r#"{"message":"Prebid Event","adId":"ad1","event":"adRenderSucceeded"}"#;

fn with_bids() -> FakePage {
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, &winner("top", "delta", "ad1"))
        .knows(&["top", "side"]);
    page
}

#[test]
fn a_winner_goes_through_the_ad_server_to_a_viewable_ad() {
    let mut page = with_bids();
    let leaderboard = Fill {
        size: Some(Size {
            width: 728,
            height: 90,
        }),
        ..Fill::default()
    };
    page.fill("top", leaderboard)
        .message(REQUEST)
        .message(SUCCESS)
        .gpt("top", AdServerEvent::Loaded);
    page.gpt("top", AdServerEvent::Viewable)
        .gpt("side", AdServerEvent::Empty);
    assert_eq!(
        page.events(),
        [
            "page_started",
            "loader_started",
            "sdk_ready",
            "auction_requested a0",
            "bids_returned a0",
            "no_bid a0 side #0",
            "targeting_set a0 top #0",
            "ad_server_requested a0 top #0",
            "ad_server_responded a0 top #0",
            "ad_rendered a0 top #0 delta 728x90 header_bidding 2",
            "creative_loaded a0 top #0",
            "ad_viewable a0 top #0",
            "slot_empty a0 ad_server_empty side #0",
        ]
    );
    assert_eq!(page.ad_requests(), [["top", "side"]]);
    let notices = page.taken(|effect| {
        if let Effect::CallNotice(url) = effect {
            Some(url.clone())
        } else {
            None
        }
    });
    assert_eq!(notices, ["http://s/burl"]);
    let answers = page.taken(|effect| {
        if let Effect::Answer { body, .. } = effect {
            Some(body.clone())
        } else {
            None
        }
    });
    assert!(answers.len() == 1 && answers.concat().contains("<p>2</p>"));
    assert_eq!(
        page.taken(|effect| matches!(effect, Effect::Resize { .. }).then_some(()))
            .len(),
        1
    );
}

#[test]
fn key_values_are_those_of_the_answer_and_empty_without_a_bid() {
    let page = with_bids();
    assert_eq!(
        page.keys_set(),
        [("top".to_owned(), 2), ("side".to_owned(), 0)]
    );
}

#[test]
fn the_failsafe_sends_the_ad_server_off_exactly_once() {
    let mut page = FakePage::with_gpt();
    page.give(Input::FailsafeUp)
        .knows(&["top", "side"])
        .give(Input::FailsafeUp);
    page.answer("a0", 200, &winner("top", "delta", "ad1"))
        .knows(&["top", "side"]);
    assert_eq!(page.ad_requests(), [["top", "side"]]);
    let tail = page.events().split_off(4);
    assert_eq!(
        tail,
        ["auction_timed_out a0 failsafe", "bids_returned a0 late"]
    );
}

#[test]
fn the_failsafe_does_nothing_after_the_answer() {
    let mut page = with_bids();
    page.give(Input::FailsafeUp);
    assert_eq!((page.keys_set().len(), page.ad_requests().len()), (2, 1));
    assert!(page.events_with("timed_out").is_empty());
}

#[test]
fn an_sdk_that_comes_late_lets_the_ad_server_alone() {
    let mut page = FakePage::open(CONFIG, true);
    page.answer("a0", 200, &winner("top", "delta", "ad1"));
    page.fill("top", Fill::default())
        .gpt("top", AdServerEvent::Loaded);
    assert!(page.keys_set().is_empty() && page.ad_requests().is_empty());
    assert_eq!(
        page.events().split_off(4),
        [
            "auction_timed_out a0 sdk_late",
            "bids_returned a0 late",
            "ad_server_requested a0 top #0",
            "ad_server_responded a0 top #0",
            "creative_loaded a0 top #0",
            "ad_rendered a0 top #0 house",
        ]
    );
}

#[test]
fn answers_without_bids_still_let_the_ad_server_go_on() {
    let no_bids = &["bids_returned a0", "no_bid a0 top #0", "no_bid a0 side #0"];
    for (status, body, events) in [
        (0, "", &["error_raised a0 bid_server_unreachable"][..]),
        (503, "busy", &["error_raised a0 bid_server_status"]),
        (200, "<html>", &["error_raised a0 answer_malformed"]),
        (200, "{}", no_bids),
        (204, "", no_bids),
    ] {
        let mut page = FakePage::with_gpt();
        page.answer("a0", status, body).knows(&["top", "side"]);
        assert_eq!(page.ad_requests(), [["top", "side"]], "{status} {body}");
        assert_eq!(page.events().split_off(4), events);
    }
}

#[test]
fn slots_that_the_ad_server_does_not_know_yet_are_looked_for_again() {
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, "{}").knows(&["side"]);
    assert_eq!(page.started(Timer::Retry), 1);
    page.timer(Timer::Retry).knows(&["top"]);
    assert_eq!(page.ad_requests(), [["side"], ["top"]]);
    assert_eq!(page.started(Timer::Retry), 1);
}

#[test]
fn a_slot_that_never_turns_up_is_given_up() {
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, "{}");
    for _ in 0..300 {
        page.knows(&[]).timer(Timer::Retry);
    }
    assert_eq!(page.started(Timer::Retry), 200);
    assert_eq!(
        page.events_with("not_found"),
        [
            "error_raised a0 slot_not_found top #0",
            "error_raised a0 slot_not_found side #0",
        ]
    );
}

#[test]
fn a_house_price_is_told_or_unknown() {
    let mut page = with_bids();
    let house = Fill {
        size: Some(Size {
            width: 728,
            height: 90,
        }),
        cpm: Some(Cpm(2_500_000)),
        network: false,
        bidder: None,
    };
    page.fill("top", house).gpt("top", AdServerEvent::Loaded);
    page.fill(
        "side",
        Fill {
            network: true,
            bidder: Some("net1".to_owned()),
            ..Fill::default()
        },
    )
    .gpt("side", AdServerEvent::Loaded);
    assert_eq!(
        page.events_with("ad_rendered"),
        [
            "ad_rendered a0 top #0 728x90 house 2.5",
            "ad_rendered a0 side #0 net1 network",
        ]
    );
}

#[test]
fn without_a_price_a_creative_has_time_to_ask_for_its_markup() {
    let mut page = with_bids();
    page.fill("top", Fill::default())
        .gpt("top", AdServerEvent::Loaded);
    assert_eq!(page.started(Timer::OwnLineItem(0)), 1);
    assert!(page.events_with("ad_rendered").is_empty());
    page.message(REQUEST)
        .message(SUCCESS)
        .timer(Timer::OwnLineItem(0));
    assert_eq!(
        page.events_with("ad_rendered"),
        ["ad_rendered a0 top #0 delta 728x90 header_bidding 2"]
    );

    let mut house = with_bids();
    house
        .fill("top", Fill::default())
        .gpt("top", AdServerEvent::Loaded)
        .timer(Timer::OwnLineItem(0));
    assert_eq!(
        house.events_with("ad_rendered"),
        ["ad_rendered a0 top #0 house"]
    );
}

#[test]
fn strangers_messages_are_ignored() {
    let mut page = with_bids();
    page.message(SUCCESS)
        .message(&REQUEST.replace("ad1", "other"))
        .message("{")
        .message("hello");
    page.give(Input::Message {
        text: REQUEST.to_owned(),
        port: None,
    });
    assert!(page.events_with("ad_rendered").is_empty());
    assert!(
        page.taken(|effect| matches!(effect, Effect::Answer { .. }).then_some(()))
            .is_empty()
    );
}

#[test]
fn a_failed_creative_is_an_error_with_its_reason() {
    let mut page = with_bids();
    page.message(REQUEST);
    page.message(r#"{"message":"Prebid Event","adId":"ad1","event":"adRenderFailed","info":{"reason":"exception"}}"#);
    assert_eq!(
        page.events_with("error"),
        ["error_raised a0 exception top #0"]
    );
}

#[test]
fn auctions_of_a_refresh_do_not_mix() {
    let mut page = with_bids();
    page.fill("top", Fill::default())
        .message(REQUEST)
        .message(SUCCESS);
    page.give(Input::Refresh {
        codes: vec!["top".to_owned()],
    });
    page.give(Input::Refresh {
        codes: vec!["top".to_owned()],
    });
    page.answer("a1", 200, &winner("top", "old", "ad2"));
    assert_eq!(page.ad_requests().len(), 1);
    page.answer("a2", 200, &winner("top", "new", "ad3"))
        .knows(&["top"]);
    assert_eq!(page.ad_requests(), [vec!["top", "side"], vec!["top"]]);
    assert_eq!(
        page.events_with("targeting_set"),
        ["targeting_set a0 top #0", "targeting_set a2 top #2"]
    );
    assert_eq!(
        page.events_with("bids_returned a1"),
        ["bids_returned a1 late"]
    );
    page.timer(Timer::Failsafe(1)).timer(Timer::Failsafe(2));
    assert!(page.events_with("timed_out").is_empty());
}

#[test]
fn what_the_ad_server_still_says_of_the_ad_before_does_not_end_the_next_auction() {
    for last in [AdServerEvent::Loaded, AdServerEvent::Empty] {
        let mut page = with_bids();
        page.gpt("top", AdServerEvent::Requested)
            .give(Input::Refresh {
                codes: vec!["top".to_owned()],
            });
        page.gpt("top", AdServerEvent::Responded)
            .gpt("top", AdServerEvent::Filled(Fill::default()))
            .gpt("top", last);
        page.answer("a1", 200, &winner("top", "new", "ad2"))
            .knows(&["top"])
            .fill("top", Fill::default());
        page.gpt("top", AdServerEvent::Empty);
        assert_eq!(
            page.events_with("#1"),
            [
                "targeting_set a1 top #1",
                "ad_server_requested a1 top #1",
                "ad_server_responded a1 top #1",
                "slot_empty a1 ad_server_empty top #1",
            ]
        );
        assert_eq!(page.ad_requests().last(), Some(&vec!["top".to_owned()]));
    }
}

#[test]
fn a_page_may_ask_the_ad_server_itself_while_a_refresh_waits_for_bids() {
    let mut page = with_bids();
    page.give(Input::Refresh {
        codes: vec!["top".to_owned()],
    });
    page.fill("top", Fill::default())
        .gpt("top", AdServerEvent::Loaded);
    assert_eq!(
        page.events_with("ad_rendered"),
        ["ad_rendered a1 top #1 house"]
    );
}

#[test]
fn a_refresh_has_its_own_failsafe() {
    let mut page = with_bids();
    page.give(Input::Refresh { codes: vec![] });
    assert_eq!(page.started(Timer::Failsafe(1)), 1);
    page.timer(Timer::Failsafe(1)).knows(&["top", "side"]);
    assert_eq!(page.ad_requests().len(), 2);
    assert_eq!(page.keys_set().last(), Some(&("side".to_owned(), 0)));
    page.give(Input::Refresh {
        codes: vec!["nobody".to_owned()],
    });
    assert!(page.events_with("a2").is_empty());
}

#[test]
fn a_refresh_by_the_page_itself_is_an_ad_without_an_auction() {
    let mut page = with_bids();
    page.fill("top", Fill::default())
        .message(REQUEST)
        .message(SUCCESS);
    page.fill("top", Fill::default())
        .gpt("top", AdServerEvent::Loaded);
    assert_eq!(
        page.events_with("#1"),
        [
            "ad_server_requested top #1",
            "ad_server_responded top #1",
            "creative_loaded top #1",
            "ad_rendered top #1 house",
        ]
    );
}

#[test]
fn slots_of_others_are_none_of_our_business() {
    let mut page = with_bids();
    page.fill("stranger", Fill::default())
        .gpt("stranger", AdServerEvent::Loaded);
    assert!(page.events_with("stranger").is_empty());
}

#[test]
fn a_slot_is_found_by_its_path_where_its_element_has_another_name() {
    let mut page = FakePage::with_gpt();
    page.answer("a0", 200, "{}");
    let names = SlotNames {
        element: "gpt-7".to_owned(),
        path: "/1/top".to_owned(),
    };
    page.give(Input::AdServerKnows(vec![names]))
        .gpt("gpt-7", AdServerEvent::Requested);
    assert_eq!(page.ad_requests(), [["gpt-7"]]);
    assert_eq!(
        page.events_with("requested a0 top"),
        ["ad_server_requested a0 top #0"]
    );
}
