//! Steps that scripts see and the core does not.

use ad_events::render::Step;
use wasm_bindgen::prelude::wasm_bindgen;

/// The steps, by the names that they have in the tables.
#[wasm_bindgen]
#[derive(Debug, Clone, Copy)]
pub enum Noted {
    /// The page config was there.
    ConfigRead = "config_read",
    /// The last byte of `sdk.wasm`.
    WasmFetched = "wasm_fetched",
    /// The module was compiled.
    WasmCompiled = "wasm_compiled",
    /// The first byte of an auction's answer.
    AuctionFirstByte = "auction_first_byte",
    /// Its last byte.
    AuctionLastByte = "auction_last_byte",
    /// The frame of an ad has loaded.
    CreativeLoaded = "creative_loaded",
    /// A click into an ad.
    AdClicked = "ad_clicked",
    /// A figure of the page.
    VitalMeasured = "vital_measured",
}

/// The step of this name.
pub(super) fn step(noted: Noted) -> Option<Step> {
    Some(match noted {
        Noted::ConfigRead => Step::ConfigRead,
        Noted::WasmFetched => Step::WasmFetched,
        Noted::WasmCompiled => Step::WasmCompiled,
        Noted::AuctionFirstByte => Step::AuctionFirstByte,
        Noted::AuctionLastByte => Step::AuctionLastByte,
        Noted::CreativeLoaded => Step::CreativeLoaded,
        Noted::AdClicked => Step::AdClicked,
        Noted::VitalMeasured => Step::VitalMeasured,
        Noted::__Invalid => return None,
    })
}
