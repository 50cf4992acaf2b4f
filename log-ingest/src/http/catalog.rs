//! `GET /catalog`: the tables with their columns, and the named queries. The page is made from it.

use axum::Json;
use serde_json::{Value, json};

use crate::query::named::NAMED_QUERIES;
use crate::table::schema::sql_name;

pub(super) async fn catalog() -> Json<Value> {
    Json(json!({ "tables": tables(), "queries": queries() }))
}

fn tables() -> Vec<Value> {
    let tables = ad_events::TABLES.iter().map(|table| {
        let columns = table.columns.iter().map(|column| {
            json!({ "name": column.name, "type": sql_name(column.kind), "doc": column.doc })
        });
        let columns: Vec<Value> = columns.collect();
        json!({ "name": table.name, "doc": table.doc, "tag": table.tag(), "columns": columns })
    });
    tables.collect()
}

fn queries() -> Vec<Value> {
    let queries = NAMED_QUERIES
        .iter()
        .map(|query| json!({ "name": query.name, "title": query.title(), "sql": query.sql }));
    queries.collect()
}
