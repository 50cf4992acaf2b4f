//! One page view: all its slots, and what to do when something happens.
//!
//! | file | part of a slot's path |
//! |---|---|
//! | `session/ask.rs` | asking for auctions |
//! | `session/auction.rs` | the answer, or the end of the time for it |
//! | `session/ad_server.rs` | key-values to the ad server, and its reports |
//! | `session/creative.rs` | creatives that ask for their markup |
//! | `session/direct.rs` | rendering without an ad server |
//! | `session/slots.rs` | slots that come and go, and further page views in the same page |
//! | `session/screen.rs` | viewability, and the page that comes and goes |

mod ad_server;
mod ask;
mod auction;
mod creative;
mod direct;
mod screen;
mod slots;

use crate::boot::{Boot, LoaderAuction};
use crate::config::{AdServer, Config};
use crate::platform::{Effect, Input, Listeners, Timer};
use crate::report::{Creative, Event, Report};
use crate::request::PageAddress;
use crate::slot::{Phase, Slot};
use crate::units::Elapsed;
use ad_events::render::Step;

/// Events leave at the latest after this time.
const FLUSH_AFTER: Elapsed = Elapsed::millis(5000);
/// Time between two looks for slots that are not there yet.
const RETRY_AFTER: Elapsed = Elapsed::millis(50);
/// How often missing slots are looked for: for ten seconds in all.
const RETRIES: u32 = 200;

/// One page view.
#[derive(Debug)]
pub struct Session {
    config: Config,
    page: PageAddress,
    page_view_id: String,
    report: Report,
    slots: Vec<Slot>,
    auctions: u32,
    ids: u32,
    seed: String,
    listeners: Listeners,
    retries_left: u32,
    retry_running: bool,
    hidden: bool,
    effects: Vec<Effect>,
}

impl Session {
    /// Takes over from the loader, whose auction runs or is back already.
    pub fn start(config: Config, boot: Boot, now: Elapsed) -> (Self, Vec<Effect>) {
        let page_view_id = boot.view.id.clone();
        let names = [
            &*config.page.site,
            &*config.page.page_type,
            &*config.page.variant,
        ];
        let mut session = Self {
            report: Report::new(boot.view, names),
            slots: Vec::new(),
            page: boot.page,
            page_view_id,
            auctions: 0,
            ids: 0,
            seed: boot.seed,
            listeners: boot.listeners,
            retries_left: RETRIES,
            retry_running: false,
            hidden: boot.hidden,
            effects: Vec::new(),
            config,
        };
        session.tell(&Event::page(Step::PageStarted, Elapsed(0)));
        session.tell(&Event::page(Step::LoaderStarted, boot.started));
        session.tell(&Event::page(Step::SdkReady, now));
        let units = session.config.ad_units.clone();
        session.add(units, now);
        for auction in &boot.auctions {
            session.take_over(auction, boot.requested, now);
        }
        for (code, at) in &boot.sent_off {
            session.sent_off(code, *at, now);
        }
        if session.config.ad_server == AdServer::None {
            session.place_frames();
        } else if boot.late {
            session.give_up_first_round(&boot.auction_id, now);
        }
        session.ask_due(now);
        let effects = session.drain();
        (session, effects)
    }

    /// Takes in what happened and says what to do about it.
    pub fn handle(&mut self, input: Input, now: Elapsed) -> Vec<Effect> {
        match input {
            Input::Answered {
                auction_id,
                status,
                body,
                at,
            } => self.answered(&auction_id, status, &body, at),
            Input::FailsafeUp => self.time_is_up(0, now),
            Input::TimerUp(timer) => self.timer_up(timer, now),
            Input::Refresh { codes } => self.refresh(&codes, now),
            Input::SlotsAdded(units) => {
                self.add(units, now);
                self.ask_due(now);
            }
            Input::SlotsRemoved(codes) => self.remove(&codes, now),
            Input::AskDue => self.ask_due(now),
            Input::Near { slot, render } => self.near(slot, render, now),
            Input::Viewport(width) => self.page.viewport = width,
            Input::NewView(view) => self.begin_view(view, now),
            Input::SlotFailed(slot, reason) => self.fail(&reason, Some(slot), now),
            Input::ListenerAdded => self.listeners = Listeners::Some,
            Input::AdServerKnows(known) => self.ad_server_knows(&known, now),
            Input::AdServer { names, event } => self.ad_server_reports(names, event, now),
            Input::Message { text, port } => self.creative_says(&text, port, now),
            Input::FrameReady(slot) => self.frame_ready(slot, now),
            Input::FrameMissing(slot) => self.frame_missing(slot),
            Input::FrameWritten(slot) => self.frame_written(slot, now),
            Input::OnScreen {
                slot,
                permille,
                area,
            } => self.on_screen(slot, permille, area, now),
            Input::PageHidden(hidden) => self.page_hidden(hidden, now),
            Input::PageLeft => self.leave(now),
            Input::Flush => self.flush(),
            Input::Noted { step, slot, fields } => self.note(step, &slot, &fields, now),
            Input::Failed(reason) => self.fail(&reason, None, now),
        }
        self.drain()
    }

