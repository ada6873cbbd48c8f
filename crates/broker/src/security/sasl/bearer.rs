//! OAUTHBEARER: a token that the client got elsewhere, in a frame of key and value pairs.

use std::collections::BTreeMap;
use std::sync::Arc;

use klamm_wire::WallMillis;
use serde_json::json;

use super::Credentials;
use super::message::unescape;
use super::session::Refusal;
use crate::security::Principal;

/// What a valid token says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Authenticated {
    /// Who its bearer is.
    pub principal: Principal,
    /// The end of the token's lifetime.
    pub lifetime: WallMillis,
}

/// Judges a token at a time; an error is the `status` that the client is told.
pub type TokenCheck = Arc<dyn Fn(&str, WallMillis) -> Result<Authenticated, String> + Send + Sync>;

/// What becomes of a client's message.
pub(super) enum Judged {
    Accepted(Authenticated),
    /// The token is not believed, and the client is told why before it fails.
    Rejected(String),
}

/// What a client sends once it was told that its token is not believed.
pub(super) const ACKNOWLEDGED: &[u8] = b"\x01";

/// Judges the client's message.
pub(super) fn authenticate(
    token: &[u8],
    now: WallMillis,
    users: &Credentials,
) -> Result<Judged, Refusal> {
    let text = String::from_utf8_lossy(token);
    let message = Message::read(&text).ok_or(Refusal::Credentials)?;
    let authenticated = match users.check_token(message.token, now) {
        Ok(authenticated) => authenticated,
        Err(status) => return Ok(Judged::Rejected(json!({ "status": status }).to_string())),
    };
    let name = authenticated.principal.name();
    match message.acting {
        Some(acting) if acting != name => Err(Refusal::Told(format!(
            "Authentication failed: Client requested an authorization id ({acting}) that is \
             different from the token's principal name ({name})"
        ))),
        _ => Ok(Judged::Accepted(authenticated)),
    }
}

/// `n,[a=…],␁auth=Bearer token␁[key=value␁…]␁`
struct Message<'a> {
    /// Whom the client wants to act for, as it was sent.
    acting: Option<&'a str>,
    token: &'a str,
}

impl<'a> Message<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let (acting, pairs) = text.strip_prefix("n,")?.split_once(",\x01")?;
        let acting = if acting.is_empty() { None } else { Some(acting.strip_prefix("a=")?) };
        if acting.is_some_and(|acting| !acting.is_ascii() || unescape(acting).is_none()) {
            return None;
        }
        let pairs = pairs.strip_suffix('\x01')?;
        let pairs: BTreeMap<&str, &str> = match pairs.strip_suffix('\x01') {
            Some(pairs) => pairs.split('\x01').map(pair).collect::<Option<_>>()?,
            None => return None,
        };
        let token = bearer(pairs.get("auth")?)?;
        Some(Self { acting, token })
    }
}

fn pair(text: &str) -> Option<(&str, &str)> {
    let (key, value) = text.split_once('=')?;
    let is_key = !key.is_empty() && key.bytes().all(|byte| byte.is_ascii_alphabetic());
    let may_stand = |byte: u8| matches!(byte, b' '..=b'~' | b'\t' | b'\r' | b'\n');
    let is_value = !value.is_empty() && value.bytes().all(may_stand);
    (is_key && is_value).then_some((key, value))
}

/// The token after a scheme that must be `Bearer`, in any case, and at least one space.
fn bearer(auth: &str) -> Option<&str> {
    let (scheme, token) = auth.split_once(' ')?;
    let token = token.trim_start_matches(' ');
    let may_stand = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_token = !token.is_empty() && token.bytes().all(may_stand);
    (scheme.eq_ignore_ascii_case("bearer") && is_token).then_some(token)
}
