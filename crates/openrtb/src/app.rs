//! [`App`]: the app that contains the slots.

use serde::{Deserialize, Serialize};

use crate::{Members, Publisher};

/// The app (OpenRTB 2.6 section 3.2.14).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct App {
    /// App id at the exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Bundle or package name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bundle: Option<String>,
    /// Domain of the app.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// The seller.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub publisher: Option<Publisher>,
    /// Extensions, as they came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ext: Option<Members>,
    /// Members that this type does not name.
    #[serde(flatten)]
    pub other: Members,
}
