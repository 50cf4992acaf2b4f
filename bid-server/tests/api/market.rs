//! Rates and floors that the server fetches reach its auctions; and faults in what requests say about money.

use std::collections::BTreeMap;
use std::time::Duration;

use axum::Router;
use axum::routing::get;
use reqwest::Method;
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::fake_ssp::{FakeSsps, Reply};
use crate::listening::{Listening, listen};
use crate::server::Server;

/// Far longer than anything here takes.
const LIMIT: Duration = Duration::from_secs(20);

/// Serves a file at `/file.json`.
async fn serve(file: Value) -> Listening {
    let file = file.to_string();
    let routes = Router::new().route("/file.json", get(move || async move { file }));
    let (address, server) = listen(routes).await;
    (format!("http://{address}/file.json"), server)
}

async fn ssps() -> FakeSsps {
    let bid =
        json!({"id": "b", "impid": "i", "price": 2, "adm": "<b>", "crid": "c", "w": 728, "h": 90});
    let reply = json!({"id": "r", "cur": "USD", "seatbid": [{"bid": [bid]}]});
    let reply = Reply::With(200, reply.to_string());
    FakeSsps::start(BTreeMap::from([("alpha".to_owned(), reply)])).await
}

fn request(prebid: &Value) -> Value {
    json!({
        "id": "r", "site": {"page": "https://p.example/"}, "tmax": 2000,
        "imp": [{"id": "i", "banner": {"w": 728, "h": 90}, "ext": {"prebid": {"bidder": {"alpha": {}}}}}],
        "ext": {"prebid": prebid},
    })
}

#[tokio::test]
async fn auctions_use_fetched_rates() {
    let (address, _rates) = serve(json!({"conversions": {"USD": {"JPY": 160.5}}})).await;
    let ssps = ssps().await;
    let settings = format!(
        "[currency]\ndefault = 'JPY'\n[currency.source]\nurl = '{address}'\n{}",
        ssps.settings()
    );
    let server = Server::start(&settings).await;
    let fetched = async {
        loop {
            let url = format!("{}/currency/rates", server.admin);
            let rates = server.client.get(url).send().await.unwrap();
            let rates: Value = serde_json::from_str(&rates.text().await.unwrap()).unwrap();
            if rates["tables"][0]["USD"]["JPY"] == 160.5 {
                return;
            }
        }
    };
    timeout(LIMIT, fetched).await.unwrap();
    let answer = server.auction(&request(&json!({"targeting": {}}))).await;
    assert_eq!(answer["cur"], "JPY");
    let bid = &answer["seatbid"][0]["bid"][0];
    assert_eq!(bid["price"], 321.0);
    assert_eq!(bid["ext"]["prebid"]["targeting"]["hb_pb"], "320");
    let metrics = server.client.get(format!("{}/metrics", server.admin));
    let metrics = metrics.send().await.unwrap().text().await.unwrap();
    let counted = "bid_server_fetches_total{data=\"rates\",outcome=\"fetched\"} 1\n";
    assert!(metrics.contains(counted), "{metrics}");
    let took = "bid_server_fetch_duration_seconds_count{data=\"rates\"} 1\n";
    assert!(metrics.contains(took), "{metrics}");
}

/// The answer to the first auction that uses the fetched floor.
async fn with_fetched_floor(settings: &str, prebid: Value) -> (Value, Value) {
    let ssps = ssps().await;
    let server = Server::start(&format!("{settings}\n{}", ssps.settings())).await;
    let request = request(&prebid);
    let told = async {
        loop {
            let answer = server.auction(&request).await;
            let asked = ssps.asked();
            if asked["alpha"]["imp"][0].get("bidfloor").is_some() {
                return (answer, asked["alpha"]["imp"][0].clone());
            }
        }
    };
    timeout(LIMIT, told).await.unwrap()
}

const FLOORS: &str = "
[price_floors]
allowed_hosts = ['127.0.0.1']
allow_private_addresses = true
[accounts.default.price_floors]
use_dynamic_data = true
[accounts.default.price_floors.fetch]
enabled = true
";

fn floors() -> Value {
    json!({"modelGroups": [{"schema": {"fields": ["domain"]}, "values": {"p.example": 2.5}}]})
}

#[tokio::test]
async fn auctions_use_floors_fetched_for_the_account() {
    let (address, _floors) = serve(floors()).await;
    let settings = format!("{FLOORS}url = '{address}'");
    let (answer, imp) = with_fetched_floor(&settings, json!({})).await;
    assert_eq!(imp["bidfloor"], 2.5);
    assert_eq!(imp["ext"]["prebid"]["floors"]["floorrule"], "p.example");
    assert_eq!(answer.get("seatbid"), None);
    assert_eq!(answer["ext"]["warnings"]["alpha"][0]["code"], 10_009);
}

