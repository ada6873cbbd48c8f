//! Where a broker is: a name and a port as people write them, and what a name resolves to.

use core::net::{IpAddr, Ipv6Addr};
use std::fmt;
use std::str::FromStr;

/// The longest name that the name service knows, and then some.
const MAX_HOST: usize = 1024;

/// A host and a port, as a setting or a broker names them.
///
/// ```
/// use klamm_cluster::HostPort;
///
/// let broker: HostPort = "[::1]:9092".parse()?;
/// assert_eq!((broker.host(), broker.port()), ("::1", 9092));
/// assert_eq!(broker.to_string(), "[::1]:9092");
/// # Ok::<(), klamm_cluster::AddressError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HostPort {
    /// Never empty, without brackets, white space or control characters.
    host: String,
    /// Never 0.
    port: u16,
}

/// One address that a name resolved to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Address {
    /// A number, ready to be dialled.
    Ip(IpAddr),
    /// None: a proxy is asked to find the host by its name.
    ByName,
}

/// Why something is no host and port.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressError {
    /// There is no host.
    NoHost,
    /// The host cannot be a name nor a number.
    BadHost(String),
    /// There is no port.
    NoPort(String),
    /// The port is no number from 1 to 65535.
    BadPort(String),
}

impl HostPort {
    /// A host and a port, of which neither has been looked at: as a broker's answer has them.
    ///
    /// # Errors
    /// When the host is empty or cannot be one, or the port is not from 1 to 65535.
    pub fn new(host: &str, port: i32) -> Result<Self, AddressError> {
        if host.is_empty() {
            return Err(AddressError::NoHost);
        }
        if host.len() > MAX_HOST || host.contains(|c: char| c.is_whitespace() || c.is_control()) {
            return Err(AddressError::BadHost(shortened(host)));
        }
        match u16::try_from(port) {
            Ok(port) if port > 0 => Ok(Self { host: host.to_owned(), port }),
            _ => Err(AddressError::BadPort(port.to_string())),
        }
    }

    /// The host: a name, or a number without brackets.
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The port, from 1 on.
    pub fn port(&self) -> u16 {
        self.port
    }
}

/// Takes `host:port` and `[v6]:port`; as in Java, a protocol's name may stand in front.
impl FromStr for HostPort {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim();
        let text = text.split_once("://").map_or(text, |(_, rest)| rest);
        let Some((host, port)) = text.rsplit_once(':') else {
            return Err(AddressError::NoPort(shortened(text)));
        };
        let inner = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        let is_bare_v6 = inner.is_none() && host.contains(':');
        if is_bare_v6 || inner.is_some_and(|host| host.parse::<Ipv6Addr>().is_err()) {
            return Err(AddressError::BadHost(shortened(host)));
        }
        let port = port.parse().map_err(|_| AddressError::BadPort(shortened(port)))?;
        Self::new(inner.unwrap_or(host), port)
    }
}

impl fmt::Display for HostPort {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.host.contains(':') {
            write!(f, "[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{}:{}", self.host, self.port)
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ip(ip) => ip.fmt(f),
            Self::ByName => f.write_str("by name"),
        }
    }
}

impl fmt::Display for AddressError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoHost => f.write_str("there is no host"),
            Self::BadHost(host) => {
                write!(f, "`{host}` is no host (a number of version 6 stands in brackets)")
            }
            Self::NoPort(text) => write!(f, "`{text}` has no port: write host:port"),
            Self::BadPort(port) => write!(f, "`{port}` is no port from 1 to 65535"),
        }
    }
}

impl std::error::Error for AddressError {}

/// Enough of a text to recognise it in a message.
fn shortened(text: &str) -> String {
    text.chars().take(64).map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_write_is_read_and_printed_again() {
        for (text, host, port) in [
            ("kafka:9092", "kafka", 9092),
            ("127.0.0.1:1", "127.0.0.1", 1),
            ("[2001:db8::1]:65535", "2001:db8::1", 65535),
        ] {
            let read: HostPort = text.parse().unwrap();
            assert_eq!((read.host(), read.port(), read.to_string().as_str()), (host, port, text));
        }
        let named: HostPort = [" SASL_SSL:", "//kafka:9093 "].concat().parse().unwrap();
        assert_eq!(named.to_string(), "kafka:9093");
    }

    #[test]
    fn what_cannot_be_an_address_is_refused_with_its_reason() {
        for (text, reason) in [
            ("kafka", "`kafka` has no port: write host:port"),
            (":9092", "there is no host"),
            ("kafka:0", "`0` is no port from 1 to 65535"),
            ("kafka:http", "`http` is no port from 1 to 65535"),
            ("kafka:70000", "`70000` is no port from 1 to 65535"),
            ("::1:9092", "`::1` is no host (a number of version 6 stands in brackets)"),
            ("[kafka]:9092", "`[kafka]` is no host (a number of version 6 stands in brackets)"),
            ("a b:9092", "`a b` is no host (a number of version 6 stands in brackets)"),
        ] {
            assert_eq!(text.parse::<HostPort>().unwrap_err().to_string(), reason);
        }
    }
}
