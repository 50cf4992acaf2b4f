//! [`Deal`]: terms agreed between a publisher and a buyer.

use serde::{Deserialize, Serialize};

use crate::{Members, Price};

/// A deal on offer (OpenRTB 2.6 section 3.2.12).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Deal {
    /// The deal id that a bid names.
    #[serde(default)]
    pub id: String,
    /// The lowest price for the deal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bidfloor: Option<Price>,
    /// Currency of `bidfloor`; USD if left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bidfloorcur: Option<String>,
    /// The type of auction for the deal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub at: Option<i64>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}
