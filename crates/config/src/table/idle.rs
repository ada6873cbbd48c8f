//! Names that change nothing here: harmless to leave where they are, and told.

use crate::row::Row;
use crate::row::Takes::{Ignored, Never, Only, Unless};

/// Every such row.
pub(crate) static ROWS: &[&[Row]] = &[BOTH, JAVA, LIBRDKAFKA];

const LOGS: &str = "what is logged is decided by whoever listens to `tracing`";
const VERSIONS: &str = "every broker is asked which versions it speaks";
const ABOUT_VERSIONS: &str = "How versions are agreed upon.";
const ABOUT_LOGS: &str = "What is logged.";
const ABOUT_METRICS: &str = "How metrics are kept.";
const CLASSES: &str = "classes of Java cannot be run";
const NO_LONGER: &str = "it has no meaning to librdkafka either";

const BOTH: &[Row] = &[
    Row::both(
        "client.rack",
        Ignored("producers talk to leaders, wherever they are"),
        "Where the client stands.",
    ),
    Row::both(
        "enable.metrics.push",
        Unless("false", "no metrics are pushed to brokers"),
        "Whether metrics are pushed to brokers.",
    )
    .here("false")
    .defaults("true", "true"),
];

const fn metrics(name: &'static str, default: &'static str) -> Row {
    Row::java(name, Ignored("metrics are counted in one way"), ABOUT_METRICS).defaults(default, "")
}

const JAVA: &[Row] = &[
    metrics("metrics.num.samples", "2"),
    metrics("metrics.recording.level", "INFO"),
    metrics("metrics.sample.window.ms", "30000"),
    Row::java("metric.reporters", Ignored(CLASSES), "Classes of Java.")
        .defaults("org.apache.kafka.common.metrics.JmxReporter", ""),
    Row::java("interceptor.classes", Ignored(CLASSES), "Classes of Java."),
    Row::java("key.serializer", Ignored("keys are handed in as bytes"), "A class of Java."),
    Row::java("value.serializer", Ignored("values are handed in as bytes"), "A class of Java."),
    Row::java(
        "config.providers",
        Never("values are taken as they are written", "Write the values themselves"),
        "Classes of Java that look values up elsewhere.",
    ),
];

const fn idle(
    name: &'static str,
    default: &'static str,
    why: &'static str,
    doc: &'static str,
) -> Row {
    Row::librdkafka(name, Ignored(why), doc).defaults("", default)
}

const LIBRDKAFKA: &[Row] = &[
    idle("api.version.fallback.ms", "0", VERSIONS, ABOUT_VERSIONS),
    Row::librdkafka("api.version.request", Only("true", VERSIONS), ABOUT_VERSIONS)
        .defaults("", "true"),
    idle("api.version.request.timeout.ms", "10000", VERSIONS, ABOUT_VERSIONS),
    idle("broker.version.fallback", "0.10.0", VERSIONS, ABOUT_VERSIONS),
    idle(
        "broker.address.ttl",
        "1000",
        "names are looked up whenever a broker is dialled",
        "How long addresses are remembered.",
    ),
    Row::librdkafka(
        "builtin.features",
        Ignored("what is built in does not depend on it"),
        "What librdkafka was built with.",
    )
    .defaults(
        "",
        "gzip, snappy, ssl, sasl, regex, lz4, sasl_gssapi, sasl_plain, sasl_scram, plugins, zstd, \
         sasl_oauthbearer, http, oidc",
    ),
    idle("debug", "", LOGS, ABOUT_LOGS),
    idle("log.connection.close", "true", LOGS, ABOUT_LOGS),
    idle("log.queue", "false", LOGS, ABOUT_LOGS),
    idle("log.thread.name", "true", LOGS, ABOUT_LOGS),
    idle("log_level", "6", LOGS, ABOUT_LOGS),
    Row::librdkafka(
        "delivery.report.only.error",
        Unless("false", "who asks is told the end of every record"),
        "Whether only failures are reported.",
    )
    .defaults("", "false"),
    idle("enable.random.seed", "true", "chance is seeded by itself", "Whether chance is seeded."),
    idle(
        "enabled_events",
        "0",
        "there is no queue of events",
        "Which events an application wants.",
    ),
    idle(
        "internal.termination.signal",
        "0",
        "no signal is needed to end a thread",
        "A signal by which threads end.",
    ),
    idle(
        "message.copy.max.bytes",
        "65535",
        "every record is copied once, into its batch",
        "Which records are copied.",
    ),
    Row::librdkafka(
        "plugin.library.paths",
        Never("no libraries are loaded", "Leave it out"),
        "Libraries to be loaded.",
    ),
    idle(
        "produce.offset.report",
        "false",
        "offsets are reported in any case",
        "Whether offsets are reported.",
    ),
    idle(
        "queue.buffering.backpressure.threshold",
        "1",
        "batches stay open until their connection can take them",
        "How many requests may wait for a connection before records wait.",
    ),
    idle("reconnect.backoff.jitter.ms", "0", NO_LONGER, "How waits are spread."),
    idle("socket.blocking.max.ms", "1000", NO_LONGER, "How long sockets block."),
    idle(
        "socket.max.fails",
        "1",
        "a connection that fails once is given up",
        "How often a connection may fail.",
    ),
    Row::librdkafka(
        "statistics.interval.ms",
        Unless("0", "statistics are there to be asked for, and not sent"),
        "How often statistics are reported.",
    )
    .defaults("", "0"),
    idle(
        "topic.blacklist",
        "",
        "only topics that are used are asked for",
        "Topics that are passed over.",
    ),
    idle("topic.metadata.refresh.fast.cnt", "10", NO_LONGER, "How often a leader is asked for."),
];
