//! PLAIN: one token holds who wants to act, who proves it, and the password.

use super::Credentials;
use super::session::Refusal;
use crate::security::Principal;

/// The text that Kafka gives to a wrong name and to a wrong password alike.
const INVALID: &str = "Authentication failed: Invalid username or password";

/// Judges the only token there is.
pub(super) fn authenticate(token: &[u8], users: &Credentials) -> Result<Principal, Refusal> {
    let text = String::from_utf8_lossy(token);
    let parts: Vec<&str> = text.split('\0').collect();
    let &[acting, name, password] = parts.as_slice() else { return Err(Refusal::Credentials) };
    if name.is_empty() || password.is_empty() {
        return Err(Refusal::Credentials);
    }
    if !users.is_password(name, password) {
        return Err(Refusal::Told(INVALID.to_owned()));
    }
    if !acting.is_empty() && acting != name {
        return Err(Refusal::other_authorization_id());
    }
    Ok(Principal::user(name))
}
