//! What comes from files and other servers and is replaced while we run.
//!
//! [`accounts`] say whose auctions are held and how they differ, [`stored`] holds what requests name in place
//! of sending it, and [`market`] exchange rates and rules of floors. [`watch`] follows folders and
//! [`http_client`] makes clients for servers of others, which reach no further than [`public_address`]
//! allows where somebody else chose the address. [`live`] is how a value is replaced under its readers.

pub(crate) mod accounts;
pub(crate) mod http_client;
pub(crate) mod live;
pub(crate) mod market;
pub(crate) mod merge_patch;
pub(crate) mod metrics;
pub(crate) mod public_address;
pub(crate) mod stored;
pub(crate) mod tls;
pub(crate) mod watch;
