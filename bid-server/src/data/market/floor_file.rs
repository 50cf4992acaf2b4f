//! Reads fetched floor rules: the form of `ext.prebid.floors.data` in a request.

use openrtb::ext::FloorData;

use crate::money::floors::rules::{self, FloorLimits};

/// The rules in a file; an error says what is wrong.
pub(crate) fn read(bytes: &[u8], limits: FloorLimits) -> Result<FloorData, String> {
    let value = serde_json::from_slice(bytes).map_err(|error| error.to_string())?;
    let data = FloorData::read(&value).map_err(|error| error.to_string())?;
    rules::check(&data, limits)?;
    Ok(data)
}
