//! forward-protocol
