//! Which addresses count as one client.

use std::net::{IpAddr, Ipv6Addr};

/// One customer of an IPv6 provider has a /64 at least, and may use any address in it. An IPv4 address that a socket
/// shows as IPv6 counts as IPv4.
pub(super) fn client_network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() >> 64 << 64).into(),
        address @ IpAddr::V4(_) => address,
    }
}
