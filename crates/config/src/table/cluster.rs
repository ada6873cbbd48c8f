//! Where the cluster is, and how the picture of it is kept.

use std::time::Duration;

use klamm_cluster::{DnsLookup, HostPort};

use crate::draft::Draft;
use crate::error::{Outcome, Problem};
use crate::row::Takes::{Flag, Millis, Number, Only, Text, Word};
use crate::row::{Range, Row};

pub(crate) static ROWS: &[Row] = &[
    Row::both("bootstrap.servers", Text(servers), "Where to begin: host:port, with commas."),
    Row::librdkafka(
        "metadata.broker.list",
        Text(servers),
        "Another name for `bootstrap.servers`; a host without a port has 9092.",
    )
    .sets("bootstrap.servers"),
    Row::both("client.id", Text(client_id), "What the client calls itself in requests and logs.")
        .here("")
        .defaults("", "rdkafka"),
    Row::both(
        "client.dns.lookup",
        Word(&[
            ("use_all_dns_ips", |d| d.settings.dial.lookup = DnsLookup::UseAllDnsIps),
            ("resolve_canonical_bootstrap_servers_only", |d| {
                d.settings.dial.lookup = DnsLookup::ResolveCanonicalBootstrapServersOnly;
            }),
        ]),
        "Which of a host's addresses are tried.",
    )
    .defaults("use_all_dns_ips", "use_all_dns_ips"),
    Row::java(
        "request.timeout.ms",
        Millis(Range::int(1), |d, time| d.settings.connection.request_timeout = time),
        "How long a request may wait for its answer.",
    )
    .defaults("30000", ""),
    Row::librdkafka(
        "socket.timeout.ms",
        Millis(Range::of(10, 300_000), |d, time| d.settings.connection.request_timeout = time),
        "How long a request may wait for its answer.",
    )
    .here("30000")
    .defaults("", "60000"),
    Row::both(
        "max.in.flight.requests.per.connection",
        Number(Range::int(1), in_flight),
        "How many requests of one connection may wait for answers.",
    )
    .defaults("5", "1000000"),
    Row::librdkafka(
        "max.in.flight",
        Number(Range::of(1, 1_000_000), in_flight),
        "Another name for `max.in.flight.requests.per.connection`.",
    )
    .sets("max.in.flight.requests.per.connection")
    .defaults("", "1000000"),
    Row::librdkafka(
        "receive.message.max.bytes",
        Number(Range::int(1000), |d, bytes| {
            d.settings.connection.frame_limit.receive = size(bytes);
            Ok(())
        }),
        "The longest answer that is accepted; 16 MiB unless it is set.",
    )
    .here("16777216")
    .defaults("", "100000000"),
    Row::both(
        "metadata.max.age.ms",
        Millis(Range::from(0), |d, time| d.settings.metadata.max_age = time),
        "How old the picture of the cluster may become.",
    )
    .defaults("300000", "900000"),
    Row::librdkafka(
        "topic.metadata.refresh.interval.ms",
        Number(Range::of(-1, 3_600_000), |d, millis| {
            let age = u64::try_from(millis).map(Duration::from_millis);
            d.settings.metadata.max_age = age.unwrap_or(crate::read::FOREVER);
            Ok(())
        }),
        "How often the picture of the cluster is asked for, in milliseconds; -1 for only when it \
         is found to be wrong; wins over `metadata.max.age.ms`.",
    )
    .here("")
    .defaults("", "300000"),
    Row::java(
        "metadata.max.idle.ms",
        Millis(Range::from(5000), |d, time| d.settings.metadata.max_idle = time),
        "After how long a topic that nobody used is forgotten.",
    )
    .defaults("300000", ""),
    Row::librdkafka(
        "topic.metadata.propagation.max.ms",
        Millis(Range::of(0, 3_600_000), |d, time| d.settings.metadata.unknown_topic_wait = time),
        "How long a topic may be unknown before who waits for it is told.",
    )
    .here("60000")
    .defaults("", "30000"),
    Row::librdkafka(
        "topic.metadata.refresh.fast.interval.ms",
        Millis(Range::of(1, 60_000), |d, time| d.paces.leader = Some(time)),
        "How soon a missing leader is asked for again; `retry.backoff.ms` unless it is set.",
    )
    .defaults("", "100"),
    Row::librdkafka(
        "topic.metadata.refresh.sparse",
        Only("true", "only the topics that are used are asked for"),
        "Whether only the topics that are used are asked for.",
    )
    .defaults("", "true"),
    Row::both(
        "metadata.recovery.strategy",
        Word(&[
            ("rebootstrap", |d| d.settings.metadata.rebootstrap = true),
            ("none", |d| d.settings.metadata.rebootstrap = false),
        ]),
        "Whether to begin again from the bootstrap servers when no broker can be reached.",
    )
    .defaults("rebootstrap", "rebootstrap"),
    Row::both(
        "metadata.recovery.rebootstrap.trigger.ms",
        Millis(Range::int(0), |d, time| d.settings.metadata.rebootstrap_trigger = time),
        "After how long without any metadata to begin again from the bootstrap servers.",
    )
    .defaults("300000", "300000"),
    Row::both(
        "allow.auto.create.topics",
        Flag(|d, yes| d.settings.metadata.allow_auto_create = yes),
        "Whether asking for a topic may create it, where the broker creates topics; the clients \
         of others offer it to consumers only, and their producers always allow it.",
    )
    .here("true")
    .defaults("true", "false"),
    Row::both(
        "retry.backoff.ms",
        Millis(Range::from(0), |d, time| d.paces.retry.first = Some(time)),
        "How long to wait before something that failed is asked again.",
    )
    .defaults("100", "100"),
    Row::both(
        "retry.backoff.max.ms",
        Millis(Range::from(0), |d, time| d.paces.retry.longest = Some(time)),
        "How long that wait becomes when it fails again and again.",
    )
    .defaults("1000", "1000"),
];

