//! The templates, which are part of the program, and how they are rendered.

use axum::http::header;
use axum::response::{Html, IntoResponse, Response};
use minijinja::{Environment, Value};

use crate::error::PageError;

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../templates/", $name)))),*]
    };
}

const TEMPLATES: &[(&str, &str)] = files![
    "base.html",
    "head_gpt.html",
    "head_early.html",
    "slot.html",
    "card.html",
    "home.html",
    "recipe.html",
    "search.html",
    "plain.html",
    "start.html",
    "variant_card.html",
    "compare.html",
    "timeline.html",
    "house_creative.html",
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
