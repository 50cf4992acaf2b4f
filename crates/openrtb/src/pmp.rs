//! [`Pmp`]: the private marketplace of an imp.

use serde::{Deserialize, Serialize};

use crate::{Deal, Members};

/// Deals on offer for an imp (OpenRTB 2.6 section 3.2.11).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Pmp {
    /// 1 = only bids with one of the deals count.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub private_auction: Option<u8>,
    /// The deals.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub deals: Vec<Deal>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}
