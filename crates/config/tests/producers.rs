//! Whole files of producers, as programs of others read them.
#![cfg(test)]

use klamm_config::{Config, Family};
use klamm_idempotence::Mode;

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

fn load(text: &str, family: Family) -> Config {
    let config = Config::from_text("producer.properties", text);
    let config = config.unwrap_or_else(|error| panic!("{error}"));
    assert_eq!(config.family(), family);
    assert_eq!(config.settings().bootstrap.len(), 2);
    assert_eq!(config.credentials().and_then(|who| who.username()), Some("alice"));
    assert!(config.transport().tls.is_some());
    config
}

fn warned(config: &Config) -> Vec<&str> {
    config.warnings().iter().map(|warning| warning.property.as_str()).collect()
}

#[test]
fn a_whole_file_of_a_java_producer_is_read() {
    let config = load(JAVA, Family::Java);
    let producing = config.producing();
    assert_eq!(producing.machine.mode, Mode::Transactional);
    assert_eq!(producing.batching.partitioner.name(), "round_robin");
    assert_eq!(producing.batching.batch_size, 65_536);
    let ignored = ["interceptor.classes", "key.serializer", "metric.reporters", "value.serializer"];
    let mut warned = warned(&config);
    warned.sort_unstable();
    assert_eq!(warned, ignored);
}

#[test]
fn a_whole_file_of_a_librdkafka_producer_is_read() {
    let config = load(LIBRDKAFKA, Family::Librdkafka);
    let producing = config.producing();
    assert_eq!(producing.machine.mode, Mode::Idempotent);
    assert_eq!(producing.batching.partitioner.name(), "murmur2_random");
    assert_eq!((producing.batching.memory, producing.batching.batch_size), (1 << 30, 1_000_000));
    let warned = warned(&config);
    for name in ["batch.num.messages", "debug", "queue.buffering.max.messages"] {
        assert!(warned.contains(&name), "{name} is dropped without a word");
    }
}
