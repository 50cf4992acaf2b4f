//! SSPs that answer as they are told and remember what they were asked.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::Write;
use std::io::Read as _;
use std::sync::{Arc, Mutex};

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::CONTENT_ENCODING;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use axum::routing::post;
use bytes::Bytes;
use flate2::read::GzDecoder;
use futures_util::{StreamExt, stream};
use serde_json::Value;
use tokio::sync::Notify;
use tokio::task::JoinSet;

use crate::listening::{Listening, listen};

/// What an SSP does with a request.
#[derive(Debug, Clone)]
pub(crate) enum Reply {
    /// Answers.
    With(u16, String),
    /// Answers once it is let go.
    Later(u16, String),
    /// Never answers.
    Hang,
    /// Begins an answer and never finishes it.
    HangWithin,
    /// Answers with a body that is compressed in this way.
    Coded(&'static str, Vec<u8>),
    /// Redirects to another address.
    Redirect(String),
}

/// All SSPs of a test, one path each.
pub(crate) struct FakeSsps {
    /// Scheme and authority.
    base: String,
    shared: Arc<Shared>,
    codes: Vec<String>,
    _server: JoinSet<()>,
}

struct Shared {
    replies: BTreeMap<String, Reply>,
    asked: Mutex<BTreeMap<String, String>>,
    headers: Mutex<BTreeMap<String, HeaderMap>>,
    changed: Notify,
    let_go: Notify,
}

impl FakeSsps {
    /// Starts SSPs by code.
    pub(crate) async fn start(replies: BTreeMap<String, Reply>) -> Self {
        Self::served(replies, |routes| async {
            let (address, server) = listen(routes).await;
            (format!("http://{address}"), server)
        })
        .await
    }

    /// Starts SSPs by code, on a server made by `serve`, which returns the beginning of their addresses.
    pub(crate) async fn served<F: Future<Output = Listening>>(
        replies: BTreeMap<String, Reply>,
        serve: impl FnOnce(Router) -> F,
    ) -> Self {
        let codes = replies.keys().cloned().collect();
        let shared = Arc::new(Shared {
            replies,
            asked: Mutex::default(),
            headers: Mutex::default(),
            changed: Notify::new(),
            let_go: Notify::new(),
        });
        let routes = Router::new()
            .route("/{code}", post(answer))
            .with_state(Arc::clone(&shared));
        let (base, server) = serve(routes).await;
        Self {
            base,
            shared,
            codes,
            _server: server,
        }
    }

    /// Starts SSPs that all do the same.
    pub(crate) async fn all(codes: &[&str], reply: &Reply) -> Self {
        let replies = codes.iter().map(|code| ((*code).to_owned(), reply.clone()));
        Self::start(replies.collect()).await
    }

    /// `[bidders.<code>]` for each.
    pub(crate) fn settings(&self) -> String {
        let mut text = String::new();
        for code in &self.codes {
            writeln!(text, "[bidders.{code}]\nendpoint = '{}/{code}'", self.base).unwrap();
        }
        text
    }

    /// The last request of each SSP that was asked.
    pub(crate) fn asked(&self) -> BTreeMap<String, Value> {
        let asked = self.shared.asked.lock().unwrap();
        let read = asked.iter();
        read.map(|(code, body)| (code.clone(), serde_json::from_str(body).unwrap()))
            .collect()
    }

    /// A header of the last request of an SSP; empty = it had none.
    pub(crate) fn asked_header(&self, code: &str, name: &str) -> String {
        let headers = self.shared.headers.lock().unwrap();
        let value = headers[code].get(name).map(|value| value.to_str().unwrap());
        value.unwrap_or_default().to_owned()
    }

    /// Its exact text.
    pub(crate) fn asked_text(&self, code: &str) -> String {
        self.shared.asked.lock().unwrap()[code].clone()
    }
}

impl FakeSsps {
    /// Releases one answer that is waiting, or will wait.
    pub(crate) fn let_go(&self) {
        self.shared.let_go.notify_one();
    }

    /// Waits for the first request of an SSP.
    pub(crate) async fn until_asked(&self, code: &str) {
        loop {
            let changed = self.shared.changed.notified();
            if self.shared.asked.lock().unwrap().contains_key(code) {
                return;
            }
            changed.await;
        }
    }
}

/// What was sent, before it was compressed.
fn plain(body: &[u8]) -> String {
    let mut text = String::new();
    if body.starts_with(&[0x1f, 0x8b]) {
        GzDecoder::new(body).read_to_string(&mut text).unwrap();
        return text;
    }
    String::from_utf8(body.to_vec()).unwrap()
}

async fn answer(
    State(shared): State<Arc<Shared>>,
    Path(code): Path<String>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let headers_of = &shared.headers;
    headers_of.lock().unwrap().insert(code.clone(), headers);
    shared
        .asked
        .lock()
        .unwrap()
        .insert(code.clone(), plain(&body));
    shared.changed.notify_one();
    match shared.replies[&code].clone() {
        Reply::With(status, body) => (StatusCode::from_u16(status).unwrap(), body).into_response(),
        Reply::Later(status, body) => {
            shared.let_go.notified().await;
            (StatusCode::from_u16(status).unwrap(), body).into_response()
        }
        Reply::Hang => std::future::pending().await,
        Reply::HangWithin => {
            let start = stream::iter([Ok::<_, Infallible>("{\"seatbid\":[")]);
            Body::from_stream(start.chain(stream::pending())).into_response()
        }
        Reply::Coded(coding, body) => ([(CONTENT_ENCODING, coding)], body).into_response(),
        Reply::Redirect(address) => Redirect::temporary(&address).into_response(),
    }
}
