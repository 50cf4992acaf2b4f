//! The pages that creatives live in and lead to: the container frame, the click counter and the view counter.

use axum::extract::Query;
use axum::http::{StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use serde::Deserialize;
use url::Url;

/// The frame that writes the creative it finds in its own name, like the container of a real publisher tag.
pub async fn container() -> impl IntoResponse {
    (
        [(header::CACHE_CONTROL, "public, max-age=3600")],
        Html(include_str!("../../templates/container.html")),
    )
}

/// Where a click goes.
#[derive(Debug, Deserialize)]
pub struct Click {
    /// The publisher's page that the ad was on.
    page: String,
    /// The advertiser's page, relative to the publisher's if it is the publisher's own.
    #[serde(default)]
    to: String,
}

/// `GET /click`: sends the visitor on.
pub async fn click(Query(click): Query<Click>) -> Response {
    let target = Url::parse(&click.page).and_then(|page| page.join(&click.to));
    match target {
        Ok(url) if matches!(url.scheme(), "http" | "https") => (
            StatusCode::SEE_OTHER,
            [(header::LOCATION, String::from(url))],
        )
            .into_response(),
        _ => (StatusCode::BAD_REQUEST, "click: not an address\n").into_response(),
    }
}

/// `GET /view`: an impression counter without content.
pub async fn view() -> StatusCode {
    StatusCode::NO_CONTENT
}

/// The click counter's address, to be followed by the landing page.
pub fn click_url(ad_server_origin: &str, page: &str) -> String {
    let page: String = url::form_urlencoded::byte_serialize(page.as_bytes()).collect();
    format!("{ad_server_origin}/click?page={page}&to=")
}

/// The view counter's address.
pub fn view_url(ad_server_origin: &str, line_item: u64) -> String {
    format!("{ad_server_origin}/view?line_item={line_item}")
}
