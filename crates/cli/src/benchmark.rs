//! `klamm bench`: how fast records are written, and how long each of them takes.

mod drive;
mod interrupt;
mod ledger;
mod options;
mod processor;
mod report;
mod run;
mod schedule;
mod values;

use std::process::ExitCode;

use crate::doctor::clean;
use crate::doctor::outside::System;
use options::Options;

pub(crate) const USAGE: &str = "\
usage: klamm bench TOPIC -b HOST:PORT[,HOST:PORT...] [options]

Where to:
  -b, --bootstrap-server SERVERS  where to begin
  -p, --partition N               the partition of every record
  -X, --property NAME=VALUE       a property, by its name in the Java client or in librdkafka; may
                                  be repeated
  -F, --properties FILE           a file of properties; -X overrules it; may be repeated
  -z, --compression none|gzip|snappy|lz4|zstd  the codec
  --acks 0|1|all                  how many copies there must be (all)
  --linger MS                     how long a batch waits for more records

What:
  -n, --records N                 how many records are measured (1000000)
  --warm-up N                     how many are sent before, and not measured (0)
  --size BYTES                    the length of a value (100)
  --payload-file FILE             values are the lines of this file
  --pool N                        how many values there are, which take turns (1000)
  --seed N                        what values are drawn from (1)
  --rate N                        records a second; without it as many as there can be
  --threads N                     how many threads send (1)
  --sample N                      the latency of every Nth record is measured (1)

What is told:
  --output text|json|csv          on standard output (text)

With --rate every record has a time at which it is due, fixed beforehand, and its latency counts
from then: who cannot keep up is not forgiven the waiting. Without, it counts from the handing over.
Every 5 seconds a line goes to standard error, if that is a terminal. The last line of text is that
of Kafka's own perf test. Processor time is that of this whole process, waiting for due times
included. A small pool of values flatters codecs.

It ends with 0 when every record is acknowledged, 1 when one is not, 2 when the command line or a
setting makes no sense, 3 when TLS or the saying of who we are failed, 4 when no broker is there or
answers in time, and 130 or 143 after a signal: the first one ends the sending.

  klamm bench orders -b localhost:9092
  klamm bench orders -b localhost:9092 --rate 1000 -n 30000 --linger 0
  klamm bench orders -b kafka:9093 -F client.properties --size 1024 -z lz4 --output json";

pub(crate) fn run(words: &[&str]) -> ExitCode {
    let code = Options::read(words, &mut System).and_then(|options| run::run(&options));
    let code = code.unwrap_or_else(|complaint| {
        let complaint = clean(&complaint);
        eprintln!("klamm bench: {complaint}\n\nklamm help bench tells more.");
        2
    });
    ExitCode::from(code)
}
