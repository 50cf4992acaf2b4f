//! `[stored_imps.<id>]`: imps that requests may name instead of writing them out.

use std::collections::BTreeMap;

use openrtb::Imp;
use serde::Deserialize;
use serde_json::Value;

use super::ConfigError;
use crate::bidders::config::BidderConfig;
use crate::data::stored::{StoredImps, StoredKind, parse};

/// Each must parse as an imp, and name only bidders that exist: a typo here would silently cost money.
pub(super) fn check(
    raw: StoredImps,
    bidders: &BTreeMap<String, BidderConfig>,
) -> Result<StoredImps, ConfigError> {
    for (id, members) in &raw {
        let key = format!("stored_imps.{id}");
        parse::check(StoredKind::Imp, &Value::Object(members.clone()))
            .map_err(|problem| ConfigError::invalid(&key, problem))?;
        let imp = Imp::deserialize(&Value::Object(members.clone()))
            .map_err(|error| ConfigError::invalid(&key, error.to_string()))?;
        let prebid = imp.ext.and_then(|ext| ext.prebid).unwrap_or_default();
        for code in prebid.bidder.keys() {
            if !bidders.contains_key(code) {
                let key = format!("{key}.ext.prebid.bidder.{code}");
                return Err(ConfigError::invalid(key, "no such bidder under [bidders]"));
            }
        }
    }
    Ok(raw)
}
