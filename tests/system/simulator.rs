//! The SSP simulator as a program: its faults are real, its answers repeat, its record is kept.

use serde_json::{Value, json};
use system_tests::client::Client;
use system_tests::config_files;
use system_tests::fixtures::Ssp;
use system_tests::program::Program;

async fn simulator(folder: &std::path::Path) -> Program {
    let config = config_files::ssp_simulator(&[Ssp::fixed("alpha", 0.8)]);
    Program::start("ssp-simulator", &[], &config, folder)
        .await
        .unwrap()
}

fn request(id: &str) -> String {
    json!({ "id": id, "imp": [{ "id": "1", "banner": { "w": 300, "h": 250 } }] }).to_string()
}

#[tokio::test]
async fn the_same_request_gets_the_same_answer_and_both_are_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let (ssp, client) = (simulator(folder.path()).await, Client::new().unwrap());
    let url = ssp.url("ssp", "/alpha/openrtb2/bid");
    let first = client.post(&url, request("r1")).await.unwrap();
    let second = client.post(&url, request("r1")).await.unwrap();
    assert_eq!(first, second);
    assert_eq!(first.0, 200);
    let answer: Value = serde_json::from_str(&first.1).unwrap();
    assert_eq!(answer["seatbid"][0]["bid"][0]["price"], json!(0.8));

    let nurl = answer["seatbid"][0]["bid"][0]["nurl"].as_str().unwrap();
    client
        .get(&nurl.replace("${AUCTION_PRICE}", "0.8"))
        .await
        .unwrap();
    let calls = client.calls(&ssp, "alpha").await.unwrap();
    assert_eq!((&calls["total"], &calls["wins"]), (&json!(2), &json!(1)));
    assert_eq!(calls["calls"][0]["request"]["imp"][0]["id"], "1");
}

#[tokio::test]
async fn faults_are_switched_while_it_runs() {
    let folder = tempfile::tempdir().unwrap();
    let (ssp, client) = (simulator(folder.path()).await, Client::new().unwrap());
    let url = ssp.url("ssp", "/alpha/openrtb2/bid");

    client.set_fault(&ssp, "alpha", "reset").await.unwrap();
    let error = client.post(&url, request("r1")).await.unwrap_err();
    assert!(format!("{error:?}").contains("reset"), "{error:?}");
    client.set_fault(&ssp, "alpha", "http_500").await.unwrap();
    assert_eq!(client.post(&url, request("r1")).await.unwrap().0, 500);
    client
        .set_fault(&ssp, "alpha", "malformed_json")
        .await
        .unwrap();
    let (status, body) = client.post(&url, request("r1")).await.unwrap();
    assert_eq!(status, 200);
    assert!(serde_json::from_str::<Value>(&body).is_err());
    client
        .set_fault(&ssp, "alpha", "oversized_body")
        .await
        .unwrap();
    let (_, body) = client.post(&url, request("r1")).await.unwrap();
    assert!(body.len() > 16_000_000);
    assert!(serde_json::from_str::<Value>(&body).is_ok());
    client.set_fault(&ssp, "alpha", "none").await.unwrap();
    assert_eq!(client.post(&url, request("r1")).await.unwrap().0, 200);
    assert!(client.set_fault(&ssp, "alpha", "sulk").await.is_err());
}

#[tokio::test]
async fn a_bad_request_is_refused_and_not_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let (ssp, client) = (simulator(folder.path()).await, Client::new().unwrap());
    let url = ssp.url("ssp", "/alpha/openrtb2/bid");
    for body in ["", "[]", "{\"imp\":[{}]}", "{\"id\":\"r\",\"imp\":[]}"] {
        assert_eq!(
            client.post(&url, body.to_owned()).await.unwrap().0,
            400,
            "{body}"
        );
    }
    let unknown = ssp.url("ssp", "/nobody/openrtb2/bid");
    assert_eq!(client.post(&unknown, request("r1")).await.unwrap().0, 404);
    assert_eq!(
        client.calls(&ssp, "alpha").await.unwrap()["total"],
        json!(0)
    );
    assert!(ssp.terminate().await.unwrap().success());
}
