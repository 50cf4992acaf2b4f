//! [`Format`]: one size that a banner slot accepts.

use serde::{Deserialize, Serialize};

use crate::Members;

/// An allowed size of a banner (OpenRTB 2.6 section 3.2.10).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Format {
    /// Width in device-independent pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub w: Option<u32>,
    /// Height in device-independent pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub h: Option<u32>,
    /// Relative width of a flexible size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wratio: Option<u32>,
    /// Relative height of a flexible size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hratio: Option<u32>,
    /// Smallest width of a flexible size.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub wmin: Option<u32>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl Format {
    /// A fixed size.
    pub fn fixed(w: u32, h: u32) -> Self {
        Self {
            w: Some(w),
            h: Some(h),
            ..Self::default()
        }
    }

    /// Width and height of a fixed size.
    pub fn size(&self) -> Option<(u32, u32)> {
        self.w.zip(self.h)
    }
}
