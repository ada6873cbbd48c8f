//! Configurations as tools and services that people use write them, loaded unchanged.
#![cfg(test)]

use klamm_config::{Config, Family};
use klamm_idempotence::{Acks, Mode};

/// Family, mode, acknowledgements, partitioner.
fn read(text: &str) -> (Family, Mode, i16, String) {
    let config = Config::from_text("client.properties", text);
    let config = config.unwrap_or_else(|error| panic!("{error}"));
    let producing = config.producing();
    let partitioner = producing.batching.partitioner.name().to_owned();
    (config.family(), producing.machine.mode, producing.acks, partitioner)
}

fn java(text: &str) {
    let (family, mode, acks, partitioner) = read(text);
    assert_eq!((family, mode, acks), (Family::Java, Mode::Idempotent, -1));
    assert_eq!(partitioner, "default");
}

fn librdkafka(text: &str, mode: Mode, partitioner: &str) {
    let read = read(text);
    assert_eq!(read, (Family::Librdkafka, mode, -1, partitioner.to_owned()));
}

const PLAIN: Mode = Mode::Plain(Acks::Leader);

#[test]
fn a_log_shippers_sink_with_options_of_librdkafka() {
    librdkafka(
        "bootstrap.servers=10.14.22.123:9092,10.14.23.332:9092\n\
         compression.codec=zstd\n\
         message.timeout.ms=300000\n\
         socket.timeout.ms=60000\n\
         queue.buffering.max.ms=100\n\
         batch.num.messages=1000\n\
         batch.size=1000000\n\
         queue.buffering.max.messages=100000\n\
         queue.buffering.max.kbytes=1048576\n\
         client.id=shipper\n\
         fetch.error.backoff.ms=1000\n\
         socket.send.buffer.bytes=100\n\
         statistics.interval.ms=1000\n",
        PLAIN,
        "consistent_random",
    );
}

#[test]
fn a_cloud_with_keys_by_librdkafkas_names() {
    librdkafka(
        "bootstrap.servers=pkc-1.example.invalid:9092\n\
         security.protocol=SASL_SSL\n\
         sasl.mechanisms=PLAIN\n\
         sasl.username=KEY\n\
         sasl.password=SECRET\n\
         session.timeout.ms=45000\n\
         client.id=ccloud-rust\n\
         enable.idempotence=true\n\
         acks=all\n\
         linger.ms=10\n",
        Mode::Idempotent,
        "consistent_random",
    );
}

#[test]
fn event_hubs_by_librdkafkas_names() {
    librdkafka(
        "metadata.broker.list=ns.example.invalid:9093\n\
         security.protocol=SASL_SSL\n\
         sasl.mechanism=PLAIN\n\
         sasl.username=$ConnectionString\n\
         sasl.password=Endpoint=sb://example.invalid/;SharedAccessKeyName=k;SharedAccessKey=v\n\
         socket.keepalive.enable=true\n\
         metadata.max.age.ms=180000\n\
         request.timeout.ms=60000\n\
         retries=2147483647\n\
         ssl.ca.location=/etc/ssl/certs/ca-certificates.crt\n\
         broker.version.fallback=1.0.0\n\
         partitioner=murmur2_random\n",
        PLAIN,
        "murmur2_random",
    );
}

#[test]
fn a_telemetry_agent_by_librdkafkas_names_is_not_bound_to_in_flight_requests() {
    librdkafka(
        "bootstrap.servers=kafka:9092\n\
         request.required.acks=all\n\
         max.in.flight=1000000\n\
         message.send.max.retries=2147483647\n\
         compression.type=snappy\n\
         delivery.timeout.ms=0\n\
         linger.ms=0.5\n\
         log_level=3\n",
        PLAIN,
        "consistent_random",
    );
}

