//! Tokens without a signature, believed so that tests need no identity provider.
//!
//! Kafka believes them by default, too. It decodes the parts with the alphabet that has `+` and
//! `/`, which its own message format forbids; the one of URLs is what RFC 7515 says.

use std::time::Duration;

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use klamm_wire::WallMillis;
use serde_json::{Map, Value};

use super::bearer::Authenticated;
use crate::security::Principal;

/// What the client is told about every such token that is not believed.
const INVALID: &str = "invalid_token";

/// Base64 of the kind that tokens are written in, with or without padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Believes a token that says of itself that it has no signature (`alg` is `none`), whose subject
/// is not blank, and which is neither expired (`exp`) nor issued in the future (`iat`).
///
/// # Errors
///
/// `invalid_token` for every other one.
pub fn check_unsecured(token: &str, now: WallMillis) -> Result<Authenticated, String> {
    believe(token, now).ok_or_else(|| INVALID.to_owned())
}

fn believe(token: &str, now: WallMillis) -> Option<Authenticated> {
    let parts: Vec<&str> = token.split('.').collect();
    let &[header, claims, ""] = parts.as_slice() else { return None };
    let (header, claims) = (object(header)?, object(claims)?);
    if header.get("alg")?.as_str()? != "none" {
        return None;
    }
    let lifetime = millis(claims.get("exp")?)?;
    let issued = match claims.get("iat") {
        Some(issued) => millis(issued)?,
        None => i64::MIN,
    };
    let subject = claims.get("sub")?.as_str().filter(|subject| !subject.trim().is_empty())?;
    let holds = issued <= now.0 && now.0 < lifetime && issued < lifetime;
    let principal = Principal::user(subject);
    holds.then_some(Authenticated { principal, lifetime: WallMillis(lifetime) })
}

fn object(part: &str) -> Option<Map<String, Value>> {
    match serde_json::from_slice(&BASE64.decode(part).ok()?).ok()? {
        Value::Object(object) => Some(object),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => {
            None
        }
    }
}

/// Seconds since 1970, perhaps with a fraction, as milliseconds.
fn millis(seconds: &Value) -> Option<i64> {
    let since = Duration::try_from_secs_f64(seconds.as_f64()?).ok()?;
    let rounded = since.checked_add(Duration::from_micros(500))?;
    i64::try_from(rounded.as_millis()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: WallMillis = WallMillis(1_000_000);

    fn token(header: &str, claims: &str) -> String {
        format!("{}.{}.", BASE64.encode(header), BASE64.encode(claims))
    }

    fn check(claims: &str) -> Option<(String, i64)> {
        let checked = check_unsecured(&token(r#"{"alg":"none"}"#, claims), NOW).ok()?;
        Some((checked.principal.to_string(), checked.lifetime.0))
    }

    #[test]
    fn a_subject_and_a_time_to_come_are_enough() {
        let alice = |millis| Some(("User:alice".to_owned(), millis));
        assert_eq!(check(r#"{"sub":"alice","exp":1001}"#), alice(1_001_000));
        assert_eq!(check(r#"{"sub":"alice","exp":1000.5,"iat":1000}"#), alice(1_000_500));
        assert_eq!(check(r#"{"sub":"alice","exp":2000,"iat":999.5,"x":[1]}"#), alice(2_000_000));
    }

    #[test]
    fn claims_that_do_not_hold_are_refused() {
        for claims in [
            r#"{"sub":"alice"}"#,
            r#"{"exp":2000}"#,
            r#"{"sub":" ","exp":2000}"#,
            r#"{"sub":7,"exp":2000}"#,
            r#"{"sub":"alice","exp":"2000"}"#,
            r#"{"sub":"alice","exp":1000}"#,
            r#"{"sub":"alice","exp":-1}"#,
            r#"{"sub":"alice","exp":1e300}"#,
            r#"{"sub":"alice","exp":2000,"iat":1000.001}"#,
            r#"{"sub":"alice","exp":2000,"iat":"1"}"#,
            "[]",
            "{",
            "",
        ] {
            assert_eq!(check(claims), None, "{claims}");
        }
    }

    #[test]
    fn a_token_of_another_form_is_refused() {
        let claims = r#"{"sub":"alice","exp":2000}"#;
        let good = token(r#"{"alg":"none"}"#, claims);
        assert!(check_unsecured(&good, NOW).is_ok());
        let padded = good.replace("=", "");
        assert!(check_unsecured(&padded, NOW).is_ok(), "padding is a matter of taste");
        for bad in [
            token(r#"{"alg":"HS256"}"#, claims),
            token(r#"{}"#, claims),
            format!("{good}c2ln"),
            format!("{good}."),
            good.trim_end_matches('.').to_owned(),
            format!(".{good}"),
            String::new(),
        ] {
            assert_eq!(check_unsecured(&bad, NOW), Err(INVALID.to_owned()), "{bad}");
        }
    }
}
