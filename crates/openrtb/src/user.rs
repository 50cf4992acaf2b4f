//! [`User`]: the person looking at the page, to the extent that this may be known.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Members;

/// The user (OpenRTB 2.6 section 3.2.20).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// The exchange's id for the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// The buyer's id for the user.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub buyeruid: Option<String>,
    /// TCF consent string, in its 2.6 place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub consent: Option<String>,
    /// Extended ids, in their 2.6 place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub eids: Option<Vec<Value>>,
    /// Extensions, as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<Members>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl User {
    /// The consent string, from `consent` or the older `ext.consent`.
    pub fn consent(&self) -> Option<&str> {
        let older = || self.ext.as_ref()?.get("consent")?.as_str();
        self.consent.as_deref().or_else(older)
    }

    /// The extended ids, from `eids` or the older `ext.eids`.
    pub fn eids(&self) -> &[Value] {
        let older = || self.ext.as_ref()?.get("eids")?.as_array();
        self.eids.as_ref().or_else(older).map_or(&[], Vec::as_slice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_consent_and_ids_in_both_places() {
        for text in [
            r#"{"consent":"C","eids":[{"source":"a"}]}"#,
            r#"{"ext":{"consent":"C","eids":[{"source":"a"}]}}"#,
        ] {
            let user: User = serde_json::from_str(text).unwrap();
            assert_eq!(user.consent(), Some("C"));
            assert_eq!(user.eids().len(), 1);
        }
    }
}
