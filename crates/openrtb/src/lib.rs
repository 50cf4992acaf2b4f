//! openrtb
