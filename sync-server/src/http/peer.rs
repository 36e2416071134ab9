//! Whom a connection comes from.

use std::net::{IpAddr, Ipv6Addr, SocketAddr};

use warp::{Filter, Rejection};

use super::problem::ApiError;

/// The other end of the connection that a request came on.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Peer(pub(crate) SocketAddr);

impl Peer {
    /// Extracts the peer that the gate noted.
    pub(crate) fn of_request() -> impl Filter<Extract = (Self,), Error = Rejection> + Clone {
        warp::ext::optional::<Self>().and_then(async |peer: Option<Self>| {
            peer.ok_or_else(|| {
                Rejection::from(ApiError::new(
                    sync_protocol::ProblemCode::Internal,
                    "the connection has no peer",
                ))
            })
        })
    }

    /// Says whether the peer is a program on this machine.
    pub(crate) fn is_loopback(self) -> bool {
        self.0.ip().to_canonical().is_loopback()
    }

    /// Returns what attempts are counted against: an address, or the /64 that an IPv6 subscriber has.
    pub(crate) fn client(self) -> String {
        match self.0.ip().to_canonical() {
            IpAddr::V6(address) => Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).to_string(),
            IpAddr::V4(address) => address.to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn peer(address: &str) -> Peer {
        Peer(SocketAddr::new(address.parse().unwrap(), 1))
    }

    #[test]
    fn the_addresses_of_one_ipv6_network_count_together() {
        assert_eq!(peer("2001:db8:1:2:3:4:5:6").client(), "2001:db8:1:2::");
        assert_eq!(peer("192.0.2.1").client(), "192.0.2.1");
        assert_eq!(peer("::ffff:192.0.2.1").client(), "192.0.2.1");
    }

    #[test]
    fn a_mapped_loopback_address_is_loopback() {
        assert!(peer("::ffff:127.0.0.1").is_loopback());
        assert!(peer("::1").is_loopback());
        assert!(!peer("192.0.2.1").is_loopback());
    }
}
