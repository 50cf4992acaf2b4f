//! `cargo xtask demo`: the whole pipeline on this machine, and the table that it is there for.
//!
//! ```text
//! Chromium ─▶ demo-site ─▶ bid-server ─▶ ssp-simulator
//!     │                        │
//!     └──── beacons ───────────┴──▶ log-ingest ─▶ tables ─▶ SQL ─▶ the table printed here
//! ```

mod question;
mod views;

use std::path::PathBuf;

use anyhow::{Context as _, Result, bail};
use clap::Args;

use crate::process::Running;
use crate::{build, paths, report, setup, step, wasm};

/// The page variants that are compared.
pub(crate) const VARIANTS: [&str; 4] = ["waterfall", "serial", "prebid", "early"];

/// Options of `cargo xtask demo`.
#[derive(Debug, Args)]
pub(crate) struct Options {
    /// Page views of each variant.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=1000))]
    views: u32,
    /// Stop after the table instead of serving on.
    #[arg(long)]
    exit: bool,
    /// Also write the table's rows to this file, as JSON.
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
}

/// Runs the demo.
pub(crate) fn run(options: &Options) -> Result<()> {
    let mut stack = make_ready()?;
    stack.print_addresses()?;
    let rows = drive_and_ask(&stack, options.views)?;
    println!(
        "\nMilliseconds since navigation start, median / 95th percentile, {} page views of each variant:\n",
        options.views
    );
    report::print_table(&report::pair_percentiles(&rows));
    println!(
        "\nThe query behind it is log-ingest/queries/latency_by_variant.sql; revenue is per thousand\n\
         views, in US dollars. All of it ran on this machine: compare the rows, not the figures."
    );
    if let Some(file) = &options.json {
        report::write_json(&rows, file)?;
    }
    check_every_variant_has_a_row(&rows)?;
    if options.exit {
        return Ok(());
    }
    stack.print_addresses()?;
    println!("Serving until you press Ctrl-C.");
    stack.serve()
}

/// Installs, builds and starts everything: first the pages, then the tables behind them.
fn make_ready() -> Result<Stack> {
    let pages = build::start_pages()?;
    let toolchain = setup::everything()?;
    pages.wait()?;
    wasm::build(toolchain)?;
    render_rails_page()?;
    let pages = Pages::start()?;
    println!(
        "\n  the pages are at {}/; their table follows\n",
        pages.address()?
    );
    build::log_ingest()?;
    Stack::start(pages)
}

fn drive_and_ask(stack: &Stack, views: u32) -> Result<Vec<report::Row>> {
    let page_views = views::drive(&stack.site()?, views)?;
    question::ask_until_complete(views, &page_views)
}

/// The page of the Rails helper, made by the gem itself.
fn render_rails_page() -> Result<()> {
    step::announce("rendering a page with the Rails helper", None);
    let loader = paths::sdk().join("loader.js");
    step::run_quietly(
        step::command("ruby")
            .args(["rails-helper/demo/render.rb", "--out", "var/demo/rails"])
            .arg("--loader")
            .arg(loader)
            .args(["--auction-url", "http://127.0.0.1:8000/openrtb2/auction"])
            .args(["--events-url", "http://127.0.0.1:9880/ads.render"])
            .args(["--sdk-url", "/earlybid/"])
            .args(["--ad-server-script", "http://127.0.0.1:3001/tag/js/gpt.js"])
            .args([
                "--ad-server-script",
                "http://127.0.0.1:3001/tag/js/pubads_impl.js",
            ]),
    )
    .map(drop)
}

/// The programs that show pages with ads. Rows wait in the bid server until there is somebody to take them.
#[derive(Debug)]
struct Pages {
    site: Running,
    bid_server: Running,
    ssps: Running,
}

impl Pages {
    fn start() -> Result<Self> {
        step::announce("starting SSP simulators, bid-server and demo-site", None);
        let ssps = start("ssp-simulator", &[])?;
        let bid_server = start("bid-server", &[])?;
        let site = start("demo-site", &[])?;
        Ok(Self {
            site,
            bid_server,
            ssps,
        })
    }

    fn address(&self) -> Result<String> {
        Ok(format!("http://{}", self.site.address("site")?))
    }
}

/// All four programs, in the order in which they are stopped.
#[derive(Debug)]
struct Stack {
    pages: Pages,
    log_ingest: Running,
}

impl Stack {
    fn start(pages: Pages) -> Result<Self> {
        step::announce("starting log-ingest", None);
        // Rows of an earlier run would be counted as rows of this one.
        let lake = var().join("log-ingest");
        if lake.exists() {
            std::fs::remove_dir_all(&lake).context("cannot empty var/demo/log-ingest")?;
        }
        let log_ingest = start("log-ingest", &["serve"])?;
        Ok(Self { pages, log_ingest })
    }

    fn site(&self) -> Result<String> {
        self.pages.address()
    }

    fn print_addresses(&self) -> Result<()> {
        let site = self.site()?;
        let sql = self.log_ingest.address("sql")?;
        let postgres = self.log_ingest.address("postgres")?;
        let (host, port) = postgres.rsplit_once(':').context("address without port")?;
        println!();
        println!("  the pages          {site}/");
        println!("  side by side       {site}/compare");
        println!("  the Rails page     {site}/rails/");
        println!("  the tables, SQL    http://{sql}/");
        println!("  psql               psql -h {host} -p {port} -U analyst log_ingest");
        println!(
            "  auction            http://{}/openrtb2/auction",
            self.pages.bid_server.address("http")?
        );
        println!(
            "  metrics            http://{}/metrics",
            self.pages.bid_server.address("admin")?
        );
        println!(
            "  SSP simulators     http://{}/",
            self.pages.ssps.address("ssp")?
        );
        println!("  logs               var/demo/logs/");
        println!();
        Ok(())
    }

    /// Waits until a program ends; Ctrl-C reaches the whole process group and ends all of them.
    fn serve(&mut self) -> Result<()> {
        loop {
            for program in [
                &mut self.pages.site,
                &mut self.pages.bid_server,
                &mut self.pages.ssps,
                &mut self.log_ingest,
            ] {
                program.check()?;
            }
            std::thread::sleep(std::time::Duration::from_secs(1));
        }
    }
}

/// Starts a program with its configuration of the demo.
fn start(name: &'static str, command: &[&str]) -> Result<Running> {
    let logs = var().join("logs");
    std::fs::create_dir_all(&logs).context("cannot make var/demo/logs")?;
    let config = format!("demo-site/demo/{name}.toml");
    let arguments = [command, &["--config", &config]].concat();
    Running::start(name, &arguments, &logs.join(format!("{name}.log")))
}

/// Where the demo keeps what it writes.
fn var() -> PathBuf {
    paths::root().join("var/demo")
}

fn check_every_variant_has_a_row(rows: &[report::Row]) -> Result<()> {
    let missing: Vec<_> = VARIANTS
        .into_iter()
        .filter(|variant| {
            !rows.iter().any(|row| {
                row.get("variant").and_then(|value| value.as_str()) == Some(variant)
                    && row.get("views").and_then(serde_json::Value::as_i64) > Some(0)
            })
        })
        .collect();
    if missing.is_empty() {
        return Ok(());
    }
    bail!("the table has no page views of {}", missing.join(", "))
}
