//! The display SDK, from the loader's auction to a viewable ad.
//!
//! The path of a slot:
//!
//! 1. The loader (`js/loader.js`) has asked for an auction before this module was even fetched.
//! 2. [`session`] takes it over with the page's [`config`], and passes each step to [`report`].
//! 3. [`bids`] reads the answer; each [`slot`] gets its winner.
//! 4. With an ad server, [`targeting`] goes to it as key-values, its library asks for exactly these
//!    slots, and the [`creative`] that it serves asks us for the winner's markup. Without one, the
//!    markup goes into a sandboxed frame made beforehand.
//! 5. [`viewability`] says when the ad has been on screen long enough.
//! 6. A refresh writes the next [`request`], and the slot starts over.
//!
//! All of that is pure: what happens comes in as [`platform::Input`], what to do goes out as
//! [`platform::Effect`]. Only `browser` knows a browser.

pub mod ad_server;
pub mod bids;
pub mod boot;
pub mod config;
pub mod creative;
pub mod json;
pub mod noise;
pub mod platform;
pub mod report;
pub mod request;
pub mod session;
pub mod slot;
pub mod targeting;
pub mod units;
pub mod viewability;

#[cfg(target_arch = "wasm32")]
pub mod browser;

/// The standard library's allocator would weigh more than 4 KB; a page's one thread needs no better.
#[cfg(target_arch = "wasm32")]
#[global_allocator]
static ALLOCATOR: lol_alloc::LockedAllocator<lol_alloc::FreeListAllocator> =
    lol_alloc::LockedAllocator::new(lol_alloc::FreeListAllocator::new());
