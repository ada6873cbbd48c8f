//! Sockets: how connections are opened, kept and closed.

use std::time::Duration;

use klamm_cluster::settings::ConnectionSettings;
use klamm_cluster::transport::AddressFamily;

use crate::draft::Draft;
use crate::error::{Outcome, Problem};
use crate::proxy;
use crate::row::Takes::{Flag, Millis, Number, Secret, Word};
use crate::row::{Range, Row};

/// How long a connection is silent before the system asks whether the peer is alive.
const KEEP_ALIVE: Duration = Duration::from_secs(60);

pub(crate) static ROWS: &[Row] = &[
    Row::java(
        "socket.connection.setup.timeout.ms",
        Millis(Range::from(1), |d, time| d.paces.setup.first = Some(time)),
        "How long opening a connection may take, TLS included; longer after each failure in a row.",
    )
    .defaults("10000", "")
    .clash("without SASL, which librdkafka means as well"),
    Row::librdkafka(
        "socket.connection.setup.timeout.ms",
        Millis(Range::int(1000), |d, time| {
            d.paces.setup.first = Some(time);
            d.paces.handshake = Some(time);
        }),
        "How long opening a connection may take, TLS included, and then versions and SASL.",
    )
    .here("")
    .defaults("", "30000")
    .clash("with a limit for SASL, which the Java client does not have"),
    Row::java(
        "socket.connection.setup.timeout.max.ms",
        Millis(Range::from(1), |d, time| d.paces.setup.longest = Some(time)),
        "How long opening a connection may take after many failures.",
    )
    .defaults("30000", ""),
    Row::both(
        "reconnect.backoff.ms",
        Millis(Range::from(0), |d, time| d.paces.reconnect.first = Some(time)),
        "How long to wait before a broker is dialled again; longer after each failure in a row.",
    )
    .defaults("50", "100"),
    Row::both(
        "reconnect.backoff.max.ms",
        Millis(Range::from(0), |d, time| d.paces.reconnect.longest = Some(time)),
        "How long that wait becomes after many failures.",
    )
    .defaults("1000", "10000"),
    Row::java(
        "connections.max.idle.ms",
        Number(Range::from(-1), max_idle_of_java),
        "After how long an idle connection is closed; -1 for never.",
    )
    .defaults("540000", "")
    .clash("0 would close at once in the Java client"),
    Row::librdkafka(
        "connections.max.idle.ms",
        Millis(Range::int(0), |d, time| {
            d.settings.dial.max_idle = (!time.is_zero()).then_some(time);
        }),
        "After how long an idle connection is closed; 0 for never.",
    )
    .here("540000")
    .defaults("", "0")
    .clash("0 is never, where the Java client would close at once"),
    Row::java(
        "send.buffer.bytes",
        Number(Range::int(-1), |d, bytes| {
            buffer(bytes, -1).map(|size| d.transport.tcp.send_buffer = size)
        }),
        "The socket's buffer for sending; -1, and unless it is set, what the system finds right.",
    )
    .here("-1")
    .defaults("131072", ""),
    Row::librdkafka(
        "socket.send.buffer.bytes",
        Number(Range::of(0, 100_000_000), |d, bytes| {
            buffer(bytes, 0).map(|size| d.transport.tcp.send_buffer = size)
        }),
        "The socket's buffer for sending; 0 for what the system finds right.",
    )
    .defaults("", "0"),
    Row::java(
        "receive.buffer.bytes",
        Number(Range::int(-1), |d, bytes| {
            buffer(bytes, -1).map(|size| d.transport.tcp.receive_buffer = size)
        }),
        "The socket's buffer for receiving; -1, and unless it is set, what the system finds right.",
    )
    .here("-1")
    .defaults("32768", ""),
    Row::librdkafka(
        "socket.receive.buffer.bytes",
        Number(Range::of(0, 100_000_000), |d, bytes| {
            buffer(bytes, 0).map(|size| d.transport.tcp.receive_buffer = size)
        }),
        "The socket's buffer for receiving; 0 for what the system finds right.",
    )
    .defaults("", "0"),
    Row::librdkafka(
        "socket.keepalive.enable",
        Flag(|d, yes| d.transport.tcp.keep_alive = yes.then_some(KEEP_ALIVE)),
        "Whether the system asks a peer that is silent for a minute whether it is alive; true \
         unless it is set.",
    )
    .here("true")
    .defaults("", "false"),
    Row::librdkafka(
        "socket.nagle.disable",
        Flag(|d, yes| d.transport.tcp.no_delay = yes),
        "Whether small pieces leave at once.",
    )
    .defaults("", "true"),
    Row::librdkafka(
        "broker.address.family",
        Word(&[
            ("any", |d| d.transport.tcp.family = AddressFamily::Any),
            ("v4", |d| d.transport.tcp.family = AddressFamily::V4),
            ("v6", |d| d.transport.tcp.family = AddressFamily::V6),
        ]),
        "Which versions of IP are used.",
    )
    .defaults("", "any"),
    Row::own(
        "klamm.proxy",
        Secret(|d, url| {
            d.transport.proxy = Some(proxy::parse(&url)?);
            Ok(())
        }),
        "Somebody to go through: `socks5://[name:password@]host:port`, or the same with `http`.",
    ),
];

