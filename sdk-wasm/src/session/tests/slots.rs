//! Slots that come late, wait to be near the screen, go away, and start over.

use super::fake_page::{CONFIG, FakePage, winner};
use crate::config::{Config, ad_units};
use crate::json::Value;
use crate::platform::{Effect, Input, NewView, Timer};

/// A config with one slot more than the loader asked for.
fn with(slot: &str) -> String {
    CONFIG.replace("\"slots\":[", &format!("\"slots\":[{slot},"))
}

fn added(text: &str) -> Input {
    Input::SlotsAdded(ad_units(&Value::array(text).unwrap()))
}

/// Ids and bodies of the auctions that the session asked for.
fn auctions(page: &FakePage) -> Vec<(String, String)> {
    page.taken(|effect| match effect {
        Effect::RequestBids { auction_id, body } => Some((auction_id.clone(), body.clone())),
        _ => None,
    })
}

fn near(page: &FakePage) -> Vec<(usize, u32, bool)> {
    page.taken(|effect| match effect {
        Effect::WatchNear {
            slot,
            margin,
            render,
            ..
        } => Some((*slot, *margin, *render)),
        _ => None,
    })
}

fn states(page: &FakePage) -> Vec<String> {
    page.taken(|effect| match effect {
        Effect::Publish(event) if event.contains("slot_state") => {
            let event = Value::object(event).unwrap();
            let text = |key| event.get(key).text();
            Some(format!("{} {}>{}", text("slot"), text("from"), text("to")))
        }
        _ => None,
    })
}

