//! What an early page needs, as `Link` headers: the browser fetches it before it has read the page. Each value names
//! exactly what the loader asks for later, so that nothing is fetched twice.

use super::EarlybidConfig;

impl EarlybidConfig {
    /// The value of the page's `Link` header. `ahead` is a page that is fetched for later: its auction waits until
    /// somebody sees it.
    pub fn links(&self, ahead: bool) -> String {
        let auction = self.auction_get_url.as_ref().filter(|_| !ahead);
        let auction = auction.map(|address| {
            format!("<{address}>; rel=preload; as=fetch; crossorigin=use-credentials")
        });
        let sdk = format!("<{}sdk.js>; rel=modulepreload", self.sdk_url);
        auction
            .into_iter()
            .chain([sdk])
            .chain(self.rest())
            .collect::<Vec<_>>()
            .join(", ")
    }

    /// With an ad server its scripts; the SDK then fetches its module after the first of them.
    fn rest(&self) -> Vec<String> {
        let script = |address: &String| format!("<{address}>; rel=preload; as=script");
        match &self.ad_server {
            Some(server) => server.scripts.iter().map(script).collect(),
            None => vec![format!(
                "<{}sdk.wasm>; rel=preload; as=fetch; crossorigin",
                self.sdk_url
            )],
        }
    }
}
