//! [`Device`]: the device that the page is shown on.

use serde::{Deserialize, Serialize};

use crate::Members;

/// The device (OpenRTB 2.6 section 3.2.18).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// User agent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ua: Option<String>,
    /// IPv4 address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ip: Option<String>,
    /// IPv6 address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<String>,
    /// Kind of device (AdCOM device types).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub devicetype: Option<i64>,
    /// 1 = do not track.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub dnt: Option<u8>,
    /// 1 = limit tracking.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub lmt: Option<u8>,
    /// Screen width.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub w: Option<i64>,
    /// Screen height.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub h: Option<i64>,
    /// Browser language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Extensions, as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<Members>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl Device {
    /// Whether it is a phone or tablet: by device type, otherwise by client hints, otherwise by user agent.
    pub fn is_mobile(&self) -> Option<bool> {
        // AdCOM: 1 is mobile or tablet, 4 phone, 5 tablet.
        if let Some(kind) = self.devicetype {
            return Some(matches!(kind, 1 | 4 | 5));
        }
        let hint = self.other.get("sua").and_then(|sua| sua.get("mobile"));
        if let Some(mobile) = hint.and_then(serde_json::Value::as_i64) {
            return Some(mobile == 1);
        }
        self.ua.as_ref().map(|ua| ua.contains("Mobi"))
    }
}
