//! What an unsigned token claims, in librdkafka's words and in those of Java's login module.

use std::time::Duration;

use klamm_cluster::Secret;

use crate::error::Problem;
use crate::jaas::Jaas;
use crate::token::{Claim, LIFETIME, UnsecuredToken};

/// Longer than anybody means, and short enough to be added to any time.
const MAX_SECONDS: u64 = 100 * 365 * 24 * 3600;

const FIX: &str = "Write `principal=NAME`, and where needed `scope=…`, `lifeSeconds=…`, \
    `principalClaimName=…`, `scopeClaimName=…` and `extension_NAME=…`, with spaces between them";

/// Reads `sasl.oauthbearer.config`: pairs with spaces between them.
pub(crate) fn of_librdkafka(text: &Secret) -> Result<UnsecuredToken, Problem> {
    let refused = |problem: &str| Problem::new(problem, FIX);
    let text = text.reveal_text().ok_or_else(|| refused("this is no text"))?;
    let (mut principal, mut principal_name) = (None, "sub");
    let (mut scope, mut scope_name) = (None, "scope");
    let (mut lifetime, mut extensions) = (LIFETIME, Vec::new());
    for pair in text.split_ascii_whitespace() {
        let (name, value) = pair.split_once('=').ok_or_else(|| refused("a part has no `=`"))?;
        match name {
            "principal" => principal = Some(value).filter(|value| !value.is_empty()),
            "principalClaimName" => principal_name = value,
            "scope" => scope = Some(value.split(',').map(str::to_owned).collect::<Vec<_>>()),
            "scopeClaimName" => scope_name = value,
            "lifeSeconds" => {
                lifetime = seconds(value).ok_or_else(|| refused("`lifeSeconds` is no number"))?;
            }
            _ => extensions.push(extension(name, value).ok_or_else(|| {
                refused("a part has a name that is not known, or an extension no value")
            })?),
        }
    }
    let principal = principal.ok_or_else(|| refused("there is no `principal`"))?;
    let mut claims = vec![(principal_name.to_owned(), Claim::Text(principal.to_owned()))];
    claims.extend(scope.map(|scope| (scope_name.to_owned(), Claim::List(scope))));
    Ok(UnsecuredToken { claims, lifetime, extensions })
}

fn extension(name: &str, value: &str) -> Option<(String, String)> {
    let name = name.strip_prefix("extension_")?;
    checked_extension(name, value)
}

/// The characters that KIP-342 allows; `auth` is the name of the token itself.
fn checked_extension(name: &str, value: &str) -> Option<(String, String)> {
    let is_name =
        !name.is_empty() && name != "auth" && name.chars().all(|c| c.is_ascii_alphabetic());
    let is_value = |c: char| matches!(c, '\t' | '\n' | '\r' | ' '..='~');
    let is_good = is_name && !value.is_empty() && value.chars().all(is_value);
    is_good.then(|| (name.to_owned(), value.to_owned()))
}

fn seconds(text: &str) -> Option<Duration> {
    let seconds = text.parse::<u64>().ok().filter(|seconds| (1..=MAX_SECONDS).contains(seconds))?;
    Some(Duration::from_secs(seconds))
}

const JAVA_FIX: &str = "Write `unsecuredLoginStringClaim_sub=\"NAME\"`, and where needed \
    `unsecuredLoginListClaim_…`, `unsecuredLoginNumberClaim_…`, `unsecuredLoginExtension_…` and \
    `unsecuredLoginLifetimeSeconds`";

/// Reads the options of `OAuthBearerLoginModule`; `None` where none of them speaks of tokens
/// without a signature.
pub(crate) fn of_jaas(jaas: &Jaas) -> Result<Option<UnsecuredToken>, Problem> {
    if jaas.options.is_empty() {
        return Ok(None);
    }
    let mut principal = "sub".to_owned();
    let mut token = UnsecuredToken { claims: vec![], lifetime: LIFETIME, extensions: vec![] };
    for (name, value) in &jaas.options {
        let value = value.reveal_text().unwrap_or_default();
        match name.strip_prefix("unsecuredLogin") {
            Some("PrincipalClaimName") => principal = value.to_owned(),
            // It names the claim that a broker takes for the scope, and changes no claim.
            Some("ScopeClaimName") => {}
            Some(option) => put(option, value, &mut token)?,
            None => return Err(not_unsecured()),
        }
    }
    match token.claims.iter().any(|(name, _)| *name == principal) {
        true => Ok(Some(token)),
        false => Err(Problem::new("the token would not say whom it is about", JAVA_FIX)),
    }
}

fn not_unsecured() -> Problem {
    let problem = "the login module has an option of fetching tokens from an identity provider, \
        which is not supported yet, or one that is not known";
    Problem::new(problem, "Leave the option out; the program can hand tokens in")
}

