//! [`Regs`]: regulations that apply to the request; passed on, never logged raw.

use serde::{Deserialize, Serialize};

use crate::Members;

/// Regulations (OpenRTB 2.6 section 3.2.3).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Regs {
    /// 1 = directed at children (US).
    #[serde(skip_serializing_if = "Option::is_none")]
    pub coppa: Option<u8>,
    /// 1 = GDPR applies, in its 2.6 place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gdpr: Option<u8>,
    /// US privacy string, in its 2.6 place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub us_privacy: Option<String>,
    /// Global Privacy Platform string.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpp: Option<String>,
    /// Sections of `gpp` that apply.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gpp_sid: Option<Vec<i64>>,
    /// Extensions, as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<Members>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl Regs {
    /// Whether GDPR applies, from `gdpr` or the older `ext.gdpr`.
    pub fn gdpr(&self) -> Option<i64> {
        let older = || self.ext.as_ref()?.get("gdpr")?.as_i64();
        self.gdpr.map(i64::from).or_else(older)
    }

    /// The US privacy string, from `us_privacy` or the older `ext.us_privacy`.
    pub fn us_privacy(&self) -> Option<&str> {
        let older = || self.ext.as_ref()?.get("us_privacy")?.as_str();
        self.us_privacy.as_deref().or_else(older)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_both_places() {
        for text in [
            r#"{"gdpr":1,"us_privacy":"1YNN"}"#,
            r#"{"ext":{"gdpr":1,"us_privacy":"1YNN"}}"#,
        ] {
            let regs: Regs = serde_json::from_str(text).unwrap();
            assert_eq!(regs.gdpr(), Some(1));
            assert_eq!(regs.us_privacy(), Some("1YNN"));
        }
    }
}
