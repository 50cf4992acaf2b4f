//! Page views on a fake page: what happens goes in, what the page would do and report comes out.

mod ad_server;
mod direct;
mod fake_page;
mod lifetime;
mod slots;
mod spent;
