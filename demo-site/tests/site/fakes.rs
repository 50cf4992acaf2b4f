//! Networks that bid a fixed price and remember who was asked, and tables that answer every question with the same rows.

use std::sync::{Arc, Mutex};

use axum::Router;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use axum::routing::{get, post};
use serde_json::{Value, json};
use tokio::net::TcpListener;

/// Names of what was called, in order.
pub(crate) type Calls = Arc<Mutex<Vec<String>>>;

pub(crate) struct Networks {
    origin: String,
    calls: Calls,
}

impl Networks {
    /// Alpha bids 0.8, beta 1.2, delta 2.0; omega never answers.
    pub(crate) async fn start() -> Self {
        let calls = Calls::default();
        let router = Router::new()
            .route("/{code}/openrtb2/bid", post(bid))
            .route("/{code}/win", get(win))
            .with_state(Arc::clone(&calls));
        Self {
            origin: serve(router).await,
            calls,
        }
    }

    /// The lines of configuration that make these networks the waterfall.
    pub(crate) fn waterfall(&self, codes: &[&str]) -> String {
        let entry = |code: &&str| {
            let origin = &self.origin;
            format!("[[network]]\ncode = \"{code}\"\nendpoint = \"{origin}/{code}/openrtb2/bid\"\n")
        };
        codes.iter().map(entry).collect()
    }

    pub(crate) fn calls(&self) -> Vec<String> {
        self.calls.lock().unwrap().clone()
    }
}

async fn bid(
    State(calls): State<Calls>,
    Path(code): Path<String>,
    body: String,
) -> impl IntoResponse {
    calls.lock().unwrap().push(code.clone());
    let request: Value = serde_json::from_str(&body).unwrap();
    let imp = &request["imp"][0];
    let price = match code.as_str() {
        "alpha" => 0.8,
        "beta" => 1.2,
        "delta" => 2.0,
        _ => std::future::pending().await,
    };
    let format = &imp["banner"]["format"][0];
    let bid = json!({
        "id": "1", "impid": imp["id"], "price": price, "w": format["w"], "h": format["h"],
        "adm": format!("<p>{code} paid ${{AUCTION_PRICE}}</p>"),
        "nurl": format!("http://{}/{code}/win?price=${{AUCTION_PRICE}}", host(&request)),
    });
    axum::Json(json!({"id": request["id"], "seatbid": [{"seat": code, "bid": [bid]}]}))
}

/// Tests pass the networks' own host in the page's address, so that a win notice can find its way back.
fn host(request: &Value) -> String {
    let page = request["site"]["page"].as_str().unwrap();
    page.split("networks=")
        .nth(1)
        .unwrap_or("127.0.0.1:9")
        .to_owned()
}

async fn win(State(calls): State<Calls>, Path(code): Path<String>, uri: axum::http::Uri) {
    let query = uri.query().unwrap_or_default();
    calls.lock().unwrap().push(format!("{code} won, {query}"));
}

impl Networks {
    pub(crate) fn host(&self) -> &str {
        self.origin.trim_start_matches("http://")
    }
}

/// Starts tables that answer with these rows of events and of bids; gives the configuration line that names them.
pub(crate) async fn tables(events: Value, bids: Value) -> String {
    let answer = async move |question: String| {
        let about_bids = question.contains("FROM bids");
        axum::Json(if about_bids { bids } else { events })
    };
    let origin = serve(Router::new().route("/query", post(answer))).await;
    format!("sql_url = \"{origin}/query\"\n")
}

async fn serve(router: Router) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::task::spawn(async { axum::serve(listener, router).await.unwrap() });
    format!("http://{address}")
}
