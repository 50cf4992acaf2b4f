//! A proxy before a store: it passes most requests on, and drops, delays or fails the others, or their answers.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::list;
use ssp_simulator::connection::Connection;

/// Largest body that is passed on.
const MAX_BODY: usize = 64 << 20;
/// How late a slow answer is.
const SLOW: Duration = Duration::from_millis(150);
/// A request that hangs is reset after this long; clients of a test give up sooner.
const HANG: Duration = Duration::from_secs(20);

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// 503 `SlowDown`; the store does not see it.
    Throttled,
    /// 500; the store does not see it.
    ServerError,
    /// 500, although the store has done it.
    DoneAndServerError,
    /// The answer comes late.
    Slow,
    /// No answer comes.
    Hang,
    /// The connection is reset; the store does not see it.
    Reset,
    /// The store has done it, and the connection is reset in place of the answer.
    LostAnswer,
}

impl Fault {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Throttled,
        Self::ServerError,
        Self::DoneAndServerError,
        Self::Slow,
        Self::Hang,
        Self::Reset,
        Self::LostAnswer,
    ];
}

/// How often each fault has struck a commit (true) and anything else.
type Struck = BTreeMap<(Fault, bool), u32>;

/// One of this many commits suffers a fault ...
const OF_COMMITS: usize = 3;
/// ... and one of this many other requests.
const OF_OTHERS: usize = 8;

/// What the proxy does: the faults in turn, so that each strikes soon.
#[derive(Debug)]
pub struct Faults {
    store: String,
    client: reqwest::Client,
    on: AtomicBool,
    commits: AtomicUsize,
    others: AtomicUsize,
    done: Mutex<Struck>,
}

impl Faults {
    /// Before the store at that address; none at first.
    pub(super) fn new(store: String) -> anyhow::Result<Self> {
        Ok(Self {
            store,
            client: reqwest::Client::builder().timeout(HANG).build()?,
            on: AtomicBool::new(false),
            commits: AtomicUsize::new(0),
            others: AtomicUsize::new(0),
            done: Mutex::default(),
        })
    }

    /// Whether requests suffer faults from now on.
    pub fn turn(&self, on: bool) {
        self.on.store(on, Ordering::Relaxed);
    }

    /// How often each fault has struck a PUT that must not replace anything, which is what a commit is.
    pub fn of_commits(&self) -> BTreeMap<Fault, u32> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let commits = done.iter().filter(|((_, commit), _)| *commit);
        commits
            .map(|((fault, _), count)| (*fault, *count))
            .collect()
    }

    fn next(&self, commit: bool) -> Option<Fault> {
        if !self.on.load(Ordering::Relaxed) {
            return None;
        }
        let (counter, every) = match commit {
            true => (&self.commits, OF_COMMITS),
            false => (&self.others, OF_OTHERS),
        };
        let number = counter.fetch_add(1, Ordering::Relaxed);
        if number % every != every - 1 {
            return None;
        }
        let fault = Fault::ALL.get(number / every % Fault::ALL.len()).copied()?;
        let mut done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        *done.entry((fault, commit)).or_default() += 1;
        Some(fault)
    }

    async fn pass_on(&self, request: Request) -> anyhow::Result<Response> {
        let (parts, body) = request.into_parts();
        let path = parts.uri.path_and_query().map_or("/", |path| path.as_str());
        let body = axum::body::to_bytes(body, MAX_BODY).await?;
        let answer = self
            .client
            .request(parts.method, format!("{}{path}", self.store))
            .headers(parts.headers)
            .body(body)
            .send()
            .await
            .context("the store does not answer")?;
        let mut response = Response::builder().status(answer.status());
        for (name, value) in answer.headers() {
            if name != header::TRANSFER_ENCODING && name != header::CONNECTION {
                response = response.header(name, value);
            }
        }
        Ok(response.body(Body::from(answer.bytes().await?))?)
    }
}

/// Takes every request.
pub(super) fn router(faults: Arc<Faults>) -> Router {
    Router::new().fallback(answer).with_state(faults)
}

async fn answer(
    State(faults): State<Arc<Faults>>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
) -> Response {
    let conditional = request.headers().contains_key(header::IF_NONE_MATCH);
    let commit = request.method() == Method::PUT && conditional;
    let fault = faults.next(commit);
    let reset = || {
        connection.reset();
        StatusCode::OK.into_response()
    };
    match fault {
        Some(Fault::Throttled) => {
            return refusal(StatusCode::SERVICE_UNAVAILABLE, "SlowDown");
        }
        Some(Fault::ServerError) => return internal_error(),
        Some(Fault::Reset) => return reset(),
        Some(Fault::Hang) => {
            tokio::time::sleep(HANG).await;
            return reset();
        }
        Some(Fault::Slow) => tokio::time::sleep(SLOW).await,
        Some(Fault::LostAnswer | Fault::DoneAndServerError) | None => {}
    }
    let answered = faults.pass_on(request).await;
    match fault {
        Some(Fault::LostAnswer) => reset(),
        Some(Fault::DoneAndServerError) => internal_error(),
        _ => answered.unwrap_or_else(|_| internal_error()),
    }
}

fn internal_error() -> Response {
    refusal(StatusCode::INTERNAL_SERVER_ERROR, "InternalError")
}

fn refusal(status: StatusCode, code: &str) -> Response {
    let xml = list::error(code, "made up by the test");
    (status, [(header::CONTENT_TYPE, "application/xml")], xml).into_response()
}
