//! All routes on one page, grouped by who calls them.

use std::sync::Arc;

use axum::Router;
use axum::routing::{MethodRouter, get, post};

use crate::http::app::App;
use crate::http::endpoints::{
    amp, auction, auction_get, cache, cookie_sync, currency_rates, event, info, metrics, openapi,
    status, version, vtrack,
};
use crate::http::middleware;

/// Paths and their handlers. Each of them is in `openapi.json` too.
type Table = Vec<(&'static str, MethodRouter<Arc<App>>)>;

/// The routes that publishers' pages and servers call.
pub(crate) fn public(app: Arc<App>) -> Router {
    let compression = app.pipeline.config.compression;
    middleware::around(routed(public_table(), app), compression)
}

/// The routes that operators call.
pub(crate) fn admin(app: Arc<App>) -> Router {
    let hosts = Arc::clone(&app.pipeline.config.listen.admin_hosts);
    middleware::for_operators(routed(admin_table(), app), hosts)
}

fn public_table() -> Table {
    vec![
        (
            "/openrtb2/auction",
            get(auction_get::auction).post(auction::auction),
        ),
        ("/openrtb2/amp", get(amp::amp)),
        ("/cookie_sync", post(cookie_sync::cookie_sync)),
        ("/cache", post(cache::put).get(cache::get)),
        ("/event", get(event::event)),
        ("/vtrack", post(vtrack::vtrack)),
        ("/info/bidders", get(info::bidders)),
        ("/info/bidders/{name}", get(info::bidder)),
        ("/bidders/params", get(info::params)),
        ("/status", get(status::status)),
        ("/version", get(version::version)),
        ("/openapi.json", get(openapi::openapi)),
    ]
}

fn admin_table() -> Table {
    vec![
        ("/metrics", get(metrics::metrics)),
        ("/currency/rates", get(currency_rates::currency_rates)),
        ("/status", get(status::status)),
        ("/version", get(version::version)),
    ]
}

fn routed(table: Table, app: Arc<App>) -> Router {
    let routes = table.into_iter();
    let routes = routes.fold(Router::new(), |routes, (path, methods)| {
        routes.route(path, methods)
    });
    routes.with_state(app)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::*;

    /// The paths in the document with this tag.
    fn documented(tag: &str) -> BTreeSet<String> {
        let document: Value = serde_json::from_str(openapi::DOCUMENT).unwrap();
        let paths = document["paths"].as_object().unwrap();
        let tagged = |item: &Value| {
            let operations = item.as_object().unwrap().values();
            let mut tags = operations.filter_map(|operation| operation["tags"].as_array());
            tags.any(|tags| tags.contains(&Value::from(tag)))
        };
        let tagged = paths.iter().filter(|(_, item)| tagged(item));
        tagged.map(|(path, _)| path.clone()).collect()
    }

    #[test]
    fn every_route_is_documented_and_every_documented_path_is_routed() {
        for (table, tag) in [(public_table(), "public"), (admin_table(), "admin")] {
            let routed: BTreeSet<String> = table.iter().map(|(path, _)| (*path).into()).collect();
            assert_eq!(routed, documented(tag), "{tag}");
        }
    }
}
