//! Reads `null` as the empty value: SSPs send `"adomain": null` and the like.

use serde::{Deserialize, Deserializer};

/// For `deserialize_with`: `null` counts as left out.
pub(crate) fn or_default<'de, D, T>(deserializer: D) -> Result<T, D::Error>
where
    D: Deserializer<'de>,
    T: Deserialize<'de> + Default,
{
    Ok(Option::deserialize(deserializer)?.unwrap_or_default())
}
