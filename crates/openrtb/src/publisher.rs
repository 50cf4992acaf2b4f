//! [`Publisher`]: the seller; its id is the account.

use serde::{Deserialize, Serialize};

use crate::Members;

/// The publisher of a site or app (OpenRTB 2.6 section 3.2.15).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Publisher {
    /// The account at the exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Display name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The highest-level domain.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// Extensions, as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<Members>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}
