//! demo-site
