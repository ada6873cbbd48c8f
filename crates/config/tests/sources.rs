//! Where settings come from, and which of them wins.
#![cfg(test)]

use std::path::PathBuf;

use klamm_cluster::transport::Pem;
use klamm_config::source::ENVIRONMENT_PREFIX;
use klamm_config::{Config, Options, Origin, Source, is_secret};

fn load(sources: impl IntoIterator<Item = Source>) -> Config {
    Config::load(sources, &Options::default()).unwrap()
}

fn base() -> Source {
    Source::pairs([("bootstrap.servers", "kafka:9092")])
}

#[test]
fn later_sources_and_later_values_win() {
    let file = Source::text("f", "client.id=a\nclient.id=b\nretry.backoff.ms=7\n").unwrap();
    let config = load([base(), file, Source::pairs([("retry.backoff.ms", "9")])]);
    assert_eq!(config.settings().connection.client_id.as_deref(), Some("b"));
    assert_eq!(config.settings().metadata.backoff.as_millis(), 9);
    let origin = config.explain("client.id").unwrap().origin;
    assert_eq!(origin, Some(Origin::Line { of: "f".to_owned(), line: 2 }));
}

#[test]
fn a_later_source_wins_under_another_name_of_the_same_thing() {
    let file = Source::text("f", "metadata.broker.list=elsewhere\n").unwrap();
    let config = load([file, base()]);
    assert_eq!(config.settings().bootstrap.len(), 1);
    assert_eq!(config.dump(), "bootstrap.servers=kafka:9092\n");
}

#[test]
fn variables_are_names_in_capitals_and_strangers_among_them_are_reported() {
    let variables = [
        ("KAFKA_SECURITY_PROTOCOL", "SSL"),
        ("KAFKA_HEAP_OPTS", "-Xmx1g"),
        ("KAFKA_SECURTY_PROTOCOL", "SSL"),
        ("PATH", "/bin"),
    ];
    let config = load([base(), Source::environment(variables, ENVIRONMENT_PREFIX)]);
    assert!(config.transport().tls.is_some());
    let warnings: Vec<String> = config.warnings().iter().map(ToString::to_string).collect();
    let texts = [
        "KAFKA_HEAP_OPTS: no property has the name `heap.opts`.",
        "KAFKA_SECURTY_PROTOCOL: no property has the name `securty.protocol`; nearest is \
         `security.protocol`.",
    ];
    assert_eq!(warnings, texts);
}

#[test]
fn a_variable_that_is_refused_is_named() {
    let variables = Source::environment([("KAFKA_RETRY_BACKOFF_MS", "soon")], "KAFKA_");
    let error = Config::load([base(), variables], &Options::default()).unwrap_err();
    assert_eq!(
        error.to_string(),
        "retry.backoff.ms=soon (variable KAFKA_RETRY_BACKOFF_MS): this is no whole number. Write \
         milliseconds, a whole number from 0 on."
    );
}

