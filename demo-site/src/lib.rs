//! A recipe site with ads, made to be measured.
//!
//! A request for a page meets these modules in this order: [`router`] finds the handler, [`variant`] names the
//! way of loading ads that the URL asks for, [`recipes`] holds the content, [`slots`] the ad positions,
//! [`page_config`] what the page's scripts are told, and [`pages`] puts them into one of the [`templates`]. Content
//! and slots are the same in every variant; only the scripts differ.
//!
//! The ad server stand-in lives on a second listener, and so on a second origin, as the real one does:
//! [`ad_server`] answers the ad request of its `gpt.js`, picks line items, and serves the frames that creatives live in.
//!
//! [`compare`] reads the tables back and draws where each variant spent its time.

pub mod ad_server;
pub mod app;
pub mod assets;
pub mod compare;
pub mod config;
pub mod cpm;
pub mod error;
pub mod page_config;
pub mod pages;
pub mod recipes;
pub mod router;
pub mod shutdown;
pub mod site_script;
pub mod slots;
pub mod telemetry;
pub mod templates;
pub mod variant;

use std::future::Future;

use tokio::net::TcpListener;

use app::App;
use config::Settings;
use error::StartError;

/// Serves both origins until `shutdown` resolves, then lets running requests end.
pub async fn run(
    settings: Settings,
    site: TcpListener,
    ad_server: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> Result<(), StartError> {
    let app = App::new(settings, site.local_addr()?, ad_server.local_addr()?)?;
    let stop = app.stop.clone();
    let serve_site = axum::serve(site, router::site(&app))
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    let serve_ads = axum::serve(ad_server, router::ad_server(&app))
        .with_graceful_shutdown(stop.clone().cancelled_owned());
    let watch = async {
        shutdown.await;
        stop.cancel();
        Ok(())
    };
    tokio::try_join!(serve_site.into_future(), serve_ads.into_future(), watch)?;
    app.tasks.close();
    app.tasks.wait().await;
    Ok(())
}
