//! The client's address, to the extent that it can be trusted.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use axum::http::HeaderMap;
use ipnet::IpNet;
use tokio::time::Instant;

/// Headers that name the client's address, best first; all of them are set by proxies in front of us.
const ADDRESS_HEADERS: [&str; 3] = ["true-client-ip", "x-forwarded-for", "x-real-ip"];

/// The other end of the connection: the client itself, or a proxy. `None` = unknown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Peer(pub(crate) Option<IpAddr>);

/// When a request began to arrive; the auction's time is counted from here.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Arrived(pub(crate) Instant);

/// The client's public address.
///
/// Headers count only if a trusted proxy sent them; any other peer is the client itself.
pub(super) fn address(headers: &HeaderMap, peer: Peer, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = peer.0.map(|address| address.to_canonical());
    let believed = peer.is_none_or(|peer| trusted.iter().any(|net| net.contains(&peer)));
    let named = believed.then(|| forwarded(headers)).flatten();
    named.or(peer.filter(is_public))
}

fn forwarded(headers: &HeaderMap) -> Option<IpAddr> {
    ADDRESS_HEADERS
        .iter()
        .flat_map(|name| headers.get_all(*name))
        .filter_map(|list| list.to_str().ok())
        .flat_map(|list| list.split(','))
        .filter_map(|address| address.trim().parse::<IpAddr>().ok())
        .map(|address| address.to_canonical())
        .find(is_public)
}

/// An address of a private network says nothing about the client and is not passed on.
pub(super) fn is_public(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => is_public_v4(*ip),
        IpAddr::V6(ip) => is_public_v6(*ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    // RFC 6598: shared between subscribers and their carrier's address translation.
    let carrier = ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64;
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_unspecified()
        || ip.is_broadcast()
        || ip.is_multicast()
        || carrier)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    !(ip.is_loopback()
        || ip.is_unspecified()
        || ip.is_unique_local()
        || ip.is_unicast_link_local()
        || ip.is_multicast())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(peer: Option<&str>, forwarded: &str, expected: Option<&str>) {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let peer = Peer(peer.map(|peer| peer.parse().unwrap()));
        let trusted = ["10.0.0.0/8".parse().unwrap(), "::1/128".parse().unwrap()];
        let found = address(&headers, peer, &trusted).map(|ip| ip.to_string());
        assert_eq!(found.as_deref(), expected);
    }

    #[test]
    fn takes_the_first_public_address() {
        let proxy = Some("10.0.0.1");
        check(
            proxy,
            "10.0.0.7, 203.0.113.9, 198.51.100.1",
            Some("203.0.113.9"),
        );
        check(proxy, "2001:db8::1", Some("2001:db8::1"));
        check(proxy, "::ffff:203.0.113.9", Some("203.0.113.9"));
        for private in ["127.0.0.1", "<script>", "100.64.0.1", "fe80::1", "fd00::1"] {
            check(proxy, private, None);
        }
    }

    #[test]
    fn believes_trusted_proxies_only() {
        check(Some("203.0.113.1"), "198.51.100.1", Some("203.0.113.1"));
        check(Some("192.168.0.1"), "198.51.100.1", None);
        check(Some("::1"), "198.51.100.1", Some("198.51.100.1"));
        check(
            Some("::ffff:10.1.1.1"),
            "198.51.100.1",
            Some("198.51.100.1"),
        );
    }
}
