//! Producers: how much is promised, how records become batches, and where they go.

use std::time::Duration;

use klamm_records::Codec;

use crate::assemble::compression;
use crate::draft::{Acks, Draft};
use crate::error::{Outcome, Problem};
use crate::row::Takes::{Decimal, Flag, Millis, Never, Number, Only, Text, Unless, Word};
use crate::row::{self, Range, Row};
use crate::{partitioners, profile};

pub(crate) static ROWS: &[&[Row]] = &[PROMISES, BATCHES, TIMES, SIZES, CODECS, PLACES];

const ALL: &str = "acks";
const RETRIES: &str = "retries";
const LINGER: &str = "linger.ms";
const CODEC: &str = "compression.type";
const DELIVERY: &str = "delivery.timeout.ms";

const PROMISES: &[Row] = &[
    Row::own(
        profile::PROPERTY,
        // Whoever loads sources has read it before all others.
        Text(|_, _| Ok(())),
        "A set of properties below all others: `high-reliability`, `high-throughput`, \
         `low-latency`, `balanced`, `strict-order`, `transactional` or `cross-data-centre`.",
    ),
    Row::both(ALL, ACKS, "What a batch waits for: `all` replicas in sync, the leader, or nothing.")
        .defaults("all", "-1"),
    Row::librdkafka("request.required.acks", ACKS, "Another name for `acks`.")
        .sets(ALL)
        .defaults("", "-1"),
    Row::both(
        "enable.idempotence",
        Flag(|d, yes| d.producing.idempotence = Some(yes)),
        "Whether each record is written once and in order, whatever is sent again.",
    )
    .defaults("true", "false"),
    Row::both(
        RETRIES,
        Number(Range::int(0), retries),
        "How often a batch is sent again. Only 0 changes anything: `delivery.timeout.ms` ends it.",
    )
    .defaults("2147483647", "2147483647"),
    Row::librdkafka(
        "message.send.max.retries",
        Number(Range::int(0), retries),
        "Another name for `retries`.",
    )
    .sets(RETRIES)
    .defaults("", "2147483647"),
    Row::both(
        "transactional.id",
        Text(transactional_id),
        "The name under which transactions go on after a restart; makes the producer \
         transactional.",
    ),
    Row::both(
        "transaction.timeout.ms",
        Millis(Range::int(1), |d, time| d.producing.settings.transaction_timeout = time),
        "After how long a broker aborts a transaction by itself.",
    )
    .defaults("60000", "60000"),
    Row::java(
        "transaction.two.phase.commit.enable",
        Only("false", "committing in two phases is not supported yet"),
        "Whether somebody else decides how transactions end.",
    )
    .defaults("false", ""),
    Row::librdkafka(
        "enable.gapless.guarantee",
        Only("false", "a batch that is given up does not end the producer"),
        "Whether a record that is given up ends the producer.",
    )
    .defaults("", "false"),
];

const BATCHES: &[Row] = &[
    Row::both(
        "batch.size",
        Number(Range::int(0), |d, bytes| {
            d.producing.settings.batching.batch_size = size(bytes).max(1);
            Ok(())
        }),
        "How large a batch becomes, in bytes before compression; one record fits in any case.",
    )
    .defaults("16384", "1000000"),
    Row::librdkafka(
        "batch.num.messages",
        row::Takes::Ignored("batches are measured in bytes alone, by `batch.size`"),
        "How many records a batch takes.",
    )
    .defaults("", "10000"),
    Row::both(
        LINGER,
        Decimal(Range::int(0), |d, time| d.producing.settings.batching.linger = time),
        "How long a batch waits for more records; parts of a millisecond are taken.",
    )
    .defaults("5", "5"),
    Row::librdkafka(
        "queue.buffering.max.ms",
        Decimal(Range::of(0, 900_000), |d, time| d.producing.settings.batching.linger = time),
        "Another name for `linger.ms`.",
    )
    .sets(LINGER)
    .defaults("", "5"),
    Row::java(
        "buffer.memory",
        Number(Range::from(0), |d, bytes| {
            d.producing.settings.batching.memory = size(bytes);
            Ok(())
        }),
        "How much memory records may take, in bytes, until they are written or given up.",
    )
    .defaults("33554432", ""),
    Row::librdkafka(
        "queue.buffering.max.kbytes",
        Number(Range::int(1), |d, kbytes| {
            d.producing.settings.batching.memory = size(kbytes.saturating_mul(1024));
            Ok(())
        }),
        "How much memory records may take, in units of 1024 bytes; as `buffer.memory` unless set.",
    )
    .here("32768")
    .defaults("", "1048576"),
    Row::librdkafka(
        "queue.buffering.max.messages",
        Unless("0", "records are measured in bytes alone, by `queue.buffering.max.kbytes`"),
        "How many records may wait; 0 for any number, which is what is done.",
    )
    .here("0")
    .defaults("", "100000"),
];

