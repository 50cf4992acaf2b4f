//! What an auction costs the bid server, and what it adds to the slowest SSP's own time.
//!
//! Each line is one shape of request (imps × SSPs). It is run at full load, which gives the cost, and
//! at half that rate, which gives the added time; a bare fan-out of the same HTTP
//! calls, by the server's own client and by `reqwest`, is run at full load and at that same rate as the
//! limit. Load generator, SSPs and server share the machine.

mod bare;
mod http1;
mod load;
mod log_sink;
mod request;
mod ssps;

use std::fmt::Write as _;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicUsize;
use std::time::Duration;

use anyhow::Context as _;
use serde_json::json;

pub use bare::{Client, bare};

use self::load::{LoadRun, Pace, Target};
use self::log_sink::LogSink;
use self::ssps::Ssps;
use crate::process::{cpu_time, peak_resident_mib};
use crate::rows::{Row, rounded, row};
use crate::spread::Spread;
use system_tests::program::Program;

const IMPS: [usize; 3] = [1, 3, 10];
const SSPS: [usize; 3] = [3, 8, 20];
/// Enough for full load at the SSPs' latency; more would only queue.
const CONNECTIONS: u32 = 64;
/// Connections and caches warm up for this long before anything counts.
const WARM_UP: Duration = Duration::from_millis(1500);
const FULL: Duration = Duration::from_secs(4);
const HALF: Duration = Duration::from_secs(5);

/// One row per shape of request; of all shapes, or of those with this many imps or SSPs.
///
/// # Errors
/// When a program does not start or an auction fails.
pub async fn auction(imps: Option<usize>, ssps: Option<usize>) -> anyhow::Result<Vec<Row>> {
    let wanted = |only: Option<usize>| move |size: &usize| only.is_none_or(|only| only == *size);
    let mut rows = Vec::new();
    for imps in IMPS.into_iter().filter(wanted(imps)) {
        for ssps in SSPS.into_iter().filter(wanted(ssps)) {
            let line = measure(imps, ssps).await;
            rows.push(line.with_context(|| format!("{imps} imps, {ssps} SSPs"))?);
        }
    }
    Ok(rows)
}

async fn measure(imps: usize, count: usize) -> anyhow::Result<Row> {
    let ssps = Ssps::start(count, imps).await?;
    let sink = LogSink::start().await?;
    let folder = tempfile::tempdir()?;
    let urls: Vec<String> = ssps
        .addresses
        .iter()
        .map(|address| format!("http://{address}/bid"))
        .collect();

    let bare = start_bare("own", &urls, folder.path()).await?;
    let limit = Measured::at_full_load(&bare, imps, &ssps).await?;
    let reqwest = start_bare("reqwest", &urls, folder.path()).await?;
    let by_reqwest = Measured::at_full_load(&reqwest, imps, &ssps).await?;

    let config = config(&urls, &sink);
    let server = Program::start("bid-server", &[], &config, folder.path()).await?;
    let full = Measured::at_full_load(&server, imps, &ssps).await?;
    let target = target(&server, imps, &ssps)?;
    let pace = Pace::PerSecond(full.run.rate() / 2.0);
    let added = spread(&load::run(&target, CONNECTIONS, pace, HALF).await?);
    // The same number of auctions a second, so that what both add can be compared.
    let target = self::target(&bare, imps, &ssps)?;
    let bare_added = spread(&load::run(&target, CONNECTIONS, pace, HALF).await?);
    let target = self::target(&reqwest, imps, &ssps)?;
    let reqwest_added = spread(&load::run(&target, CONNECTIONS, pace, HALF).await?);
    Ok(row(json!({
        "imps": imps,
        "ssps": count,
        "auctions_per_second_per_core": (1.0 / full.cpu_seconds).round(),
        "cpu_ms": rounded(full.cpu_seconds * 1000.0),
        "bare_cpu_ms": rounded(limit.cpu_seconds * 1000.0),
        "bare_reqwest_cpu_ms": rounded(by_reqwest.cpu_seconds * 1000.0),
        "kernel_share": rounded(full.kernel_share),
        "cpu_to_bare": rounded(full.cpu_seconds / limit.cpu_seconds),
        "half_added_p50_ms": rounded(added.percentile_ms(50)),
        "half_added_p99_ms": rounded(added.percentile_ms(99)),
        "bare_half_added_p50_ms": rounded(bare_added.percentile_ms(50)),
        "bare_half_added_p99_ms": rounded(bare_added.percentile_ms(99)),
        "bare_reqwest_half_added_p50_ms": rounded(reqwest_added.percentile_ms(50)),
        "bare_reqwest_half_added_p99_ms": rounded(reqwest_added.percentile_ms(99)),
        "full_added_p50_ms": rounded(spread(&full.run).percentile_ms(50)),
        "full_added_p99_ms": rounded(spread(&full.run).percentile_ms(99)),
        "peak_resident_mib": peak_resident_mib(server.id())?.round(),
    })))
}

/// The calls alone, by a client of this name.
async fn start_bare(client: &str, urls: &[String], folder: &Path) -> anyhow::Result<Program> {
    let mut arguments = vec!["bare", "--client", client];
    arguments.extend(urls.iter().map(String::as_str));
    Program::start("measure", &arguments, "", folder).await
}

/// A program at full load.
struct Measured {
    /// Processor time of an auction, in seconds.
    cpu_seconds: f64,
    /// Part of it in the kernel: sockets, mostly.
    kernel_share: f64,
    run: LoadRun,
}

impl Measured {
    async fn at_full_load(server: &Program, imps: usize, ssps: &Ssps) -> anyhow::Result<Self> {
        let target = target(server, imps, ssps)?;
        load::run(&target, CONNECTIONS, Pace::Full, WARM_UP).await?;
        let before = cpu_time(server.id())?;
        let run = load::run(&target, CONNECTIONS, Pace::Full, FULL).await?;
        let used = cpu_time(server.id())? - before;
        let auctions = run.rate() * run.seconds;
        Ok(Self {
            cpu_seconds: used.seconds() / auctions,
            kernel_share: used.kernel_share(),
            run,
        })
    }
}

fn target(server: &Program, imps: usize, ssps: &Ssps) -> anyhow::Result<Target> {
    Ok(Target {
        address: server.address("http").parse()?,
        path: "/openrtb2/auction",
        body: request::body(imps, ssps.addresses.len()),
        served: Arc::clone(&ssps.served),
        next: Arc::new(AtomicUsize::new(1)),
    })
}

fn spread(run: &LoadRun) -> Spread {
    let mut spread = Spread::default();
    spread.add(run.added.clone());
    spread
}

fn config(urls: &[String], sink: &LogSink) -> String {
    let mut text = format!(
        "[listen]\nhttp = \"127.0.0.1:0\"\nadmin = \"127.0.0.1:0\"\n\n[log_output]\naddress = \"{}\"\n",
        sink.address
    );
    for (number, url) in urls.iter().enumerate() {
        let _ = write!(text, "\n[bidders.ssp{number}]\nendpoint = \"{url}\"\n");
    }
    text
}
