//! `site`: the page from `Referer`, domains from the page, and the flag that it is not an AMP page.

use axum::http::HeaderMap;
use axum::http::header::REFERER;
use openrtb::{BidRequest, Publisher, Site};
use serde_json::Value;
use url::Url;

use super::text;

/// Fills in what is missing; apps and out-of-home screens have no site.
pub(super) fn fill(request: &mut BidRequest, headers: &HeaderMap) {
    if request.app.is_some() || request.dooh.is_some() {
        return;
    }
    let referer = text(headers, REFERER.as_str()).filter(|page| Url::parse(page).is_ok());
    if request.site.is_none() && referer.is_none() {
        return;
    }
    let site = request.site.get_or_insert_with(Site::default);
    if site.page.as_ref().is_none_or(String::is_empty) {
        site.page = referer.map(str::to_owned);
    }
    fill_domains(site);
    let ext = site.ext.get_or_insert_default();
    ext.entry("amp").or_insert_with(|| Value::from(0));
}

/// The publisher's domain is the site's without `www.`: anything more precise needs a list of public suffixes.
fn fill_domains(site: &mut Site) {
    if site.domain.as_ref().is_none_or(String::is_empty) {
        let page = site.page.as_deref().and_then(|page| Url::parse(page).ok());
        site.domain = page.and_then(|page| page.host_str().map(str::to_owned));
    }
    let Some(domain) = &site.domain else { return };
    let publisher = site.publisher.get_or_insert_with(Publisher::default);
    if publisher.domain.as_ref().is_none_or(String::is_empty) {
        let own = domain.strip_prefix("www.").unwrap_or(domain);
        publisher.domain = Some(own.to_owned());
    }
}