const TIMES: &[Row] = &[
    Row::java(
        DELIVERY,
        Millis(Range::int(0), |d, time| d.producing.delivery = Some((DELIVERY, time))),
        "How long after it was handed in a record is written or given up.",
    )
    .defaults("120000", "")
    .clash("0 gives up at once, where librdkafka never does"),
    Row::librdkafka(
        DELIVERY,
        Millis(Range::int(0), |d, time| delivery(d, DELIVERY, time)),
        GIVEN_UP,
    )
    .here("120000")
    .defaults("", "300000")
    .clash("0 is never, where the Java client gives up at once"),
    Row::librdkafka(
        "message.timeout.ms",
        Millis(Range::int(0), |d, time| delivery(d, "message.timeout.ms", time)),
        "Another name for librdkafka's `delivery.timeout.ms`.",
    )
    .sets(DELIVERY)
    .defaults("", "300000"),
    Row::librdkafka(
        "request.timeout.ms",
        Millis(Range::of(1, 900_000), |d, time| d.producing.broker_timeout = Some(time)),
        "How long a broker may wait for its replicas.",
    )
    .here("30000")
    .defaults("", "30000")
    .clash("how long a broker may wait for its replicas, where the Java client means answers"),
    Row::java(
        "max.block.ms",
        Millis(Range::from(0), |d, time| d.producing.settings.max_block = time),
        "How long a caller waits for a topic, for memory, and for the calls of transactions.",
    )
    .defaults("60000", ""),
];

const GIVEN_UP: &str = "How long after it was handed in a record is written or given up; 0 for any \
    time.";

const SIZES: &[Row] = &[
    Row::java("max.request.size", Number(Range::int(1), largest), LARGEST).defaults("1048576", ""),
    Row::librdkafka("message.max.bytes", Number(Range::of(1000, 1_000_000_000), largest), LARGEST)
        .here("1048576")
        .defaults("", "1000000"),
];

const LARGEST: &str = "The longest request, and the largest record before compression, in bytes.";

const CODECS: &[Row] = &[
    Row::both(CODEC, Word(CODECS_OF_BOTH), "How batches are compressed.").defaults("none", "none"),
    Row::librdkafka(
        "compression.codec",
        Word(CODECS_OF_TOPICS),
        "Another name for `compression.type`.",
    )
    .sets(CODEC)
    .defaults("", "none"),
    Row::java(
        "compression.gzip.level",
        Number(Range::of(-1, 9), |d, level| java_level(d, Codec::Gzip, level)),
        "The level of gzip: 1 to 9, or -1 for its own choice.",
    )
    .defaults("-1", ""),
    Row::java(
        "compression.lz4.level",
        Number(Range::of(1, 17), |d, level| java_level(d, Codec::Lz4, level)),
        "The level of lz4, which has one way to compress here and takes any of them.",
    )
    .defaults("9", ""),
    Row::java(
        "compression.zstd.level",
        Number(Range::of(-131_072, 22), |d, level| java_level(d, Codec::Zstd, level)),
        "The level of zstd.",
    )
    .defaults("3", ""),
    Row::librdkafka(
        "compression.level",
        Number(Range::of(-1, 12), |d, level| {
            d.producing.level = i32::try_from(level).ok();
            Ok(())
        }),
        "The level of whichever codec is used; -1 for its own choice.",
    )
    .defaults("", "-1"),
];

