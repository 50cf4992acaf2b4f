//! The bid server: one `POST /openrtb2/auction` in, the highest bids out, a row for all that happened.
//!
//! The path of an auction request, which is also the order of the modules:
//!
//! 1. **In** (`request`): the body is read under a cap, inflated, parsed, laid over the stored imps
//!    and requests that it names (`stored`), checked, given to its `account`, and split into what SSPs may see and what is meant for us. From its
//!    `tmax` one deadline is computed; nobody computes another.
//! 2. **Ask** (`bidders`): a pure adapter per bidder turns its offers into HTTP calls. The shared part
//!    of the JSON is serialised once. `ssp_client` sends them.
//! 3. **Hold** (`auction`): all calls leave at once; who is late is dropped; every bid is judged and
//!    ends in one outcome; the publisher's own line items (`house`) join; fit bids are ranked.
//! 4. **Out** (`response`): price buckets and key-values, macros, the OpenRTB answer.
//! 5. **Tell** (`log_output`): rows about the auction and each bid wait in a bounded queue, and a
//!    background task brings them to log-ingest. Nothing of that can delay step 4.
//!
//! `router` shows all routes on one page, `config` all settings.

mod account;
mod admission;
mod app;
mod auction;
mod background;
mod bidders;
mod clock;
mod config;
mod creative_cache;
mod endpoints;
mod error;
mod events;
mod floors;
#[cfg(any(test, feature = "fuzzing"))]
pub mod fuzzing;
mod house;
mod http_client;
mod listeners;
mod live;
mod log_output;
mod market;
mod merge_patch;
mod metrics;
mod middleware;
mod money;
mod notice;
mod notices;
mod public_address;
mod request;
mod response;
mod router;
mod serve;
pub mod shutdown;
mod ssp_client;
mod stored;
pub mod telemetry;
mod watch;

pub use background::DataError;
pub use bidders::cases::{AdapterReport, check_adapters};
pub use config::{
    AccountsConfig, AuctionConfig, BidderConfig, CacheConfig, CacheStore, CompressionConfig,
    Config, ConfigError, CreativeConfig, CurrencyConfig, DebugConfig, FloorFetchConfig,
    LineItemConfig, ListenConfig, LogOutputConfig, MetricsConfig, NoticesConfig, RateOrigin,
    RateSource, SspClientConfig, StoredDataConfig, StoredHttpConfig, StoredImps, TlsConfig,
};
pub use http_client::ClientError;
pub use listeners::{BindError, Listeners};
pub use money::price_granularity::PresetScale;
pub use serve::{RunError, run};
