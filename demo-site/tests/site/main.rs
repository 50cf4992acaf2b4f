//! The site over real sockets, with fakes for the networks and the tables.

mod ad_requests;
mod fakes;
mod pages;
mod running;
