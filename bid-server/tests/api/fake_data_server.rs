//! A server of stored data that answers as it is told and remembers what it was asked.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use tokio::task::JoinSet;

use crate::listening::listen;

/// What it does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// Answers 200.
    With(String),
    /// Answers with a status and no body.
    Status(u16),
    /// Never answers.
    Hang,
}

pub(crate) struct FakeDataServer {
    address: String,
    shared: Arc<Shared>,
    _server: JoinSet<()>,
}

struct Shared {
    answer: Mutex<Answer>,
    asked: Mutex<Vec<String>>,
}

impl FakeDataServer {
    /// Answers 404 until it is told otherwise.
    pub(crate) async fn start() -> Self {
        let shared = Arc::new(Shared {
            answer: Mutex::new(Answer::Status(404)),
            asked: Mutex::default(),
        });
        let routes = Router::new()
            .route("/stored", get(answer))
            .with_state(Arc::clone(&shared));
        let (address, server) = listen(routes).await;
        Self {
            address,
            shared,
            _server: server,
        }
    }

    /// Its address, for the settings.
    pub(crate) fn endpoint(&self) -> String {
        format!("http://{}/stored", self.address)
    }

    /// Sets the answer from now on.
    pub(crate) fn answer(&self, answer: Answer) {
        *self.shared.answer.lock().unwrap() = answer;
    }

    /// Every query, decoded.
    pub(crate) fn asked(&self) -> Vec<String> {
        self.shared.asked.lock().unwrap().clone()
    }
}

async fn answer(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let pairs = url::form_urlencoded::parse(query.as_bytes());
    let pairs: Vec<String> = pairs
        .map(|(name, value)| format!("{name}={value}"))
        .collect();
    shared.asked.lock().unwrap().push(pairs.join("&"));
    let answer = shared.answer.lock().unwrap().clone();
    match answer {
        Answer::With(body) => body.into_response(),
        Answer::Status(status) => StatusCode::from_u16(status).unwrap().into_response(),
        Answer::Hang => std::future::pending().await,
    }
}
