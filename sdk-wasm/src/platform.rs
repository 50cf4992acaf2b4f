//! The edge: what the core is told by the page, and what it asks of the page.
//!
//! The core performs nothing. It takes an [`Input`] with the time, and gives back [`Effect`]s as
//! data; `browser` performs them, and the tests read them.

use crate::config::AdUnit;
use crate::targeting::SlotNames;
use crate::units::{Elapsed, Size};
use ad_events::render::Step;

/// What happens to the page.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// An auction's answer came, or will not come (status 0).
    Answered {
        /// Which auction.
        auction_id: String,
        /// HTTP status; 0 without an answer.
        status: u16,
        /// Body.
        body: String,
        /// When it was there.
        at: Elapsed,
    },
    /// The time that the page waits for the loader's auction is up.
    FailsafeUp,
    /// A timer that the core started.
    TimerUp(Timer),
    /// The page wants new ads in these slots or, if none is named, in all that have had an auction.
    Refresh {
        /// Codes.
        codes: Vec<String>,
    },
    /// The page has further slots.
    SlotsAdded(Vec<AdUnit>),
    /// The page takes these slots away.
    SlotsRemoved(Vec<String>),
    /// Slots that no auction has been asked for are due, if they are near enough.
    AskDue,
    /// The slot's element came near the screen: near enough for its auction, or for rendering.
    Near {
        /// Slot.
        slot: usize,
        /// For rendering.
        render: bool,
    },
    /// The viewport has this width in CSS pixels.
    Viewport(u32),
    /// The page was left and is shown again, or another page has taken its place: another page view begins.
    NewView(NewView),
    /// The page wants to hear of each step and each change of a slot.
    ListenerAdded,
    /// The ad server's library runs and knows these slots, whose elements are in the page.
    AdServerKnows(Vec<SlotNames>),
    /// The ad server's library reports on a slot.
    AdServer {
        /// The slot.
        names: SlotNames,
        /// What happened.
        event: AdServerEvent,
    },
    /// A message came from some frame.
    Message {
        /// Its text.
        text: String,
        /// Number under which it can be answered.
        port: Option<u32>,
    },
    /// The frame made beforehand is ready for markup.
    FrameReady(usize),
    /// The slot's element is not in the page yet.
    FrameMissing(usize),
    /// The markup is in the frame.
    FrameWritten(usize),
    /// How much of a watched ad is on screen.
    OnScreen {
        /// Slot.
        slot: usize,
        /// Share in thousandths.
        permille: u32,
        /// The ad's area in pixels.
        area: u32,
    },
    /// The tab came or went.
    PageHidden(bool),
    /// The page is being left.
    PageLeft,
    /// Events that wait must be sent now.
    Flush,
    /// A script saw a step.
    Noted {
        /// Which.
        step: Step,
        /// Code of the slot; empty for a step of the whole page.
        slot: String,
        /// Fields of the step: a JSON object without its braces; may be empty.
        fields: String,
    },
    /// Something outside the core failed.
    Failed(String),
    /// Something went wrong with the slot's ad.
    SlotFailed(usize, String),
}

/// What begins a page view without a navigation that the browser knows as one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct NewView {
    /// Its id.
    pub id: String,
    /// Wall clock at its start, in milliseconds since 1970.
    pub began_at: u64,
    /// Full address.
    pub url: String,
    /// Path without query.
    pub path: String,
}

/// Whether the page wants to hear of steps and changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Listeners {
    /// Nobody does.
    #[default]
    None,
    /// Somebody does.
    Some,
}

/// What the ad server's library reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AdServerEvent {
    /// It asks for the slot's ad.
    Requested,
    /// The answer came.
    Responded,
    /// Nothing to show.
    Empty,
    /// Something to show.
    Filled(Fill),
    /// The creative's frame has loaded.
    Loaded,
    /// Its own viewability rule is met.
    Viewable,
}

/// What the ad server chose.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Fill {
    /// Size of the creative.
    pub size: Option<Size>,
    /// What the line item earns, in millionths, if the ad server says so.
    pub cpm: Option<crate::units::Cpm>,
    /// Sold by a network, not by the publisher.
    pub network: bool,
    /// Who bought it, if the ad server says so.
    pub bidder: Option<String>,
}

/// Timers; each of them runs at most once at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// Events have waited long enough.
    Flush,
    /// Look again for slots that the page or the ad server did not have.
    Retry,
    /// The time for this auction is up.
    Failsafe(u32),
    /// No creative has asked for markup, so the ad is a line item of the ad server's own.
    OwnLineItem(usize),
    /// Look again whether the slot's ad has been on screen long enough.
    View(usize),
    /// The slot's bid has become too old to be shown.
    Expiry(usize),
}

/// What the core wants done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send a batch of events, in a way that survives leaving the page.
    SendEvents(String),
    /// Call an address of a bidder, once, without looking at the answer.
    CallNotice(String),
    /// Start a timer, or start it again if it is running.
    StartTimer(Timer, Elapsed),
    /// Ask for an auction.
    RequestBids {
        /// Its id.
        auction_id: String,
        /// The request.
        body: String,
    },
    /// Once the ad server's library runs, say which slots it knows.
    FindSlots,
    /// Set key-values of the ad server's slot, in place of those of an earlier auction.
    SetKeys {
        /// Id of its element.
        element: String,
        /// Keys and values.
        keys: Vec<(String, String)>,
    },
    /// Give up the request for an auction.
    Abort(String),
    /// Let the ad server's library ask for the ads of the slots with these elements, and only these.
    RequestAds(Vec<String>),
    /// Answer a message on its port.
    Answer {
        /// Number of the port.
        port: u32,
        /// Answer.
        body: String,
    },
    /// Give the ad server's frame in this element the creative's size.
    Resize {
        /// Id of the element.
        element: String,
        /// Size.
        size: Size,
    },
    /// Make a frame beforehand.
    PlaceFrame {
        /// Slot.
        slot: usize,
        /// Id of its element.
        code: String,
        /// Space to keep for the ad.
        reserve: Size,
    },
    /// Put markup into the frame, and show the frame in place of the previous one.
    WriteFrame {
        /// Slot.
        slot: usize,
        /// Size of the creative.
        size: Size,
        /// Its markup.
        markup: String,
    },
    /// As `WriteFrame`, for an ad that comes as data.
    WriteData {
        /// Slot.
        slot: usize,
        /// Size of the creative.
        size: Size,
        /// JSON for `js/render.js`.
        data: String,
    },
    /// Do what a native creative asks for, with the ad's data.
    ServeNative {
        /// Number of the port for an answer; 0 for none.
        port: u32,
        /// Id of the slot's element.
        element: String,
        /// The message.
        message: String,
        /// The ad, JSON for `js/render.js`.
        data: String,
    },
    /// Take the slot's frames away.
    ClearFrame(usize),
    /// The slot is gone: take away all that is held for it.
    Forget(usize),
    /// Say when the slot's element is nearer to the screen than this.
    WatchNear {
        /// Slot.
        slot: usize,
        /// Id of its element.
        code: String,
        /// Percent of the screen's height.
        margin: u32,
        /// For rendering.
        render: bool,
    },
    /// Tell the page's listeners.
    Publish(String),
    /// Report how much of the slot's ad is on screen.
    Watch {
        /// Slot.
        slot: usize,
        /// Id of its element.
        element: String,
    },
    /// Stop reporting that.
    Unwatch(usize),
}
