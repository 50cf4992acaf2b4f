//! [`OneRequest`]: takes a request from the HTTP library to the routes, adding what only the connection knows.

use std::net::IpAddr;
use std::pin::Pin;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::header::HOST;
use axum::http::{Request, Response, StatusCode, Version};
use axum::response::IntoResponse;
use hyper::body::Incoming;
use hyper::service::Service;
use tokio::net::TcpStream;
use tokio::time::Instant;
use tower::ServiceExt;

use super::gone::{self, ClientGone};
use super::head_watch::Phase;
use crate::http::app::App;
use crate::request::client::{Arrived, Peer};

/// Answers the requests of one connection.
#[derive(Debug)]
pub(super) struct OneRequest {
    pub(super) routes: Router,
    pub(super) peer: IpAddr,
    /// The longest path, including the query.
    pub(super) max_target_bytes: usize,
    /// The largest head.
    pub(super) max_head_bytes: usize,
    /// The server, which knows how late it runs.
    pub(super) app: Arc<App>,
    pub(super) stream: Arc<TcpStream>,
    pub(super) phase: Phase,
}

impl OneRequest {
    /// Checks what the HTTP library lets through.
    fn check_head(&self, request: &Request<Incoming>) -> Result<(), StatusCode> {
        let target = request.uri().path_and_query();
        let target = target.map_or(0, |target| target.as_str().len());
        if target > self.max_target_bytes {
            return Err(StatusCode::URI_TOO_LONG);
        }
        let headers = request.headers().iter();
        let headers = headers.map(|(name, value)| name.as_str().len() + value.len() + SEPARATORS);
        if target + headers.sum::<usize>() > self.max_head_bytes {
            return Err(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE);
        }
        // RFC 9112, section 3.2. Two of them could mean one host to us and another to a proxy.
        let hosts = request.headers().get_all(HOST).iter().count();
        match hosts {
            1 => Ok(()),
            0 if request.version() < Version::HTTP_11 => Ok(()),
            _ => Err(StatusCode::BAD_REQUEST),
        }
    }
}

/// Bytes of a header line besides its name and value.
const SEPARATORS: usize = 4;

type HttpAnswer = Result<Response<Body>, ClientGone>;

impl Service<Request<Incoming>> for OneRequest {
    type Response = Response<Body>;
    type Error = ClientGone;
    type Future = Pin<Box<dyn Future<Output = HttpAnswer> + Send>>;

    fn call(&self, request: Request<Incoming>) -> Self::Future {
        self.phase.begin_request();
        let phase = self.phase.clone();
        if let Err(refused) = self.check_head(&request) {
            return Box::pin(async move {
                phase.end_request();
                Ok(refused.into_response())
            });
        }
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(Peer(Some(self.peer)));
        // The request has been in the socket for as long as everything else waits for its turn.
        let arrived = Instant::now() - self.app.lag.standing();
        request.extensions_mut().insert(Arrived(arrived));
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
