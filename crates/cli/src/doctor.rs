//! `klamm doctor`: what stands between here and a written record, stage by stage.

mod brokers;
mod certificates;
mod configured;
mod examine;
mod finding;
mod identity;
mod ladder;
mod link;
mod opinion;
mod options;
pub(crate) mod outside;
mod picture;
mod probe;
mod report;
pub(crate) mod secrets;
mod setup;
mod tap;
mod topic;
mod versions;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use crate::exit::Exit;
use configured::configured;
use examine::Examination;
use options::Options;
use outside::System;
use report::{Form, Report};
pub(crate) use report::{clean, escaped};

pub(crate) const USAGE: &str = "\
usage: klamm doctor -b HOST:PORT[,HOST:PORT...] [options]

  -b SERVERS         where to begin
  -X NAME=VALUE      a property, by its name in the Java client or in librdkafka; may be repeated
  -F FILE            a file of properties, a producer's too; -X overrules it; may be repeated
  -t, --topic NAME   a topic to look at; it is not created
  -v, --verbose      list the versions of every API
  --for SECONDS      go on asking once a second, and tell of sessions and connections that end
  --json             an object of JSON for each line, and a summary at the end

It resolves, connects, agrees on TLS, asks for versions, says who it is, looks at the cluster, dials
every broker where it says that it is, looks at the topic, and asks for the right to write without
duplicates. Each stage is a line with what was seen and how long it took; one that fails tells its
cause and what to do next. Nothing is written or created.

A secret need not stand where everybody can read it:
    -X sasl.password=@FILE    the file holds it
    -X sasl.password=env:NAME the environment holds it
    -X sasl.password=prompt:  a person types it
In a shell $ConnectionString has to stand in single quotes: -X 'sasl.username=$ConnectionString'.

It ends with 0 when all is well, 1 when a stage failed for a reason of its own (no such topic, no
right), 2 when the command line or a setting makes no sense, 3 when TLS or the saying of who we are
failed, and 4 when no broker is there or answers in time. Of several stages the first one decides.

  klamm doctor -b localhost:9092
  klamm doctor -b kafka:9093 -F client.properties -X sasl.password=prompt: --topic orders
  klamm doctor -b kafka:9093 -X security.protocol=SSL -X ssl.ca.location=ca.pem --json";

pub(crate) fn run(words: &[&str]) -> ExitCode {
    ExitCode::from(
        examine(words)
            .unwrap_or_else(|complaint| {
                let complaint = clean(&complaint);
                eprintln!("klamm doctor: {complaint}\n\nklamm help doctor tells more.");
                Exit::Usage
            })
            .code(),
    )
}

fn examine(words: &[&str]) -> Result<Exit, String> {
    let options = Options::read(words, &mut System)?;
    for warning in &options.warnings {
        eprintln!("warning: {warning}");
    }
    let mut key = [0; 32];
    getrandom::fill(&mut key).map_err(|error| format!("there is no randomness: {error}"))?;
    let home = std::env::var_os("HOME").map(PathBuf::from);
    let warn = &mut |text: String| eprintln!("warning: {}", clean(&text));
    let setup = configured(&options, home, key, warn)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    let form = if options.json { Form::Programs } else { Form::People };
    let report = Report::new(std::io::stdout(), form);
    let examination = Examination { setup: Arc::new(setup), options: &options, report };
    Ok(runtime.block_on(examination.run()))
}
