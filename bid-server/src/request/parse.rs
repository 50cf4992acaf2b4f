//! JSON to wire types.

use openrtb::BidRequest;

use crate::error::Refusal;

/// Parses a body. The fault of a malformed one names line and column.
pub(super) fn parse(body: &[u8]) -> Result<BidRequest, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::fault(format!("not a bid request: {error}")))
}
