//! What is on screen, and the page that is hidden, shown and left.

use super::Session;
use crate::platform::{Effect, Timer};
use crate::slot::Phase;
use crate::units::Elapsed;
use crate::viewability::{Progress, Viewability};
use ad_events::render::Step;

impl Session {
    /// From now on, follow the slot's ad on the screen.
    pub(super) fn watch(&mut self, index: usize) {
        if let Some(slot) = self.slots.get_mut(index) {
            slot.view = Some(Viewability::new(self.hidden));
            self.effects.push(Effect::Watch {
                slot: index,
                element: slot.element.clone(),
            });
        }
    }

    pub(super) fn seen(&mut self, index: usize, permille: u32, area: u32, now: Elapsed) {
        let view = self
            .slots
            .get_mut(index)
            .and_then(|slot| slot.view.as_mut());
        if let Some(progress) = view.map(|view| view.seen(permille, area, now)) {
            self.act_on(index, progress, now);
        }
    }

    /// The timer of a slot's second on screen.
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
            if let Some(progress) = view.map(|view| view.page(hidden, now)) {
                self.act_on(index, progress, now);
            }
        }
        if hidden {
            self.flush();
        }
    }

    fn act_on(&mut self, index: usize, progress: Progress, now: Elapsed) {
        match progress {
            Progress::Idle => {}
            Progress::Wait(time) => self
                .effects
                .push(Effect::StartTimer(Timer::View(index), time)),
            Progress::Viewable => self.seen_enough(index, now),
        }
    }

    /// The rule has been met, now or before; what counts then is the time until the next ad.
    fn seen_enough(&mut self, index: usize, now: Elapsed) {
        let Some(slot) = self.slots.get(index) else {
            return;
        };
        if slot.phase != Phase::Viewable {
            return self.viewable(index, now);
        }
        let Some(view) = &slot.view else { return };
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
        let Some(slot) = self
            .slots
            .get_mut(index)
            .filter(|slot| slot.phase == Phase::Rendered)
        else {
            return;
        };
        let goes_on = slot.may_refresh();
        if !goes_on {
            slot.view = None;
            self.effects.push(Effect::Unwatch(index));
        }
        self.enter(index, Phase::Viewable, now);
        self.tell_slot(index, Step::AdViewable, now, None);
        if goes_on {
            self.look_at(index, now);
        }
    }
}

impl crate::slot::Slot {
    /// Whether the ad makes room for another one after its time on screen.
    fn may_refresh(&self) -> bool {
        let rule = self.unit.refresh;
        rule.every > 0 && (rule.times == 0 || self.round < rule.times)
    }
}
