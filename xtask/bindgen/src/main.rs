//! wasm-bindgen-runner
fn main(){}
