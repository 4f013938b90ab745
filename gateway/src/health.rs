//! `mediaferry-gateway health`: whether the instance on this machine responds, for the health check of a container that
//! contains no other program.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use crate::config::Listeners;
use crate::upstream;

const TIMEOUT: Duration = Duration::from_secs(3);

/// Requests `/livez` of the admin listener, or `/healthz` if there is none.
pub async fn check(listeners: Listeners) -> Result<(), String> {
    let (address, path) = match listeners.admin {
        Some(address) => (address, "livez"),
        None => (listeners.address, "healthz"),
    };
    let url = format!("http://{}/{path}", reachable(address));
    let client = upstream::local().map_err(|error| error.to_string())?;
    match client.get(&url).timeout(TIMEOUT).send().await {
        Ok(response) if response.status().is_success() => Ok(()),
        Ok(response) => Err(format!("{url} returned status {}", response.status().as_u16())),
        Err(error) => Err(format!("{url} did not respond: {}", upstream::causes(error))),
    }
}

/// A client cannot connect to an unspecified IP address everywhere.
fn reachable(address: SocketAddr) -> SocketAddr {
    let ip = match address.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, address.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unspecified_ip_address_is_reached_on_loopback() {
        for (bound, reached) in [("0.0.0.0:1", "127.0.0.1:1"), ("[::]:1", "[::1]:1"), ("10.0.0.7:1", "10.0.0.7:1")] {
            assert_eq!(reachable(bound.parse().expect("an IP address")).to_string(), reached);
        }
    }
}
