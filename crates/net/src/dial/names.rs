//! The name service.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;

use klamm_cluster::{Address, Cause, DnsLookup, HostPort};
use tokio::net::lookup_host;

use super::causes::words;

/// The most addresses of a name that are kept.
const MOST: usize = 64;

/// What the resolvers of the common systems say of a name that does not exist: the standard
/// library passes their words on and keeps their codes to itself.
const UNKNOWN: [&str; 5] = [
    "Name or service not known",
    "No address associated with",
    "nodename nor servname provided",
    "Name does not resolve",
    "No such host is known",
];

/// The addresses of a host, each once, in the order of the system. A number is its own address.
///
/// `ResolveCanonicalBootstrapServersOnly` gives the same as `UseAllDnsIps`: the canonical names
/// that it wants serve Kerberos alone, which is not spoken here, and the standard library cannot
/// look them up.
pub(super) async fn resolve(host: HostPort, how: DnsLookup) -> Result<Vec<Address>, Cause> {
    match how {
        DnsLookup::UseAllDnsIps | DnsLookup::ResolveCanonicalBootstrapServersOnly => {}
    }
    if let Ok(ip) = host.host().parse::<IpAddr>() {
        return Ok(vec![Address::Ip(ip)]);
    }
    let found = lookup_host((host.host(), host.port())).await.map_err(|error| failure(&error))?;
    let mut seen = BTreeSet::new();
    let all = found.map(|address| address.ip()).filter(|ip| seen.insert(*ip));
    let all: Vec<Address> = all.take(MOST).map(Address::Ip).collect();
    if all.is_empty() { Err(Cause::NoSuchHost) } else { Ok(all) }
}

fn failure(error: &io::Error) -> Cause {
    let said = words(error);
    if UNKNOWN.iter().any(|unknown| said.contains(unknown)) {
        Cause::NoSuchHost
    } else {
        Cause::LookupFailed(said)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv6Addr;

    use super::*;

    async fn resolved(host: &str) -> Result<Vec<Address>, Cause> {
        let host = HostPort::new(host, 9092).unwrap();
        resolve(host, DnsLookup::ResolveCanonicalBootstrapServersOnly).await
    }

    #[tokio::test]
    async fn a_number_is_its_own_address() {
        assert_eq!(resolved("::1").await, Ok(vec![Address::Ip(Ipv6Addr::LOCALHOST.into())]));
    }

    #[tokio::test]
    async fn a_local_name_has_each_address_once() {
        let addresses = resolved("localhost").await.unwrap();
        let distinct: BTreeSet<_> = addresses.iter().collect();
        assert_eq!(distinct.len(), addresses.len());
        assert!(
            addresses.iter().all(|address| matches!(address, Address::Ip(ip) if ip.is_loopback()))
        );
    }

    #[test]
    fn a_name_that_does_not_exist_is_told_from_a_service_that_does_not_work() {
        let says = |words: &str| {
            failure(&io::Error::other(format!("failed to lookup address information: {words}")))
        };
        assert_eq!(says("Name or service not known"), Cause::NoSuchHost);
        let down = says("Temporary failure in name resolution");
        assert!(matches!(down, Cause::LookupFailed(said) if said.contains("Temporary failure")));
    }
}
