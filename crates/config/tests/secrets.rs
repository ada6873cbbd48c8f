//! No secret is ever shown: one is planted everywhere, and everything is searched for it.
#![cfg(test)]

use std::fmt::Debug;

use klamm_config::{Config, Family, Options, Source};

const MARKER: &str = "hunter2-MARKER";

const BEARER: &str = "security.protocol=SASL_SSL\nsasl.mechanism=OAUTHBEARER\n";
const PLAIN: &str = "security.protocol=SASL_SSL\nsasl.mechanism=PLAIN\n";

/// Everything that a configuration, or its refusal, ever shows.
fn shown(family: Family, text: &str) -> String {
    fn both(value: &(impl Debug + ToString)) -> String {
        format!("{value:?} {value:#?} {}", value.to_string())
    }
    let servers = Source::pairs([("bootstrap.servers", "kafka:9092")]);
    let source = match Source::text("t", text) {
        Ok(source) => source,
        Err(error) => return both(&error),
    };
    let mut all = format!("{source:?}");
    match Config::load([servers, source], &Options::default().family(family)) {
        Err(error) => all += &both(&error),
        Ok(config) => {
            all += &format!("{config:?} {config:#?} {}", config.dump());
            all += &format!("{:?} {:?}", config.settings(), config.transport());
            all += &format!("{:?} {:?}", config.tokens(), config.credentials());
            all += &config.warnings().iter().map(both).collect::<String>();
            let names = text.lines().filter_map(|line| line.split('=').next());
            let known = names.filter_map(|name| config.explain(name));
            all += &known.map(|known| both(&known)).collect::<String>();
        }
    }
    all
}

fn assert_hidden(text: &str) {
    for family in [Family::Java, Family::Librdkafka, Family::Detect] {
        let shown = shown(family, text);
        assert!(!shown.contains(MARKER), "{family:?} of {text} shows the secret: {shown}");
    }
}

fn planted(template: &str) -> String {
    template.replace('§', MARKER)
}

#[test]
fn the_search_finds_what_is_shown() {
    let client_id = shown(Family::Java, &format!("client.id={MARKER}\n"));
    assert!(client_id.matches(MARKER).count() >= 4, "{client_id}");
    assert!(shown(Family::Java, &format!("retry.backoff.ms={MARKER}\n")).contains(MARKER));
}

#[test]
fn secrets_that_are_accepted_are_masked_everywhere() {
    let jaas = "PlainLoginModule required username=\"alice\" password=\"§\";";
    for text in [
        format!("{PLAIN}sasl.username=alice\nsasl.password=§\n"),
        format!("{PLAIN}sasl.jaas.config={jaas}\n"),
        format!("{PLAIN}sasl.jaas.config={}\n", jaas.replace("\";", "\" note=\"§\";")),
        "ssl.key.password=§\nsecurity.protocol=SSL\n".to_owned(),
        "klamm.proxy=socks5\\://%62ob:§@example.invalid:1080\n".to_owned(),
        "security.protocol=SSL\nssl.ca.pem=-----BEGIN CERTIFICATE----- §\n".to_owned(),
        "security.protocol=SSL\nssl.key.pem=-----BEGIN X----- §\nssl.certificate.location=/c\n"
            .to_owned(),
        "security.protocol=SSL\nssl.keystore.key=-----BEGIN X----- §\n\
         ssl.keystore.certificate.chain=-----BEGIN X----- §\n"
            .to_owned(),
        format!(
            "{BEARER}enable.sasl.oauthbearer.unsecure.jwt=true\n\
             sasl.oauthbearer.config=principal=§ scope=§ extension_a=§\n"
        ),
        format!(
            "{BEARER}sasl.jaas.config=OAuthBearerLoginModule required \
             unsecuredLoginStringClaim_sub=\"§\" unsecuredLoginExtension_a=\"§\";\n"
        ),
    ] {
        assert_hidden(&planted(&text));
    }
}

#[test]
fn secrets_that_are_refused_are_not_quoted() {
    for value in ["§", "§=\"", "x=§", "-----BEGIN §", "§://§", "§@§", "\\u12§", "a:§", "$§", "\"§"]
    {
        for name in [
            "sasl.password",
            "sasl.jaas.config",
            "sasl.oauthbearer.config",
            "sasl.oauthbearer.client.secret",
            "sasl.oauthbearer.client.credentials.client.secret",
            "sasl.oauthbearer.assertion.private.key.passphrase",
            "ssl.key.password",
            "ssl.key.pem",
            "ssl.ca.pem",
            "ssl.certificate.pem",
            "ssl.keystore.key",
            "ssl.keystore.certificate.chain",
            "ssl.keystore.password",
            "ssl.truststore.certificates",
            "ssl.truststore.password",
            "klamm.proxy",
        ] {
            assert_hidden(&planted(&format!("{name}={value}\n")));
            assert_hidden(&planted(&format!("{PLAIN}{name}={value}\n")));
            assert_hidden(&planted(&format!("{BEARER}{name}={value}\n")));
        }
    }
}

#[test]
fn a_login_module_with_any_slip_shows_nothing_of_it() {
    let whole = format!("PlainLoginModule required username=\"a\" password=\"{MARKER}\";");
    for cut in 0..whole.len() {
        let missing = format!("{}{}", &whole[..cut], &whole[cut + 1..]);
        for jaas in [&whole[..cut], &whole[cut..], missing.as_str()] {
            let text = format!("{PLAIN}sasl.jaas.config={jaas}\n");
            let shown = shown(Family::Java, &text);
            assert!(!shown.contains(MARKER), "{text}: {shown}");
        }
    }
}

#[test]
fn a_secret_that_slipped_into_another_property_is_not_shown() {
    for text in [
        "security.protocol=SASL_SSL sasl.password=§\n",
        "client.id=me\\\nsasl.password=§\n",
        "client.id=me, ssl.key.password: §\n",
        "request.timeout.ms=10 sasl.jaas.config=PlainLoginModule required password=\"§\";\n",
        "sasl.jaas.config=PlainLoginModule required\n  username=\"a\"\n  password=\"§\";\n",
        "sasl.jaas.config=PlainLoginModule required username=\"a\" password=\n\"§\";\n",
        "sasl.pasword=§\n",
        "sasl.password § =\n§\n",
        "bootstrap.servers=alice:§@kafka:9092\n",
        "bootstrap.servers=SASL_SSL\\://%61lice:§@kafka:9092\n",
        "ssl.key.location=-----BEGIN PRIVATE KEY----- §\n",
        "§=value\n",
        "sasl.password=§\nrequest.timeout.ms=soon\n",
        "ssl.cipher.suites=§\n",
        "colour=§\n",
    ] {
        assert_hidden(&planted(text));
    }
}
