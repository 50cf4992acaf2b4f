//! [`Source`]: where the request comes from.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Members;

/// Origin of the request (OpenRTB 2.6 section 3.2.2).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Source {
    /// 1 = the exchange decides, not the upstream source.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fd: Option<u8>,
    /// Transaction id common to all bid requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tid: Option<String>,
    /// Supply chain, in its 2.6 place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schain: Option<Value>,
    /// Extensions, as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<Members>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

impl Source {
    /// The supply chain, from `schain` or the older `ext.schain`.
    pub fn schain(&self) -> Option<&Value> {
        let older = || self.ext.as_ref()?.get("schain");
        self.schain.as_ref().or_else(older)
    }
}
