//! Who we say we are, from its parts.

use klamm_cluster::Secret;
use klamm_cluster::sasl::{Credentials, Mechanism, ScramHash};

use super::unsecured;
use crate::draft::{Draft, SaslDraft};
use crate::error::Problem;
use crate::jaas::{Jaas, Module};
use crate::table::MECHANISMS;
use crate::token::TokenSource;

/// Who we say we are, and where tokens come from.
pub(super) fn assemble(draft: &mut Draft) -> Result<(Option<Credentials>, TokenSource), Problem> {
    let sasl = std::mem::take(&mut draft.sasl);
    if !draft.security.sasl {
        return Ok((None, TokenSource::None));
    }
    let Some(mechanism) = sasl.mechanism else {
        let problem = "it is not set, and its default, Kerberos (GSSAPI), is not offered";
        return Err(Problem::new(problem, MECHANISMS).of("sasl.mechanism"));
    };
    agrees(sasl.jaas.as_ref(), mechanism)?;
    if mechanism == Mechanism::OAuthBearer {
        return Ok((Some(Credentials::OAuthBearer), tokens(draft, sasl)?));
    }
    if mechanism == Mechanism::Plain && !draft.security.tls {
        let text = "PLAIN sends the password in the clear, since `security.protocol` is not \
            SASL_SSL";
        draft.warn("sasl.mechanism", text);
    }
    let (username, password) = name_and_password(sasl)?;
    let scram = |hash, username, password| Credentials::Scram { hash, username, password };
    let credentials = match mechanism {
        Mechanism::Plain => Credentials::Plain { username, password },
        Mechanism::ScramSha256 => scram(ScramHash::Sha256, username, password),
        Mechanism::ScramSha512 => scram(ScramHash::Sha512, username, password),
        Mechanism::OAuthBearer => Credentials::OAuthBearer,
    };
    Ok((Some(credentials), TokenSource::None))
}

/// A login module for another mechanism is somebody's mistake.
fn agrees(jaas: Option<&Jaas>, mechanism: Mechanism) -> Result<(), Problem> {
    let wanted = match mechanism {
        Mechanism::Plain => Module::Plain,
        Mechanism::ScramSha256 | Mechanism::ScramSha512 => Module::Scram,
        Mechanism::OAuthBearer => Module::OAuthBearer,
    };
    match jaas {
        Some(jaas) if jaas.module != wanted => {
            let problem =
                format!("{} does not belong to `sasl.mechanism={mechanism}`", jaas.module.name());
            let fix = format!("Use {}, or the mechanism that belongs to it", wanted.name());
            Err(Problem::new(problem, fix).of("sasl.jaas.config"))
        }
        _ => Ok(()),
    }
}

fn name_and_password(sasl: SaslDraft) -> Result<(String, Secret), Problem> {
    let is_set = sasl.username.is_some() || sasl.password.is_some();
    match sasl.jaas {
        Some(_) if is_set => {
            let problem = "`sasl.username` or `sasl.password` is set as well";
            Err(Problem::new(problem, "Keep one of the two").of("sasl.jaas.config"))
        }
        Some(jaas) => of_jaas(jaas),
        None => {
            let name = filled(sasl.username, "sasl.username", String::is_empty)?;
            let password = filled(sasl.password, "sasl.password", Secret::is_empty)?;
            Ok((name, password))
        }
    }
}

fn filled<T>(
    value: Option<T>,
    name: &'static str,
    is_empty: impl Fn(&T) -> bool,
) -> Result<T, Problem> {
    let problem = match value {
        Some(value) if !is_empty(&value) => return Ok(value),
        Some(_) => "it is empty",
        None => "it is not set, and `sasl.mechanism` needs it",
    };
    let fix = "Set `sasl.username` and `sasl.password`, or `sasl.jaas.config` with both";
    Err(Problem::new(problem, fix).of(name))
}

fn of_jaas(jaas: Jaas) -> Result<(String, Secret), Problem> {
    let wrong = |problem: &str| {
        let fix = "Write `username=\"…\" password=\"…\"` after `required`";
        Problem::new(problem, fix).of("sasl.jaas.config")
    };
    let (mut username, mut password) = (None, None);
    for (name, value) in jaas.options {
        match name.as_str() {
            "username" => username = value.reveal_text().map(str::to_owned),
            "password" => password = Some(value),
            "tokenauth" => return Err(wrong("delegation tokens (`tokenauth`) are not supported")),
            // Java's login modules do not look at others, nor at what `serviceName` says.
            _ => {}
        }
    }
    let username = username.filter(|name| !name.is_empty());
    let password = password.filter(|password| !password.is_empty());
    match (username, password) {
        (Some(username), Some(password)) => Ok((username, password)),
        (None, _) => Err(wrong("the login module has no `username`")),
        (_, None) => Err(wrong("the login module has no `password`")),
    }
}

fn tokens(draft: &mut Draft, sasl: SaslDraft) -> Result<TokenSource, Problem> {
    let of_jaas = sasl.jaas.as_ref().map(unsecured::of_jaas).transpose();
    let of_jaas = of_jaas.map_err(|problem| problem.of("sasl.jaas.config"))?.flatten();
    match (sasl.token, sasl.allows_unsecured) {
        (Some(token), true) => return Ok(TokenSource::Unsecured(token)),
        (Some(_), false) => {
            let problem = "it is read only where tokens may be made up without a signature";
            let fix = "Set `enable.sasl.oauthbearer.unsecure.jwt=true`, for tests, or leave it out";
            return Err(Problem::new(problem, fix).of("sasl.oauthbearer.config"));
        }
        (None, true) => {
            let problem = "it is not set, and a token needs a `principal`";
            let fix = "Write `sasl.oauthbearer.config=principal=NAME`";
            return Err(Problem::new(problem, fix).of("sasl.oauthbearer.config"));
        }
        (None, false) => {}
    }
    if let Some(token) = of_jaas {
        return Ok(TokenSource::Unsecured(token));
    }
    draft.warn("sasl.mechanism", "no property says where tokens come from, so the program must");
    Ok(TokenSource::None)
}
