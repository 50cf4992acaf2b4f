//! Where floors may be fetched: only from hosts on a list, and only at public addresses.
//!
//! The address may come from a request, so anybody can choose it. A name on the list must not lead into the
//! own network either, now or when it is asked again, so the check stands where names are resolved.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// Which hosts are asked.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct AllowedHosts {
    /// Names in lower case; one that begins with `*.` stands for all below it.
    pub(crate) names: Vec<String>,
    /// Whether addresses of the own network are allowed.
    pub(crate) private: bool,
}

impl AllowedHosts {
    /// The address, if it may be asked.
    pub(crate) fn check(&self, address: &str) -> Option<Url> {
        let url = Url::parse(address).ok()?;
        let plain = matches!(url.scheme(), "http" | "https")
            && url.username().is_empty()
            && url.password().is_none();
        let host = url.host()?.to_owned();
        let public = match &host {
            Host::Domain(_) => true,
            Host::Ipv4(ip) => self.private || is_public(IpAddr::V4(*ip)),
            Host::Ipv6(ip) => self.private || is_public(IpAddr::V6(*ip)),
        };
        (plain && public && self.names(&host.to_string())).then_some(url)
    }

    fn names(&self, host: &str) -> bool {
        self.names
            .iter()
            .any(|allowed| match allowed.strip_prefix("*.") {
                Some(parent) => host
                    .strip_suffix(parent)
                    .is_some_and(|below| below.len() > 1 && below.ends_with('.')),
                None => allowed == host,
            })
    }
}

/// Resolves names to public addresses only.
#[derive(Debug, Clone, Copy)]
pub(super) struct PublicOnly;

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

/// Whether an address is one of the internet, as far as its number says.
fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => match ip.to_ipv4_mapped().or_else(|| embedded_v4(ip)) {
            Some(ip) => is_public_v4(ip),
            None => is_public_v6(ip),
        },
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let [first, second, third, _] = ip.octets();
    let shared = first == 100 && (64..128).contains(&second);
    let protocol = first == 192 && second == 0 && third == 0;
    let benchmark = first == 198 && matches!(second, 18 | 19);
    !(ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_broadcast()
        || ip.is_documentation()
        || first == 0
        || first >= 240
        || shared
        || protocol
        || benchmark)
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; 2001:db8::/32 is for documents.
    let [first, second, ..] = ip.segments();
    first & 0xe000 == 0x2000 && !(first == 0x2001 && second == 0x0db8)
}

/// The IPv4 address that a NAT64 (`64:ff9b::/96`) or 6to4 (`2002::/16`) address leads to.
fn embedded_v4(ip: Ipv6Addr) -> Option<Ipv4Addr> {
    let segments = ip.segments();
    let of = |upper: u16, lower: u16| Ipv4Addr::from((u32::from(upper) << 16) | u32::from(lower));
    match segments {
        [0x64, 0xff9b, 0, 0, 0, 0, upper, lower] => Some(of(upper, lower)),
        [0x2002, upper, lower, ..] => Some(of(upper, lower)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use std::str::FromStr;

    use super::*;

    #[track_caller]
    fn check(address: &str, allowed: bool) {
        let names = [
            "floors.example",
            "*.cdn.example",
            "127.0.0.1",
            "[::1]",
            "8.8.8.8",
        ];
        let hosts = AllowedHosts {
            names: names.map(str::to_owned).into(),
            private: false,
        };
        assert_eq!(hosts.check(address).is_some(), allowed, "{address}");
    }

    #[test]
    fn only_hosts_of_the_list_are_asked() {
        check("https://floors.example/a.json?b=c", true);
        check("http://FLOORS.example:8080/", true);
        check("https://a.b.cdn.example/", true);
        check("https://8.8.8.8/", true);
        check("https://cdn.example/", false);
        check("https://evilcdn.example/", false);
        check("https://floors.example.evil.example/", false);
        check("https://evil.example/floors.example", false);
        check("https://floors.example@evil.example/", false);
        check("https://user:secret@floors.example/", false);
        check("file:///etc/passwd", false);
        check("gopher://floors.example/", false);
        check("floors.example", false);
        check("", false);
    }

    #[test]
    fn numbers_of_the_own_network_are_not_asked_even_if_listed() {
        check("http://127.0.0.1/", false);
        check("http://2130706433/", false);
        check("http://0x7f.1/", false);
        check("http://[::1]/", false);
    }

    #[track_caller]
    fn check_public(address: &str, public: bool) {
        assert_eq!(
            is_public(IpAddr::from_str(address).unwrap()),
            public,
            "{address}"
        );
    }

    #[test]
    fn tells_the_internet_from_the_rest() {
        for address in [
            "8.8.8.8",
            "203.0.114.1",
            "2606:4700::1111",
            "64:ff9b::808:808",
        ] {
            check_public(address, true);
        }
        for address in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "192.0.0.1",
            "192.168.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "ff02::1",
            "::ffff:10.0.0.1",
            "64:ff9b::a00:1",
            "2002:a00:1::",
            "2001:db8::1",
        ] {
            check_public(address, false);
        }
    }

    #[tokio::test]
    async fn a_name_of_the_own_network_is_not_resolved() {
        let name = Name::from_str("localhost").unwrap();
        assert!(PublicOnly.resolve(name).await.is_err());
    }
}
