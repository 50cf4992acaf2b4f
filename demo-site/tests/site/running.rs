//! A site on free ports, stopped when the test is over.

use std::path::PathBuf;
use std::sync::LazyLock;

use demo_site::config;
use serde_json::Value;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) struct Running {
    pub(crate) site: String,
    pub(crate) ads: String,
    pub(crate) http: reqwest::Client,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<()>,
}

impl Running {
    /// Starts a site with these lines of configuration.
    pub(crate) async fn start(config: &str) -> Self {
        let text = format!("sdk_dir = {:?}\nthink_time_ms = 1\n{config}", *SDK);
        let settings = config::parse(&text).unwrap();
        let site = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let ads = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (stop, stopped) = oneshot::channel();
        let origin = |listener: &TcpListener| format!("http://{}", listener.local_addr().unwrap());
        let (site_origin, ads_origin) = (origin(&site), origin(&ads));
        let run = demo_site::run(settings, site, ads, async {
            stopped.await.ok();
        });
        let serving = tokio::task::spawn(async { run.await.unwrap() });
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        Self {
            site: site_origin,
            ads: ads_origin,
            http,
            stop,
            serving,
        }
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(format!("{}{path}", self.site)).send();
        let answer = answer.await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    }

    pub(crate) async fn ask_ads(&self, request: &Value) -> Value {
        let answer = self.post_ads(request.to_string()).await;
        assert_eq!(answer.status(), 200);
        serde_json::from_slice(&answer.bytes().await.unwrap()).unwrap()
    }

    pub(crate) async fn post_ads(&self, body: String) -> reqwest::Response {
        let call = self.http.post(format!("{}/gampad/ads", self.ads));
        let call = call.header("origin", &self.site);
        call.header("content-type", "text/plain")
            .body(body)
            .send()
            .await
            .unwrap()
    }

    /// Stops the site and waits until win notices are out.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        drop(self.http);
        self.serving.await.unwrap();
    }
}

/// A folder with a loader and a creative, written once: another test may be reading it.
static SDK: LazyLock<PathBuf> = LazyLock::new(|| {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("sdk");
    std::fs::create_dir_all(&path).unwrap();
    std::fs::write(path.join("loader.js"), "window.loaderRan = true;").unwrap();
    std::fs::write(path.join("creative.js"), "window.creativeRan = true;").unwrap();
    path
});
