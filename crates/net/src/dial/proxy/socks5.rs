//! SOCKS version 5 (RFC 1928), with a name and a password or without (RFC 1929).

use std::net::IpAddr;

use klamm_cluster::{HostPort, Secret};
use tokio::io::{AsyncRead, AsyncWrite};

use super::{Credentials, Refusal, hear, say};

const VERSION: u8 = 5;
const NO_CREDENTIALS: u8 = 0;
const NAME_AND_PASSWORD: u8 = 2;
const NOTHING_ACCEPTABLE: u8 = 0xff;
/// The version of the conversation about names and passwords.
const CREDENTIALS_VERSION: u8 = 1;
const CONNECT: u8 = 1;
const BY_V4: u8 = 1;
const BY_NAME: u8 = 3;
const BY_V6: u8 = 4;

/// Asks for a stream to `host`.
pub(super) async fn agree<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    host: &HostPort,
    credentials: &Credentials,
) -> Result<(), Refusal> {
    let greeting: &[u8] = match credentials {
        None => &[VERSION, 1, NO_CREDENTIALS],
        Some(_) => &[VERSION, 2, NO_CREDENTIALS, NAME_AND_PASSWORD],
    };
    let request = request(host)?;
    say(stream, &Secret::new(greeting)).await?;
    let [version, method] = hear(stream).await?;
    check_version(version)?;
    match (method, credentials) {
        (NO_CREDENTIALS, _) => {}
        (NAME_AND_PASSWORD, Some((name, password))) => introduce(stream, name, password).await?,
        (NOTHING_ACCEPTABLE, None) => return Err(Refusal::new("it wants a name and a password")),
        (NOTHING_ACCEPTABLE, Some(_)) => {
            return Err(Refusal::new("it accepts no way of saying who we are that we know"));
        }
        (method, _) => return Err(Refusal(format!("it chose method {method}, unasked"))),
    }
    say(stream, &Secret::new(request)).await?;
    answer(stream).await
}

fn check_version(version: u8) -> Result<(), Refusal> {
    match version {
        VERSION => Ok(()),
        other => Err(Refusal(format!("it is no SOCKS 5 proxy: its first byte is {other}"))),
    }
}

async fn introduce<S: AsyncRead + AsyncWrite + Unpin>(
    stream: &mut S,
    name: &str,
    password: &Secret,
) -> Result<(), Refusal> {
    let mut said = vec![CREDENTIALS_VERSION];
    for (what, part) in [("name", name.as_bytes()), ("password", password.reveal())] {
        let length = u8::try_from(part.len()).ok().filter(|length| *length > 0);
        let length = length.ok_or_else(|| {
            Refusal(format!("SOCKS 5 takes a {what} of 1 to 255 bytes, and ours is not"))
        })?;
        said.push(length);
        said.extend_from_slice(part);
    }
    say(stream, &Secret::new(said)).await?;
    match hear(stream).await? {
        [_, 0] => Ok(()),
        [_, _] => Err(Refusal::new("it does not accept our name and password")),
    }
}

fn request(host: &HostPort) -> Result<Vec<u8>, Refusal> {
    let mut said = vec![VERSION, CONNECT, 0];
    match host.host().parse::<IpAddr>() {
        Ok(IpAddr::V4(ip)) => {
            said.push(BY_V4);
            said.extend_from_slice(&ip.octets());
        }
        Ok(IpAddr::V6(ip)) => {
            said.push(BY_V6);
            said.extend_from_slice(&ip.octets());
        }
        Err(_) => {
            let length = u8::try_from(host.host().len());
            let length = length.map_err(|_| {
                Refusal::new("SOCKS 5 takes names of 255 bytes, and the broker's is longer")
            })?;
            said.extend_from_slice(&[BY_NAME, length]);
            said.extend_from_slice(host.host().as_bytes());
        }
    }
    said.extend_from_slice(&host.port().to_be_bytes());
    Ok(said)
}

async fn answer<S: AsyncRead + Unpin>(stream: &mut S) -> Result<(), Refusal> {
    let [version, reply, _, kind] = hear(stream).await?;
    check_version(version)?;
    if reply != 0 {
        return Err(Refusal(format!("it says: {}", meaning(reply))));
    }
    // The address from which the proxy goes on is of no use, and must be read.
    match kind {
        BY_V4 => drop(hear::<_, 6>(stream).await?),
        BY_V6 => drop(hear::<_, 18>(stream).await?),
        BY_NAME => {
            let [length] = hear(stream).await?;
            for _ in 0..length {
                hear::<_, 1>(stream).await?;
            }
            hear::<_, 2>(stream).await?;
        }
        other => return Err(Refusal(format!("it answers with an address of kind {other}"))),
    }
    Ok(())
}

const fn meaning(reply: u8) -> &'static str {
    match reply {
        1 => "general failure",
        2 => "its rules do not allow it",
        3 => "the network cannot be reached",
        4 => "the host cannot be reached",
        5 => "the broker refused the connection",
        6 => "its time to live ran out",
        7 => "it does not know the command",
        8 => "it does not know the kind of address",
        _ => "a failure without a name",
    }
}
