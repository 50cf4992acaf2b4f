//! Rates and floors over HTTP, from the first request for them to the auction; and what garbage does.

use axum::Router;
use axum::routing::get;
use tokio::net::TcpListener;

use super::*;
use crate::config::Config;
use crate::data::market::Fetched;
use crate::data::tls::TlsConfig;
use crate::money::floors::settings::FloorFetch;

/// Serves this text at `/`, and counts nothing.
async fn serve(text: &'static str) -> (String, JoinSet<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = format!("http://{}/", listener.local_addr().unwrap());
    let routes = Router::new().route("/", get(move || async move { text }));
    let mut tasks = JoinSet::new();
    tasks.spawn(async move { axum::serve(listener, routes).await.unwrap() });
    (address, tasks)
}

async fn rates_of(text: &'static str) -> Result<RateTable, FetchError> {
    let (address, _server) = serve(text).await;
    let config = format!("[currency.source]\nurl = '{address}'\nmax_bytes = 200");
    let source = Config::parse(&config).unwrap().currency.source.unwrap();
    rates(&source, &client(false, &TlsConfig::default()).unwrap()).await
}

#[tokio::test]
async fn rates_are_read_or_refused() {
    let table = rates_of(r#"{"conversions":{"USD":{"JPY":155.5}}}"#)
        .await
        .unwrap();
    assert_eq!(table["USD"]["JPY"].to_string(), "155.5");
    assert!(matches!(
        rates_of("<html>").await,
        Err(FetchError::Unusable(_))
    ));
    let long = r#"{"conversions":{"USD":{"JPY":155.5}},"padding":"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx"}"#;
    assert_eq!(rates_of(long).await, Err(FetchError::TooLarge(200)));
}

fn fetch_settings() -> FloorFetch {
    FloorFetch {
        enabled: true,
        ..FloorFetch::default()
    }
}

/// What an auction finds after the fetch.
async fn floors_of(text: &'static str, settings: &str) -> Fetched {
    let (address, _server) = serve(text).await;
    let config = Config::parse(settings).unwrap();
    let market = Arc::new(Market::new(config.market()));
    let mut tasks = JoinSet::new();
    let clients = Clients::new(config.market(), &config.tls, Arc::default()).unwrap();
    work(&market, config.market(), clients, &mut tasks);
    loop {
        match market
            .floors
            .get(&address, &fetch_settings(), Instant::now())
        {
            Fetched::InProgress => tokio::task::yield_now().await,
            known => return known,
        }
    }
}

const LOCAL: &str = "[price_floors]\nallowed_hosts = ['127.0.0.1']\nallow_private_addresses = true";

#[tokio::test]
async fn floors_are_there_for_later_auctions() {
    let file = r#"{"modelGroups":[{"schema":{"fields":["mediaType"]},"values":{"Banner":1.5}}]}"#;
    let Fetched::Rules(rules) = floors_of(file, LOCAL).await else {
        panic!("no rules");
    };
    assert_eq!(rules.modelgroups[0].values["banner"].to_string(), "1.5");
}

#[tokio::test]
async fn garbage_gives_no_floors() {
    for garbage in [
        "",
        "<html>",
        "[]",
        "{}",
        r#"{"modelGroups":[{"modelWeight":0}]}"#,
        r#"{"modelGroups":[{"schema":{"fields":["moon"]}}]}"#,
        r#"{"modelGroups":[{"default":-1}]}"#,
    ] {
        assert_eq!(
            floors_of(garbage, LOCAL).await,
            Fetched::Failed,
            "{garbage}"
        );
    }
}

#[tokio::test]
async fn other_hosts_and_private_addresses_are_not_asked() {
    let file = r#"{"modelGroups":[{"default":1}]}"#;
    assert_eq!(floors_of(file, "").await, Fetched::None);
    let listed = "[price_floors]\nallowed_hosts = ['127.0.0.1']";
    assert_eq!(floors_of(file, listed).await, Fetched::None);
    let off = format!("{LOCAL}\nenabled = false");
    assert_eq!(floors_of(file, &off).await, Fetched::None);
}
