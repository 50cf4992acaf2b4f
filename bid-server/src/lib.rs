//! The bid server: one `POST /openrtb2/auction` in, the highest bids out, and a row for everything that
//! happened.
//!
//! These are the steps of an auction, in the order in which [`pipeline`] walks them, one line each:
//!
//! 1. **Read** (`request`): the body is read under a size cap, inflated, parsed, merged with the stored data
//!    that it names, validated, matched to its account, and split into what SSPs may see and what is meant
//!    for us. One deadline is computed from its `tmax`; no other is computed later.
//! 2. **Ask** (`bidders`): a pure adapter for each bidder turns its offers into HTTP calls. The shared part
//!    of the JSON is serialised once. All calls leave at once, and late answers are dropped.
//! 3. **Hold** (`auction`): the publisher's own line items join the bids of SSPs. Each bid is judged and ends
//!    in exactly one outcome, and the bids that pass are ranked.
//! 4. **Settle** (`settle`): a bid that passed gets what it needs before anybody is told of it: macros, event
//!    addresses, the notices that we send on behalf of the page, and a creative that is kept for later.
//! 5. **Write** (`response`): key-values and the OpenRTB answer.
//! 6. **Tell** (`log_output`): metrics count the auction. Once the answer is on its way, rows about the
//!    auction and each bid wait in a bounded queue until a background task has brought them to log-ingest.
//!
//! Around them: `http` lets requests in and answers out, `data` holds what comes from files and other servers
//! and is replaced while we run, `money` does the arithmetic on prices, `config` composes the sections that
//! each module checks for itself, and `metrics` is the registry of what each of them counts. [`bare`] is the
//! client for SSPs alone, for measurements. Data flows down this list only, and no two modules import each
//! other; a test of the workspace enforces that.

mod auction;
pub mod bare;
mod bidder_names;
mod bidders;
mod check_adapters;
mod clock;
mod config;
mod data;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod http;
mod log_output;
mod metrics;
mod money;
mod pipeline;
mod remark;
mod request;
mod response;
mod settle;
pub mod telemetry;

pub use auction::house::{CreativeConfig, LineItemConfig, Patterns};
pub use bidders::config::BidderConfig;
pub use bidders::ssp_client::SspClientConfig;
pub use check_adapters::{AdapterReport, check_adapters};
pub use config::{CompressionConfig, Config, ConfigError, ListenConfig, StatusAnswer};
pub use data::accounts::{AccountsConfig, MetricsConfig};
pub use data::http_client::ClientError;
pub use data::market::{CurrencyConfig, FloorFetchConfig, RateOrigin, RateSource};
pub use data::stored::{StoredDataConfig, StoredHttpConfig, StoredImps, StoredSections};
pub use data::tls::TlsConfig;
pub use http::{BindError, DataError, Listeners, RunError, run, shutdown};
pub use log_output::{LogOutputConfig, SharedKey};
pub use money::price_granularity::PresetScale;
pub use request::AuctionConfig;
pub use response::DebugConfig;
pub use settle::bid_notices::NoticesConfig;
pub use settle::creative_cache::{CacheConfig, CacheStore, CacheWriters};
