//! What the services that people use ask for, as people write it down.
#![cfg(test)]

use klamm_cluster::sasl::Credentials;
use klamm_config::{Config, Family, Options, Source};

/// Family, mechanism, name, roots, identity.
fn summary(text: &str) -> (Family, &'static str, String, usize, bool) {
    let source = Source::text("client.properties", text).unwrap();
    let config = Config::load([source], &Options::default().home("/h"));
    let config = config.unwrap_or_else(|error| panic!("{error}"));
    let tls = config.transport().tls.unwrap();
    let credentials = config.credentials();
    let mechanism = credentials.map_or("none", |credentials| credentials.mechanism().name());
    let name = credentials.and_then(Credentials::username).unwrap_or_default().to_owned();
    (config.family(), mechanism, name, tls.roots.len(), tls.identity.is_some())
}

#[test]
fn a_cloud_with_keys_is_reached_by_the_names_of_both_clients() {
    let java = "bootstrap.servers=b.example.invalid:9092\n\
        security.protocol=SASL_SSL\n\
        sasl.mechanism=PLAIN\n\
        sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule   required \\\n\
        \x20 username='KEY'   password='SE/CR+ET==';\n\
        client.dns.lookup=use_all_dns_ips\n";
    assert_eq!(summary(java), (Family::Java, "PLAIN", "KEY".to_owned(), 0, false));
    let librdkafka = "bootstrap.servers=b.example.invalid:9092\n\
        security.protocol=SASL_SSL\n\
        sasl.mechanisms=PLAIN\n\
        sasl.username=KEY\n\
        sasl.password=SE/CR+ET==\n";
    assert_eq!(summary(librdkafka), (Family::Librdkafka, "PLAIN", "KEY".to_owned(), 0, false));
}

#[test]
fn event_hubs_is_reached_by_its_connection_string() {
    let text = "bootstrap.servers=ns.example.invalid:9093\n\
        request.timeout.ms=60000\n\
        connections.max.idle.ms=180000\n\
        metadata.max.age.ms=180000\n\
        security.protocol=SASL_SSL\n\
        sasl.mechanism=PLAIN\n\
        sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
        username=\"$ConnectionString\" password=\"Endpoint=sb:/\\/example.invalid/;\
        SharedAccessKeyName=all;SharedAccessKey=a+b/c=\";\n";
    let name = "$ConnectionString".to_owned();
    assert_eq!(summary(text), (Family::Java, "PLAIN", name, 0, false));
}

#[test]
fn a_private_authority_and_a_certificate_of_ours_are_files() {
    let librdkafka = "metadata.broker.list=one.example.invalid:9094,two.example.invalid:9094\n\
        security.protocol=ssl\n\
        ssl.ca.location=~/ca.pem\n\
        ssl.certificate.location=~/service.cert\n\
        ssl.key.location=~/service.key\n";
    let none = String::new();
    assert_eq!(summary(librdkafka), (Family::Librdkafka, "none", none.clone(), 1, true));
    let java = "bootstrap.servers=one.example.invalid:9094\n\
        security.protocol=SSL\n\
        ssl.truststore.type=PEM\n\
        ssl.truststore.location=/etc/kafka/ca.crt\n\
        ssl.keystore.type=PEM\n\
        ssl.keystore.certificate.chain=-----BEGIN CERTIFICATE-----\\nAA==\\n\\\n\
        \x20 -----END CERTIFICATE-----\n\
        ssl.keystore.key=-----BEGIN PRIVATE KEY-----\\nAA==\\n-----END PRIVATE KEY-----\n";
    assert_eq!(summary(java), (Family::Java, "none", none, 1, true));
}

#[test]
fn scram_with_a_private_authority_is_both() {
    let text = "bootstrap.servers=one.example.invalid:9096\n\
        security.protocol=SASL_SSL\n\
        sasl.mechanism=SCRAM-SHA-512\n\
        sasl.username=alice\n\
        sasl.password=a=b:c#d!e\n\
        ssl.ca.location=/etc/ssl/ca.pem\n";
    let name = "alice".to_owned();
    assert_eq!(summary(text), (Family::Librdkafka, "SCRAM-SHA-512", name, 1, false));
}
