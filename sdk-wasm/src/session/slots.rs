//! Slots that come, come near the screen, and go; and page views that begin in the same page.

use super::Session;
use crate::config::{AdServer, AdUnit};
use crate::json::Writer;
use crate::platform::{Effect, Listeners, NewView};
use crate::report::Event;
use crate::slot::{Nearness, Phase, Slot};
use crate::units::Elapsed;
use ad_events::render::Step;

impl Session {
    /// Adds slots of the page config, from the API, or found in the markup. Slots whose code is known are ignored.
    pub(super) fn add(&mut self, units: Vec<AdUnit>, now: Elapsed) {
        for unit in units {
            let is_known =
                |slot: &Slot| slot.phase != Phase::Removed && slot.unit.code == unit.code;
            if self.slots.iter().any(is_known) {
                continue;
            }
            // In the place of one that was removed, so that endless pages do not grow.
            let free = self
                .slots
                .iter()
                .position(|slot| slot.phase == Phase::Removed);
            let index = free.unwrap_or(self.slots.len());
            let slot = Slot::new(unit);
            match self.slots.get_mut(index) {
                Some(place) => *place = slot,
                None => self.slots.push(slot),
            }
            self.watch_near(index, false);
            self.publish_state(index, "", now);
        }
    }

    /// The page takes slots away.
    pub(super) fn remove(&mut self, codes: &[String], now: Elapsed) {
        for index in self.indices(|slot| codes.contains(&slot.unit.code)) {
            self.report_totals(index, now);
            self.tell_slot(index, Step::SlotRemoved, now, None);
            self.enter(index, Phase::Removed, now);
            if let Some(slot) = self.slots.get_mut(index) {
                *slot = Slot {
                    phase: Phase::Removed,
                    ..Slot::new(AdUnit::default())
                };
            }
            self.effects.push(Effect::Forget(index));
        }
    }

    /// Waits for a lazy slot to come near.
    fn watch_near(&mut self, index: usize, render: bool) {
        let Some(slot) = self.slots.get(index) else {
            return;
        };
        if let Some(margins) = slot.unit.lazy {
            self.effects.push(Effect::WatchNear {
                slot: index,
                code: slot.unit.code.clone(),
                margin: if render {
                    margins.render
                } else {
                    margins.fetch
                },
                render,
            });
        }
    }

    pub(super) fn near(&mut self, index: usize, render: bool, now: Elapsed) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        if render {
            slot.nearness = Nearness::Render;
            if slot.phase == Phase::Held {
                self.settle(&[index], now);
            }
        } else if slot.nearness == Nearness::Far {
            slot.nearness = Nearness::Fetch;
            self.watch_near(index, true);
        }
    }

    /// The page came back from the browser's back/forward cache, or another page has taken its place: all
    /// slots start over, and the caller asks for those that are due.
    pub(super) fn begin_view(&mut self, view: NewView, now: Elapsed) {
        self.flush();
        self.report.begin(&view.id, view.began_at, &view.path);
        self.page_view_id = view.id;
        self.page.referrer = core::mem::replace(&mut self.page.url, view.url);
        self.tell(&Event::page(Step::PageStarted, Elapsed(0)));
        self.tell(&Event::page(Step::SdkReady, now));
        for index in self.indices(|slot| slot.phase != Phase::Removed) {
            let Some(slot) = self.slots.get_mut(index) else {
                continue;
            };
            let unit = core::mem::take(&mut slot.unit);
            *slot = Slot {
                phase: slot.phase,
                ..Slot::new(unit)
            };
            self.effects.push(Effect::Unwatch(index));
            if self.config.ad_server == AdServer::None {
                self.effects.push(Effect::ClearFrame(index));
            }
            self.enter(index, Phase::Defined, now);
            self.watch_near(index, false);
        }
    }

    /// The one place where a slot's phase changes.
    pub(super) fn enter(&mut self, index: usize, phase: Phase, now: Elapsed) {
        let Some(slot) = self.slots.get_mut(index) else {
            return;
        };
        let from = core::mem::replace(&mut slot.phase, phase);
        if from != phase {
            self.publish_state(index, from.name(), now);
        }
    }

    fn publish_state(&mut self, index: usize, from: &str, now: Elapsed) {
        let Some(slot) = self
            .slots
            .get(index)
            .filter(|_| self.listeners == Listeners::Some)
        else {
            return;
        };
        let mut state = Writer::default();
        state
            .raw("{")
            .string("event", "slot_state")
            .string("slot", &slot.unit.code)
            .integer("refresh_no", u64::from(slot.round))
            .string("from", from)
            .string("to", slot.phase.name())
            .fixed("elapsed_ms", now.0, Elapsed::DECIMALS)
            .raw("}");
        self.effects.push(Effect::Publish(state.finish()));
    }
}