fn size(bytes: i64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

fn in_flight(d: &mut Draft, requests: i64) -> Outcome {
    d.settings.connection.max_in_flight = size(requests);
    Ok(())
}

fn client_id(d: &mut Draft, text: &str) -> Outcome {
    d.settings.connection.client_id = (!text.is_empty()).then(|| text.to_owned());
    Ok(())
}

fn servers(d: &mut Draft, text: &str) -> Outcome {
    let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
    let servers: Result<Vec<HostPort>, _> = parts.map(|part| server(d, part)).collect();
    let servers = servers?;
    if servers.is_empty() {
        return Err(Problem::new("there is no server", "Write host:port, several with commas"));
    }
    d.settings.bootstrap = servers;
    Ok(())
}

fn server(d: &Draft, text: &str) -> Result<HostPort, Problem> {
    if text.contains('@') {
        let problem = "an address holds an `@`, and a name and a password have no place in it";
        let fix = "Write host:port, and name and password as properties of `sasl.`";
        return Err(Problem::new(problem, fix).hidden());
    }
    if text.contains(['"', '\'']) {
        let problem = "quotes would be a part of it, and have no place in it";
        return Err(Problem::new(problem, "Take the quotes away"));
    }
    let with_port = format!("{text}:9092");
    let lacks_port = d.is_librdkafka && !text.contains(':');
    let read = if lacks_port { &with_port } else { text }.parse::<HostPort>();
    let is_list = text.contains([';', ' ', '\t']);
    let fix = if is_list {
        "Put commas between servers"
    } else {
        "An example is kafka:9092, with commas between several"
    };
    read.map_err(|error| Problem::new(error.to_string(), fix))
}

/// The waits of the rows above, where the first and the longest have to agree.
pub(crate) fn settle(d: &mut Draft) {
    let metadata = &d.settings.metadata;
    let (first, longest) = (metadata.backoff, metadata.backoff_max);
    let names = ("retry.backoff.ms", "retry.backoff.max.ms");
    let (first, longest) = agreed(d, d.paces.retry, (first, longest), names);
    d.producing.settings.machine.backoff = first;
    d.producing.settings.machine.backoff_max = longest;
    let leader: Duration = d.paces.leader.unwrap_or(first);
    d.settings.metadata.backoff = leader;
    d.settings.metadata.backoff_max = longest.max(leader);
}

/// A first wait above the longest one is cut, with a warning, where the longest is given; where
/// it is not, the longest is raised.
pub(crate) fn agreed(
    d: &mut Draft,
    pace: crate::draft::Pace,
    default: (Duration, Duration),
    names: (&str, &str),
) -> (Duration, Duration) {
    let first = pace.first.unwrap_or(default.0);
    match pace.longest {
        None => (first, default.1.max(first)),
        Some(longest) if first > longest => {
            let text = format!("it is above `{}`, which is used for every wait", names.1);
            d.warn(names.0, text);
            (longest, longest)
        }
        Some(longest) => (first, longest),
    }
}
