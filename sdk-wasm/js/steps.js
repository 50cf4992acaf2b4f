/* Places, in `Step::ALL` of `crates/ad-events/src/render.rs`, of the steps that scripts see and the core does not. A test compares them. */
export const configRead = 2;
export const wasmFetched = 4;
export const wasmCompiled = 5;
export const auctionFirstByte = 7;
export const auctionLastByte = 8;
export const creativeLoaded = 17;
export const adClicked = 20;
export const vitalMeasured = 22;
