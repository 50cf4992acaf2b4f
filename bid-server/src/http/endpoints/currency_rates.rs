//! `GET /currency/rates` for operators: the tables that auctions use now, in the order in which they are searched.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use openrtb::Price;
use serde_json::{Value, json};
use tokio::time::Instant;

use crate::http::app::App;
use crate::money::currency::RateTable;

/// Shows the rates.
pub(crate) async fn currency_rates(State(app): State<Arc<App>>) -> Json<Value> {
    let tables = app.pipeline.market.rates.tables(Instant::now());
    let tables: Vec<Value> = tables.iter().map(|table| show(table)).collect();
    Json(json!({ "tables": tables }))
}

fn show(table: &RateTable) -> Value {
    let rows = table.iter().map(|(from, row)| {
        let rates = row.iter();
        let rates = rates.map(|(to, rate)| (to.clone(), json!(Price::new(*rate))));
        (from.clone(), rates.collect::<Value>())
    });
    rows.collect()
}
