//! The CONNECT of HTTP/1.1, with a name and a password (Basic) or without.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use klamm_cluster::{HostPort, Secret};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Credentials, Refusal, hear, say};
use crate::dial::causes::one_line;

/// The longest answer, up to its empty line.
const LONGEST: usize = 8 << 10;

/// Asks for a stream to `host`.
pub(super) async fn agree<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    host: &HostPort,
    credentials: &Credentials,
) -> Result<(), Refusal> {
    say(stream, &request(host, credentials)?).await?;
    let head = head(stream).await?;
    let status = head.lines().next().unwrap_or_default();
    match code(status) {
        Some(200..=299) => Ok(()),
        Some(407) if credentials.is_none() => Err(Refusal::new("it wants a name and a password")),
        Some(407) => Err(Refusal::new("it does not accept our name and password")),
        Some(_) => Err(Refusal(format!("it answers `{}`", one_line(status)))),
        None => Err(Refusal::new("it is no HTTP proxy: it answers with something else")),
    }
}

fn request(host: &HostPort, credentials: &Credentials) -> Result<Secret, Refusal> {
    let mut said = format!("CONNECT {host} HTTP/1.1\r\nHost: {host}\r\n").into_bytes();
    if let Some((name, password)) = credentials {
        if name.contains(':') {
            return Err(Refusal::new("a name for a proxy of HTTP cannot contain a colon"));
        }
        let pair = Secret::new([name.as_bytes(), b":", password.reveal()].concat());
        let encoded = Secret::from(STANDARD.encode(pair.reveal()));
        said.extend_from_slice(b"Proxy-Authorization: Basic ");
        said.extend_from_slice(encoded.reveal());
        said.extend_from_slice(b"\r\n");
    }
    said.extend_from_slice(b"\r\n");
    Ok(Secret::new(said))
}

/// Everything up to the empty line and not a byte more, so that nothing of the broker's is lost.
async fn head<S: AsyncRead + Unpin>(stream: &mut S) -> Result<String, Refusal> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if head.len() >= LONGEST {
            return Err(Refusal::new("its answer has no end"));
        }
        let [byte] = hear(stream).await?;
        head.push(byte);
    }
    Ok(String::from_utf8_lossy(&head).into_owned())
}

/// The code of `HTTP/1.x code words`.
fn code(status: &str) -> Option<u16> {
    let mut parts = status.split(' ');
    parts.next().filter(|version| version.starts_with("HTTP/1."))?;
    parts.next().filter(|code| code.len() == 3)?.parse().ok()
}