#[test]
fn a_cloud_with_keys_by_javas_names() {
    java(
        "bootstrap.servers=pkc-1.example.invalid:9092\n\
         security.protocol=SASL_SSL\n\
         sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
         username='KEY' password='SECRET';\n\
         sasl.mechanism=PLAIN\n\
         client.dns.lookup=use_all_dns_ips\n\
         session.timeout.ms=45000\n\
         acks=all\n\
         client.id=ccloud-java\n\
         key.serializer=org.apache.kafka.common.serialization.StringSerializer\n\
         value.serializer=org.apache.kafka.common.serialization.StringSerializer\n",
    );
}

#[test]
fn a_managed_cluster_with_scram_by_javas_names() {
    java(
        "bootstrap.servers=b-1.example.invalid:9096,b-2.example.invalid:9096\n\
         security.protocol=SASL_SSL\n\
         sasl.mechanism=SCRAM-SHA-512\n\
         sasl.jaas.config=org.apache.kafka.common.security.scram.ScramLoginModule required \
         username=\"alice\" password=\"secret\";\n\
         acks=all\n\
         retries=2147483647\n\
         delivery.timeout.ms=120000\n\
         reconnect.backoff.max.ms=10000\n",
    );
}

#[test]
fn a_connectors_producer_by_javas_names() {
    java(
        "bootstrap.servers=kafka:9092\n\
         key.serializer=org.apache.kafka.common.serialization.ByteArraySerializer\n\
         value.serializer=org.apache.kafka.common.serialization.ByteArraySerializer\n\
         request.timeout.ms=30000\n\
         max.block.ms=9223372036854775807\n\
         delivery.timeout.ms=2147483647\n\
         max.in.flight.requests.per.connection=1\n\
         acks=all\n\
         compression.type=lz4\n\
         batch.size=327680\n\
         linger.ms=50\n\
         max.request.size=10485760\n\
         buffer.memory=67108864\n\
         metrics.num.samples=3\n\
         client.id=connector-producer-orders-0\n",
    );
}

#[test]
fn event_hubs_by_javas_names() {
    java(
        "bootstrap.servers=ns.example.invalid:9093\n\
         security.protocol=SASL_SSL\n\
         sasl.mechanism=PLAIN\n\
         sasl.jaas.config=org.apache.kafka.common.security.plain.PlainLoginModule required \
         username=\"$ConnectionString\" password=\"Endpoint=sb://example.invalid/\";\n\
         request.timeout.ms=60000\n\
         metadata.max.age.ms=180000\n\
         connections.max.idle.ms=180000\n\
         metadata.max.idle.ms=180000\n\
         max.request.size=1000000\n\
         compression.type=gzip\n\
         compression.gzip.level=6\n",
    );
}

#[test]
fn settings_of_serializers_and_interceptors_beside_those_of_a_client_are_told_and_left() {
    let config = Config::from_text(
        "client.properties",
        "bootstrap.servers=kafka:9092\n\
         key.serializer=org.apache.kafka.common.serialization.StringSerializer\n\
         value.serializer=io.confluent.kafka.serializers.KafkaAvroSerializer\n\
         schema.registry.url=registry:8081\n\
         basic.auth.credentials.source=USER_INFO\n\
         basic.auth.user.info=key:MARKER\n\
         auto.register.schemas=false\n\
         confluent.monitoring.interceptor.bootstrap.servers=kafka:9092\n",
    )
    .unwrap();
    assert_eq!(config.family(), Family::Java);
    let warned: Vec<&str> = config.warnings().iter().map(|one| one.property.as_str()).collect();
    for name in ["schema.registry.url", "basic.auth.user.info", "auto.register.schemas"] {
        assert!(warned.contains(&name), "{name}: {warned:?}");
    }
    assert!(!format!("{config:?} {:?}", config.warnings()).contains("MARKER"));
}

#[test]
fn the_go_client_with_a_registry_by_librdkafkas_names() {
    librdkafka(
        "bootstrap.servers=kafka:9092\n\
         go.delivery.reports=false\n\
         go.batch.producer=true\n\
         schema.registry.url=registry:8081\n\
         queue.buffering.max.messages=1000000\n\
         acks=all\n",
        PLAIN,
        "consistent_random",
    );
}