fn put(option: &str, value: &str, token: &mut UnsecuredToken) -> Result<(), Problem> {
    let wrong = |problem: &str| Problem::new(problem, JAVA_FIX);
    if option == "LifetimeSeconds" {
        let refused = || wrong("`unsecuredLoginLifetimeSeconds` is no number from 1 on");
        token.lifetime = seconds(value).ok_or_else(refused)?;
        return Ok(());
    }
    let (kind, name) = option.split_once('_').unwrap_or((option, ""));
    let claim = match kind {
        "StringClaim" => Claim::Text(value.to_owned()),
        "NumberClaim" => number(value).ok_or_else(|| wrong("a claim is no number"))?,
        "ListClaim" => list(value),
        "Extension" => {
            let extension = checked_extension(name, value);
            let refused = || wrong("an extension has a name or a value that cannot be sent");
            token.extensions.push(extension.ok_or_else(refused)?);
            return Ok(());
        }
        _ => return Err(wrong("the login module has an option that is not known")),
    };
    if name.is_empty() || matches!(name, "iat" | "exp") {
        return Err(wrong("a claim has no name, or that of a time that is set by itself"));
    }
    token.claims.push((name.to_owned(), claim));
    Ok(())
}

fn number(text: &str) -> Option<Claim> {
    let number = text.trim().parse::<f64>().ok().filter(|number| number.is_finite())?;
    Some(Claim::Number(number))
}

/// The first character stands between the items: `|a|b`.
fn list(text: &str) -> Claim {
    let mut chars = text.chars();
    let items = chars.next().map(|separator| chars.as_str().split(separator));
    Claim::List(items.into_iter().flatten().map(str::to_owned).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jaas;

    fn of_options(options: &str) -> Result<Option<UnsecuredToken>, Problem> {
        let text = format!("OAuthBearerLoginModule required {options};");
        of_jaas(&jaas::parse(&Secret::from(text)).unwrap())
    }

    fn text(text: &str) -> Claim {
        Claim::Text(text.to_owned())
    }

    #[test]
    fn options_of_the_login_module_become_claims() {
        let token = of_options(
            "unsecuredLoginStringClaim_sub=\"alice\" unsecuredLoginListClaim_scope=\"|r|w\" \
             unsecuredLoginNumberClaim_level=\"3\" unsecuredLoginLifetimeSeconds=\"600\" \
             unsecuredLoginExtension_traceId=\"1 2\"",
        );
        let token = token.unwrap().unwrap();
        let list = Claim::List(vec!["r".to_owned(), "w".to_owned()]);
        let claims = [("sub", text("alice")), ("scope", list), ("level", Claim::Number(3.0))];
        assert_eq!(token.claims, claims.map(|(name, claim)| (name.to_owned(), claim)));
        assert_eq!(token.lifetime, Duration::from_secs(600));
        assert_eq!(token.extensions, [("traceId".to_owned(), "1 2".to_owned())]);
    }

    #[test]
    fn the_principal_may_stand_in_another_claim() {
        let options = "unsecuredLoginStringClaim_user=a unsecuredLoginPrincipalClaimName=user";
        assert_eq!(of_options(options).unwrap().unwrap().claims[0].0, "user");
        assert_eq!(of_options(""), Ok(None));
    }

    #[test]
    fn options_that_make_no_token_are_refused() {
        for option in [
            "unsecuredLoginListClaim_scope=\"|r\"",
            "unsecuredLoginStringClaim_sub=a unsecuredLoginNumberClaim_n=x",
            "unsecuredLoginStringClaim_sub=a unsecuredLoginNumberClaim_n=inf",
            "unsecuredLoginStringClaim_sub=a unsecuredLoginStringClaim_exp=1",
            "unsecuredLoginStringClaim_sub=a unsecuredLoginStringClaim_=1",
            "unsecuredLoginStringClaim_sub=a unsecuredLoginExtension_auth=x",
            "unsecuredLoginStringClaim_sub=a unsecuredLoginLifetimeSeconds=0",
            "unsecuredLoginStringClaim_sub=a unsecuredLoginColour=red",
            "unsecuredLoginStringClaim_sub=a clientId=b",
        ] {
            assert!(of_options(option).is_err(), "{option}");
        }
    }

    #[test]
    fn librdkafkas_words_become_the_same_claims() {
        let words = "principalClaimName=azp principal=admin scopeClaimName=roles scope=a,b \
            lifeSeconds=600 extension_traceId=123";
        let token = of_librdkafka(&Secret::from(words)).unwrap();
        let list = Claim::List(vec!["a".to_owned(), "b".to_owned()]);
        let claims = [("azp", text("admin")), ("roles", list)];
        assert_eq!(token.claims, claims.map(|(name, claim)| (name.to_owned(), claim)));
        assert_eq!(token.lifetime, Duration::from_secs(600));
        assert_eq!(token.extensions, [("traceId".to_owned(), "123".to_owned())]);
        for words in [
            "",
            "principal=",
            "principal=a x",
            "principal=a lifeSeconds=-1",
            "principal=a extension_1=x",
            "principal=a extension_a=",
        ] {
            assert!(of_librdkafka(&Secret::from(words)).is_err(), "{words}");
        }
    }
}
