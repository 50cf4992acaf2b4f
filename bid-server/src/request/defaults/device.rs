//! `device`: user agent, address, do-not-track.

use std::net::IpAddr;

use axum::http::HeaderMap;
use axum::http::header::USER_AGENT;
use openrtb::{BidRequest, Device};

use super::text;
use crate::request::client::is_public;

/// Fills in what is missing; an invalid or private address is not passed on to SSPs.
pub(super) fn fill(request: &mut BidRequest, headers: &HeaderMap, address: Option<IpAddr>) {
    let mut device = request.device.take().unwrap_or_default();
    if device.ua.is_none() {
        device.ua = text(headers, USER_AGENT.as_str()).map(str::to_owned);
    }
    if device.dnt.is_none() {
        device.dnt = text(headers, "dnt").and_then(flag);
    }
    device.ip = device.ip.filter(|ip| is_usable(ip, IpAddr::is_ipv4));
    device.ipv6 = device.ipv6.filter(|ip| is_usable(ip, IpAddr::is_ipv6));
    if device.ip.is_none() && device.ipv6.is_none() {
        match address {
            Some(IpAddr::V4(ip)) => device.ip = Some(ip.to_string()),
            Some(IpAddr::V6(ip)) => device.ipv6 = Some(ip.to_string()),
            None => {}
        }
    }
    request.device = (device != Device::default()).then_some(device);
}

fn flag(text: &str) -> Option<u8> {
    match text.trim() {
        "0" => Some(0),
        "1" => Some(1),
        _ => None,
    }
}

/// A shortened address such as `203.0.113.0` counts; text that is not an address of this kind does not.
fn is_usable(text: &str, kind: fn(&IpAddr) -> bool) -> bool {
    let address = text.parse::<IpAddr>();
    address.is_ok_and(|address| kind(&address) && is_public(&address))
}
