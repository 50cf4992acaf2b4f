//! A server for one test on a free port; it ends with the handle.

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;

/// Its address as `host:port`, and what keeps it running.
pub(crate) type Listening = (String, JoinSet<()>);

/// Serves these routes.
pub(crate) async fn listen(routes: Router) -> Listening {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let mut server = JoinSet::new();
    server.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (address, server)
}
