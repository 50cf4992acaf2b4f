//! What is on screen, and the page that is hidden, shown and left.

use super::Session;
use crate::json::Writer;
use crate::platform::{Effect, Timer};
use crate::report::Event;
use crate::slot::Phase;
use crate::units::Elapsed;
use crate::viewability::{Progress, Viewability};
use ad_events::render::Step;

impl Session {
    /// From now on, follows how much of the slot's ad is on screen.
    pub(super) fn watch(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.view = Some(Viewability::new(self.hidden));
            self.effects.push(Effect::Watch {
                slot: index,
                element: slot.element.clone(),
            });
        }
    }

    pub(super) fn on_screen(&mut self, index: usize, permille: u32, area: u32, now: Elapsed) {
        let view = self
            .slots
            .get_mut(index)
            .and_then(|slot| slot.view.as_mut());
        if let Some(progress) = view.map(|view| view.on_screen(permille, area, now)) {
            self.act_on(index, progress, now);
        }
    }

    /// The timer of a slot's time on screen is up.
    pub(super) fn look_at(&mut self, index: usize, now: Elapsed) {
        let view = self
            .slots
            .get_mut(index)
            .and_then(|slot| slot.view.as_mut());
        if let Some(progress) = view.map(|view| view.progress(now)) {
            self.act_on(index, progress, now);
        }
    }

    /// The tab came or went. A hidden page may never come back, so events leave now.
    pub(super) fn page_hidden(&mut self, hidden: bool, now: Elapsed) {
        self.hidden = hidden;
        for index in 0..self.slots.len() {
            let view = self
                .slots
                .get_mut(index)
                .and_then(|slot| slot.view.as_mut());
            if let Some(progress) = view.map(|view| view.page_hidden(hidden, now)) {
                self.act_on(index, progress, now);
            }
        }
        if hidden {
            self.leave(now);
        }
    }

    /// Nothing may come after this, so everything that is known is sent.
    pub(super) fn leave(&mut self, now: Elapsed) {
        for index in 0..self.slots.len() {
            self.report_totals(index, now);
        }
        self.flush();
    }

    /// The slot no longer shows the ad that was being followed.
    pub(super) fn unwatch(&mut self, index: usize, now: Elapsed) {
        self.report_totals(index, now);
        self.effects.push(Effect::Unwatch(index));
    }

    /// Reports what has added up for the ad since the last report.
    pub(super) fn report_totals(&mut self, index: usize, now: Elapsed) {
        self.report_time_on_screen(index, now);
        let slot = self.slots.get_mut(index);
        let dropped = slot.map_or(0, |slot| slot.noise.take_dropped());
        if dropped > 0 {
            let mut fields = Writer::default();
            fields.integer("dropped", u64::from(dropped));
            self.tell_for(
                index,
                Event {
                    reason: Some("events_dropped"),
                    fields: &fields.finish(),
                    ..Event::page(Step::ErrorRaised, now)
                },
            );
        }
    }

    /// Reports how long the ad has been on screen, if that has grown since the last report.
    fn report_time_on_screen(&mut self, index: usize, now: Elapsed) {
        let view = self
            .slots
            .get_mut(index)
            .and_then(|slot| slot.view.as_mut());
        if let Some(time) = view.and_then(|view| view.take_growth(now)) {
            let mut fields = Writer::default();
            fields.fixed("visible_ms", time.0, Elapsed::DECIMALS);
            self.tell_of(
                index,
                Event {
                    fields: &fields.finish(),
                    ..Event::page(Step::AdSeen, now)
                },
            );
        }
    }

    fn act_on(&mut self, index: usize, progress: Progress, now: Elapsed) {
        match progress {
            Progress::Idle => {}
            Progress::Wait(time) => self
                .effects
                .push(Effect::StartTimer(Timer::View(index), time)),
            Progress::Viewable => self.long_enough_on_screen(index, now),
        }
    }

    /// The rule is met now, or was met before; in that case what counts is the time until the next ad.
    fn long_enough_on_screen(&mut self, index: usize, now: Elapsed) {
        let Some(slot) = self.slots.get(index) else {
            return;
        };
        if slot.phase != Phase::Viewable {
            return self.viewable(index, now);
        }
        let Some(view) = slot.view.as_ref().filter(|_| slot.may_refresh()) else {
            return;
        };
        let rest =
            Elapsed::millis(slot.unit.refresh.every.saturating_mul(1000)).since(view.total(now));
        if rest > Elapsed(0) {
            self.effects
                .push(Effect::StartTimer(Timer::View(index), rest));
        } else {
            let code = slot.unit.code.clone();
            self.refresh(&[code], now);
        }
    }

    /// The rule is met, by our own observation or by the ad server's; whichever says so first.
    pub(super) fn viewable(&mut self, index: usize, now: Elapsed) {
        let is_shown = |slot: &crate::slot::Slot| slot.phase == Phase::Rendered;
        if !self.slots.get(index).is_some_and(is_shown) {
            return;
        }
        self.enter(index, Phase::Viewable, now);
        self.tell_slot(index, Step::AdViewable, now, None);
        // Its time on screen continues to count.
        self.look_at(index, now);
    }
}

impl crate::slot::Slot {
    /// Whether the ad makes room for another one after its time on screen.
    fn may_refresh(&self) -> bool {
        let rule = self.unit.refresh;
        rule.every > 0 && (rule.times == 0 || self.round < rule.times)
    }
}
