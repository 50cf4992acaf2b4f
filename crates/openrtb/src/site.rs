//! [`Site`]: the website that contains the slots.

use serde::{Deserialize, Serialize};

use crate::{Members, Publisher};

/// The site (OpenRTB 2.6 section 3.2.13).
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Site {
    /// Site id at the exchange.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Domain of the site.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub domain: Option<String>,
    /// URL of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page: Option<String>,
    /// The URL that led to the page.
    #[serde(rename = "ref", skip_serializing_if = "Option::is_none")]
    pub referrer: Option<String>,
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
