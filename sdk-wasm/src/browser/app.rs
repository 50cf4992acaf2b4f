//! The running SDK: the session, and what the browser holds for it.

use super::frame::SlotFrames;
use super::listen::Listener;
use super::screen::Watches;
use super::timer::Timers;
use super::transport::Request;
use super::{clock, gpt, listen};
use crate::boot::Boot;
use crate::config::{AdServer, Config};
use crate::platform::Input;
use crate::session::Session;
use crate::units::Elapsed;
use core::cell::RefCell;
use std::rc::Rc;
use web_sys::MessagePort;

/// Everything that lives as long as the page view. Guards undo themselves when dropped.
pub(crate) struct App {
    session: RefCell<Session>,
    pub(super) events_url: Option<String>,
    pub(super) auction_url: String,
    pub(super) nonce: String,
    pub(super) timers: RefCell<Timers>,
    pub(super) frames: RefCell<Vec<SlotFrames>>,
    pub(super) watches: RefCell<Watches>,
    pub(super) requests: RefCell<Vec<Request>>,
    pub(super) port: RefCell<Option<MessagePort>>,
    listeners: RefCell<Vec<Listener>>,
}

thread_local! {
    static APP: RefCell<Option<Rc<App>>> = const { RefCell::new(None) };
}

/// Starts the one page view of this page; a second call changes nothing.
pub(crate) fn start(config: Config, boot: Boot, origin: Elapsed) {
    if current().is_some() {
        return;
    }
    clock::set_origin(origin);
    let with_gpt = config.ad_server == AdServer::Gpt;
    let (events_url, auction_url) = (config.events_url.clone(), config.auction_url.clone());
    let slots = config.ad_units.len();
    let nonce = boot.nonce.clone();
    let (session, effects) = Session::start(config, boot, clock::now());
    let app = Rc::new(App {
        session: RefCell::new(session),
        events_url,
        auction_url,
        nonce,
        timers: RefCell::default(),
        frames: RefCell::new((0..slots).map(|_| SlotFrames::default()).collect()),
        watches: RefCell::default(),
        requests: RefCell::default(),
        port: RefCell::default(),
        listeners: RefCell::default(),
    });
    APP.with_borrow_mut(|known| *known = Some(Rc::clone(&app)));
    app.listeners.borrow_mut().extend(listen::to_page());
    if with_gpt {
        gpt::listen();
    }
    for effect in effects {
        app.perform(effect);
    }
}

/// Tells the core what happened and performs what it answers.
///
/// Performing may call back in here, since an ad server's library reports while it is being
/// called; the session is not borrowed then.
pub(crate) fn dispatch(input: Input) {
    let Some(app) = current() else { return };
    let effects = match app.session.try_borrow_mut() {
        Ok(mut session) => session.handle(input, clock::now()),
        Err(_) => return,
    };
    for effect in effects {
        app.perform(effect);
    }
}

pub(super) fn current() -> Option<Rc<App>> {
    APP.with_borrow(Clone::clone)
}
