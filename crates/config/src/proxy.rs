//! `klamm.proxy`: somebody to go through, as a URL.

use klamm_cluster::transport::{Proxy, ProxyKind};
use klamm_cluster::{HostPort, Secret};

use crate::error::Problem;

const FIX: &str = "Write `socks5://<host>:<port>` or `http://<host>:<port>`, with \
    `<name>:<password>@` before the host where the proxy asks for them";

/// Reads `socks5://[name:password@]…:port` or the same with `http`.
///
/// What is special in a URL is written as `%` and two hexadecimal digits in name and password.
pub(crate) fn parse(url: &Secret) -> Result<Proxy, Problem> {
    let refused = |problem: &str| Problem::new(problem, FIX);
    let url = url.reveal_text().map(str::trim).ok_or_else(|| refused("this is no text"))?;
    let (scheme, rest) = url.split_once("://").ok_or_else(|| refused("this is no URL"))?;
    let kind = match scheme.to_ascii_lowercase().as_str() {
        "socks5" | "socks5h" => ProxyKind::Socks5,
        "http" => ProxyKind::HttpConnect,
        _ => return Err(refused("a proxy of this kind is not known")),
    };
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (user, at) = match rest.rsplit_once('@') {
        Some((user, at)) => (Some(user), at),
        None => (None, rest),
    };
    // What is wrong with the address is not quoted: a password may have slipped into it.
    let at: HostPort = at.parse().map_err(|_| refused("it names no host and port"))?;
    let credentials = user.map(credentials).transpose()?;
    Ok(Proxy { kind, at, credentials })
}

fn credentials(user: &str) -> Result<(String, Secret), Problem> {
    let parts = user.split_once(':').and_then(|(name, password)| {
        let name = String::from_utf8(decoded(name)?).ok()?;
        Some((name, Secret::new(decoded(password)?)))
    });
    parts.ok_or_else(|| {
        Problem::new("before the `@` stands no name and password, with a `:` between them", FIX)
    })
}

/// With `%` and two hexadecimal digits as the byte that they stand for.
fn decoded(text: &str) -> Option<Vec<u8>> {
    let mut bytes = text.bytes();
    let mut plain = Vec::with_capacity(text.len());
    while let Some(byte) = bytes.next() {
        plain.push(if byte == b'%' {
            hex(bytes.next()?)? << 4 | hex(bytes.next()?)?
        } else {
            byte
        });
    }
    Some(plain)
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}
