//! The pages as a browser gets them.

use serde_json::{Value, json};

use crate::fakes;
use crate::running::Running;

const VARIANTS: [&str; 4] = ["waterfall", "serial", "prebid", "early"];

/// The part of a page that visitors read, without the parts that differ on purpose.
fn content(html: &str, variant: &str) -> String {
    let main = html.split("<main").nth(1).unwrap();
    let main = main.split("</main>").next().unwrap();
    let lines = main.lines().filter(|line| !line.contains("googletag"));
    let text: Vec<&str> = lines
        .map(str::trim)
        .filter(|line| !line.is_empty())
        .collect();
    text.join("\n").replace(&format!("/{variant}/"), "/-/")
}

#[tokio::test]
async fn variants_have_the_same_content_and_slots() {
    let site = Running::start("").await;
    let cases = [
        ("", 2),
        ("recipes/oat-honey-bread", 3),
        ("search?q=lemon", 2),
    ];
    for (path, slots) in cases {
        let mut contents = Vec::new();
        for variant in VARIANTS {
            let (status, html) = site.get(&format!("/{variant}/{path}")).await;
            assert_eq!(status, 200, "{variant} {path}");
            let content = content(&html, variant);
            assert_eq!(
                content.matches("class=\"ad-slot\"").count(),
                slots,
                "{variant} {path}"
            );
            contents.push(content);
        }
        assert!(contents.iter().all(|other| *other == contents[0]), "{path}");
    }
    site.stop().await;
}

#[tokio::test]
async fn early_page_begins_with_its_configuration_and_loader() {
    let site = Running::start("").await;
    let (_, html) = site.get("/early/recipes/oat-honey-bread").await;
    let head = html.split("<head>").nth(1).unwrap().trim_start();
    let start = r#"<script type="application/json" id="earlybid-config">"#;
    let config = head.strip_prefix(start).unwrap();
    let (config, rest) = config.split_once("</script>").unwrap();
    assert!(
        rest.trim_start()
            .starts_with("<script>window.loaderRan = true;</script>")
    );
    let config: Value = serde_json::from_str(config).unwrap();
    let gpt = format!("{}/tag/js/gpt.js", site.ads);
    assert_eq!(config["adServer"]["scripts"][0], gpt);
    assert_eq!(
        config["auctionUrl"],
        "http://127.0.0.1:8000/openrtb2/auction"
    );
    assert_eq!(
        config["page"],
        json!({"site": "recipes", "type": "recipe", "variant": "early"})
    );
    assert_eq!(
        config["slots"][0],
        json!({"code": "div-top", "adUnitPath": "/1234/recipes/recipe/top", "sizes": [[728, 90]], "storedImp": "recipe-top"})
    );
    let (_, direct) = site.get("/early/?direct=1").await;
    assert!(!direct.contains("adServer"), "{direct}");
    site.stop().await;
}

