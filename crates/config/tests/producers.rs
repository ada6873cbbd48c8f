//! Whole files of producers, as their programs read them, in the hands of who only connects.
#![cfg(test)]

use klamm_config::{Config, ConfigError, Family, Later, Options, Source};

const JAVA: &str = "\
bootstrap.servers=a.example.invalid:9093,b.example.invalid:9093
client.id=orders
acks=all
enable.idempotence=true
retries=2147483647
max.in.flight.requests.per.connection=5
delivery.timeout.ms=120000
request.timeout.ms=30000
linger.ms=5
batch.size=65536
buffer.memory=33554432
max.block.ms=60000
max.request.size=1048576
compression.type=lz4
partitioner.class=org.apache.kafka.clients.producer.RoundRobinPartitioner
partitioner.ignore.keys=false
transactional.id=orders-1
transaction.timeout.ms=60000
key.serializer=org.apache.kafka.common.serialization.StringSerializer
value.serializer=org.apache.kafka.common.serialization.ByteArraySerializer
interceptor.classes=
metric.reporters=
metadata.max.age.ms=300000
metadata.max.idle.ms=300000
connections.max.idle.ms=540000
reconnect.backoff.ms=50
reconnect.backoff.max.ms=1000
retry.backoff.ms=100
send.buffer.bytes=131072
receive.buffer.bytes=32768
socket.connection.setup.timeout.ms=10000
socket.connection.setup.timeout.max.ms=30000
security.protocol=SASL_SSL
sasl.mechanism=SCRAM-SHA-512
sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \\
    username=alice password=hunter2;
ssl.truststore.type=PEM
ssl.truststore.location=/etc/kafka/ca.pem
ssl.endpoint.identification.algorithm=https
";

const LIBRDKAFKA: &str = "\
metadata.broker.list=a.example.invalid:9093,b.example.invalid:9093
client.id=orders
request.required.acks=-1
request.timeout.ms=30000
message.timeout.ms=300000
enable.idempotence=true
enable.gapless.guarantee=false
message.send.max.retries=2147483647
max.in.flight=5
queue.buffering.max.messages=100000
queue.buffering.max.kbytes=1048576
queue.buffering.max.ms=5
batch.num.messages=10000
batch.size=1000000
message.max.bytes=1000000
compression.codec=zstd
compression.level=3
partitioner=murmur2_random
sticky.partitioning.linger.ms=10
statistics.interval.ms=0
log_level=6
debug=broker,security
api.version.request=true
broker.version.fallback=0.10.0
socket.timeout.ms=60000
socket.keepalive.enable=true
socket.nagle.disable=true
socket.connection.setup.timeout.ms=30000
broker.address.family=v4
topic.metadata.refresh.interval.ms=300000
reconnect.backoff.ms=100
reconnect.backoff.max.ms=10000
security.protocol=sasl_ssl
sasl.mechanisms=SCRAM-SHA-512
sasl.username=alice
sasl.password=hunter2
ssl.ca.location=/etc/kafka/ca.pem
enable.ssl.certificate.verification=true
";

fn load(text: &str, later: Later) -> Result<Config, ConfigError> {
    let source = Source::text("producer.properties", text).unwrap();
    Config::load([source], &Options::default().later(later))
}

fn connects(text: &str, family: Family, unread: &[&str]) {
    let config = load(text, Later::Warn).unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.family(), family);
    assert_eq!(config.settings().bootstrap.len(), 2);
    assert_eq!(config.credentials().and_then(|who| who.username()), Some("alice"));
    assert!(config.transport().tls.is_some());
    for name in unread {
        let warned = config.warnings().iter().any(|warning| warning.property == *name);
        assert!(warned, "{name} is dropped without a word");
    }
}

#[test]
fn a_whole_file_of_a_java_producer_is_enough_to_connect() {
    connects(JAVA, Family::Java, &["acks", "linger.ms", "transactional.id", "partitioner.class"]);
}

#[test]
fn a_whole_file_of_a_librdkafka_producer_is_enough_to_connect() {
    let unread = ["request.required.acks", "request.timeout.ms", "debug", "partitioner"];
    connects(LIBRDKAFKA, Family::Librdkafka, &unread);
}

#[test]
fn who_does_not_ask_for_it_drops_no_setting_of_a_producer() {
    for (text, first) in [(JAVA, "acks"), (LIBRDKAFKA, "batch.size")] {
        let error = load(text, Later::Refuse).unwrap_err();
        assert_eq!(error.property.as_deref(), Some(first));
    }
}
