//! The ways of loading ads, named by the first part of a page's path.

use serde::Serialize;

/// How a page gets its ads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Variant {
    /// No header bidding: the ad server asks its networks one after another.
    Waterfall,
    /// Server-to-server bidding bolted on: started at the end of the body, everything in series.
    Serial,
    /// Prebid.js in the head, bidding through the bid-server.
    Prebid,
    /// Earlybid: the auction starts first in the head.
    Early,
}

impl Variant {
    /// All of them, from the slowest to the quickest.
    pub const ALL: [Self; 4] = [Self::Waterfall, Self::Serial, Self::Prebid, Self::Early];

    /// The name in URLs, in events and in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Waterfall => "waterfall",
            Self::Serial => "serial",
            Self::Prebid => "prebid",
            Self::Early => "early",
        }
    }

    /// The name for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Waterfall => "Waterfall",
            Self::Serial => "Serial bidding",
            Self::Prebid => "Prebid.js",
            Self::Early => "Earlybid",
        }
    }

    /// One sentence on what the page does.
    pub const fn summary(self) -> &'static str {
        match self {
            Self::Waterfall => {
                "No header bidding. The ad server asks its networks one after another and takes the first bid at or over the floor."
            }
            Self::Serial => {
                "Bidding bolted on at the end of the body: ad decision, then auction, then ad server, each waiting for the one before."
            }
            Self::Prebid => {
                "Prebid.js loads in the head and bids through the same bid-server before it asks the ad server."
            }
            Self::Early => {
                "The auction request leaves from the first script in the head, while stylesheets, SDK and ad server scripts load beside it."
            }
        }
    }

    /// The variant of that name, if there is one.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|variant| variant.name() == name)
    }
}
