//! sdk-wasm
