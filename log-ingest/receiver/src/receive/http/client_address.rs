//! Who sends a request: the peer's address, or what a proxy that we trust says about it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::sync::Arc;

use axum::extract::connect_info::Connected;
use axum::http::HeaderMap;
use axum::serve::IncomingStream;

use super::listener::CappedListener;
use super::stream::Handling;
use crate::setting::Network;

/// The other end of the connection.
#[derive(Debug, Clone)]
pub(crate) struct Peer {
    pub(super) address: IpAddr,
    pub(super) handling: Arc<Handling>,
}

impl Connected<IncomingStream<'_, CappedListener>> for Peer {
    fn connect_info(stream: IncomingStream<'_, CappedListener>) -> Self {
        Self {
            address: stream.remote_addr().ip().to_canonical(),
            handling: stream.io().handling(),
        }
    }
}

/// The last address of `X-Forwarded-For` that is not a trusted proxy itself; anybody can write the ones before it.
pub(crate) fn client_of(peer: IpAddr, headers: &HeaderMap, trusted: &[Network]) -> IpAddr {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let mut client = peer.to_canonical();
    if !is_trusted(client) {
        return client;
    }
    let lines: Vec<&str> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    for text in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        let Ok(address) = text.trim().parse::<IpAddr>() else {
            break;
        };
        client = address.to_canonical();
        if !is_trusted(client) {
            break;
        }
    }
    client
}

/// Whether a request comes from a program on this machine. A page says where it comes from, and a proxy says for whom it speaks: both may
/// run here and act for anybody.
pub(super) fn is_local_program(peer: IpAddr, headers: &HeaderMap) -> bool {
    const OF_PAGES_AND_PROXIES: [&str; 6] = [
        "origin",
        "sec-fetch-site",
        "forwarded",
        "x-forwarded-for",
        "x-real-ip",
        "via",
    ];
    let names = &OF_PAGES_AND_PROXIES;
    peer.is_loopback() && !names.iter().any(|name| headers.contains_key(*name))
}

/// The address without the part that tells one household from another: /24 and /48.
pub(crate) fn shortened(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(address) => Ipv4Addr::from_bits(address.to_bits() & !0xff).into(),
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !((1 << 80) - 1)).into(),
    }
}

#[cfg(test)]
mod tests {
    use super::{HeaderMap, Network, client_of, shortened};

    /// Peer, header lines, client.
    type Case<'a> = (&'a str, &'a [&'a str], &'a str);

    #[test]
    fn only_a_trusted_proxy_is_believed() {
        let trusted = [Network::parse("10.0.0.0/8").unwrap()];
        let cases: [Case<'_>; 7] = [
            ("203.0.113.9", &["198.51.100.1"], "203.0.113.9"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("10.0.0.1", &["198.51.100.1"], "198.51.100.1"),
            (
                "10.0.0.1",
                &["1.1.1.1, 198.51.100.1, 10.0.0.2"],
                "198.51.100.1",
            ),
            ("10.0.0.1", &["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
            ("10.0.0.1", &["1.1.1.1, nonsense"], "10.0.0.1"),
            ("::ffff:10.0.0.1", &["2001:db8::5"], "2001:db8::5"),
        ];
        for (peer, lines, expected) in cases {
            let mut headers = HeaderMap::new();
            for line in lines {
                headers.append("x-forwarded-for", line.parse().unwrap());
            }
            let client = client_of(peer.parse().unwrap(), &headers, &trusted);
            assert_eq!(client.to_string(), expected, "{peer} {lines:?}");
        }
    }

    #[test]
    fn addresses_are_shortened() {
        for (address, short) in [
            ("203.0.113.77", "203.0.113.0"),
            ("2001:db8:1:2:3::4", "2001:db8:1::"),
        ] {
            assert_eq!(shortened(address.parse().unwrap()).to_string(), short);
        }
    }
}
