//! [`Market`]: data about money that is fetched outside of auctions: exchange rates and floors.
//!
//! [`rates`] and [`floor_rules`] hold what is known, and auctions read them without waiting. [`mod@work`]
//! keeps them fresh through [`fetch`], the only part that talks to the network, and only with the hosts that
//! [`hosts`] allows.

mod config;
mod fetch;
mod floor_file;
mod floor_rules;
pub(crate) mod hosts;
pub(crate) mod rate_file;
mod rates;
mod work;

pub(crate) use config::MarketConfig;
pub use config::{CurrencyConfig, FloorFetchConfig, RateOrigin, RateSource};
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use floor_file::read as read_floors;
pub(crate) use floor_rules::{Fetched, FloorRules};
pub(crate) use rates::Rates;
pub(crate) use work::{Clients, work};

/// Rates and floors as they are known now.
#[derive(Debug)]
pub(crate) struct Market {
    /// Exchange rates.
    pub(crate) rates: Rates,
    /// Floors by address.
    pub(crate) floors: FloorRules,
}

impl Market {
    /// The market before anything is fetched.
    pub(crate) fn new(config: MarketConfig<'_>) -> Self {
        Self {
            rates: Rates::new(config.currency),
            floors: FloorRules::new(config.floor_fetch),
        }
    }
}
