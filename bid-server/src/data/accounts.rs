//! Accounts: what a publisher may do and how its auctions differ from those of others.
//!
//! [`settings`] combines the features' own settings, [`store`] holds those of all accounts laid over the
//! default account's, [`files`] follows the folder that they come from, and [`id`] finds out which account a
//! request belongs to.

mod bids;
mod config;
mod error;
mod files;
mod id;
mod metrics;
mod settings;
mod store;

pub(crate) use bids::{AlternateCodes, Enforcement, Validations};
pub use config::AccountsConfig;
pub(crate) use error::AccountError;
pub(crate) use files::AccountFiles;
#[cfg(any(test, feature = "fuzzing"))]
pub(crate) use files::account_of;
pub(crate) use id::of_stored as account_of_stored;
pub(crate) use metrics::AccountMetrics;
pub use metrics::MetricsConfig;
pub(crate) use settings::AccountSettings;
pub(crate) use store::{Account, Accounts, check};
