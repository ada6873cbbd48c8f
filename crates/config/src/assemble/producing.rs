//! From what was read to what producers are told: promises that fit together, and times that do.

use std::time::Duration;

use klamm_idempotence::{Acks as Plain, Mode, Window};

use super::compression;
use crate::draft::{Acks, Draft};
use crate::error::{Outcome, Problem};
use crate::given::Givens;
use crate::partitioners;
use crate::producing::Producing;
use crate::profile::Profile;

const IDEMPOTENCE: &str = "enable.idempotence";
const TRANSACTIONS: &str = "transactional.id";
const LINGER: &[&str] = &["linger.ms", "queue.buffering.max.ms"];
const IN_FLIGHT: &[&str] = &["max.in.flight.requests.per.connection", "max.in.flight"];
const ACKS: &[&str] = &["acks", "request.required.acks"];
const RETRIES: &[&str] = &["retries", "message.send.max.retries"];
const MEMORY: &[&str] = &["buffer.memory", "queue.buffering.max.kbytes"];

/// Joins what was read about producing.
pub(super) fn assemble(d: &mut Draft, givens: &Givens) -> Result<Producing, Problem> {
    let acks = d.producing.acks.unwrap_or(Acks::All);
    let is_idempotent = is_idempotent(d, givens, acks)?;
    let mode = match (is_idempotent, acks) {
        (true, _) if d.producing.settings.transactional_id.is_some() => Mode::Transactional,
        (true, _) => Mode::Idempotent,
        (false, Acks::None) => Mode::Plain(Plain::None),
        (false, Acks::Leader | Acks::All) => Mode::Plain(Plain::Leader),
    };
    if d.profile == Some(Profile::Transactional) && mode != Mode::Transactional {
        let problem = "it is not set, and the profile `transactional` is about transactions";
        let fix = "Write a name that stays the same after a restart, and differs between instances";
        return Err(Problem::new(problem, fix).of(TRANSACTIONS));
    }
    warn_of_retries(d, givens);
    delivery(d, givens)?;
    sizes(d, givens)?;
    let compression = compression::assemble(d)?;
    partitioner(d);
    warn_of_what_is_unused(d, givens);
    let mut producing = d.producing.settings.clone();
    producing.acks = acks.on_the_wire();
    producing.machine.mode = mode;
    producing.machine.window = window(d.settings.connection.max_in_flight);
    producing.machine.request_timeout = d.settings.connection.request_timeout;
    producing.broker_timeout = broker_timeout(d);
    producing.batching.compression = compression;
    Ok(producing)
}

impl Acks {
    const fn on_the_wire(self) -> i16 {
        match self {
            Self::None => 0,
            Self::Leader => 1,
            Self::All => -1,
        }
    }
}

/// Whether records are written once and in order; as the Java client decides it, but that
/// librdkafka's default is not to.
fn is_idempotent(d: &mut Draft, givens: &Givens, acks: Acks) -> Result<bool, Problem> {
    let said = d.producing.idempotence;
    let is_transactional = d.producing.settings.transactional_id.is_some();
    if is_transactional && said == Some(false) {
        let fix = format!("Write `true`, or leave `{TRANSACTIONS}` out");
        return Err(Problem::new("transactions need idempotence", fix).of(IDEMPOTENCE));
    }
    if !said.unwrap_or(!d.is_librdkafka || is_transactional) {
        if said.is_none() {
            let text = format!(
                "it is not set, and off as in librdkafka{}: what is sent again may be written \
                 twice or out of order",
                whose(d)
            );
            d.warn(IDEMPOTENCE, text);
        }
        return Ok(false);
    }
    if d.settings.connection.max_in_flight > 5 {
        let problem = "with idempotence a connection has at most 5 requests on their way";
        let fix = format!("Write 5 or less, or `{IDEMPOTENCE}=false`");
        return Err(Problem::new(problem, fix).of(name_of(IN_FLIGHT, givens)));
    }
    let Some((name, problem, fix)) = hindrance(d, givens, acks) else { return Ok(true) };
    if is_transactional || said == Some(true) {
        let who = if is_transactional { "transactions need" } else { "idempotence needs" };
        let fix = format!(
            "{fix}, or leave out {}",
            if is_transactional { TRANSACTIONS } else { IDEMPOTENCE }
        );
        return Err(Problem::new(format!("{who} {problem}"), fix).of(name));
    }
    d.warn(name, format!("it switches idempotence off, which needs {problem}"));
    Ok(false)
}

/// What made these names librdkafka's, for whoever did not know.
fn whose(d: &Draft) -> String {
    d.family_by.map(|by| format!(" (which alone has `{by}`)")).unwrap_or_default()
}

