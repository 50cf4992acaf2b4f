//! All routes on one page, grouped by who calls them.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use crate::app::App;
use crate::endpoints::{
    amp, auction, auction_get, cache, cookie_sync, currency_rates, event, info, metrics, status,
    version, vtrack,
};
use crate::middleware;

/// What pages and servers of publishers call.
pub(crate) fn public(app: Arc<App>) -> Router {
    let compression = app.config.compression;
    let routes = Router::new()
        .route(
            "/openrtb2/auction",
            get(auction_get::auction).post(auction::auction),
        )
        .route("/openrtb2/amp", get(amp::amp))
        .route("/cookie_sync", post(cookie_sync::cookie_sync))
        .route("/cache", post(cache::put).get(cache::get))
        .route("/event", get(event::event))
        .route("/vtrack", post(vtrack::vtrack))
        .route("/info/bidders", get(info::bidders))
        .route("/info/bidders/{name}", get(info::bidder))
        .route("/bidders/params", get(info::params))
        .route("/status", get(status::status))
        .route("/version", get(version::version))
        .with_state(app);
    middleware::around(routes, compression)
}

/// What operators call.
pub(crate) fn admin(app: Arc<App>) -> Router {
    Router::new()
        .route("/metrics", get(metrics::metrics))
        .route("/currency/rates", get(currency_rates::currency_rates))
        .route("/status", get(status::status))
        .route("/version", get(version::version))
        .with_state(app)
}
