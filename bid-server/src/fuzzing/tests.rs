//! Replays the kept corpus, as it is and changed in a fixed way.

use std::path::Path;

use super::tokens::TOKENS;

#[track_caller]
fn replay(target: &str, run: fn(&[u8])) {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus");
    corpus::replay(&corpus.join(target), &TOKENS, run);
}

#[test]
fn no_auction_request_does_harm() {
    replay("auction_request", super::auction_request);
}

#[test]
fn no_native_request_does_harm() {
    replay("native_request", super::native_request);
}

#[test]
fn no_reply_does_harm() {
    replay("ssp_reply", super::ssp_reply);
}

#[test]
fn no_stored_data_does_harm() {
    replay("stored_data", super::stored_data);
}

#[test]
fn no_definition_does_harm() {
    replay("definition", super::definition);
}

#[test]
fn no_file_of_floors_does_harm() {
    replay("floors_file", super::floors_file);
}

#[test]
fn no_file_of_rates_does_harm() {
    replay("rate_file", super::rate_file);
}

#[test]
fn no_file_of_an_account_does_harm() {
    replay("account_file", super::account_file);
}

#[test]
fn no_file_of_stored_data_does_harm() {
    replay("stored_file", super::stored_file);
}

#[test]
fn no_query_does_harm() {
    replay("query", super::query);
}

#[test]
fn no_markup_is_misread() {
    replay("markup", super::markup);
}
