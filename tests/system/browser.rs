//! Starts a whole stack and runs `tests/browser/*.test.mjs` against it, in a real browser.
//!
//! Behind the feature `browser`, because it needs Node, the root package's modules, Chromium
//! and the built SDK; `cargo xtask test` has them all.

use std::path::PathBuf;
use std::process::Command;

use system_tests::fixtures::{stored_imps, worked_example};
use system_tests::program::{Program, folders, root};
use system_tests::stack::{Plan, Stack};

/// The publisher's floor in the worked example.
const FLOOR: f64 = 1.0;

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
    // The same site, but where its bid server should be, nobody listens.
    let lonely = stack.demo_site(FLOOR, &nobody().await).await.unwrap();

    let mut node = Command::new("node");
    node.args(["--test", "--test-concurrency=1", "--test-reporter=spec"])
        .args(test_files())
        .current_dir(root())
        .env(
            "EARLYBID_BIN_DIR",
            std::env::join_paths(folders().unwrap()).unwrap(),
        )
        .env("EARLYBID_BID_SERVER", &bid_server)
        .env(
            "EARLYBID_BID_SERVER_METRICS",
            stack.bid_server.url("admin", "/metrics"),
        )
        .env("EARLYBID_SITE", origin(&site))
        .env("EARLYBID_SITE_WITHOUT_BID_SERVER", origin(&lonely))
        .env(
            "EARLYBID_SQL",
            stack.log().unwrap().url("sql", "/query?format=json"),
        )
        .env("EARLYBID_SSP", stack.ssp.url("ssp", ""))
        .env("EARLYBID_SCREENSHOTS", root().join("target/screenshots"));
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

fn origin(site: &Program) -> String {
    site.url("site", "")
}

/// The URL of a port that was free a moment ago.
async fn nobody() -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

/// Named one by one: what `node --test FOLDER` means differs between versions of Node.
fn test_files() -> Vec<PathBuf> {
    let entries = std::fs::read_dir(root().join("tests/browser")).unwrap();
    let mut files: Vec<PathBuf> = entries
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.to_string_lossy().ends_with(".test.mjs"))
        .collect();
    files.sort();
    assert!(!files.is_empty(), "no browser tests");
    files
}
