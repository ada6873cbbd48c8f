//! The words of authentication that several cases use.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use klamm_protocol::ApiKey;
use klamm_protocol::sasl_authenticate::SaslAuthenticateRequest;
use klamm_protocol::sasl_handshake::SaslHandshakeRequest;

use crate::answer::Answer;
use crate::case::Stop;
use crate::conn::Conn;
use crate::run::Run;
use crate::scram::Client;

/// The code of an answer.
pub(super) const CODE: &str = "/errorCode";
/// What a client makes up; the same each time, since nobody listens in.
pub(super) const NONCE: &str = "klamm-conformance-nonce";
/// The mechanism that every broker with SASL is asked for.
pub(super) const PLAIN: &str = "PLAIN";
/// The mechanism of `scram`.
pub(super) const SCRAM: &str = "SCRAM-SHA-256";

/// Asks for a mechanism.
pub(super) fn handshake(c: &mut Conn, mechanism: &str) -> Result<Answer, Stop> {
    c.ask(1, &SaslHandshakeRequest { mechanism: mechanism.to_owned().into() })
}

/// Sends a token.
pub(super) fn token(c: &mut Conn, version: i16, bytes: &[u8]) -> Result<Answer, Stop> {
    let auth_bytes = bytes.to_vec().into();
    c.ask(version, &SaslAuthenticateRequest { auth_bytes, ..Default::default() })
}

/// The token of PLAIN.
pub(super) fn plain_token(user: &str, password: &str) -> Vec<u8> {
    format!("\0{user}\0{password}").into_bytes()
}

/// The text that an answer carries for the mechanism.
pub(super) fn said(answer: &Answer) -> String {
    let bytes = answer.text("/authBytes").and_then(|text| STANDARD.decode(text).ok());
    String::from_utf8(bytes.unwrap_or_default()).unwrap_or_default()
}

/// Authenticates by PLAIN, and skips the case where PLAIN is not served.
pub(super) fn authenticate(run: &Run, c: &mut Conn, version: i16) -> Result<Answer, Stop> {
    let answer = handshake(c, PLAIN)?;
    if answer.int(CODE) == Some(33) {
        return Err(Stop::Skipped("PLAIN is not served".into()));
    }
    let (user, password) = (run.target().user.clone(), run.target().password.clone());
    token(c, version, &plain_token(&user, &password))
}

/// Goes through SCRAM: the last answer, or the first that refuses.
pub(super) fn scram(c: &mut Conn, version: i16, client: Client<'_>) -> Result<Answer, Stop> {
    let offered = handshake(c, SCRAM)?;
    if offered.int(CODE) == Some(33) {
        return Err(Stop::Skipped(format!("{SCRAM} is not served")));
    }
    let first = token(c, version, client.first(NONCE).as_bytes())?;
    match client.last(NONCE, &said(&first)) {
        Some(last) if first.int(CODE) == Some(0) => token(c, version, last.as_bytes()),
        _ => Ok(first),
    }
}

/// The newest version of SaslAuthenticate.
pub(super) fn newest(run: &Run) -> Result<i16, Stop> {
    // A plain listener may hide it, and every broker with SASL since 1.0 has version 0.
    Ok(run.can().usable(ApiKey::SaslAuthenticate).map_or(0, |versions| versions.max))
}