#[tokio::test]
async fn auctions_use_floors_fetched_from_where_the_request_says() {
    let (address, _floors) = serve(floors()).await;
    let prebid = json!({"floors": {"floorEndpoint": {"url": address}}});
    let (_, imp) = with_fetched_floor(FLOORS, prebid).await;
    assert_eq!(imp["bidfloor"], 2.5);
}

#[tokio::test]
async fn a_unit_may_bring_its_own_floors() {
    let ssps = ssps().await;
    let server = Server::start(&ssps.settings()).await;
    let won = async |floors: Value| {
        let mut asked = request(&json!({}));
        asked["imp"][0]["ext"]["prebid"]["floors"] = floors;
        let answer = server.auction(&asked).await;
        let imp = ssps.asked()["alpha"]["imp"][0].clone();
        assert_eq!(imp["ext"]["prebid"]["floors"].get("values"), None);
        (answer.get("seatbid").is_some(), imp["bidfloor"].clone())
    };
    let by_size = |floor: f64| json!({"currency": "USD", "schema": {"fields": ["size"]}, "values": {"728x90": floor, "*": 9}});
    assert_eq!(won(by_size(1.5)).await, (true, json!(1.5)));
    assert_eq!(won(by_size(2.5)).await, (false, json!(2.5)));
    assert_eq!(won(json!({"default": 2.5})).await, (false, json!(2.5)));
}

#[tokio::test]
async fn each_fault_about_money_has_its_line() {
    let server = Server::start("[bidders.alpha]\nendpoint = 'http://127.0.0.1:9/'").await;
    let body = request(&json!({
        "targeting": {"pricegranularity": "coarse", "mediatypepricegranularity": {"video": {"ranges": []}}},
        "currency": {"rates": {"USD": {"EUR": 0, "euro": 1}}},
        "bidadjustmentfactors": {"alpha": -1, "omega": 2},
        "floors": {"floorMin": "much"},
    }));
    let request = server.request(Method::POST, "/openrtb2/auction");
    let response = request.body(body.to_string()).send().await.unwrap();
    assert_eq!(response.status(), 400);
    let text = response.text().await.unwrap();
    let lines: Vec<&str> = text.lines().collect();
    for (line, part) in lines.iter().zip([
        "targeting.pricegranularity: no granularity is called \"coarse\"",
        "targeting.mediatypepricegranularity.video: ranges: at least one is needed",
        "currency.rates.USD.EUR: must be more than 0",
        "currency.rates.USD: not a currency code: \"euro\"",
        "floors: ",
        "bidadjustmentfactors.alpha: must be a number above 0",
        "bidadjustmentfactors.omega: no known bidder",
    ]) {
        let start = format!("Invalid request: request.ext.prebid.{part}");
        assert!(line.starts_with(&start), "{line}");
    }
    assert_eq!(lines.len(), 7, "{text}");
}

#[tokio::test]
async fn time_split_rounds_either_way_and_leaves_what_is_on_a_bucket() {
    let bid = |id: &str, imp: &str, price: f64| json!({"id": id, "impid": imp, "price": price, "adm": "<b>", "crid": "c", "w": 1, "h": 1});
    let bids = json!([bid("a", "between", 1.23), bid("b", "on", 1.2)]);
    let reply = json!({"seatbid": [{"bid": bids}]}).to_string();
    let ssps = FakeSsps::all(&["alpha"], &Reply::With(200, reply)).await;
    let account = "[accounts.default]\nbid_rounding = 'timesplit'\n";
    let server = Server::start(&(account.to_owned() + &ssps.settings())).await;
    let imp = |id: &str| json!({"id": id, "banner": {"w": 1, "h": 1}, "ext": {"prebid": {"bidder": {"alpha": {}}}}});
    let request = json!({
        "id": "r", "site": {"page": "https://p/"}, "imp": [imp("between"), imp("on")],
        "ext": {"prebid": {"targeting": {}}},
    });
    let mut seen = std::collections::BTreeSet::new();
    // All of them go the same way in one of 2^199 runs.
    for _ in 0..200 {
        let answer = server.auction(&request).await;
        let bids = &answer["seatbid"][0]["bid"];
        let bucket = |index: usize| bids[index]["ext"]["prebid"]["targeting"]["hb_pb"].clone();
        assert_eq!(bucket(1), "1.20");
        seen.insert(bucket(0).as_str().unwrap().to_owned());
        if seen.len() == 2 {
            break;
        }
    }
    assert_eq!(seen, ["1.20", "1.30"].map(str::to_owned).into());
}
