//! The bid server: one `POST /openrtb2/auction` in, the highest bids out, a row for all that happened.
//!
//! The path of an auction, which is also the order of the modules; [`pipeline`] walks it, one line a step:
//!
//! 1. **Read** (`request`): the body is read under a cap, inflated, parsed, laid over the stored data that it
//!    names, checked, given to its account, and split into what SSPs may see and what is meant for us. From its
//!    `tmax` one deadline is computed; nobody computes another.
//! 2. **Ask** (`bidders`): a pure adapter per bidder turns its offers into HTTP calls. The shared part
//!    of the JSON is serialised once. All calls leave at once; who is late is dropped.
//! 3. **Hold** (`auction`): the publisher's own line items join the bids of SSPs, each bid is judged and ends in
//!    one outcome, and fit bids are ranked.
//! 4. **Settle** (`settle`): what a fit bid needs before anybody is told of it: macros, addresses of events,
//!    notices that we send in place of the page, a creative kept for later.
//! 5. **Write** (`response`): key-values and the OpenRTB answer.
//! 6. **Tell** (`log_output`): metrics count the auction, and once the answer is on its way, rows about it and
//!    each bid wait in a bounded queue until a background task has brought them to log-ingest.
//!
//! Around it: `http` lets requests in and answers out, `data` is what comes from files and other servers and is
//! replaced while we run, `money` reckons, `config` composes the sections that each module checks for itself,
//! and `metrics` is the registry of what each of them counts. Arrows point down this list only; a test of the
//! workspace keeps it so.

mod auction;
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
pub use log_output::LogOutputConfig;
pub use money::price_granularity::PresetScale;
pub use request::AuctionConfig;
pub use response::DebugConfig;
pub use settle::bid_notices::NoticesConfig;
pub use settle::creative_cache::{CacheConfig, CacheStore};
