//! log-receiver