#[tokio::test]
async fn early_page_names_what_it_needs_in_its_headers_where_that_is_asked_for() {
    let site = Running::start("").await;
    let page = "http%3A%2F%2FORIGIN%2Fearly%2Frecipes%2Foat-honey-bread";
    let page = page.replace("ORIGIN", &site.site["http://".len()..].replace(':', "%3A"));
    let address =
        format!("http://127.0.0.1:8000/openrtb2/auction?srid=recipe-page&tmax=700&page={page}");
    let auction = format!("<{address}>; rel=preload; as=fetch; crossorigin=use-credentials");
    let sdk = "</earlybid/sdk.js>; rel=modulepreload";
    let wasm = "</earlybid/sdk.wasm>; rel=preload; as=fetch; crossorigin";
    let tag = format!(
        "<{ads}/tag/js/gpt.js>; rel=preload; as=script, <{ads}/tag/js/pubads_impl.js>; rel=preload; as=script",
        ads = site.ads
    );
    let cases = [
        (
            "early",
            "?links=1",
            "",
            Some(format!("{auction}, {sdk}, {tag}")),
            "early_links",
        ),
        (
            "early",
            "?links=1&direct=1",
            "",
            Some(format!("{auction}, {sdk}, {wasm}")),
            "early_direct_links",
        ),
        // Fetched ahead of a visit that may never come: the auction waits.
        (
            "early",
            "?links=1",
            "prefetch;prerender",
            Some(format!("{sdk}, {tag}")),
            "early_links",
        ),
        ("early", "", "", None, "early"),
        ("prebid", "?links=1", "", None, "prebid"),
    ];
    for (variant, query, purpose, links, name) in cases {
        let address_of_page = format!("{}/{variant}/recipes/oat-honey-bread{query}", site.site);
        let answer = site
            .http
            .get(address_of_page)
            .header("sec-purpose", purpose);
        let answer = answer.send().await.unwrap();
        let found = answer
            .headers()
            .get("link")
            .map(|value| value.to_str().unwrap().to_owned());
        assert_eq!(found, links, "{variant}{query} {purpose}");
        let html = answer.text().await.unwrap();
        assert!(
            html.contains(&format!(r#""variant":"{name}""#)),
            "{variant}{query}"
        );
        assert_eq!(
            html.contains(&format!(r#""auctionGetUrl":"{address}""#)),
            links.is_some()
        );
    }
    site.stop().await;
}

#[tokio::test]
async fn pages_ask_the_browser_for_files_that_exist() {
    let site = Running::start("").await;
    let (_, html) = site.get("/serial/").await;
    let quoted = html.split('"').filter(|text| text.starts_with("/assets/"));
    let mut files: Vec<&str> = quoted.collect();
    files.push("/favicon.ico");
    assert!(files.len() > 10, "{files:?}");
    for file in files {
        let (status, text) = site.get(file).await;
        assert_eq!(status, 200, "{file}");
        assert!(!text.is_empty(), "{file}");
    }
    site.stop().await;
}

#[tokio::test]
async fn unknown_pages_say_so() {
    let site = Running::start("").await;
    for path in [
        "/nobody/",
        "/early/recipes/nothing",
        "/assets/none.css",
        "/a/b/c/d",
    ] {
        let (status, html) = site.get(path).await;
        assert_eq!(status, 404, "{path}");
        assert!(html.contains("nothing here"), "{path}: {html}");
    }
    assert_eq!(site.get("/early").await.0, 200, "the slash is added");
    site.stop().await;
}

#[tokio::test]
async fn visitors_words_are_escaped() {
    let site = Running::start("").await;
    let (_, html) = site
        .get("/waterfall/search?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E")
        .await;
    assert!(!html.contains("<script>alert"), "{html}");
    site.stop().await;
}

#[tokio::test]
async fn decision_service_names_the_slots() {
    let site = Running::start("").await;
    let (status, body) = site.get("/decision?page=recipe").await;
    let decision: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status, 200);
    assert_eq!(decision["floor"], 1.0);
    assert_eq!(decision["slots"][2]["code"], "div-bottom");
    assert_eq!(site.get("/decision?page=none").await.0, 404);
    site.stop().await;
}

#[tokio::test]
async fn wasm_can_be_forbidden_to_see_the_page_without_it() {
    let site = Running::start("").await;
    let call = site.http.get(format!("{}/early/?csp=no-wasm", site.site));
    let answer = call.send().await.unwrap();
    let policy = answer.headers()["content-security-policy"]
        .to_str()
        .unwrap();
    assert!(!policy.contains("wasm-unsafe-eval"), "{policy}");
    drop(answer);
    site.stop().await;
}

#[tokio::test]
async fn comparison_is_drawn_from_the_tables() {
    let row = |variant, event, slot, ms: f64, cpm| {
        json!({"variant": variant, "page_view_id": variant, "event": event, "slot": slot, "ms": ms,
               "cpm": cpm, "bidder": "delta", "source": "header_bidding", "page_type": "home",
               "auction_id": format!("{variant}1")})
    };
    let none = Value::Null;
    let events = json!([
        row(
            "early",
            "auction_requested",
            none.clone(),
            31.0,
            none.clone()
        ),
        row("early", "bids_returned", none.clone(), 120.0, none.clone()),
        row("early", "ad_rendered", json!("div-top"), 245.0, json!(2.0)),
        row(
            "waterfall",
            "ad_rendered",
            json!("div-top"),
            251.0,
            json!(1.2)
        ),
    ]);
    let bids = json!([{"auction_id": "early1", "bidder": "omega", "ms": 64.0}]);
    let sql = fakes::tables(events, bids).await;
    let site = Running::start(&sql).await;
    let (status, html) = site.get("/compare").await;
    assert_eq!(status, 200);
    for expected in [
        "first ad after 245 ms",
        "31 to 120 ms",
        "omega",
        "64 ms",
        "top delta at 2.00",
        "1.20",
    ] {
        assert!(html.contains(expected), "{expected}: {html}");
    }
    site.stop().await;
}

#[tokio::test]
async fn comparison_without_rows_or_tables_says_so() {
    let empty = fakes::tables(json!([]), json!([])).await;
    let gone = "sql_url = \"http://127.0.0.1:9/query\"\n".to_owned();
    for (sql, expected) in [(empty, "have no rows"), (gone, "cannot be read")] {
        let site = Running::start(&sql).await;
        let (status, html) = site.get("/compare").await;
        assert_eq!(status, 200);
        assert!(
            html.contains("No page views yet") && html.contains(expected),
            "{html}"
        );
        site.stop().await;
    }
}
