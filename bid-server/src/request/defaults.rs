//! Fills what a request may leave out and the HTTP request or the configuration knows.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::{REFERER, USER_AGENT};
use openrtb::{BidRequest, Device, Regs, Site};
use serde_json::Value;
use url::Url;

use crate::config::CurrencyConfig;

/// Headers that name the client's address, best first; all are set by proxies in front of us.
const ADDRESS_HEADERS: [&str; 3] = ["true-client-ip", "x-forwarded-for", "x-real-ip"];

/// What the request says is never overwritten.
pub(super) fn fill(request: &mut BidRequest, headers: &HeaderMap, money: &CurrencyConfig) {
    request.at.get_or_insert(1);
    if request.cur.is_empty() {
        request.cur.push(money.default.clone());
    }
    fill_site(request, headers);
    let mut device = request.device.take().unwrap_or_default();
    fill_device(&mut device, headers);
    request.device = (device != Device::default()).then_some(device);
    if text(headers, "sec-gpc") == Some("1") {
        let regs = request.regs.get_or_insert_with(Regs::default);
        let ext = regs.ext.get_or_insert_default();
        ext.entry("gpc").or_insert_with(|| Value::from("1"));
    }
}

fn fill_site(request: &mut BidRequest, headers: &HeaderMap) {
    let elsewhere = request.app.is_some() || request.dooh.is_some();
    let referer = text(headers, REFERER.as_str()).filter(|_| !elsewhere);
    if let (None, Some(page)) = (&request.site, referer) {
        request.site = Some(Site {
            page: Some(page.to_owned()),
            ..Site::default()
        });
    }
    let Some(site) = &mut request.site else {
        return;
    };
    if site.domain.is_none() {
        let page = site.page.as_deref().and_then(|page| Url::parse(page).ok());
        site.domain = page.and_then(|page| page.host_str().map(str::to_owned));
    }
}

fn fill_device(device: &mut Device, headers: &HeaderMap) {
    if device.ua.is_none() {
        device.ua = text(headers, USER_AGENT.as_str()).map(str::to_owned);
    }
    if device.dnt.is_none() {
        device.dnt = text(headers, "dnt").and_then(|dnt| dnt.parse().ok());
    }
    if device.ip.is_none() && device.ipv6.is_none() {
        match client_address(headers) {
            Some(IpAddr::V4(ip)) => device.ip = Some(ip.to_string()),
            Some(IpAddr::V6(ip)) => device.ipv6 = Some(ip.to_string()),
            None => {}
        }
    }
}

fn client_address(headers: &HeaderMap) -> Option<IpAddr> {
    ADDRESS_HEADERS
        .iter()
        .filter_map(|name| text(headers, name))
        .flat_map(|list| list.split(','))
        .filter_map(|address| address.trim().parse().ok())
        .find(is_public)
}

/// An address of the own network says nothing about the client and is not passed on.
fn is_public(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => {
            !(ip.is_private()
                || ip.is_loopback()
                || ip.is_link_local()
                || ip.is_unspecified()
                || ip.is_broadcast())
        }
        IpAddr::V6(ip) => {
            !(ip.is_loopback()
                || ip.is_unspecified()
                || ip.is_unique_local()
                || ip.is_unicast_link_local())
        }
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check_address(forwarded: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let found = client_address(&headers).map(|ip| ip.to_string());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn takes_the_first_public_address() {
        check_address("10.0.0.7, 203.0.113.9, 198.51.100.1", Some("203.0.113.9"));
        check_address("2001:db8::1", Some("2001:db8::1"));
        check_address("127.0.0.1", None);
        check_address("<script>", None);
    }
}
