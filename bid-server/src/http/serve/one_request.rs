//! [`OneRequest`]: from the HTTP library's request to the routes, with what only the connection knows.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response, StatusCode};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::service::Service;
use tokio::net::TcpStream;
use tower::ServiceExt;

use super::gone::{self, ClientGone};
use super::head_watch::Phase;
use crate::request::client::Peer;

/// Answers the requests of one connection.
#[derive(Debug)]
pub(super) struct OneRequest {
    pub(super) routes: Router,
    pub(super) peer: IpAddr,
    /// Longest path with query.
    pub(super) max_target_bytes: usize,
    pub(super) stream: Arc<TcpStream>,
    pub(super) phase: Phase,
}

type HttpAnswer = Result<Response<Body>, ClientGone>;

impl Service<Request<Incoming>> for OneRequest {
    type Response = Response<Body>;
    type Error = ClientGone;
    type Future = Pin<Box<dyn Future<Output = HttpAnswer> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.phase.begin_request();
        let phase = self.phase.clone();
        let target = request.uri().path_and_query();
        let length = target.map_or(0, |target| target.as_str().len());
        if length > self.max_target_bytes {
            return Box::pin(async move {
                phase.end_request();
                Ok(StatusCode::URI_TOO_LONG.into_response())
            });
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(Some(self.peer)));
        let version = request.version();
        let answer = self.routes.clone().oneshot(request);
        let stream = Arc::clone(&self.stream);
        Box::pin(async move {
            let answer = tokio::select! {
                biased;
                answer = answer => answer.map_err(|never| match never {}),
                gone = gone::noticed(&stream, version, &phase) => Err(gone),
            };
            phase.end_request();
            answer
        })
    }
}
