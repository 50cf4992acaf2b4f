//! Page views without an ad server, and what is on the screen.

use super::fake_page::{CONFIG, FakePage, winner};
use crate::platform::{Effect, Input, Timer};
use crate::units::Size;
use ad_events::render::Step;

fn written(page: &FakePage) -> Vec<(usize, Size, String)> {
    page.taken(|effect| match effect {
        Effect::WriteFrame { slot, size, markup } => Some((*slot, *size, markup.clone())),
        _ => None,
    })
}

fn rendered() -> FakePage {
    let mut page = FakePage::without_ad_server();
    page.give(Input::FrameReady(0)).give(Input::FrameReady(1));
    page.answer("a0", 200, &winner("top", "delta", "ad1"))
        .give(Input::FrameWritten(0));
    page
}

#[test]
fn a_winner_goes_into_the_frame_made_beforehand() {
    let mut page = rendered();
    assert_eq!(
        written(&page),
        [(
            0,
            Size {
                width: 728,
                height: 90
            },
            "<p>2</p>".to_owned()
        )]
    );
    assert_eq!(
        page.events().split_off(4),
        [
            "bids_returned a0",
            "no_bid a0 side #0",
            "slot_empty a0 no_bid side #0",
            "ad_rendered a0 top #0 delta 728x90 header_bidding 2",
        ]
    );
    assert!(page.effects.contains(&Effect::ClearFrame(1)));
    assert!(
        page.effects
            .contains(&Effect::CallNotice("http://s/burl".to_owned()))
    );
}

#[test]
fn a_bid_of_the_house_is_a_house_ad() {
    let mut page = FakePage::without_ad_server();
    page.give(Input::FrameReady(0))
        .answer("a0", 200, &winner("top", "house", "h"))
        .give(Input::FrameWritten(0));
    assert_eq!(
        page.events_with("ad_rendered"),
        ["ad_rendered a0 top #0 house 728x90 house 2"]
    );
}

#[test]
fn bids_wait_for_an_element_that_comes_late() {
    let mut page = FakePage::without_ad_server();
    page.give(Input::FrameMissing(0)).give(Input::FrameReady(1));
    page.answer("a0", 200, &winner("top", "delta", "ad1"));
    assert!(written(&page).is_empty());
    assert_eq!(page.started(Timer::Retry), 1);
    page.timer(Timer::Retry)
        .give(Input::FrameReady(0))
        .give(Input::FrameWritten(0));
    assert_eq!(written(&page).len(), 1);
    assert_eq!(page.events_with("ad_rendered").len(), 1);
}

#[test]
fn a_late_bid_still_fills_a_slot_that_nobody_else_would() {
    let mut page = FakePage::without_ad_server();
    page.give(Input::FrameReady(0)).give(Input::FailsafeUp);
    page.answer("a0", 200, &winner("top", "delta", "ad1"))
        .give(Input::FrameWritten(0));
    assert_eq!(
        page.events_with("timed_out"),
        ["auction_timed_out a0 failsafe"]
    );
    assert_eq!(page.events_with("ad_rendered").len(), 1);
}

#[test]
fn frames_report_late_or_twice_without_harm() {
    let mut page = rendered();
    page.give(Input::FrameReady(0))
        .give(Input::FrameWritten(0))
        .give(Input::FrameWritten(1));
    page.give(Input::FrameReady(9))
        .give(Input::FrameWritten(9))
        .give(Input::FrameMissing(9));
    assert_eq!(
        (written(&page).len(), page.events_with("ad_rendered").len()),
        (1, 1)
    );
}

#[test]
fn a_refresh_takes_a_new_frame() {
    let mut page = rendered();
    page.give(Input::Refresh {
        codes: vec!["top".to_owned()],
    });
    let frames =
        page.taken(|effect| matches!(effect, Effect::PlaceFrame { slot: 0, .. }).then_some(()));
    assert_eq!(frames.len(), 2);
    page.give(Input::FrameReady(0))
        .answer("a1", 200, &winner("top", "beta", "ad2"))
        .give(Input::FrameWritten(0));
    assert_eq!(
        page.events_with("ad_rendered a1"),
        ["ad_rendered a1 top #1 beta 728x90 header_bidding 2"]
    );
}

/// A page with the whole of the first ad in sight.
fn on_screen() -> FakePage {
    let mut page = rendered();
    page.give(Input::OnScreen {
        slot: 0,
        permille: 1000,
        area: 728 * 90,
    });
    page
}

#[test]
fn a_second_on_screen_makes_an_ad_viewable_once() {
    let mut page = on_screen();
    assert_eq!(page.started(Timer::View(0)), 1);
    page.timer(Timer::View(0));
    assert!(page.events_with("viewable").is_empty());
    page.now += 1000;
    page.timer(Timer::View(0)).timer(Timer::View(0));
    assert_eq!(page.events_with("viewable"), ["ad_viewable a0 top #0"]);
}

#[test]
fn time_on_screen_is_told_when_the_page_goes_and_when_the_ad_does() {
    let mut page = on_screen();
    page.now += 1500;
    page.give(Input::PageHidden(true));
    page.now += 4000;
    page.give(Input::PageHidden(false));
    page.now += 500;
    // There is nothing to report if nothing has been on screen since the last report.
    page.give(Input::PageLeft).give(Input::PageLeft);
    page.now += 200;
    page.give(Input::SlotsRemoved(vec!["top".to_owned()]));
    assert_eq!(
        page.events_with("top #0").split_off(1),
        [
            "ad_seen a0 top #0 1510",
            "ad_seen a0 top #0 2020",
            "ad_seen a0 top #0 2030",
            "ad_seen a0 top #0 2240",
            "slot_removed a0 top #0",
        ]
    );
}

#[test]
fn steps_that_others_see_are_of_the_slot_as_it_is_now() {
    let mut page = rendered();
    let noted = |step, slot: &str, fields: &str| Input::Noted {
        step,
        slot: slot.to_owned(),
        fields: fields.to_owned(),
    };
    page.give(noted(Step::AdClicked, "top", ""))
        .give(noted(Step::AdClicked, "unknown", ""))
        .give(noted(
            Step::VitalMeasured,
            "",
            r#""metric":"cls","value":0.02"#,
        ));
    assert_eq!(page.events_with("ad_clicked"), ["ad_clicked a0 top #0"]);
    assert_eq!(page.events_with("vital"), ["vital_measured"]);
    let sent = page.taken(|effect| match effect {
        Effect::SendEvents(batch) => Some(batch.contains(r#","metric":"cls","value":0.02}"#)),
        _ => None,
    });
    assert!(sent.contains(&true));
}

#[test]
fn a_hidden_page_sends_what_it_has_and_counts_no_view() {
    let mut page = on_screen();
    page.give(Input::PageHidden(true));
    assert_eq!(
        page.taken(|effect| matches!(effect, Effect::SendEvents(_)).then_some(()))
            .len(),
        1
    );
    page.now += 5000;
    page.timer(Timer::View(0));
    assert!(page.events_with("viewable").is_empty());
    page.give(Input::PageHidden(false));
    page.now += 1000;
    page.timer(Timer::View(0));
    assert_eq!(page.events_with("viewable").len(), 1);
}

#[test]
fn without_an_address_nothing_is_recorded() {
    let mut page = FakePage::open(&CONFIG.replace("eventsUrl", "unused"), false);
    page.give(Input::Failed("page_call_failed".to_owned()));
    assert!(page.events().is_empty());
    assert_eq!(page.started(Timer::Flush), 0);
}
