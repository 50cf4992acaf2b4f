//! [`ImpExt`]: `imp.ext`, with bidder params and the stored imp.

use serde::{Deserialize, Serialize};

use crate::Members;

/// Extensions of an imp.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImpExt {
    /// The Prebid conventions.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prebid: Option<ImpPrebid>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

/// `imp.ext.prebid`.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct ImpPrebid {
    /// Params by bidder code: which bidders are asked for this imp, and with what placement.
    #[serde(
        default,
        deserialize_with = "crate::nullable::or_default",
        skip_serializing_if = "Members::is_empty"
    )]
    pub bidder: Members,
    /// The stored imp that this one is laid over.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub storedrequest: Option<StoredRef>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}

/// Refers to a stored imp or request.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredRef {
    /// Its id in the server's configuration.
    pub id: String,
}
