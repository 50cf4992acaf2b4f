//! What all handlers share: settings, the origins as browsers see them, content, templates and the HTTP client.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use minijinja::Environment;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::config::Settings;
use crate::error::StartError;
use crate::recipes::Catalogue;
use crate::templates;

/// Cheap to clone; one per program.
pub type SharedApp = Arc<App>;

/// The handles that handlers share.
#[derive(Debug)]
pub struct App {
    /// The checked configuration.
    pub settings: Settings,
    /// The site's origin, without a slash at its end.
    pub site_origin: String,
    /// The ad server's origin, without a slash at its end.
    pub ad_server_origin: String,
    /// The recipes.
    pub catalogue: Catalogue,
    /// The page templates.
    pub templates: Environment<'static>,
    /// Text of Earlybid's own creative, where the SDK has been built.
    pub creative_script: Option<String>,
    /// For calls to networks and to the tables.
    pub http: reqwest::Client,
    /// Win notices on their way; drained at the end.
    pub tasks: TaskTracker,
    /// Ends both listeners.
    pub stop: CancellationToken,
}

impl App {
    /// Prepares everything that does not change while the site runs.
    pub fn new(
        settings: Settings,
        site: SocketAddr,
        ad_server: SocketAddr,
    ) -> Result<SharedApp, StartError> {
        let catalogue = Catalogue::load()?;
        let http = reqwest::Client::builder()
            .timeout(Duration::from_secs(10))
            .no_proxy()
            .build()?;
        Ok(Arc::new(Self {
            site_origin: format!("http://{site}"),
            ad_server_origin: origin(settings.ad_server_url.as_ref(), ad_server),
            templates: templates::environment()?,
            creative_script: std::fs::read_to_string(settings.folders.sdk.join("creative.js")).ok(),
            catalogue,
            settings,
            http,
            tasks: TaskTracker::new(),
            stop: CancellationToken::new(),
        }))
    }

    /// An address of the bid-server.
    pub fn bid_server(&self, path: &str) -> String {
        let base = self.settings.services.bid_server.as_str();
        format!("{}{path}", base.trim_end_matches('/'))
    }
}

fn origin(public: Option<&url::Url>, bound: SocketAddr) -> String {
    match public {
        Some(url) => url.as_str().trim_end_matches('/').to_owned(),
        None => format!("http://{bound}"),
    }
}
