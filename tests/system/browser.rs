//! Starts what the tests in `tests/browser` need and runs them, in a real browser.
//!
//! Behind the feature `browser`, because they need Node, the root package's modules, Chromium and the built SDK;
//! `cargo xtask test` has them all. Files that would disturb each other have programs of their own, and so run at
//! the same time.

use std::collections::BTreeSet;
use std::ffi::OsString;
use std::process::Command;

use system_tests::fixtures::{stored_imps, worked_example};
use system_tests::program::{Program, folders, root};
use system_tests::stack::{Plan, Stack};

/// The publisher's floor in the worked example.
const FLOOR: f64 = 1.0;

/// The demo site's pages. They switch faults of the SSPs that they share, so one file runs after another.
const PAGES: [&str; 5] = [
    "house-ads",
    "site",
    "variants",
    "without-parts",
    "worked-example",
];
/// Counts the auctions of its bid server.
const EARLY_START: [&str; 1] = ["early-start"];
/// Starts a bid server and an SSP by itself.
const PREBID: [&str; 1] = ["prebid-js"];

#[tokio::test(flavor = "multi_thread")]
async fn pages_in_a_real_browser() {
    let stack = Stack::start(Plan {
        ssps: worked_example(),
        imps: stored_imps(FLOOR),
        log_ingest: true,
        house_ad: true,
    })
    .await
    .unwrap();
    let bid_server = stack.bid_server.url("http", "");
    let site = stack.demo_site(FLOOR, &bid_server).await.unwrap();
    // The same site, except that nobody listens where its bid server should be.
    let lonely = stack.demo_site(FLOOR, &nobody().await).await.unwrap();
    let log = stack.log().unwrap();
    let environment = [
        ("EARLYBID_SITE", origin(&site)),
        ("EARLYBID_SITE_WITHOUT_BID_SERVER", origin(&lonely)),
        ("EARLYBID_SQL", log.url("sql", "/query?format=json")),
        ("EARLYBID_SSP", stack.ssp.url("ssp", "")),
    ];
    run(&PAGES, environment).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_auction_that_the_server_has_named_in_a_real_browser() {
    let stack = Stack::start(Plan::auctions(worked_example()))
        .await
        .unwrap();
    let environment = [
        ("EARLYBID_BID_SERVER", stack.bid_server.url("http", "")),
        (
            "EARLYBID_BID_SERVER_METRICS",
            stack.bid_server.url("admin", "/metrics"),
        ),
    ];
    run(&EARLY_START, environment).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_real_prebid_js_in_a_real_browser() {
    run(&PREBID, []).await;
}

#[test]
fn every_browser_test_is_run() {
    let there: BTreeSet<String> = std::fs::read_dir(root().join("tests/browser"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter_map(|name| name.strip_suffix(".test.mjs").map(str::to_owned))
        .collect();
    let run = [PAGES.as_slice(), &EARLY_START, &PREBID].concat();
    assert_eq!(there, run.into_iter().map(str::to_owned).collect());
}

/// Has Node run these files, one after another.
#[expect(
    clippy::print_stdout,
    reason = "shown by the test runner beside the failure"
)]
async fn run<const N: usize>(files: &[&str], environment: [(&str, String); N]) {
    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(
            files
                .iter()
                .map(|name| format!("tests/browser/{name}.test.mjs")),
        )
        .current_dir(root())
        .env("EARLYBID_BIN_DIR", programs())
        .env("EARLYBID_SCREENSHOTS", root().join("target/screenshots"))
        .envs(environment);
    let output = tokio::task::spawn_blocking(move || node.output())
        .await
        .unwrap()
        .unwrap();
    println!("{}", String::from_utf8_lossy(&output.stdout));
    println!("{}", String::from_utf8_lossy(&output.stderr));
    assert!(
        output.status.success(),
        "browser tests failed: {}",
        output.status
    );
}

fn programs() -> OsString {
    std::env::join_paths(folders().unwrap()).unwrap()
}

fn origin(site: &Program) -> String {
    site.url("site", "")
}

/// The URL of a port that was free a moment ago.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}
