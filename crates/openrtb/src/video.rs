//! [`Video`]: a slot offered for video, with the members that the auction itself reads.

use serde::{Deserialize, Serialize};

use crate::Members;

/// A video offer (OpenRTB 2.6 section 3.2.7); members that only SSPs read are passed through.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Video {
    /// Content types that play.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub mimes: Vec<String>,
    /// The shortest ad in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub minduration: Option<i64>,
    /// The longest ad in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub maxduration: Option<i64>,
    /// Supported VAST versions.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub protocols: Vec<i64>,
    /// Player width.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub w: Option<u32>,
    /// Player height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub h: Option<u32>,
    /// Placement type.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plcmt: Option<i64>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}
