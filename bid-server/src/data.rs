//! What comes from files and other servers and is replaced while we run.
//!
//! [`accounts`] say whose auctions are held and how they differ, [`stored`] holds what requests name instead
//! of sending it, and [`market`] holds exchange rates and floor rules. [`watch`] follows folders.
//! [`http_client`] makes clients for other parties' servers; if somebody else chose the address, they reach
//! only what [`public_address`] allows. [`live`] replaces a value while others read it.

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
