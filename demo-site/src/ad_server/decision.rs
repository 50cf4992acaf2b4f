//! The publisher's in-house decision service: tells the serial variant which slots to offer in the auction.
//!
//! This is the first of the three requests that a bolted-on integration makes in series.

use axum::Json;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use crate::app::SharedApp;
use crate::cpm::Cpm;
use crate::error::PageError;
use crate::slots::{PageType, Slot};

/// The page that asks.
#[derive(Debug, Deserialize)]
pub struct Question {
    page: String,
}

#[derive(Serialize)]
struct Decision {
    floor: Cpm,
    slots: Vec<Slot>,
}

/// `GET /decision?page=recipe`: the slots to offer, after the same think time as any decision.
pub async fn decide(State(app): State<SharedApp>, Query(question): Query<Question>) -> Response {
    let pages = [PageType::Home, PageType::Recipe, PageType::Search];
    let Some(page) = pages.into_iter().find(|page| page.name() == question.page) else {
        return PageError::NotFound.into_response();
    };
    tokio::time::sleep(app.settings.ad_server.think_time).await;
    let decision = Decision {
        floor: app.settings.ad_server.floor,
        slots: page.slots(),
    };
    Json(decision).into_response()
}
