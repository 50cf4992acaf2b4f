//! All routes, of both origins.

use axum::Router;
use axum::http::{HeaderName, HeaderValue, Method, header};
use axum::routing::{get, post};
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::limit::RequestBodyLimitLayer;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::ad_server::{decision, endpoint, frames};
use crate::app::{App, SharedApp};
use crate::assets;
use crate::pages::{compare, recipe_pages, start};
use crate::site_script;

/// Largest ad request taken.
const MOST_BYTES: usize = 256 * 1024;

/// The recipe site.
pub fn site(app: &SharedApp) -> Router {
    let script = site_script::of(&app.catalogue);
    let router = Router::new()
        .route("/", get(start::start))
        .route("/compare", get(compare::compare))
        .route("/decision", get(decision::decide))
        .route("/favicon.ico", get(assets::favicon))
        .route("/assets/site.js", get(async move || assets::script(script)))
        .route("/assets/{*path}", get(assets::serve))
        .route("/{variant}", get(recipe_pages::add_slash))
        .route("/{variant}/", get(recipe_pages::home))
        .route("/{variant}/recipes/{slug}", get(recipe_pages::recipe))
        .route("/{variant}/search", get(recipe_pages::search));
    with_folders(router, app)
        .fallback(async || crate::error::PageError::NotFound)
        .with_state(app.clone())
}

/// What is served from disk: the SDK, Prebid.js and the pages that the gem rendered.
fn with_folders(router: Router<SharedApp>, app: &App) -> Router<SharedApp> {
    let folders = &app.settings.folders;
    let scripts = Router::new()
        .nest_service("/earlybid", ServeDir::new(&folders.sdk))
        .route_service("/prebid/prebid.js", ServeFile::new(&folders.prebid_bundle))
        .layer(cached());
    let router = router.merge(scripts);
    match &folders.rails_page {
        Some(folder) => router.nest_service("/rails", ServeDir::new(folder)),
        None => router,
    }
}

/// The ad server: scripts, answers, frames and creatives for pages of any origin.
pub fn ad_server(app: &SharedApp) -> Router {
    let creatives = Router::new()
        .fallback_service(ServeDir::new(&app.settings.folders.creatives))
        .layer(cached());
    Router::new()
        .route("/tag/js/gpt.js", get(assets::gpt))
        .route("/tag/js/pubads_impl.js", get(assets::pubads_impl))
        .route("/gampad/ads", post(endpoint::serve))
        .route("/safeframe/container.html", get(frames::container))
        .route("/click", get(frames::click))
        .route("/view", get(frames::view))
        .nest_service("/creative", creatives)
        .layer(RequestBodyLimitLayer::new(MOST_BYTES))
        .layer(cross_origin())
        .layer(timing_allowed())
        .with_state(app.clone())
}

/// Scripts made elsewhere may be kept as long as the site's own.
fn cached() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(
        header::CACHE_CONTROL,
        HeaderValue::from_static("public, max-age=600"),
    )
}

/// Pages send ad requests with credentials, so the answer names their origin instead of a star.
fn cross_origin() -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::mirror_request())
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::CONTENT_TYPE])
        .allow_credentials(true)
}

/// Lets pages read how long the ad server's resources took.
fn timing_allowed() -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::overriding(
        HeaderName::from_static("timing-allow-origin"),
        HeaderValue::from_static("*"),
    )
}
