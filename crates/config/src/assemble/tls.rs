//! TLS from its parts.

use klamm_cluster::transport::{ClientIdentity, Pem, TlsSettings, TlsVersions};

use crate::draft::{Draft, TlsDraft};
use crate::error::Problem;
use crate::table::{KEYSTORE, TRUSTSTORE};

/// The settings of TLS; `None` where it is not wanted. What is wrong is refused either way.
pub(super) fn assemble(draft: &mut Draft) -> Result<Option<TlsSettings>, Problem> {
    let is_librdkafka = draft.is_librdkafka;
    let tls = std::mem::take(&mut draft.tls);
    let versions = versions(&tls)?;
    let (roots, tls) = roots(tls)?;
    let public_roots = tls.public_roots.unwrap_or(roots.is_none());
    let has_password = tls.key_password.is_some();
    let (identity, base) = identity(tls, is_librdkafka)?;
    if has_password && identity.is_none() {
        draft.warn("ssl.key.password", "this has no effect: no key is set");
    }
    if !draft.security.tls {
        return Ok(None);
    }
    if roots.is_none() && !public_roots {
        let problem = "without public authorities nobody is left to believe";
        let fix = "Name certificates by `ssl.ca.location` or `ssl.truststore.location`";
        return Err(Problem::new(problem, fix).of("klamm.ssl.public.roots"));
    }
    warn_of_what_is_unsafe(draft, &base);
    let roots = roots.into_iter().collect();
    Ok(Some(TlsSettings { roots, public_roots, identity, versions, ..base }))
}

fn warn_of_what_is_unsafe(draft: &mut Draft, base: &TlsSettings) {
    if !base.verify {
        draft.warn("enable.ssl.certificate.verification", "anybody can pose as a broker");
    } else if !base.check_name {
        let text = "whoever has a certificate of the same authority can pose as a broker";
        draft.warn("ssl.endpoint.identification.algorithm", text);
    }
}

fn versions(tls: &TlsDraft) -> Result<TlsVersions, Problem> {
    match (tls.protocol, tls.enabled) {
        (Some(_), Some(TlsVersions::Only13)) => {
            let problem = "it rules out the only version of `ssl.enabled.protocols`";
            Err(Problem::new(problem, "Leave it out").of("ssl.protocol"))
        }
        (Some(only), _) => Ok(only),
        (None, enabled) => Ok(enabled.unwrap_or_default()),
    }
}

fn roots(mut tls: TlsDraft) -> Result<(Option<Pem>, TlsDraft), Problem> {
    let text = tls.roots.take();
    if text == Some(Pem::File("probe".into())) {
        let problem = "the system is not searched for certificates";
        let fix = "Name a file, or leave it out for the public authorities";
        return Err(Problem::new(problem, fix).of("ssl.ca.location"));
    }
    match (tls.truststore.location.take(), text) {
        (None, text) => Ok((text, tls)),
        (Some(_), Some(_)) => {
            let problem = "certificates are given in another place as well";
            Err(Problem::new(problem, "Keep one of the two").of("ssl.truststore.location"))
        }
        (Some(_), None) if !tls.truststore.is_pem => {
            let problem = "this is a store in JKS, since `ssl.truststore.type` is not set";
            Err(Problem::new(problem, TRUSTSTORE.jks).of("ssl.truststore.location"))
        }
        (Some(path), None) => Ok((Some(Pem::File(path)), tls)),
    }
}

/// The names under which our certificate and its key are set, for messages.
struct IdentityNames {
    chain: &'static str,
    key: &'static str,
}

fn identity(
    mut tls: TlsDraft,
    is_librdkafka: bool,
) -> Result<(Option<ClientIdentity>, TlsSettings), Problem> {
    let names = if is_librdkafka {
        IdentityNames { chain: "ssl.certificate.location", key: "ssl.key.location" }
    } else {
        IdentityNames { chain: "ssl.keystore.certificate.chain", key: "ssl.keystore.key" }
    };
    let of_store = store(&mut tls)?;
    let missing = |name: &'static str, other: &str| {
        let problem = format!("it is not set, and `{other}` is");
        Err(Problem::new(problem, "Set both or none").of(name))
    };
    let (chain, key) = match (of_store, tls.chain.take(), tls.key.take()) {
        (Some(both), None, None) => (both.clone(), both),
        (Some(_), _, _) => {
            let problem = "a certificate or a key is given in another place as well";
            let fix = "Keep the store, or the certificate and the key";
            return Err(Problem::new(problem, fix).of("ssl.keystore.location"));
        }
        (None, Some(chain), Some(key)) => (chain, key),
        (None, Some(_), None) => return missing(names.key, names.chain),
        (None, None, Some(_)) => return missing(names.chain, names.key),
        (None, None, None) => return Ok((None, tls.base)),
    };
    let password = tls.key_password.take();
    Ok((Some(ClientIdentity { chain, key, password }), tls.base))
}

/// The store with both our certificate and its key.
fn store(tls: &mut TlsDraft) -> Result<Option<Pem>, Problem> {
    match tls.keystore.location.take() {
        Some(_) if !tls.keystore.is_pem => {
            let problem = "this is a store in JKS, since `ssl.keystore.type` is not set";
            Err(Problem::new(problem, KEYSTORE.jks).of("ssl.keystore.location"))
        }
        location => Ok(location.map(Pem::File)),
    }
}