#[test]
fn a_lazy_slot_asks_when_it_is_near_and_renders_when_it_is_nearer() {
    let config = with(r#"{"code":"low","sizes":[[300,250]],"lazy":{"fetch":150,"render":50}}"#);
    let mut page = FakePage::open(&config.replace("\"gpt\"", "\"none\""), false);
    assert_eq!(near(&page), [(0, 150, false)]);
    assert!(auctions(&page).is_empty());
    page.give(Input::Near {
        slot: 0,
        render: false,
    })
    .give(Input::AskDue);
    assert_eq!(near(&page), [(0, 150, false), (0, 50, true)]);
    let asked = auctions(&page);
    assert_eq!(asked.len(), 1);
    assert!(
        asked[0].1.contains(r#""imp":[{"id":"low""#),
        "{}",
        asked[0].1
    );
    page.give(Input::FrameReady(0))
        .answer("a1", 200, &winner("low", "delta", "ad9"));
    let writes = |page: &FakePage| {
        page.taken(|effect| matches!(effect, Effect::WriteFrame { slot: 0, .. }).then_some(()))
            .len()
    };
    assert_eq!(writes(&page), 0);
    page.give(Input::Near {
        slot: 0,
        render: true,
    });
    assert_eq!(writes(&page), 1);
}

#[test]
fn slots_of_one_call_share_an_auction_and_those_that_want_it_have_their_own() {
    let mut page = FakePage::with_gpt();
    page.give(added(
        r#"[{"code":"a","sizes":[[1,2]]},{"code":"slow","sizes":[[1,2]],"ownAuction":true},{"code":"b","sizes":[[1,2]]},
        {"code":"top","sizes":[[1,2]]}]"#,
    ));
    let asked = auctions(&page);
    let codes: Vec<Vec<String>> = asked
        .iter()
        .map(|(_, body)| {
            let body = Value::object(body).unwrap();
            body.get("imp")
                .items()
                .map(|imp| imp.get("id").text())
                .collect()
        })
        .collect();
    assert_eq!(codes, [vec!["slow"], vec!["a", "b"]]);
    page.answer("a2", 200, "{}").knows(&["a", "b", "slow"]);
    assert_eq!(page.ad_requests(), [["a", "b"]]);
    page.answer("a1", 200, "{}").knows(&["a", "b", "slow"]);
    assert_eq!(page.ad_requests(), [vec!["a", "b"], vec!["slow"]]);
}

#[test]
fn sizes_follow_the_viewport_and_none_means_no_ad() {
    let config = with(
        r#"{"code":"wide","sizeMap":[{"minWidth":0,"sizes":[]},{"minWidth":500,"sizes":[[300,250]]},{"minWidth":900,"sizes":[[970,250]]}]}"#,
    );
    let mut page = FakePage::open(&config, false);
    assert!(
        auctions(&page)[0]
            .1
            .contains(r#""format":[{"w":970,"h":250}]"#)
    );
    page.give(Input::Viewport(600)).give(Input::Refresh {
        codes: vec!["wide".to_owned()],
    });
    assert!(
        auctions(&page)[1]
            .1
            .contains(r#""format":[{"w":300,"h":250}]"#)
    );
    page.give(Input::Viewport(320)).give(Input::Refresh {
        codes: vec!["wide".to_owned()],
    });
    assert_eq!(auctions(&page).len(), 2);
    let unit = &Config::parse(&config).unwrap().ad_units[0];
    assert!(!unit.fits(320) && unit.fits(500));
}

#[test]
fn a_removed_slot_leaves_nothing_and_its_place_is_used_again() {
    let mut page = FakePage::with_gpt();
    page.give(Input::ListenerAdded);
    page.give(Input::SlotsRemoved(vec![
        "top".to_owned(),
        "nobody".to_owned(),
    ]));
    assert!(page.effects.contains(&Effect::Forget(0)));
    page.answer("a0", 200, &winner("top", "delta", "ad1"))
        .knows(&["top", "side"]);
    assert_eq!(page.ad_requests(), [["side"]]);
    page.give(added(r#"[{"code":"next","sizes":[[1,2]]}]"#));
    page.answer("a1", 200, &winner("next", "delta", "ad2"))
        .knows(&["next"]);
    assert_eq!(
        page.keys_set().last(),
        Some(&("next".to_owned(), 2)),
        "{:?}",
        page.keys_set()
    );
    assert_eq!(
        states(&page),
        [
            "top awaiting_bids>removed",
            "side awaiting_bids>offered",
            "side offered>requested",
            "next >defined",
            "next defined>awaiting_bids",
            "next awaiting_bids>offered",
            "next offered>requested",
        ]
    );
}

#[test]
fn another_page_view_starts_all_slots_over() {
    let mut page = FakePage::without_ad_server();
    page.give(Input::FrameReady(0)).give(Input::FrameReady(1));
    page.answer("a0", 200, &winner("top", "delta", "ad1"))
        .give(Input::FrameWritten(0));
    page.give(Input::NewView(NewView {
        id: "pv2".to_owned(),
        began_at: 5000,
        url: "https://x/2".to_owned(),
        path: "/2".to_owned(),
    }))
    .give(Input::AskDue);
    let asked = auctions(&page);
    assert_eq!(asked.len(), 1);
    assert!(asked[0].1.contains(r#""page_view_id":"pv2""#));
    assert!(asked[0].1.contains(r#""page":"https://x/2""#));
    let batches = page.taken(|effect| match effect {
        Effect::SendEvents(batch) => Some(batch.clone()),
        _ => None,
    });
    assert!(batches.iter().all(|batch| !batch.contains("pv2")));
    let events = page.events_with("page_started");
    assert_eq!(events.len(), 2);
    page.answer("a1", 200, &winner("top", "beta", "ad2"))
        .give(Input::FrameReady(0))
        .give(Input::FrameWritten(0));
    assert_eq!(
        page.events_with("ad_rendered a1"),
        ["ad_rendered a1 top #0 beta 728x90 header_bidding 2"]
    );
}

#[test]
fn an_ad_that_has_been_seen_long_enough_makes_room_for_the_next() {
    let config = with(r#"{"code":"turns","sizes":[[300,250]],"refresh":{"every":30,"times":1}}"#);
    let mut page = FakePage::open(&config.replace("\"gpt\"", "\"none\""), false);
    page.give(Input::FrameReady(0))
        .answer("a1", 200, &winner("turns", "delta", "ad1"))
        .give(Input::FrameWritten(0));
    page.give(Input::OnScreen {
        slot: 0,
        permille: 1000,
        area: 75_000,
    });
    page.now += 1000;
    page.timer(Timer::View(0));
    assert_eq!(page.events_with("viewable").len(), 1);
    page.give(Input::PageHidden(true));
    page.now += 60_000;
    page.give(Input::PageHidden(false)).timer(Timer::View(0));
    assert_eq!(
        auctions(&page).len(),
        1,
        "time in a hidden tab does not count"
    );
    page.now += 30_000;
    page.timer(Timer::View(0));
    assert_eq!(auctions(&page).len(), 2);
    page.give(Input::FrameReady(0))
        .answer("a2", 200, &winner("turns", "delta", "ad2"))
        .give(Input::FrameWritten(0));
    page.give(Input::OnScreen {
        slot: 0,
        permille: 1000,
        area: 75_000,
    });
    for _ in 0..3 {
        page.now += 40_000;
        page.timer(Timer::View(0));
    }
    assert_eq!(auctions(&page).len(), 2, "once is enough");
}

#[test]
fn auctions_have_ids_of_their_own() {
    let mut page = FakePage::with_gpt();
    for _ in 0..20 {
        page.give(Input::Refresh { codes: vec![] });
    }
    let ids: Vec<String> = auctions(&page).into_iter().map(|(id, _)| id).collect();
    assert_eq!(
        (ids[0].as_str(), ids[15].as_str(), ids[19].as_str()),
        ("a1", "a10", "a14")
    );
}
