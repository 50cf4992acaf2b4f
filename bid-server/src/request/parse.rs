//! JSON to wire types. Faults name the path of what has the wrong type.

use openrtb::BidRequest;
use serde_json::Value;

use crate::error::Refusal;

/// Parses a body. The fault of a malformed one names line and column.
pub(super) fn parse(body: &[u8]) -> Result<BidRequest, Refusal> {
    serde_json::from_slice(body).or_else(|_| {
        // Once more, for the path; nobody is in a hurry for a refusal.
        let mut json = serde_json::Deserializer::from_slice(body);
        let request = serde_path_to_error::deserialize(&mut json).map_err(|error| fault(&error))?;
        json.end()
            .map_err(|error| Refusal::fault(format!("not a bid request: {error}")))?;
        Ok(request)
    })
}

/// Parses a body that stored data is laid below.
pub(super) fn value(body: &[u8]) -> Result<Value, Refusal> {
    serde_json::from_slice(body)
        .map_err(|error| Refusal::fault(format!("not a bid request: {error}")))
}

/// Makes wire types of JSON that is laid together.
pub(super) fn typed(value: Value) -> Result<BidRequest, Refusal> {
    serde_path_to_error::deserialize(value).map_err(|error| fault(&error))
}

fn fault(error: &serde_path_to_error::Error<serde_json::Error>) -> Refusal {
    let problem = error.inner();
    if error.path().iter().next().is_none() {
        return Refusal::fault(format!("not a bid request: {problem}"));
    }
    Refusal::fault(format!(
        "not a bid request: request.{}: {problem}",
        error.path()
    ))
}
