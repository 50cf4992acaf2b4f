//! The server around the auctions: sockets in, routes, answers out, and an orderly shutdown.
//!
//! [`serve`] starts and stops everything, [`router`] shows all routes on one page, [`endpoints`] holds their
//! handlers, and [`middleware`] what is wrapped around them. [`admission`] bounds how many auctions are held
//! at once, [`overload`] lowers that bound while the server runs late, and [`background`] follows files meanwhile.

mod admission;
mod app;
mod background;
mod endpoints;
mod listeners;
mod metrics;
mod middleware;
mod overload;
mod refusal;
mod router;
mod serve;
pub mod shutdown;

pub use background::DataError;
pub use listeners::{BindError, Listeners};
pub use serve::{RunError, run};
