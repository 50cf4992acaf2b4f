//! Checked settings; the only module that reads the configuration file. The rest of the code sees no raw text.

mod check;
mod file;

use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use url::Url;

use crate::cpm::Cpm;
use crate::slots::Size;

/// Everything that is configured for the site.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Where pages are served.
    pub listen: SocketAddr,
    /// Where the ad server's scripts, answers and frames are served: a second origin.
    pub ad_server_listen: SocketAddr,
    /// The ad server's address as browsers see it; `None` takes the bound address.
    pub ad_server_url: Option<Url>,
    /// The other programs.
    pub services: Services,
    /// Folders and files made elsewhere.
    pub folders: Folders,
    /// What pages say about their auctions.
    pub auction: Auction,
    /// The ad server's line items and patience.
    pub ad_server: AdServer,
}

/// Addresses of the other programs, as browsers (and for SQL this program) reach them.
#[derive(Debug, Clone, PartialEq)]
pub struct Services {
    /// The bid-server's base address.
    pub bid_server: Url,
    /// Where pages send their events.
    pub events: Url,
    /// SQL over HTTP.
    pub sql: Url,
}

/// What is served from disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Folders {
    /// The built SDK.
    pub sdk: PathBuf,
    /// The bundle of Prebid.js.
    pub prebid_bundle: PathBuf,
    /// The Prebid Universal Creative's files.
    pub creatives: PathBuf,
    /// Pages rendered by the Rails gem, if there are any.
    pub rails_page: Option<PathBuf>,
}

/// What pages say about their auctions.
#[derive(Debug, Clone, PartialEq)]
pub struct Auction {
    /// The publisher's account at the bid-server.
    pub account: String,
    /// Milliseconds that an auction may take.
    pub tmax: u32,
    /// Milliseconds after which a page asks the ad server without bids.
    pub failsafe: u32,
}

/// The ad server's line items and patience.
#[derive(Debug, Clone, PartialEq)]
pub struct AdServer {
    /// Least price for a network in the waterfall.
    pub floor: Cpm,
    /// What a decision costs apart from networks.
    pub think_time: Duration,
    /// How long one network is waited for.
    pub network_timeout: Duration,
    /// The waterfall, first asked first.
    pub networks: Vec<Network>,
    /// Line items of the publisher's own.
    pub house: Vec<HouseLineItem>,
}

/// One step of the waterfall.
#[derive(Debug, Clone, PartialEq)]
pub struct Network {
    /// The bidder's code in events.
    pub code: String,
    /// Where it takes OpenRTB requests.
    pub endpoint: Url,
}

/// A line item of the publisher's own.
#[derive(Debug, Clone, PartialEq)]
pub struct HouseLineItem {
    /// Its name in reports.
    pub name: String,
    /// What it is worth.
    pub cpm: Cpm,
    /// The sizes it has creatives for.
    pub sizes: Vec<Size>,
    /// Start of the ad unit paths it may run on.
    pub ad_units: String,
    /// The creative's first line.
    pub headline: String,
    /// The creative's second line.
    pub text: String,
    /// The creative's background, as a CSS colour.
    pub color: String,
    /// The page a click leads to, relative to the publisher's page.
    pub landing: String,
}

/// Reads and checks the file.
pub fn load(path: &Path) -> Result<Settings, ConfigError> {
    let text = std::fs::read_to_string(path).map_err(|source| ConfigError::Read {
        path: path.to_path_buf(),
        source,
    })?;
    parse(&text)
}

/// Checks the text of a configuration file.
pub fn parse(text: &str) -> Result<Settings, ConfigError> {
    let file: file::File = toml::from_str(text)?;
    check::check(file)
}

/// The configuration is not usable.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read configuration {path}: {source}", path = path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// Not TOML, an unknown key or a value of the wrong type.
    #[error("configuration: {0}")]
    Parse(#[from] toml::de::Error),
    /// A value out of range.
    #[error("configuration key {key}: {problem}")]
    Value {
        /// The key, as in the file.
        key: String,
        /// What is wrong with its value.
        problem: String,
    },
}

#[cfg(test)]
mod tests;