const PLACES: &[Row] = &[
    Row::java(
        "partitioner.class",
        Text(|d, text| {
            d.producing.partitioner = Some(partitioners::of_java(text)?);
            Ok(())
        }),
        "Where records go that name no partition: Java's `RoundRobinPartitioner`, or any name that \
         `partitioner` takes; unless it is set, by key, and else wherever a batch fills.",
    ),
    Row::librdkafka(
        "partitioner",
        Text(|d, text| {
            d.producing.partitioner = Some(partitioners::of_librdkafka(text)?);
            Ok(())
        }),
        "Where records go that name no partition: one of librdkafka's seven ways, or `default` or \
         `round_robin` for the Java client's.",
    )
    .defaults("", "consistent_random"),
    Row::java(
        "partitioner.ignore.keys",
        Flag(|d, yes| d.producing.ignores_keys = yes),
        "Whether records with a key go wherever those without one do.",
    )
    .defaults("false", ""),
    Row::java(
        "partitioner.adaptive.partitioning.enable",
        Flag(|d, yes| d.producing.settings.batching.adaptive = yes),
        "Whether partitions of slow brokers get fewer records without a key.",
    )
    .defaults("true", ""),
    Row::java(
        "partitioner.availability.timeout.ms",
        Millis(Range::from(0), |d, time| {
            d.producing.settings.slow_after = (!time.is_zero()).then_some(time);
        }),
        "After how long without progress a partition gets no records without a key; 0 for never.",
    )
    .defaults("0", ""),
    Row::librdkafka(
        "sticky.partitioning.linger.ms",
        Millis(Range::of(0, 900_000), |d, time| d.producing.draws_each = time.is_zero()),
        "Whether records without a key stay together: 0 draws a partition for each, and more keeps \
         them together for a batch, however long that takes.",
    )
    .defaults("", "10"),
    Row::librdkafka(
        "queuing.strategy",
        Only("fifo", "the order of records is kept"),
        "Which of the records that wait is sent first.",
    )
    .defaults("", "fifo"),
    Row::librdkafka(
        "msg_order_cmp",
        Never("a function cannot be written in a setting", "Leave it out"),
        "A function of C.",
    ),
];

const ACKS: row::Takes = Word(&[
    ("all", |d| d.producing.acks = Some(Acks::All)),
    ("-1", |d| d.producing.acks = Some(Acks::All)),
    ("1", |d| d.producing.acks = Some(Acks::Leader)),
    ("0", |d| d.producing.acks = Some(Acks::None)),
]);

const CODECS_OF_BOTH: &[row::Word] = &[
    ("none", |d| d.producing.codec = Codec::None),
    ("gzip", |d| d.producing.codec = Codec::Gzip),
    ("snappy", |d| d.producing.codec = Codec::Snappy),
    ("lz4", |d| d.producing.codec = Codec::Lz4),
    ("zstd", |d| d.producing.codec = Codec::Zstd),
];

/// A topic of librdkafka may also take what all topics do.
const CODECS_OF_TOPICS: &[row::Word] = &[
    ("none", |d| d.producing.codec = Codec::None),
    ("gzip", |d| d.producing.codec = Codec::Gzip),
    ("snappy", |d| d.producing.codec = Codec::Snappy),
    ("lz4", |d| d.producing.codec = Codec::Lz4),
    ("zstd", |d| d.producing.codec = Codec::Zstd),
    ("inherit", |_| {}),
];

fn size(bytes: i64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

fn retries(d: &mut Draft, times: i64) -> Outcome {
    d.producing.retries = Some(times);
    Ok(())
}

fn transactional_id(d: &mut Draft, text: &str) -> Outcome {
    if text.is_empty() {
        let fix = "Write a name, or leave the property out for a producer without transactions";
        return Err(Problem::new("there is no name", fix));
    }
    d.producing.settings.transactional_id = Some(text.to_owned());
    Ok(())
}

/// 0 is any time to librdkafka.
fn delivery(d: &mut Draft, name: &'static str, time: Duration) {
    let time = if time.is_zero() { crate::read::FOREVER } else { time };
    d.producing.delivery = Some((name, time));
}

fn largest(d: &mut Draft, bytes: i64) -> Outcome {
    d.producing.settings.max_request = size(bytes);
    d.producing.settings.batching.max_record = size(bytes);
    Ok(())
}

/// A level of one codec, which counts where that codec is used.
fn java_level(d: &mut Draft, codec: Codec, level: i64) -> Outcome {
    let compression = compression::leveled(codec, level)?;
    d.producing.levels.retain(|other| other.codec() != codec);
    d.producing.levels.push(compression);
    Ok(())
}
