//! Which IP addresses the sandbox fetches URLs from: public ones, and this machine if only this machine can reach the
//! sandbox. Private networks are out of reach, because whoever can reach the sandbox could explore them.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use reqwest::Url;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};

/// The IP addresses that may be fetched from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reach {
    /// Whether this includes this machine.
    pub(crate) loopback: bool,
}

impl Reach {
    fn contains(self, ip: IpAddr) -> bool {
        let ip = ip.to_canonical();
        if ip.is_loopback() { self.loopback } else { is_public(ip) }
    }

    /// Whether the host of this URL is in reach, if it is an IP address; the resolver checks names.
    pub(crate) fn contains_host(self, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host.parse().map_or(true, |ip| self.contains(ip))
    }
}

/// Resolves names, and keeps the IP addresses that are in reach.
impl Resolve for Reach {
    fn resolve(&self, name: Name) -> Resolving {
        let reach = *self;
        Box::pin(async move {
            let found = tokio::net::lookup_host((name.as_str(), 0)).await?;
            let found: Vec<SocketAddr> = found.filter(|address| reach.contains(address.ip())).collect();
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}

/// Whether an IP address is on the public internet, according to the IANA special-purpose registries.
fn is_public(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => is_public_v4(ip),
        IpAddr::V6(ip) => is_public_v6(ip),
    }
}

fn is_public_v4(ip: Ipv4Addr) -> bool {
    let special = ip.is_private()
        || ip.is_loopback()
        || ip.is_link_local()
        || ip.is_multicast()
        || ip.is_documentation()
        || ip.is_broadcast();
    let [first, second, third, _] = ip.octets();
    let reserved = match first {
        0 | 240.. => true,
        // Carrier-grade NAT.
        100 => second & 0xC0 == 64,
        192 => second == 0 && third == 0,
        // Benchmarks.
        198 => second & 0xFE == 18,
        _ => false,
    };
    !special && !reserved
}

fn is_public_v6(ip: Ipv6Addr) -> bool {
    let [first, second, ..] = ip.segments();
    // Only 2000::/3 is global unicast; within it, 6to4 and Teredo contain IPv4 addresses, 2001:db8::/32 is documentation.
    first & 0xE000 == 0x2000 && first != 0x2002 && !(first == 0x2001 && (second == 0 || second == 0xdb8))
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Reach; 2] = [Reach { loopback: true }, Reach { loopback: false }];

    fn contains(reach: Reach, host: &str) -> bool {
        reach.contains_host(&format!("http://{host}:1/x").parse().expect("a URL"))
    }

    #[test]
    fn public_addresses_are_in_reach() {
        for host in ["1.1.1.1", "192.0.1.1", "198.20.0.1", "[2606:4700::1]", "example.com"] {
            assert!(BOTH.iter().all(|reach| contains(*reach, host)), "{host}");
        }
    }

    #[test]
    fn private_addresses_are_out_of_reach() {
        for host in [
            "10.0.0.1",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "0.0.0.0",
            "198.18.0.1",
            "192.0.0.8",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "[::]",
            "[fc00::1]",
            "[fe80::1]",
            "[ff02::1]",
            "[::ffff:10.0.0.1]",
            "[64:ff9b::a00:1]",
            "[2002:a00:1::]",
            "[2001::1]",
            "[2001:db8::1]",
            // Decimal, hexadecimal and short notations of 10.0.0.1.
            "167772161",
            "0x0a000001",
            "10.1",
        ] {
            assert!(!BOTH.iter().any(|reach| contains(*reach, host)), "{host}");
        }
    }

    #[test]
    fn loopback_is_in_reach_if_included() {
        for host in ["127.0.0.1", "127.9.9.9", "[::1]", "[::ffff:127.0.0.1]", "2130706433"] {
            assert_eq!(BOTH.map(|reach| contains(reach, host)), [true, false], "{host}");
        }
    }

    #[tokio::test]
    async fn names_resolve_to_addresses_in_reach_only() {
        for (reach, found) in BOTH.into_iter().zip([true, false]) {
            let addresses = reach.resolve("localhost".parse().expect("a name")).await.expect("localhost");
            assert_eq!(addresses.count() > 0, found);
        }
    }
}