    /// An auction that the loader has requested, or could not request.
    fn take_over(&mut self, auction: &LoaderAuction, sent: Option<Elapsed>, now: Elapsed) {
        let id = auction.id.as_str();
        for index in self.indices(|slot| auction.slots.contains(&slot.unit.code)) {
            if let Some(slot) = self.slots.get_mut(index) {
                id.clone_into(&mut slot.auction_id);
            }
            self.enter(index, Phase::AwaitingBids, now);
        }
        let step = match sent {
            Some(_) => Step::AuctionRequested,
            None => Step::ErrorRaised,
        };
        self.tell(&Event {
            auction_id: Some(id).filter(|id| !id.is_empty()),
            reason: sent.is_none().then_some("auction_not_requested"),
            ..Event::page(step, sent.unwrap_or(now))
        });
    }

    fn timer_up(&mut self, timer: Timer, now: Elapsed) {
        match timer {
            Timer::Flush => self.flush(),
            Timer::Retry => self.look_again(now),
            Timer::Failsafe(auction) => self.time_is_up(auction, now),
            Timer::OwnLineItem(slot) => self.own_line_item(slot, now),
            Timer::View(slot) => self.look_at(slot, now),
            Timer::Expiry(slot) => self.bid_expired(slot, now),
        }
    }

    /// Some slots are not in the page yet, or not known to the ad server.
    fn look_again_later(&mut self) {
        if !self.retry_running && self.retries_left > 0 {
            self.retry_running = true;
            self.retries_left -= 1;
            self.effects
                .push(Effect::StartTimer(Timer::Retry, RETRY_AFTER));
        }
    }

    fn look_again(&mut self, now: Elapsed) {
        self.retry_running = false;
        if self.retries_left == 0 {
            return self.give_up_missing(now);
        }
        match self.config.ad_server {
            AdServer::None => self.place_frames(),
            AdServer::KeyValues => self.effects.push(Effect::FindSlots),
        }
    }

    /// An event of one slot.
    fn tell_slot(&mut self, slot: usize, step: Step, at: Elapsed, creative: Option<&Creative>) {
        self.tell_slot_why(slot, step, at, creative.ok_or(""));
    }

    /// An event of one slot, with a creative or a reason.
    fn tell_slot_why(
        &mut self,
        slot: usize,
        step: Step,
        at: Elapsed,
        detail: Result<&Creative, &str>,
    ) {
        let event = Event {
            creative: detail.ok(),
            reason: detail.err().filter(|reason| !reason.is_empty()),
            ..Event::page(step, at)
        };
        self.tell_of(slot, event);
    }

    /// The same for an event that lacks nothing but its slot.
    fn tell_of(&mut self, slot: usize, event: Event<'_>) {
        let Some(known) = self.slots.get_mut(slot) else {
            return;
        };
        if !known.noise.admits(event.step) {
            return;
        }
        self.tell_for(slot, event);
    }

    /// The same without a limit.
    fn tell_for(&mut self, slot: usize, event: Event<'_>) {
        let Some(known) = self.slots.get(slot) else {
            return;
        };
        let (code, auction_id) = (known.unit.code.clone(), known.auction_id.clone());
        let event = Event {
            slot: Some((&code, known.round)),
            auction_id: Some(&*auction_id).filter(|id| !id.is_empty()),
            ..event
        };
        self.tell(&event);
    }

    /// A step that the core does not see itself.
    fn note(&mut self, step: Step, code: &str, fields: &str, at: Elapsed) {
        let event = Event {
            fields,
            ..Event::page(step, at)
        };
        if code.is_empty() {
            return self.tell(&event);
        }
        let found = self.slots.iter().position(|slot| slot.unit.code == code);
        if let Some(index) = found {
            self.tell_of(index, event);
        }
    }

    fn fail(&mut self, reason: &str, slot: Option<usize>, now: Elapsed) {
        match slot {
            Some(slot) => self.tell_slot_why(slot, Step::ErrorRaised, now, Err(reason)),
            None => self.tell(&Event {
                reason: Some(reason),
                ..Event::page(Step::ErrorRaised, now)
            }),
        }
    }

    fn tell(&mut self, event: &Event<'_>) {
        if self.config.events_url.is_none() && self.listeners == Listeners::None {
            return;
        }
        let record = self.report.record(event);
        if self.config.events_url.is_some() {
            self.effects
                .extend(self.report.add(&record).map(Effect::SendEvents));
        }
        if self.listeners == Listeners::Some {
            self.effects.push(Effect::Publish(record));
        }
        if self.report.is_fresh() {
            self.effects
                .push(Effect::StartTimer(Timer::Flush, FLUSH_AFTER));
        }
    }

    fn flush(&mut self) {
        self.effects
            .extend(self.report.take().map(Effect::SendEvents));
    }

    fn drain(&mut self) -> Vec<Effect> {
        core::mem::take(&mut self.effects)
    }
}

#[cfg(test)]
mod tests;
