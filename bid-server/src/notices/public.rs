//! Which addresses a notice may go to: an SSP writes its URLs, and could write one of our own network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Resolves names to their public addresses only; a name without any cannot be reached.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<SocketAddr> = found.filter(|address| is_public(address.ip())).collect();
            if public.is_empty() {
                return Err("no public address".into());
            }
            let addresses: Addrs = Box::new(public.into_iter());
            Ok(addresses)
        })
    }
}

/// The URL, if it may be called. Names are looked at when they are resolved.
pub(super) fn parse(text: &str, allow_private: bool) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let allowed = match url.host()? {
        Host::Domain(_) => true,
        Host::Ipv4(ip) => allow_private || is_public_v4(ip),
        Host::Ipv6(ip) => allow_private || is_public_v6(ip),
    };
    (web && allowed).then_some(url)
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// Without the special blocks of RFC 6890.
fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [a, b, c, _] = ip.octets();
    let shared = a == 100 && (64..128).contains(&b);
    let protocols = a == 192 && b == 0 && c == 0;
    let benchmarks = a == 198 && (b == 18 || b == 19);
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_unspecified()
        || ip.is_broadcast()
        || ip.is_documentation()
        || ip.is_multicast()
        || a == 0
        || a >= 240
        || shared
        || protocols
        || benchmarks)
}

/// Global unicast only, and not an IPv4 address in disguise unless that is public.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [first, second, third, fourth, ..] = ip.segments();
    let embeds = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (first, second) {
        // 6to4 carries its gateway; the other two carry whatever somebody likes.
        (0x2002, high) => embeds(high, third),
        (0x2001, 0 | 0x0db8) => false,
        (0x0064, 0xff9b) => {
            let [.., high, low] = ip.segments();
            third == 0 && fourth == 0 && embeds(high, low)
        }
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn own_networks_are_not_called() {
        for url in [
            "http://127.0.0.1/",
            "http://10.1.2.3/",
            "http://192.168.0.1/",
            "http://169.254.169.254/latest",
            "http://100.64.0.1/",
            "http://0.0.0.0/",
            "http://0x7f.1/",
            "http://2130706433/",
            "http://[::1]/",
            "http://[fe80::1]/",
            "http://[fd00::1]/",
            "http://[::ffff:10.0.0.1]/",
            "http://[64:ff9b::7f00:1]/",
            "http://[2002:7f00:1::]/",
            "ftp://ssp.example/",
            "file:///etc/passwd",
            "nonsense",
        ] {
            assert_eq!(parse(url, false), None, "{url}");
        }
    }

    #[test]
    fn public_addresses_and_names_are_called() {
        for url in [
            "https://ssp.example/n?p=1",
            "http://9.9.9.9/",
            "http://[2620:fe::fe]/",
        ] {
            assert!(parse(url, false).is_some(), "{url}");
        }
        assert!(parse("http://127.0.0.1:1/", true).is_some());
    }

    #[tokio::test]
    async fn names_of_this_machine_have_no_public_address() {
        let name = "localhost".parse().unwrap();
        assert!(PublicOnly.resolve(name).await.is_err());
    }
}
