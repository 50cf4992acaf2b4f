//! Reads fetched rules of floors: the form of `ext.prebid.floors.data` of a request.

use openrtb::ext::FloorData;

use crate::money::floors::rules::{self, FloorLimits};

/// The rules in a file. The text says what is wrong.
pub(crate) fn read(bytes: &[u8], limits: FloorLimits) -> Result<FloorData, String> {
    let value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let data = FloorData::read(&value).map_err(|error| error.to_string())?;
    rules::check(&data, limits)?;
    Ok(data)
}