#[test]
fn a_file_is_read_and_what_cannot_be_read_is_refused_by_its_path() {
    let folder = std::env::temp_dir().join(format!("klamm-config-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let (good, bad) = (folder.join("good.properties"), folder.join("bad.properties"));
    std::fs::write(&good, "client.id = m\\u00e9\n").unwrap();
    std::fs::write(&bad, b"client.id=\xe9\n").unwrap();
    let config = load([base(), Source::file(&good).unwrap()]);
    assert_eq!(config.settings().connection.client_id.as_deref(), Some("mé"));
    let error = Source::file(&bad).unwrap_err().to_string();
    assert!(error.ends_with("digits.") && error.contains("bad.properties: the file is not in"));
    std::fs::remove_dir_all(&folder).unwrap();
    let error = Source::file(&good).unwrap_err().to_string();
    assert!(error.contains("good.properties: the file cannot be read: "), "{error}");
}

#[test]
fn a_file_without_an_end_is_not_read_for_ever() {
    let endless = std::path::Path::new("/dev/zero");
    if endless.exists() {
        let error = Source::file(endless).unwrap_err().to_string();
        assert!(error.contains("longer than any with properties is"), "{error}");
    }
}

#[test]
fn a_tilde_is_the_home_that_was_handed_in() {
    let pairs = [("security.protocol", "SSL"), ("ssl.ca.location", "~/ca.pem")];
    let options = Options::default().home("/h/alice");
    let config = Config::load([base(), Source::pairs(pairs)], &options).unwrap();
    let roots = config.transport().tls.unwrap().roots;
    assert_eq!(roots, [Pem::File(PathBuf::from("/h/alice/ca.pem"))]);
}

#[test]
fn a_property_is_explained_with_its_value_and_where_it_came_from() {
    let file = Source::text("f", "\nsocket.timeout.ms=5000\n").unwrap();
    let config = load([base(), file]);
    assert_eq!(
        config.explain("socket.timeout.ms").unwrap().to_string(),
        "socket.timeout.ms: How long a request may wait for its answer.\n\
         \x20 takes: milliseconds from 10 to 300000\n\
         \x20 value: 5000  # f, line 2\n\
         \x20 default: 30000\n\
         \x20 default in the Java client: none\n\
         \x20 default in librdkafka: 60000\n"
    );
    assert_eq!(config.explain("colour"), None);
    assert_eq!(
        config.dump(),
        "bootstrap.servers=kafka:9092\nsocket.timeout.ms=5000  # f, line 2\n"
    );
}

#[test]
fn names_of_secrets_are_known_and_so_are_their_typing_errors() {
    for name in [
        "sasl.password",
        "SASL.Password",
        "sasl.pasword",
        "sasl.jaas.config",
        "ssl.key.password",
        "ssl.keystore.key",
        "ssl.keystore.password",
        "sasl.oauthbearer.client.secret",
        "sasl.oauthbearer.assertion.private.key.passphrase",
        "klamm.proxy",
    ] {
        assert!(is_secret(name), "{name}");
    }
    for name in ["sasl.username", "ssl.ca.location", "ssl.key.location", "client.id", "acks"] {
        assert!(!is_secret(name), "{name}");
    }
}

#[test]
fn a_variable_stands_for_a_name_with_any_separator() {
    let variables = [
        ("KAFKA_BOOTSTRAP_SERVERS", "kafka:9092"),
        ("KAFKA_LOG_LEVEL", "7"),
        ("KAFKA_ACKS", "1"),
        ("HOME", "/h"),
    ];
    let config = Config::from_environment(variables, ENVIRONMENT_PREFIX).unwrap();
    let dump = config.dump();
    assert!(dump.contains("log_level=7  # variable KAFKA_LOG_LEVEL"), "{dump}");
    assert_eq!(config.producing().acks, 1);
}

#[test]
fn without_a_server_nothing_begins() {
    let none: [(&str, &str); 0] = [];
    assert_eq!(
        Config::from_properties(none).unwrap_err().to_string(),
        "bootstrap.servers: it is not set. Write host:port, several with commas."
    );
}

#[test]
fn a_pem_that_is_pasted_as_it_is_says_how_it_is_written() {
    let pasted = "client.id=a\nssl.keystore.key=-----BEGIN PRIVATE KEY-----\nMIGHhunter2\n\
        -----END PRIVATE KEY-----\n";
    let words = Source::text("f", pasted).unwrap_err().to_string();
    let wanted = "ssl.keystore.key (f, line 2): the PEM goes on in lines of its own, and the \
        property does not. End each line of the PEM but the last with `\\n\\`, or name a file.";
    assert_eq!(words, wanted);
    let joined = pasted.replace("-----\nMIGH", "-----\\n\\\nMIGH").replace("r2\n-", "r2\\n\\\n-");
    assert!(Source::text("f", &joined).is_ok());
}
