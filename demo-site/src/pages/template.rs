//! The templates, which are part of the program, and how they are rendered.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use minijinja::{Environment, Value};

use crate::error::PageError;

const TEMPLATES: &[(&str, &str)] = &[
    ("base.html", include_str!("../../templates/base.html")),
    (
        "head_gpt.html",
        include_str!("../../templates/head_gpt.html"),
    ),
    (
        "head_early.html",
        include_str!("../../templates/head_early.html"),
    ),
    ("slot.html", include_str!("../../templates/slot.html")),
    ("card.html", include_str!("../../templates/card.html")),
    ("home.html", include_str!("../../templates/home.html")),
    ("recipe.html", include_str!("../../templates/recipe.html")),
    ("search.html", include_str!("../../templates/search.html")),
    ("plain.html", include_str!("../../templates/plain.html")),
    ("start.html", include_str!("../../templates/start.html")),
    ("compare.html", include_str!("../../templates/compare.html")),
    (
        "timeline.html",
        include_str!("../../templates/timeline.html"),
    ),
    (
        "house_creative.html",
        include_str!("../../templates/house_creative.html"),
    ),
];

/// All templates, parsed once at the start.
pub fn environment() -> Result<Environment<'static>, minijinja::Error> {
    let mut environment = Environment::new();
    for (name, source) in TEMPLATES {
        environment.add_template(name, source)?;
    }
    Ok(environment)
}

/// A page from its template.
pub fn render(
    environment: &Environment<'_>,
    name: &str,
    context: Value,
) -> Result<Response, PageError> {
    let html = environment.get_template(name)?.render(context)?;
    Ok(([(header::CACHE_CONTROL, "no-store")], Html(html)).into_response())
}