fn max_idle_of_java(d: &mut Draft, millis: i64) -> Outcome {
    if millis == 0 {
        let problem = "0 would close every connection as soon as it is idle";
        return Err(Problem::new(problem, "Write milliseconds, or -1 for never"));
    }
    let idle = u64::try_from(millis).ok().map(Duration::from_millis);
    d.settings.dial.max_idle = idle.map(|idle| idle.min(crate::read::FOREVER));
    Ok(())
}

/// A size, or `None` for the number that leaves it to the system.
fn buffer(bytes: i64, of_system: i64) -> Result<Option<u32>, Problem> {
    match u32::try_from(bytes) {
        _ if bytes == of_system => Ok(None),
        Ok(bytes) if bytes > 0 => Ok(Some(bytes)),
        _ => {
            let fix = format!("Write a number from 1 on, or {of_system} for the system's choice");
            Err(Problem::new("a buffer cannot be that small", fix))
        }
    }
}

/// The waits of the rows above, where the first and the longest have to agree.
pub(crate) fn settle(d: &mut Draft) {
    if !d.is_librdkafka && d.paces.reconnect.longest.is_none() && d.paces.reconnect.first.is_some()
    {
        d.paces.reconnect.longest = d.paces.reconnect.first;
        let text = "every wait is this long, since `reconnect.backoff.max.ms` is not set";
        d.warn("reconnect.backoff.ms", text);
    }
    let default = (d.settings.dial.backoff, d.settings.dial.backoff_max);
    let names = ("reconnect.backoff.ms", "reconnect.backoff.max.ms");
    let (first, longest) = super::cluster::agreed(d, d.paces.reconnect, default, names);
    (d.settings.dial.backoff, d.settings.dial.backoff_max) = (first, longest);
    let default = (d.settings.dial.setup_timeout, d.settings.dial.setup_timeout_max);
    let names = ("socket.connection.setup.timeout.ms", "socket.connection.setup.timeout.max.ms");
    let (first, longest) = super::cluster::agreed(d, d.paces.setup, default, names);
    (d.settings.dial.setup_timeout, d.settings.dial.setup_timeout_max) = (first, longest);
    d.settings.connection.handshake_timeout = handshake(d);
}

/// How long versions and SASL may take. The Java client has no limit for SASL, so ours is not
/// shortened by that of requests: it is only as long where that is longer.
fn handshake(d: &Draft) -> Duration {
    let default = ConnectionSettings::default().handshake_timeout;
    d.paces.handshake.unwrap_or(default.max(d.settings.connection.request_timeout))
}
