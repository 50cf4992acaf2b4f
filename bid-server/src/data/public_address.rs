//! Which addresses may be called if somebody else chose them: those of the internet, never those of our own network.
//!
//! SSPs write the URLs of notices; requests and accounts write those of floors. Each could contain an address
//! of our own network, or a name that leads there, now or when it is resolved again. So numeric addresses are
//! checked when a URL is read ([`allowed_url`]), and names when they are resolved ([`PublicOnly`]).

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Resolves names to their public addresses only; a name without any cannot be reached.
#[derive(Debug, Clone, Copy)]
pub(crate) struct PublicOnly;

impl Resolve for PublicOnly {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let public: Vec<_> = found.filter(|found| is_public(found.ip())).collect();
            if public.is_empty() {
                let problem = io::Error::new(io::ErrorKind::PermissionDenied, "no public address");
                return Err(problem.into());
            }
            let public: Addrs = Box::new(public.into_iter());
            Ok(public)
        })
    }
}

/// The URL of a web server, if it may be called; `private` = in our own network too.
pub(crate) fn allowed_url(text: &str, private: bool) -> Option<Url> {
    let url = Url::parse(text).ok()?;
    let web = matches!(url.scheme(), "http" | "https");
    let allowed = private || is_public_host(&url.host()?);
    (web && allowed).then_some(url)
}

/// Whether a URL's host is not an address of our own network. Names are checked when they are resolved.
fn is_public_host<S>(host: &Host<S>) -> bool {
    match host {
        Host::Domain(_) => true,
        Host::Ipv4(ip) => is_public_v4(*ip),
        Host::Ipv6(ip) => is_public_v6(*ip),
    }
}

fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

/// Excludes the special blocks of RFC 6890.
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

/// Only global unicast, and an embedded IPv4 address only if that is public.
fn is_public_v6(ip: Ipv6Addr) -> bool {
    if let Some(v4) = ip.to_ipv4_mapped() {
        return is_public_v4(v4);
    }
    let [first, second, third, fourth, fifth, sixth, high, low] = ip.segments();
    let embeds = |high: u16, low: u16| {
        let [a, b] = high.to_be_bytes();
        let [c, d] = low.to_be_bytes();
        is_public_v4(Ipv4Addr::new(a, b, c, d))
    };
    match (first, second) {
        // 6to4 contains the address of its gateway.
        (0x2002, high) => embeds(high, third),
        // Teredo and the documentation prefix can contain anything.
        (0x2001, 0 | 0x0db8) => false,
        // In NAT64 only zeros stand between the prefix and the address.
        (0x0064, 0xff9b) => [third, fourth, fifth, sixth] == [0; 4] && embeds(high, low),
        _ => first & 0xe000 == 0x2000,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(addresses: &[&str], public: bool) {
        for address in addresses {
            assert_eq!(is_public(address.parse().unwrap()), public, "{address}");
        }
    }

    #[test]
    fn tells_the_internet_from_the_rest() {
        check(
            &[
                "8.8.8.8",
                "203.0.114.1",
                "2606:4700::1111",
                "64:ff9b::808:808",
                "2002:808:808::1",
                "::ffff:8.8.8.8",
            ],
            true,
        );
        check(
            &[
                "0.0.0.0",
                "10.1.2.3",
                "100.64.0.1",
                "127.0.0.1",
                "169.254.169.254",
                "172.16.0.1",
                "192.0.0.1",
                "192.168.0.1",
                "198.18.0.1",
                "203.0.113.1",
                "224.0.0.1",
                "255.255.255.255",
                "::",
                "::1",
                "fe80::1",
                "fc00::1",
                "ff02::1",
                "::ffff:10.0.0.1",
                "64:ff9b::a00:1",
                "64:ff9b::1:0:808:808",
                "64:ff9b:1::808:808",
                "2001:0:53aa:64c::808:808",
                "2002:a00:1::",
                "2001:db8::1",
            ],
            false,
        );
    }

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
            assert_eq!(allowed_url(url, false), None, "{url}");
        }
    }

    #[test]
    fn public_addresses_and_names_are_called() {
        for url in [
            "https://ssp.example/n?p=1",
            "http://9.9.9.9/",
            "http://[2620:fe::fe]/",
        ] {
            assert!(allowed_url(url, false).is_some(), "{url}");
        }
        assert!(allowed_url("http://127.0.0.1:1/", true).is_some());
    }

    #[tokio::test]
    async fn names_of_this_machine_have_no_public_address() {
        let name = "localhost".parse().unwrap();
        assert!(PublicOnly.resolve(name).await.is_err());
    }
}
