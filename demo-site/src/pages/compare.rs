//! `GET /compare`: the variants side by side, with figures and waterfalls drawn from the tables.

use axum::extract::State;
use axum::response::Response;
use minijinja::value::Serde;
use minijinja::{Value, context};

use super::start;
use crate::app::{App, SharedApp};
use crate::compare::rows::Call;
use crate::compare::views::View;
use crate::compare::{bars, rows, summary, views};
use crate::error::PageError;
use crate::templates;
use crate::variant::Variant;

/// The comparison; it says so where the tables cannot be read or have no rows yet.
pub async fn compare(State(app): State<SharedApp>) -> Result<Response, PageError> {
    let (rows, problem) = match rows::fetch(&app.http, &app.settings.services.sql).await {
        Ok(rows) => (rows, None),
        Err(error) => {
            tracing::warn!(%error, "tables cannot be read");
            (Vec::new(), Some("The tables cannot be read at the moment."))
        }
    };
    let views = views::group(rows);
    let typical = bars::typical_views(&views);
    let calls = calls_of(&app, &typical).await;
    let summaries = summary::summarise(&views);
    let variants: Vec<Value> = Variant::ALL.into_iter().map(start::card).collect();
    let context = context! {
        variants,
        summaries => Value::from(Serde(summaries)),
        timelines => Value::from(Serde(bars::timelines(&typical, &calls))),
        tables => app.settings.services.sql.origin().ascii_serialization(),
        sample => Value::from(Serde(app.catalogue.all().first())),
        problem,
    };
    templates::render(&app.templates, "compare.html", context)
}

/// The calls to bidders behind these views; the page does without them where there are none.
async fn calls_of(app: &App, typical: &[&View]) -> Vec<Call> {
    let auctions: Vec<String> = typical
        .iter()
        .filter_map(|view| view.auction().map(str::to_owned))
        .collect();
    rows::fetch_calls(&app.http, &app.settings.services.sql, &auctions)
        .await
        .inspect_err(|error| tracing::warn!(%error, "calls to bidders cannot be read"))
        .unwrap_or_default()
}
