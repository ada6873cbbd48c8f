//! The name service.

use std::collections::BTreeSet;
use std::io;
use std::net::IpAddr;

use klamm_cluster::transport::AddressFamily;
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

/// The addresses of a host that belong to the family, each once, in the order of the system. A
/// number is its own address.
///
/// `ResolveCanonicalBootstrapServersOnly` gives the same as `UseAllDnsIps`: the canonical names
/// that it wants serve Kerberos alone, which is not spoken here, and the standard library cannot
/// look them up.
pub(super) async fn resolve(
    host: HostPort,
    how: DnsLookup,
    family: AddressFamily,
) -> Result<Vec<Address>, Cause> {
    match how {
        DnsLookup::UseAllDnsIps | DnsLookup::ResolveCanonicalBootstrapServersOnly => {}
    }
    if let Ok(ip) = host.host().parse::<IpAddr>() {
        return of_family([ip], family);
    }
    let found = lookup_host((host.host(), host.port())).await.map_err(|error| failure(&error))?;
    of_family(found.map(|address| address.ip()), family)
}

/// That the host exists and has other addresses alone is not the same as that nobody knows it.
fn of_family(
    found: impl IntoIterator<Item = IpAddr>,
    family: AddressFamily,
) -> Result<Vec<Address>, Cause> {
    let (is_wanted, lacking): (fn(&IpAddr) -> bool, &str) = match family {
        AddressFamily::Any => (|_| true, ""),
        AddressFamily::V4 => (IpAddr::is_ipv4, "the host has no address of IPv4"),
        AddressFamily::V6 => (IpAddr::is_ipv6, "the host has no address of IPv6"),
    };
    let mut seen = BTreeSet::new();
    let all: Vec<IpAddr> = found.into_iter().filter(|ip| seen.insert(*ip)).collect();
    let wanted: Vec<Address> =
        all.iter().copied().filter(is_wanted).take(MOST).map(Address::Ip).collect();
    match (all.is_empty(), wanted.is_empty()) {
        (true, _) => Err(Cause::NoSuchHost),
        (false, true) => Err(Cause::Unreachable(lacking.to_owned())),
        (false, false) => Ok(wanted),
    }
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
        resolve(host, DnsLookup::ResolveCanonicalBootstrapServersOnly, AddressFamily::Any).await
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
    fn addresses_of_the_other_family_are_left_out() {
        let [v4, v6] = ["192.0.2.1", "2001:db8::1"].map(|ip| ip.parse::<IpAddr>().unwrap());
        let kept = |family| of_family([v6, v4, v6], family).unwrap();
        assert_eq!(kept(AddressFamily::Any), [Address::Ip(v6), Address::Ip(v4)]);
        assert_eq!(kept(AddressFamily::V4), [Address::Ip(v4)]);
        assert_eq!(kept(AddressFamily::V6), [Address::Ip(v6)]);
    }

    #[test]
    fn a_host_without_an_address_of_the_family_is_not_called_unknown() {
        let v4 = [IpAddr::V4(std::net::Ipv4Addr::LOCALHOST)];
        let lacking = of_family(v4, AddressFamily::V6);
        assert_eq!(lacking, Err(Cause::Unreachable("the host has no address of IPv6".to_owned())));
        assert_eq!(of_family([], AddressFamily::V6), Err(Cause::NoSuchHost));
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
