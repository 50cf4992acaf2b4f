//! `GET /`: what this is and where to go from here.

use axum::extract::State;
use axum::response::Response;
use minijinja::value::Serde;
use minijinja::{Value, context};

use crate::app::SharedApp;
use crate::error::PageError;
use crate::templates;
use crate::variant::Variant;

/// The start page.
pub async fn start(State(app): State<SharedApp>) -> Result<Response, PageError> {
    let variants: Vec<Value> = Variant::ALL.into_iter().map(card).collect();
    let tables = app.settings.services.sql.origin().ascii_serialization();
    let context = context! {
        variants,
        sample => Value::from(Serde(app.catalogue.all().first())),
        tables,
        rails => app.settings.folders.rails_page.is_some(),
    };
    templates::render(&app.templates, "start.html", context)
}

/// What the templates show of a variant.
pub fn card(variant: Variant) -> Value {
    context! {
        name => variant.name(),
        title => variant.title(),
        summary => variant.summary(),
    }
}
