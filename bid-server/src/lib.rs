//! bid-server
