//! [`Banner`]: a slot offered for display creatives.

use serde::{Deserialize, Serialize};

use crate::{Format, Members};

/// A banner offer (OpenRTB 2.6 section 3.2.6).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Banner {
    /// Sizes that fit the slot.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub format: Vec<Format>,
    /// Exact width, if there is no `format`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub w: Option<u32>,
    /// Exact height, if there is no `format`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub h: Option<u32>,
    /// Position on the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pos: Option<i64>,
    /// 1 = in the top frame.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub topframe: Option<u8>,
    /// Blocked banner types.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub btype: Vec<i64>,
    /// Blocked creative attributes.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Vec::is_empty"
    )]
    pub battr: Vec<i64>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl Banner {
    /// Every fixed size on offer, those of `format` first; empty = any size.
    pub fn sizes(&self) -> Vec<(u32, u32)> {
        let listed: Vec<_> = self.format.iter().filter_map(Format::size).collect();
        if listed.is_empty() {
            self.w.zip(self.h).into_iter().collect()
        } else {
            listed
        }
    }
}
