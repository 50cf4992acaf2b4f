//! The configuration files that the programs of a test are given.
//!
//! Prices and sizes come from the test, addresses from what the programs that were started before have printed.

use std::fmt::Write as _;
use std::path::Path;

use crate::fixtures::{Ssp, StoredImp};
use crate::program::Program;

/// One file for all SSPs of the test.
pub fn ssp_simulator(ssps: &[Ssp]) -> String {
    let mut text = "listen = \"127.0.0.1:0\"\n".to_owned();
    for ssp in ssps {
        let _ = write!(
            text,
            "\n[[ssp]]\ncode = \"{}\"\nseed = 1\nlatency_ms = {{ median = {latency}, p95 = {latency} }}\n\
             bid_rate = {}\nprice = {{ fixed = {:?} }}\ncurrency = \"{}\"\n",
            ssp.code,
            ssp.bid_rate,
            ssp.cpm,
            ssp.currency,
            latency = ssp.latency_ms,
        );
    }
    text
}

/// The bid server, asking these SSPs, its rows going to `forward` if somebody listens there.
pub fn bid_server(
    ssps: &[Ssp],
    imps: &[StoredImp],
    ssp: &Program,
    forward: Option<&str>,
) -> String {
    let mut text = "[listen]\nhttp = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n\n\
        [currency]\ndefault = \"USD\"\nrates = { USD = { EUR = 0.8 } }\n\n"
        .to_owned();
    let _ = match forward {
        Some(address) => write!(
            text,
            "[log_output]\naddress = \"{address}\"\nflush_interval_ms = 50\nack_timeout_ms = 2000\nretry_max_ms = 500\n"
        ),
        None => write!(text, "[log_output]\nenabled = false\n"),
    };
    for Ssp { code, .. } in ssps {
        let endpoint = ssp.url("ssp", &format!("/{code}/openrtb2/bid"));
        let _ = write!(text, "\n[bidders.{code}]\nendpoint = \"{endpoint}\"\n");
    }
    // What a page names before its script runs.
    if let Some(imp) = imps.iter().find(|imp| imp.id == "recipe-top") {
        let _ = write!(
            text,
            "\n[stored_requests.recipe-page]\nsite = {{ id = \"recipes\", publisher = {{ id = \"recipes\" }} }}\n\
             ext.prebid.targeting = {{ includewinners = true, includebidderkeys = false }}\n\
             [[stored_requests.recipe-page.imp]]\nid = \"div-top\"\nbanner = {{ format = [{{ w = 728, h = 90 }}] }}\n\
             ext.prebid.storedrequest.id = \"{}\"\n",
            imp.id
        );
    }
    for imp in imps {
        let _ = write!(
            text,
            "\n[stored_imps.{}]\nbidfloor = {:?}\nbidfloorcur = \"USD\"\n",
            imp.id, imp.floor
        );
        for Ssp { code, .. } in ssps {
            let _ = writeln!(
                text,
                "ext.prebid.bidder.{code} = {{ placement = \"{}\" }}",
                imp.id
            );
        }
    }
    text
}

/// The publisher's own ad for one slot of the demo site's recipes, less than any SSP's; its addresses are the test's.
pub const HOUSE_AD: &str = r#"
[[house.line_items]]
id = "autumn-knives"
priority = 16
price = 0.2
pages = ["/early/recipes/*"]
ad_units = ["recipe-side"]
creatives = [{ id = "knives-300", w = 300, h = 250, image = "https://shop.example/knives.png", alt = "Knives", text = "Sharp <for> years", click_url = "https://shop.example/", impressions = ["https://count.example/shown/${AUCTION_ID}"], clicks = ["https://count.example/clicked"] }]
"#;

/// For tests that wait for the hourly roll-ups of log-ingest: they come after five seconds instead of a minute.
pub const COUNT_SOON: &str = "\n[derive]\nrollup_interval_ms = 5000\n";

/// log-ingest with its data in the folder; `before` is the run whose ports it takes over.
///
/// Rows land in the tables after a tenth of a second instead of two: tests wait for them.
pub fn log_ingest(data: &Path, before: Option<&Program>) -> String {
    let mut text = format!(
        "[buffer]\ndirectory = {:?}\nsegment_age_ms = 100\n\n[tables]\ndirectory = {:?}\n",
        data.join("buffer"),
        data.join("tables"),
    );
    text += &log_ingest_ports(before);
    text
}

/// Where log-ingest listens: on free ports, or on those of the run before.
pub fn log_ingest_ports(before: Option<&Program>) -> String {
    let section = |section| {
        let address = before.map_or("127.0.0.1:0", |program| program.address(section));
        format!("\n[{section}]\nlisten = \"{address}\"\n")
    };
    ["http", "forward", "sql", "postgres"].map(section).concat()
}

/// log-ingest with its buffer in the folder and its tables in a store. Answers that do not come are
/// given up after a second, where a real installation is more patient.
pub fn log_ingest_on_s3(folder: &Path, endpoint: &str, key_id: &str) -> String {
    let mut text = format!(
        "[buffer]\ndirectory = {:?}\nsegment_age_ms = 100\nmax_backoff_ms = 500\n\n\
         [tables]\ndirectory = \"s3://{}/earlybid\"\n\n\
         [tables.s3]\nendpoint = \"{endpoint}\"\nregion = \"us-east-1\"\n\
         access_key_id = \"{key_id}\"\nsecret_access_key = \"secret\"\ntimeout_ms = 1000\n\n\
         [derive]\ninterval_ms = 500\n",
        folder.join("buffer"),
        crate::s3::BUCKET,
    );
    text += &log_ingest_ports(None);
    text
}

/// The demo site, its networks in the order of the SSPs; patient, as the machine may be loaded.
pub fn demo_site(
    ssps: &[Ssp],
    floor: f64,
    ssp: &Program,
    bid_server_url: &str,
    log_ingest: &Program,
) -> String {
    let mut text = format!(
        "listen = \"127.0.0.1:0\"\nad_server_listen = \"127.0.0.1:0\"\nbid_server_url = \"{bid_server_url}\"\n\
         events_url = \"{}\"\nsql_url = \"{}\"\nfloor = {floor:?}\n\
         tmax = 5000\nfailsafe = 30000\n",
        log_ingest.url("http", "/ads.render"),
        log_ingest.url("sql", "/query"),
    );
    for Ssp { code, .. } in ssps {
        let endpoint = ssp.url("ssp", &format!("/{code}/openrtb2/bid"));
        let _ = write!(
            text,
            "\n[[network]]\ncode = \"{code}\"\nendpoint = \"{endpoint}\"\n"
        );
    }
    text
}
