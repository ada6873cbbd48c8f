//! The saying of who we are: what was asked, what the broker offers, for how long it believes us.

use klamm_cluster::sasl::{Credentials, Mechanism};

use super::finding::{Finding, Stage, Trouble};
use super::report::millis;
use super::tap::Heard;

/// What we say, without what nobody may see.
pub(super) fn asked(credentials: &Credentials) -> Finding {
    let mechanism = credentials.mechanism();
    let said = match credentials.username() {
        Some(name) => format!("{mechanism} as `{name}`"),
        None => mechanism.to_string(),
    };
    Finding::good(Stage::Sasl, said)
        .with("mechanism", mechanism.name())
        .with("username", credentials.username())
}

/// The broker believes us. `is_clear` where everybody on the way can read along.
pub(super) fn believed(
    finding: Finding,
    credentials: &Credentials,
    heard: &Heard,
    is_clear: bool,
) -> Finding {
    let offered = match heard.offered.as_slice() {
        [] => String::new(),
        offered => format!("; offered: {}", offered.join(", ")),
    };
    let session = heard.lifetime.map_or_else(String::new, |lifetime| {
        format!("; for {:.0} s, then again", lifetime.as_secs_f64())
    });
    let said = format!("{}{offered}{session}", finding.said);
    let lifetime = heard.lifetime.map(millis);
    let finding = Finding { said, ..finding }
        .with("offered", heard.offered.clone())
        .with("session_lifetime_ms", lifetime);
    if !is_clear {
        return finding;
    }
    match credentials.mechanism() {
        Mechanism::Plain | Mechanism::OAuthBearer => finding.doubtful(Trouble::new(
            "without TLS everybody on the way can read the password or the token",
            Some("Set `security.protocol` to SASL_SSL and use a TLS listener.".to_owned()),
        )),
        Mechanism::ScramSha256 | Mechanism::ScramSha512 => finding,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use klamm_cluster::Secret;
    use klamm_cluster::sasl::ScramHash;

    use super::*;
    use crate::doctor::finding::Outcome;

    #[test]
    fn the_offer_and_the_lifetime_are_told() {
        let credentials = Credentials::Scram {
            hash: ScramHash::Sha256,
            username: "alice".to_owned(),
            password: Secret::from("hunter2-MARKER"),
        };
        let heard = Heard {
            offered: vec!["PLAIN".to_owned(), "SCRAM-SHA-256".to_owned()],
            lifetime: Some(Duration::from_secs(3600)),
        };
        let finding = believed(asked(&credentials), &credentials, &heard, true);
        let wanted =
            "SCRAM-SHA-256 as `alice`; offered: PLAIN, SCRAM-SHA-256; for 3600 s, then again";
        assert_eq!(finding.said, wanted);
        assert_eq!(finding.outcome, Outcome::Good);
        assert!(!format!("{finding:?}").contains("MARKER"));
    }

    #[test]
    fn a_password_in_the_clear_is_warned_of() {
        let password = Secret::from("hunter2-MARKER");
        let credentials = Credentials::Plain { username: "alice".to_owned(), password };
        let told =
            |is_clear| believed(asked(&credentials), &credentials, &Heard::default(), is_clear);
        assert!(told(true).trouble().unwrap().cause.contains("can read the password"));
        assert_eq!(told(false).trouble(), None);
    }
}
