//! The form in which names and passwords are sent and hashed: as they were typed.
//!
//! RFC 5802 wants SASLprep, but Kafka's tools, brokers and Java client hash the UTF-8 bytes of a
//! password as they are. Preparing it would lock out whoever has a password that SASLprep changes
//! or forbids, so it is left alone here. [`saslprep`] is for servers that do prepare, and a
//! refusal mentions it where it would have made a difference.

use std::borrow::Cow;

use super::error::SaslError;
use super::step::Fault;
use crate::secret::Secret;

/// What to say when a password is refused that SASLprep would have changed.
const HINT: &str = "the password was used as typed, as Kafka does; a server that applies SASLprep \
                    knows it in another form";

/// The password in the form of RFC 4013, for servers that keep passwords in it.
///
/// Kafka's do not. The intermediate forms are made by `stringprep`, which does not overwrite them.
///
/// # Errors
///
/// [`SaslError::Unprepared`] if it is not UTF-8 or holds what SASLprep forbids.
pub fn saslprep(password: &Secret) -> Result<Secret, SaslError> {
    let text = password.reveal_text().ok_or(SaslError::Unprepared(NOT_TEXT))?;
    match stringprep::saslprep(text) {
        Ok(Cow::Borrowed(same)) => Ok(Secret::from(same)),
        Ok(Cow::Owned(prepared)) => Ok(Secret::from(prepared)),
        Err(_) => Err(SaslError::Unprepared("the password holds what SASLprep forbids")),
    }
}

const NOT_TEXT: &str = "the password is not UTF-8";

/// Refuses what neither PLAIN nor SCRAM can carry.
pub(super) fn check(username: &str, password: &Secret) -> Result<(), Fault> {
    if username.is_empty() {
        return Err(Fault::unprepared("the name is empty"));
    }
    if username.contains('\0') {
        return Err(Fault::unprepared("the name has a NUL in it"));
    }
    if password.is_empty() {
        return Err(Fault::unprepared("the password is empty"));
    }
    let Some(text) = password.reveal_text() else {
        return Err(Fault::unprepared(NOT_TEXT));
    };
    if text.contains('\0') {
        return Err(Fault::unprepared("the password has a NUL in it"));
    }
    Ok(())
}

/// Something to say with a refusal, if SASLprep gives the password another form.
pub(super) fn hint(password: &Secret) -> Option<&'static str> {
    if password.reveal().is_ascii() {
        return None;
    }
    let prepared = saslprep(password).ok()?;
    (prepared != *password).then_some(HINT)
}
