//! What the scripts of a page are told, as JSON in the page: Earlybid's configuration or that of the other variants.

mod links;

use serde::Serialize;

use crate::app::App;
use crate::slots::{PageType, Slot};
use crate::variant::Variant;

/// The configuration that Earlybid's loader reads from `#earlybid-config`.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct EarlybidConfig {
    account: String,
    auction_url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    auction_get_url: Option<String>,
    events_url: String,
    sdk_url: &'static str,
    tmax: u32,
    failsafe: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    ad_server: Option<AdServerConfig>,
    page: PageFacts,
    slots: Vec<Slot>,
}

#[derive(Debug, Serialize)]
struct AdServerConfig {
    r#type: &'static str,
    scripts: [String; 2],
}

/// What every event of the page says about it.
#[derive(Debug, Serialize)]
pub struct PageFacts {
    site: &'static str,
    r#type: &'static str,
    variant: &'static str,
}

/// The configuration of the other variants' scripts, which are part of this site.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VariantConfig {
    account: String,
    auction_url: String,
    cookie_sync_url: String,
    events_url: String,
    tmax: u32,
    failsafe: u32,
    bidders: Vec<String>,
    page: PageFacts,
    slots: Vec<Slot>,
}

/// Which form of an early page is requested.
#[derive(Debug, Clone, Default)]
pub struct EarlyForm {
    /// Leaves the ad server out, so that the SDK shows the winners itself.
    pub direct: bool,
    /// The page's own address, where its headers name what it needs and the auction is asked for by `GET`.
    pub linked: Option<String>,
}

impl EarlyForm {
    /// What events say about the page.
    const fn variant(&self) -> &'static str {
        match (self.direct, self.linked.is_some()) {
            (false, false) => Variant::Early.name(),
            (true, false) => "early_direct",
            (false, true) => "early_links",
            (true, true) => "early_direct_links",
        }
    }
}

/// Earlybid's configuration.
pub fn earlybid(app: &App, page: PageType, form: &EarlyForm) -> EarlybidConfig {
    let auction = &app.settings.auction;
    EarlybidConfig {
        account: auction.account.clone(),
        auction_url: app.bid_server("/openrtb2/auction"),
        auction_get_url: (form.linked.as_ref()).map(|address| by_get(app, page, address)),
        events_url: app.settings.services.events.to_string(),
        sdk_url: "/earlybid/",
        tmax: auction.tmax,
        failsafe: auction.failsafe,
        ad_server: (!form.direct).then(|| AdServerConfig {
            r#type: "gpt",
            scripts: [
                format!("{}/tag/js/gpt.js", app.ad_server_origin),
                format!("{}/tag/js/pubads_impl.js", app.ad_server_origin),
            ],
        }),
        page: PageFacts {
            site: "recipes",
            r#type: page.name(),
            variant: form.variant(),
        },
        slots: page.slots(),
    }
}

/// The address of the auction of a page's stored request, the same for every visitor.
fn by_get(app: &App, page: PageType, address: &str) -> String {
    let query = url::form_urlencoded::Serializer::new(String::new())
        .append_pair("srid", &format!("{}-page", page.name()))
        .append_pair("tmax", &app.settings.auction.tmax.to_string())
        .append_pair("page", address)
        .finish();
    app.bid_server(&format!("/openrtb2/auction?{query}"))
}

/// The configuration of a page without Earlybid.
pub fn variant(app: &App, page: PageType, variant: Variant) -> VariantConfig {
    let auction = &app.settings.auction;
    let networks = &app.settings.ad_server.networks;
    VariantConfig {
        account: auction.account.clone(),
        auction_url: app.bid_server("/openrtb2/auction"),
        cookie_sync_url: app.bid_server("/cookie_sync"),
        events_url: app.settings.services.events.to_string(),
        tmax: auction.tmax,
        failsafe: auction.failsafe,
        bidders: networks
            .iter()
            .map(|network| network.code.clone())
            .collect(),
        page: PageFacts {
            site: "recipes",
            r#type: page.name(),
            variant: variant.name(),
        },
        slots: page.slots(),
    }
}

/// JSON that is safe inside a `<script>` element of a page.
pub fn to_script_json(config: &impl Serialize) -> String {
    let json = serde_json::to_string(config).unwrap_or_else(|_| "{}".to_owned());
    json.replace('<', "\\u003c")
        .replace('\u{2028}', "\\u2028")
        .replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::to_script_json;

    #[test]
    fn json_cannot_end_its_script_element() {
        let json = to_script_json(&"</script><!--");
        assert_eq!(json, "\"\\u003c/script>\\u003c!--\"");
    }
}
