//! What was agreed on in TLS, and what the broker's certificates say.

use klamm_net::tls::{CertificateFacts, Peer};
use serde_json::{Value, json};

use super::finding::{Finding, Stage, Trouble};

/// From so few days on, a person is warned of the end of a certificate.
const SOON: i64 = 30;

const DAY: i64 = 24 * 60 * 60;

/// A handshake that went well, at a moment in seconds since the beginning of 1970.
pub(super) fn agreed(peer: &Peer, is_checked: bool, now: i64) -> Finding {
    let ends = peer.chain.iter().min_by_key(|one| one.not_after);
    let days = ends.map(|one| one.not_after.unix_seconds().saturating_sub(now).div_euclid(DAY));
    let whose = peer.chain.first().map_or("nobody", |leaf| leaf.subject.as_str());
    let left = days.map_or_else(String::new, |days| format!(", good for {}", in_days(days)));
    let said = format!("{}, {}: {whose}{left}", peer.version, peer.cipher_suite);
    let finding = Finding::good(Stage::Tls, said)
        .with("version", peer.version.clone())
        .with("cipher_suite", peer.cipher_suite.clone())
        .with("days_left", days);
    let finding = shown(finding, &peer.chain);
    if !is_checked {
        let next = "Take `enable.ssl.certificate.verification=false` away and set \
                    `ssl.ca.location` instead.";
        let cause = "the certificate is not checked: anybody can pose as the broker";
        return finding.doubtful(Trouble::new(cause, Some(next.to_owned())));
    }
    match ends.zip(days) {
        Some((one, days)) if days < SOON => {
            let cause = format!("the certificate of {} ends in {}", one.subject, in_days(days));
            let next = format!("Have it renewed before {}.", one.not_after);
            finding.doubtful(Trouble::new(cause, Some(next)))
        }
        _ => finding,
    }
}

/// A finding with the chain that the broker showed.
pub(super) fn shown(finding: Finding, chain: &[CertificateFacts]) -> Finding {
    let finding = chain.iter().fold(finding, |finding, one| finding.detail(line(one)));
    finding.with("chain", chain.iter().map(object).collect::<Vec<_>>())
}

fn in_days(days: i64) -> String {
    if days == 1 { "1 day".to_owned() } else { format!("{days} days") }
}

fn line(one: &CertificateFacts) -> String {
    let names = if one.names.is_empty() {
        String::new()
    } else {
        format!(", for {}", one.names.join(", "))
    };
    let whose = format!("{}{names}, issued by {}", one.subject, one.issuer);
    format!("certificate: {whose}, valid from {} to {}", one.not_before, one.not_after)
}

fn object(one: &CertificateFacts) -> Value {
    json!({
        "subject": one.subject,
        "issuer": one.issuer,
        "names": one.names,
        "not_before": one.not_before.to_string(),
        "not_after": one.not_after.to_string(),
        "not_after_unix": one.not_after.unix_seconds(),
        "is_ca": one.is_ca,
    })
}

#[cfg(test)]
mod tests {
    use klamm_net::tls::Moment;

    use super::*;
    use crate::doctor::finding::Outcome;

    const NOW: i64 = 1_800_000_000;

    fn peer(days: i64) -> Peer {
        let one = |subject: &str, names: &[&str], days: i64| CertificateFacts {
            subject: subject.to_owned(),
            issuer: "CN=ca".to_owned(),
            names: names.iter().map(|name| (*name).to_owned()).collect(),
            not_before: Moment::from_unix_seconds(NOW - DAY),
            not_after: Moment::from_unix_seconds(NOW + days * DAY),
            is_ca: names.is_empty(),
        };
        Peer {
            version: "TLS 1.3".to_owned(),
            cipher_suite: "TLS13_AES_256_GCM_SHA384".to_owned(),
            chain: vec![one("CN=broker", &["broker-1", "127.0.0.1"], days), one("CN=ca", &[], 900)],
        }
    }

    #[test]
    fn a_good_certificate_is_told_with_names_and_dates() {
        let finding = agreed(&peer(364), true, NOW);
        assert_eq!(finding.outcome, Outcome::Good);
        let wanted = "TLS 1.3, TLS13_AES_256_GCM_SHA384: CN=broker, good for 364 days";
        assert_eq!(finding.said, wanted);
        let wanted = "certificate: CN=broker, for broker-1, 127.0.0.1, issued by CN=ca, valid \
                      from 2027-01-14 08:00:00 UTC to 2028-01-14 08:00:00 UTC";
        assert_eq!(finding.details[0], wanted);
        assert_eq!(finding.facts["days_left"], 364);
        assert_eq!(finding.facts["chain"][1]["is_ca"], true);
    }

    #[test]
    fn a_certificate_that_ends_soon_is_warned_of() {
        assert!(agreed(&peer(30), true, NOW).trouble().is_none());
        let finding = agreed(&peer(29), true, NOW);
        let trouble = finding.trouble().unwrap();
        assert_eq!(trouble.cause, "the certificate of CN=broker ends in 29 days");
        let next = trouble.next_step.as_deref().unwrap();
        assert!(next.starts_with("Have it renewed before 2027-"), "{next}");
    }

    #[test]
    fn a_certificate_that_nobody_checks_is_warned_of() {
        let finding = agreed(&peer(364), false, NOW);
        assert!(finding.trouble().unwrap().cause.contains("anybody can pose"));
    }
}
