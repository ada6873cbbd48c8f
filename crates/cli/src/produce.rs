//! `klamm produce`: records from files or from standard input into a topic.

mod chunks;
mod configured;
mod envelope;
mod escape;
mod explain;
mod follow;
mod input;
mod ledger;
mod listed;
mod options;
mod outcome;
mod pace;
mod places;
mod printer;
mod progress;
mod report;
mod row;
mod run;
mod sender;
mod signals;
mod watch;

use std::process::ExitCode;

use crate::doctor::clean;
use crate::doctor::outside::System;
use crate::exit::Exit;
use options::Options;

pub(crate) const USAGE: &str = "\
usage: klamm produce TOPIC [FILE...|-] -b HOST:PORT[,HOST:PORT...] [options]

Where to:
  -b, --bootstrap-server SERVERS  where to begin
  -t, --topic TOPIC               the topic; then every word without a name is a file
  --topics-from-input             each record names its topic (json, csv); every word is a file
  -p, --partition N               the partition of every record; -1: as the key says, whatever the
                                  input says
  -X, --property NAME=VALUE       a property, by its name in the Java client or in librdkafka; may
                                  be repeated; -X list prints all there are, -X dump what is set
  -F, --properties FILE           a file of properties; -X overrules it; may be repeated
  -z, --compression none|gzip|snappy|lz4|zstd  the codec
  --acks 0|1|all                  how many copies there must be (all)
  --transaction-per file|run|N    a transaction for each file, for the whole run, or for N records;
                                  needs -X transactional.id=NAME

What from:
  --input lines|whole|json|csv|hex|framed-u32  how records stand in the input (lines)
  -l, --lines                     the same as --input lines
  -D, --delimiter TEXT            what ends a record, for lines, json and hex (\\n)
  -K, --key-delimiter TEXT        what stands between a key and a value, for lines and hex
  -k, --key KEY                   the key of every record whose input gives none
  -H, --header KEY=VALUE          a header of every record; `KEY` alone has a null value and `KEY=`
                                  an empty one; may be repeated
  -Z, --empty-is-null             an empty key or value is null, and an empty one is never sent
  --timestamp MILLIS              the time of every record whose input gives none
  --columns PART=NAME,...         which columns of csv are key, value, header.KEY, topic, partition,
                                  timestamp; others are left out
  --separator C                   what stands between two columns of csv (,)
  --max-line BYTES                the longest record in bytes of input (16777216)
  -c, --count N                   end after N records
  --repeat N                      read the files N times
  --follow                        wait for what is appended to the file, and for the file that takes
                                  its name when it is rotated, until a signal comes or -c is reached
  --rate N                        no more than N records a second, as in 1000 or 0.5
  --strict                        end at the first record that cannot be read or written

What is told:
  --output none|json              json: an object on standard output for every record (none)
  -T, --tee                       print every value on standard output as well
  --dry-run                       say what would be sent, and send nothing
  --progress auto|none|json       on standard error; auto: for people, on a terminal alone
  -q, --quiet                     no progress, no warnings
  -v, --verbose                   tell of every failure, file and transaction

TEXT takes \\t, \\n, \\r, \\0, \\\\ and \\xHH. Without a file, or for `-`, standard input is read.
An object of json is {\"topic\":…,\"partition\":…,\"timestamp\":…,\"key\":…,\"value\":…,
\"headers\":[{\"key\":…,\"value\":…}],\"key_encoding\":…,
\"value_encoding\":\"utf8|base64|hex|json\"}; only `value` must be there, null is not \"\", and what
kcat -J prints is taken as well. The first row of csv names its columns. A record that cannot be
read is told by its line; the others go on.

A secret need not stand where everybody can read it: -X sasl.password=@FILE, =env:NAME or =prompt:.
In a shell $ConnectionString has to stand in single quotes: -X 'sasl.username=$ConnectionString'.

It ends with 0 when every record is acknowledged, 1 when one could not be read or was not, 2 when
the command line or a setting makes no sense, 3 when TLS or the saying of who we are failed, 4 when
no broker is there or answers in time, and 130 or 143 after a signal: the first one waits for what
was sent, the second one does not. An open transaction is aborted by the first.

  echo hello | klamm produce orders -b localhost:9092
  klamm produce orders -b localhost:9092 -K '\\t' -H source=import -z zstd orders.tsv
  klamm produce orders -b kafka:9093 -F client.properties --input json --output json orders.ndjson";

pub(crate) fn run(words: &[&str]) -> ExitCode {
    if words.iter().take_while(|word| **word != "--").any(|word| *word == "--help") {
        return crate::commands::say(USAGE);
    }
    let exit = Options::read(words, &mut System).and_then(|options| run::run(&options));
    let exit = exit.unwrap_or_else(|complaint| {
        let complaint = clean(&complaint);
        eprintln!("klamm produce: {complaint}\n\nklamm help produce tells more.");
        Exit::Usage
    });
    // Threads may still sit in reads and writes that nobody can interrupt.
    std::process::exit(i32::from(exit.code()))
}
