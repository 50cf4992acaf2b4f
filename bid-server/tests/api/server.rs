//! Starts a bid server on free ports and talks to it.

use bid_server::{Config, Listeners, RunError, run};
use bytes::Bytes;
use reqwest::{Client, Method, RequestBuilder, Response};
use serde_json::Value;
use tokio::sync::oneshot;
use tokio::task::JoinSet;

/// Free ports, and nowhere to log to; tests append their own settings.
const BASE: &str = "
[listen]
http = '127.0.0.1:0'
admin = '127.0.0.1:0'
";

/// A running server; dropping it stops it.
pub(crate) struct Server {
    pub(crate) http: String,
    pub(crate) admin: String,
    pub(crate) client: Client,
    stop: Option<oneshot::Sender<()>>,
    task: JoinSet<Result<(), RunError>>,
}

impl Server {
    /// Starts with these settings and no log output.
    pub(crate) async fn start(settings: &str) -> Self {
        Self::start_logging(&format!("{settings}\n[log_output]\nenabled = false\n")).await
    }

    /// Starts with more lines of `[listen]`.
    pub(crate) async fn start_with(listen: &str, settings: &str) -> Self {
        Self::start(&format!("{listen}{settings}")).await
    }

    /// Starts with these settings, including log output.
    #[expect(
        clippy::unused_async,
        reason = "sockets are bound within a runtime, which callers of an async function have"
    )]
    pub(crate) async fn start_logging(settings: &str) -> Self {
        let config = Config::parse(&format!("{BASE}{settings}")).unwrap();
        let listeners = Listeners::bind(&config.listen).unwrap();
        let (stop, stopped) = oneshot::channel();
        let mut task = JoinSet::new();
        let (http, admin) = (listeners.http_address(), listeners.admin_address());
        task.spawn(run(config, listeners, async move {
            drop(stopped.await);
        }));
        Self {
            http: format!("http://{http}"),
            admin: format!("http://{admin}"),
            client: Client::builder().no_proxy().build().unwrap(),
            stop: Some(stop),
            task,
        }
    }

    /// Asks for a clean shutdown and waits for it.
    pub(crate) async fn stop(mut self) {
        drop(self.stop.take());
        self.task.join_next().await.unwrap().unwrap().unwrap();
    }

    /// How it ended by itself.
    pub(crate) async fn ended(mut self) -> Result<(), RunError> {
        self.task.join_next().await.unwrap().unwrap()
    }

    /// A request to the public listener.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.client.request(method, format!("{}{path}", self.http))
    }

    /// An auction, as a page posts it.
    pub(crate) async fn post(&self, body: impl Into<Bytes>) -> Response {
        let request = self.request(Method::POST, "/openrtb2/auction");
        let request = request
            .header("content-type", "text/plain")
            .header("origin", "https://page.example");
        request.body(body.into()).send().await.unwrap()
    }

    /// An auction that must be answered with 200.
    pub(crate) async fn auction(&self, body: &Value) -> Value {
        let response = self.post(body.to_string()).await;
        let status = response.status();
        let text = response.text().await.unwrap();
        assert_eq!(status, 200, "{text}");
        serde_json::from_str(&text).unwrap()
    }
}
