//! [`Floors`]: floor rules, as requests and floor services provide them.
//!
//! Prebid.js and floor services write member names in camel case, Prebid Server in lower case;
//! [`Floors::read`] accepts any case.

use std::collections::BTreeMap;

use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{Members, Price};

/// `ext.prebid.floors` of a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Floors {
    /// `false` = the server neither signals nor enforces floors.
    pub enabled: Option<bool>,
    /// No floor is lower than this.
    pub floormin: Price,
    /// Currency of `floormin`; that of the rules if left out.
    pub floormincur: Option<String>,
    /// Percentage of auctions without floors.
    pub skiprate: Option<i64>,
    /// Where rules are fetched from.
    #[serde(alias = "endpoint")]
    pub floorendpoint: Option<FloorEndpoint>,
    /// The rules.
    pub data: Option<FloorData>,
    /// How floors are enforced.
    pub enforcement: Option<FloorEnforcement>,
}

/// `floorendpoint`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FloorEndpoint {
    /// The address of a file in the form of [`FloorData`].
    pub url: String,
}

/// `data`: this is also the form of a fetched file.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FloorData {
    /// Currency of all values; USD if left out.
    pub currency: Option<String>,
    /// Percentage of auctions without floors.
    pub skiprate: Option<i64>,
    /// Percentage of auctions that use fetched rules; all if left out.
    pub usefetchdatarate: Option<i64>,
    /// Models; one of them is chosen for an auction.
    pub modelgroups: Vec<FloorModelGroup>,
}

/// A model: rules, and how they are found.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct FloorModelGroup {
    /// Currency of its values; that of the data if left out.
    pub currency: Option<String>,
    /// Percentage of auctions without floors.
    pub skiprate: Option<i64>,
    /// Share of auctions that use this model, 1 to 100; 1 if left out.
    pub modelweight: Option<i64>,
    /// What the keys of `values` consist of.
    pub schema: FloorSchema,
    /// Floor by rule.
    pub values: BTreeMap<String, Price>,
    /// The floor if no rule matches.
    pub default: Option<Price>,
}

/// `schema`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FloorSchema {
    /// Names of fields, in the order of their values in a key.
    pub fields: Vec<String>,
    /// Separates the values in a key; `|` if left out.
    pub delimiter: Option<String>,
}

/// `enforcement`
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FloorEnforcement {
    /// Whether the server enforces floors; yes if left out.
    pub enforcepbs: Option<bool>,
    /// Whether floors apply to deals too.
    pub floordeals: Option<bool>,
    /// Whether bidders see the floor before their adjustment; yes if left out.
    pub bidadjustment: Option<bool>,
    /// Percentage of auctions in which floors are enforced; all if left out.
    pub enforcerate: Option<i64>,
}

/// `ext.prebid.floors` of an imp in a request.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImpFloors {
    /// No floor of this imp is lower than this.
    pub floormin: Price,
    /// Its currency.
    pub floormincur: Option<String>,
}

impl Floors {
    /// Reads the floors of a request; member names may have any case.
    ///
    /// # Errors
    /// If a member has another type.
    pub fn read(value: &Value) -> Result<Self, serde_json::Error> {
        let value = lower_names(value);
        // A list would pass for a struct without any members.
        for name in ["data", "enforcement", "floorendpoint"] {
            if value.get(name).is_some_and(Value::is_array) {
                return Err(serde_json::Error::custom(format!("{name} is a list")));
            }
        }
        Self::deserialize(value)
    }
}

impl FloorData {
    /// Reads rules; member names may have any case.
    ///
    /// # Errors
    /// If a member has another type.
    pub fn read(value: &Value) -> Result<Self, serde_json::Error> {
        Self::deserialize(lower_names(value))
    }
}

impl ImpFloors {
    /// Reads the floors of an imp; member names may have any case.
    ///
    /// # Errors
    /// If a member has another type.
    pub fn read(value: &Value) -> Result<Self, serde_json::Error> {
        Self::deserialize(lower_names(value))
    }
}

/// The value with all member names in lower case. Those of `values` are rules, which are case-insensitive too.
fn lower_names(value: &Value) -> Value {
    match value {
        Value::Object(members) => {
            let lower = members.iter().filter(|(_, value)| !value.is_null());
            let lower = lower.map(|(name, value)| (name.to_lowercase(), lower_names(value)));
            Value::Object(lower.collect::<Members>())
        }
        Value::Array(items) => Value::Array(items.iter().map(lower_names).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn reads_names_in_any_case() {
        let floors = Floors::read(&json!({
            "enabled": false, "floorMin": 1.5, "floorMinCur": "EUR", "skipRate": 5,
            "floorEndpoint": {"URL": "https://f/"},
            "data": {"modelGroups": [{"modelWeight": 3, "schema": {"fields": ["mediaType"]},
                "values": {"Banner": 2}, "default": null}]},
            "enforcement": {"enforcePBS": true, "floorDeals": true, "enforceRate": 7, "bidAdjustment": false},
            "somethingElse": {"x": 1},
        }))
        .unwrap();
        assert_eq!(floors.enabled, Some(false));
        assert_eq!(floors.floormin.to_string(), "1.5");
        assert_eq!(floors.floorendpoint.unwrap().url, "https://f/");
        let group = &floors.data.unwrap().modelgroups[0];
        assert_eq!(group.modelweight, Some(3));
        assert_eq!(group.schema.fields, ["mediaType"]);
        assert_eq!(group.values["banner"].to_string(), "2");
        assert_eq!(floors.enforcement.unwrap().enforcerate, Some(7));
    }

    #[test]
    fn refuses_other_types() {
        for broken in [
            json!({"floorMin": "much"}),
            json!({"data": []}),
            json!({"data": {"modelGroups": {}}}),
            json!({"data": {"modelgroups": [{"values": [1]}]}}),
            json!(7),
        ] {
            assert!(Floors::read(&broken).is_err(), "{broken}");
        }
    }
}
