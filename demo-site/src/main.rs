//! The program: reads the configuration, binds both listeners, says where, and serves until told to stop.
//!
//! Only this file uses `anyhow`; the library's errors name what the caller can do about them.

use std::io::Write as _;
use std::path::PathBuf;

use anyhow::Context as _;
use clap::Parser;

#[derive(Parser)]
#[command(about = "Recipe site with four ways of loading ads, and the stand-in ad server")]
struct Arguments {
    /// Configuration file (TOML); see config/demo-site.toml.
    #[arg(long)]
    config: PathBuf,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    let arguments = Arguments::parse();
    demo_site::telemetry::start();
    let settings = demo_site::config::load(&arguments.config)?;
    let site = listen::bind(settings.listen).context("listen")?;
    let ad_server = listen::bind(settings.ad_server_listen).context("ad_server_listen")?;
    writeln!(
        std::io::stdout(),
        "listening site={} ad_server={}",
        site.local_addr()?,
        ad_server.local_addr()?
    )?;
    demo_site::run(settings, site, ad_server, demo_site::shutdown::signal()).await?;
    Ok(())
}