/// What idempotence does not agree with: whose it is, what would agree, and what to do.
fn hindrance(
    d: &Draft,
    givens: &Givens,
    acks: Acks,
) -> Option<(&'static str, &'static str, &'static str)> {
    if acks != Acks::All {
        Some((name_of(ACKS, givens), "the acknowledgement of all replicas in sync", "Write `all`"))
    } else if d.producing.retries == Some(0) {
        let fix = "Leave it out";
        Some((name_of(RETRIES, givens), "batches to be sent again", fix))
    } else {
        None
    }
}

fn warn_of_retries(d: &mut Draft, givens: &Givens) {
    let is_counted = |times: i64| times != i64::from(i32::MAX);
    if d.producing.retries.is_some_and(is_counted) {
        let text = "times are not counted: a batch is sent again until the time for its delivery \
            is over";
        d.warn(name_of(RETRIES, givens), text);
    }
}

/// The one of some names that is given, or the first.
fn name_of(names: &[&'static str], givens: &Givens) -> &'static str {
    let given = names.iter().copied().find(|name| givens.get(name).is_some());
    given.or_else(|| names.first().copied()).unwrap_or_default()
}

/// A broker remembers five batches of a partition: no more are on their way, whatever is said.
fn window(in_flight: usize) -> Window {
    u8::try_from(in_flight).ok().and_then(Window::new).unwrap_or(Window::LARGEST)
}

fn delivery(d: &mut Draft, givens: &Givens) -> Outcome {
    let linger = d.producing.settings.batching.linger;
    let needed = linger.saturating_add(d.settings.connection.request_timeout);
    let is_librdkafka = d.is_librdkafka;
    let time = match d.producing.delivery {
        // librdkafka cuts the request's time to what is left.
        Some((name, time)) if is_librdkafka && linger >= time => {
            return Err(too_short(name, name_of(LINGER, givens)));
        }
        Some((name, time)) if !is_librdkafka && time < needed => {
            return Err(too_short(name, "linger.ms` and `request.timeout.ms"));
        }
        Some((_, time)) => time,
        None if d.producing.settings.batching.delivery_timeout < needed => {
            let text = format!(
                "it is {} ms, since a record lingers and is asked for that long",
                needed.as_millis()
            );
            d.warn("delivery.timeout.ms", text);
            needed
        }
        None => d.producing.settings.batching.delivery_timeout,
    };
    d.producing.settings.batching.delivery_timeout = time;
    Ok(())
}

fn too_short(name: &'static str, than: &str) -> Problem {
    let problem = format!("a record would be given up before `{than}` are over");
    Problem::new(problem, "Write more than that, or less there").of(name)
}

/// How long a broker may hold a request: to the Java client the same as the time for its answer.
fn broker_timeout(d: &Draft) -> Duration {
    let request = d.settings.connection.request_timeout;
    let default = d.producing.settings.broker_timeout;
    let other = if d.is_librdkafka { request.min(default) } else { request };
    d.producing.broker_timeout.unwrap_or(other)
}

fn sizes(d: &mut Draft, givens: &Givens) -> Outcome {
    let (batch, memory) =
        (d.producing.settings.batching.batch_size, d.producing.settings.batching.memory);
    if batch > memory {
        let problem = format!("not one batch fits: `batch.size` is {batch} bytes");
        let fix = "Write several times that, or make batches smaller";
        return Err(Problem::new(problem, fix).of(name_of(MEMORY, givens)));
    }
    if batch > d.producing.settings.max_request && givens.get("batch.size").is_some() {
        let text = "a batch may become longer than a request should, and then has one of its own";
        d.warn("batch.size", text);
    }
    Ok(())
}

fn partitioner(d: &mut Draft) {
    let said = d.producing.partitioner;
    let name = said.unwrap_or(partitioners::default_of(d.is_librdkafka));
    if said.is_none() && d.is_librdkafka {
        let text = format!(
            "it is not set, and `{name}` as in librdkafka{}: the Java client has other partitions \
             for the same keys",
            whose(d)
        );
        d.warn("partitioner", text);
    }
    if d.producing.ignores_keys && !partitioners::heeds_ignored_keys(name) {
        let text = format!("this has no effect: the partitioner is `{name}`");
        d.warn("partitioner.ignore.keys", text);
    }
    if d.producing.draws_each && !partitioners::leaves_open(name) {
        let text = format!("this has no effect: the partitioner is `{name}`");
        d.warn("sticky.partitioning.linger.ms", text);
    }
    if let Some(partitioner) = partitioners::made(&d.producing, name) {
        d.producing.settings.batching.partitioner = partitioner;
    }
}

fn warn_of_what_is_unused(d: &mut Draft, givens: &Givens) {
    let name = "transaction.timeout.ms";
    if d.producing.settings.transactional_id.is_none() && givens.get(name).is_some() {
        d.warn(name, format!("this has no effect: `{TRANSACTIONS}` is not set"));
    }
}
