//! What to do next when the broker and we could not agree on who we are.

use klamm_wire::ErrorCode;

use crate::sasl::{Mechanism, SaslError};

/// The user name by which Azure Event Hubs recognises a connection string; a shell that sees it in
/// double quotes makes nothing of it.
const CONNECTION_STRING: &str = "$ConnectionString";

const CHECK_PASSWORD: &str = "Check `sasl.username` and `sasl.password` (Java: \
                              `sasl.jaas.config`), and that the user exists for this mechanism: \
                              brokers keep users of PLAIN, of SCRAM-SHA-256 and of SCRAM-SHA-512 \
                              apart.";

pub(super) fn next_step(error: &SaslError) -> String {
    match error {
        SaslError::UnsupportedMechanism { asked, offered } => other_mechanism(*asked, offered),
        SaslError::Refused { code: Some(ErrorCode::ILLEGAL_SASL_STATE), .. } => {
            "Set `security.protocol` to PLAINTEXT or SSL, or use the port of another listener: \
             this one asks nobody who they are."
                .to_owned()
        }
        SaslError::Refused { mechanism, username, .. } => refused(*mechanism, username.as_deref()),
        SaslError::Misbehaved(_) => {
            "Do not go on: who answers there may only pose as the broker. Check \
             `bootstrap.servers`, and use TLS (`security.protocol=SASL_SSL`)."
                .to_owned()
        }
        SaslError::Unsafe(_) => {
            "Have the user's SCRAM credentials made anew on the broker with 4096 to 1000000 \
             iterations."
                .to_owned()
        }
        SaslError::Unprepared(_) => {
            "Choose a name and a password without control characters, or another mechanism."
                .to_owned()
        }
        SaslError::OutOfTurn(_) => super::OUR_DEFECT.to_owned(),
        SaslError::NoToken(_) => {
            "Check the properties whose names begin with `sasl.oauthbearer.`, and that whoever \
             issues tokens can be reached."
                .to_owned()
        }
        SaslError::NoCredentials => {
            "Set `security.protocol` to SASL_SSL (or SASL_PLAINTEXT), `sasl.mechanism`, \
             `sasl.username` and `sasl.password`."
                .to_owned()
        }
    }
}

fn other_mechanism(asked: Mechanism, offered: &[String]) -> String {
    let spoken: Vec<&str> =
        offered.iter().filter_map(|name| Mechanism::from_name(name)).map(Mechanism::name).collect();
    match spoken.as_slice() {
        [] => format!(
            "Add {asked} to `sasl.enabled.mechanisms` of the broker: it offers nothing that this \
             client speaks ({}).",
            Mechanism::ALL.map(Mechanism::name).join(", ")
        ),
        [only] => format!("Set `sasl.mechanism` to {only}, or have {asked} enabled on the broker."),
        several => format!(
            "Set `sasl.mechanism` to one of {}, or have {asked} enabled on the broker.",
            several.join(", ")
        ),
    }
}

fn refused(mechanism: Mechanism, username: Option<&str>) -> String {
    if mechanism == Mechanism::OAuthBearer {
        return "Check that the token is for this broker and still valid: its issuer, audience, \
                scope and times, and the extensions the service asks for."
            .to_owned();
    }
    match username {
        Some(CONNECTION_STRING) => {
            "Check `sasl.password`: it is the whole connection string, from `Endpoint=sb://` on. \
             Event Hubs refuses addresses that its IP firewall does not allow in the same way."
                .to_owned()
        }
        Some("" | "\"\"") => {
            format!(
                "The user name is empty: a shell replaces $… unless it is in single quotes, \
                     as in '{CONNECTION_STRING}'. {CHECK_PASSWORD}"
            )
        }
        _ => CHECK_PASSWORD.to_owned(),
    }
}
