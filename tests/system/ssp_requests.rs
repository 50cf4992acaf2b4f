//! What an SSP is sent: the offer with floor and time, and nothing that belongs to another SSP.

use serde_json::json;
use system_tests::fixtures::{auction_id, loader_auction, worked_example};
use system_tests::stack::{Plan, Stack};

#[tokio::test]
async fn an_ssp_gets_the_offer_with_its_own_parameters_only() {
    let stack = Stack::start(Plan::auctions(worked_example()))
        .await
        .unwrap();
    let id = auction_id(1);
    stack.auction(&loader_auction(&id, 1000)).await.unwrap();

    let calls = stack.client.calls(&stack.ssp, "beta").await.unwrap();
    assert_eq!(calls["total"], json!(1));
    let request = &calls["calls"][0]["request"];
    assert_eq!(request["id"], json!(id));
    assert_eq!(request["imp"][0]["id"], "div-top");
    assert_eq!(request["imp"][0]["bidfloor"], json!(1.0));
    assert_eq!(
        request["imp"][0]["banner"]["format"],
        json!([{ "w": 728, "h": 90 }])
    );
    assert_eq!(
        request["site"]["page"],
        "http://recipes.example/early/recipes/pea-soup"
    );
    assert!(
        request["tmax"].as_u64().unwrap() < 1000,
        "an SSP has less time than the auction"
    );
    let text = request.to_string();
    assert!(text.contains("\"placement\":\"recipe-top\""), "{request:#}");
    for code in ["alpha", "delta"] {
        assert!(
            !text.contains(code),
            "beta is told about {code}: {request:#}"
        );
    }
}
