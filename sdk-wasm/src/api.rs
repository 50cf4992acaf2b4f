//! All that JavaScript calls: convert and delegate. `js/sdk.js` is the only caller.

use crate::boot::Boot;
use crate::browser::app;
use crate::config::Config;
use crate::json::Reader;
use crate::platform::Input;
use crate::units::Elapsed;
use wasm_bindgen::prelude::wasm_bindgen;

/// Takes over from the loader; `false` when there is nothing to take over.
///
/// `config` is the page config as written, `facts` what [`Boot`] reads, `origin` the moment of the
/// browser's clock from which this page view counts.
#[wasm_bindgen]
pub fn start(config: &str, facts: &str, origin: f64) -> bool {
    let (Ok(config), Ok(boot)) = (Config::parse(config), Boot::parse(facts)) else {
        return false;
    };
    app::start(config, boot, Elapsed::from_browser(origin));
    true
}

/// The loader's auction has been answered, or has failed (status 0).
#[wasm_bindgen]
pub fn answered(auction_id: String, status: u16, body: String, at: f64) {
    let at = Elapsed::from_browser(at);
    app::dispatch(Input::Answered {
        auction_id,
        status,
        body,
        at,
    });
}

/// The page does not wait for the loader's auction any longer.
#[wasm_bindgen]
pub fn failsafe() {
    app::dispatch(Input::FailsafeUp);
}

/// The page asks for new ads in the slots whose codes are in this JSON array; for all if it is empty.
#[wasm_bindgen]
pub fn refresh(codes: &str, auction_id: String) {
    let mut known = Vec::new();
    let read = Reader::new(codes).array(&mut |code| {
        known.extend(code.maybe_string()?);
        Ok(())
    });
    if read.is_ok() {
        app::dispatch(Input::RefreshAsked {
            codes: known,
            auction_id,
        });
    }
}

/// Sends the events that wait.
#[wasm_bindgen]
pub fn flush() {
    app::dispatch(Input::FlushAsked);
}

/// A function that the page had queued threw.
#[wasm_bindgen]
pub fn page_call_failed() {
    app::dispatch(Input::Failed("page_call_failed"));
}

/// Version of the SDK.
#[wasm_bindgen]
pub fn version() -> String {
    env!("CARGO_PKG_VERSION").to_owned()
}
