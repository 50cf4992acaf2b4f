//! log-ingest
