//! A proxy that passes requests on to a store, and some of them not, or late, or without the answer.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

use super::list;
use crate::ssp_simulator::connection::Connection;

/// Largest body that is passed on.
const MAX_BODY: usize = 64 << 20;
/// How late a slow answer is.
const SLOW: Duration = Duration::from_millis(150);
/// After so long a request that hangs is reset; clients of a test give up before.
const HANG: Duration = Duration::from_secs(20);

/// What happens to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fault {
    /// 503 `SlowDown`; the store does not see it.
    Throttled,
    /// 500; the store does not see it.
    ServerError,
    /// 500 for what the store has done.
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

/// How often the proxy does what; may be changed while it runs.
#[derive(Debug)]
pub struct Faults {
    store: String,
    client: reqwest::Client,
    /// Of a hundred requests, how many suffer a fault.
    percent: AtomicU32,
    draws: Mutex<u64>,
    done: Mutex<Struck>,
}

impl Faults {
    /// Before the store at that address; what happens when follows from the seed.
    pub(super) fn new(store: String, seed: u64) -> anyhow::Result<Self> {
        Ok(Self {
            store,
            client: reqwest::Client::builder().timeout(HANG).build()?,
            percent: AtomicU32::new(0),
            draws: Mutex::new(seed),
            done: Mutex::default(),
        })
    }

    /// From now on so many of a hundred requests suffer a fault, each kind as often as the others.
    pub fn set_percent(&self, percent: u32) {
        self.percent.store(percent, Ordering::Relaxed);
    }

    /// How often each fault has struck a PUT that must not replace anything, which is what a commit is.
    pub fn of_commits(&self) -> BTreeMap<Fault, u32> {
        self.counts(|commit| commit)
    }

    /// How often each fault has struck anything.
    pub fn of_all(&self) -> BTreeMap<Fault, u32> {
        self.counts(|_| true)
    }

    fn counts(&self, which: impl Fn(bool) -> bool) -> BTreeMap<Fault, u32> {
        let done = self.done.lock().unwrap_or_else(PoisonError::into_inner);
        let mut counts = BTreeMap::new();
        for ((fault, commit), count) in done.iter() {
            if which(*commit) {
                *counts.entry(*fault).or_default() += count;
            }
        }
        counts
    }

    fn draw(&self, commit: bool) -> Option<Fault> {
        let mut draws = self.draws.lock().unwrap_or_else(PoisonError::into_inner);
        // SplitMix64.
        *draws = draws.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = *draws;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^= mixed >> 31;
        if mixed % 100 >= u64::from(self.percent.load(Ordering::Relaxed)) {
            return None;
        }
        let which = usize::try_from(mixed / 100 % 7).ok()?;
        let fault = Fault::ALL.get(which).copied()?;
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
    let fault = faults.draw(commit);
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
