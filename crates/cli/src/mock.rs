//! `klamm mock`: a cluster in this process, for programs in any language.

mod disturbing;
mod security;

use std::fmt;
use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use klamm_broker::cluster::Listener;
use klamm_broker::faults::Fault;
use klamm_broker::server::{Builder, TestCluster};
use klamm_broker::{Defect, Persona};
use klamm_wire::NodeId;
use tokio::io::AsyncReadExt as _;

use crate::arguments::{Arguments, Complaint};
use disturbing::Disturbances;
use security::Security;

pub(crate) const USAGE: &str = "\
usage: klamm mock [options]

  --brokers N             nodes of the cluster (1)
  --port P                the first node's port, the others follow; 0 for any (0)
  --topics NAME:N,...     topics that are there from the start, with their partitions
  --persona NAME          whose versions and habits: see --list-personas (apache-4.3)
  --txn-version 1|2       the generation of transactions (2)
  --zero-first            a partition without records takes sequences from 0 on alone, as from
                          Kafka 4.5 on (KAFKA-15591)
  --no-auto-create        unknown topics are not created by being asked for
  --defect NAME           a promise to break: see --list-defects; may be repeated
  --fault TEXT            something to go wrong, see below; may be repeated
  --move-leaders-every MS every partition gets another leader, again and again
  --freeze-nodes-every MS one node after the other is silent for half a second
  --kill-nodes-every MS   one node after the other is killed and back after half a second
  --down N                this node is killed before anybody comes; may be repeated
  --null                  acknowledge without storing, and print counts as JSON at the end
  --check                 with --null: hold batches to their checksums and sequences
  --sasl NAMES            a listener where clients say who they are, beside the plain one, with
                          these mechanisms: PLAIN,SCRAM-SHA-256,SCRAM-SHA-512,OAUTHBEARER or all
  --user NAME:PASSWORD    a user; may be repeated (alice:alice-secret and bob:bob-secret)
  --max-reauth MS         for how long a client is believed
  --tls                   a listener of TLS for each one without
  --ca-out FILE           where to write whom clients of TLS have to believe, as PEM
  --client-auth HOW       certificates of clients: none, requested, required (none)
  --certificate WHICH     the certificate that is shown: good, expired, not-yet-valid, other-name
  --acl RULE              with the first one, what no rule allows is forbidden; may be repeated:
                          'allow User:alice Write topic:orders', 'deny User:* Read group:a*',
                          'allow User:bob IdempotentWrite cluster', 'allow User:bob All txn:*'
  --super-user PRINCIPAL  somebody to whom no rule applies; may be repeated
  --seed N                from which ids are drawn (1)
  --until-eof             serve until standard input ends, too
  --list-defects          print the names of the defects, one per line, and end
  --list-personas         print the names of the personas, one per line, and end

When all nodes listen it prints `bootstrap plain HOST:PORT,...` for each kind of listener and then
`ready`, and serves until it is interrupted.

A fault is `API WHICH: PLACE ACTION LIMITS`, for example
  produce: after-append drop-connection skip 2 times 1
  any node 2: on-receipt hang every 10
  produce topic orders partition 3: before-append error NOT_LEADER_OR_FOLLOWER chance 12.5%

  API     any, or one as produce, fetch, metadata, init-producer-id
  WHICH   any of: above VERSION, node N, client NAME, topic NAME, partition N; names in quotes hold
          anything
  PLACE and ACTION
    on-accept: drop-connection, hang
    on-receipt, before-append: drop-connection, reset-connection, hang, delay TIME, error CODE
    after-append: drop-connection, hang, delay TIME, error CODE, slow-disk TIME
    answering: cut BYTES, duplicate, unsolicited BYTES, wrong-correlation-id,
               garbage BYTES, garble-body, claim-length N, pieces BYTES pause TIME, throttle TIME
    after-answer: drop-connection, mute TIME
  LIMITS  any of: skip N, every N, chance P%, times N
  TIME    a number with ns, us, ms or s; CODE the name or the number of an error code

Faults are tried in the order in which they are given, and the first that hits is the only one.

  klamm mock --topics orders:3,payments:1 --port 9092
  klamm mock --brokers 3 --fault 'produce: after-append drop-connection every 100'
  klamm mock --tls --ca-out ca.pem --sasl SCRAM-SHA-512 --user alice:alice-secret";

/// What was asked for.
#[derive(Debug, Clone)]
struct Wish {
    builder: Builder,
    security: Security,
    disturbances: Disturbances,
    /// Nodes that nobody ever finds there.
    down: Vec<NodeId>,
    until_eof: bool,
}

/// What the arguments ask for.
enum Asked {
    Serve(Box<Wish>),
    List(Vec<&'static str>),
}

pub(crate) fn run(words: &[&str]) -> ExitCode {
    match read(words) {
        Ok(Asked::List(names)) => {
            names.iter().for_each(say);
            ExitCode::SUCCESS
        }
        Ok(Asked::Serve(wish)) => start(*wish),
        Err(complaint) => {
            eprintln!("klamm mock: {complaint}\n\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn read(words: &[&str]) -> Result<Asked, Complaint> {
    let mut wish = Wish {
        builder: TestCluster::builder(),
        security: Security::default(),
        disturbances: Disturbances::default(),
        down: Vec::new(),
        until_eof: false,
    };
    let (is_null, checks) = (words.contains(&"--null"), words.contains(&"--check"));
    if checks && !is_null {
        return Err("--check needs --null".to_owned());
    }
    if is_null {
        wish.builder = wish.builder.null(checks);
    }
    let mut arguments = Arguments::new(words);
    while let Some(option) = arguments.next_option() {
        match option {
            "--list-defects" => {
                return Ok(Asked::List(Defect::ALL.iter().map(|one| one.name()).collect()));
            }
            "--list-personas" => {
                return Ok(Asked::List(Persona::ALL.iter().map(|one| one.name()).collect()));
            }
            "--null" | "--check" => {}
            "--until-eof" => wish.until_eof = true,
            "--move-leaders-every" => {
                wish.disturbances.moves = Some(millis(&mut arguments, option)?);
            }
            "--freeze-nodes-every" => {
                wish.disturbances.freezes = Some(millis(&mut arguments, option)?);
            }
            "--kill-nodes-every" => {
                wish.disturbances.kills = Some(millis(&mut arguments, option)?);
            }
            "--down" => wish.down.push(NodeId(arguments.parsed(option)?)),
            _ if wish.security.take(option, &mut arguments)? => {}
            _ => wish.builder = described(wish.builder, option, &mut arguments)?,
        }
    }
    wish.security.check()?;
    wish.builder = wish.security.describe(wish.builder);
    Ok(Asked::Serve(Box::new(wish)))
}

fn described(
    builder: Builder,
    option: &str,
    arguments: &mut Arguments<'_>,
) -> Result<Builder, Complaint> {
    Ok(match option {
        "--brokers" => builder.nodes(arguments.parsed(option)?),
        "--port" => builder.port(arguments.parsed(option)?),
        "--topics" => with_topics(builder, arguments.value(option)?)?,
        "--persona" => builder.persona(arguments.parsed(option)?),
        "--txn-version" => builder.transaction_version(arguments.parsed(option)?),
        "--defect" => builder.defect(arguments.parsed(option)?),
        "--fault" => {
            let text = arguments.value(option)?;
            let fault = text.parse::<Fault>();
            builder.fault(fault.map_err(|error| format!("--fault `{text}`: {error}"))?)
        }
        "--seed" => {
            let seed = arguments.parsed(option)?;
            builder.settings(|settings| settings.seed = seed)
        }
        "--zero-first" => {
            builder.settings(|settings| settings.fresh_partitions_begin_at_zero = true)
        }
        "--no-auto-create" => builder.settings(|settings| settings.topics.auto_create = false),
        unknown => return Err(format!("there is no option `{unknown}`")),
    })
}

fn with_topics(builder: Builder, text: &str) -> Result<Builder, Complaint> {
    text.split(',').try_fold(builder, |builder, topic| {
        let (name, partitions) = topic.split_once(':').unwrap_or((topic, "1"));
        let partitions = partitions.parse();
        let partitions = partitions.map_err(|_| format!("--topics cannot be `{topic}`"))?;
        Ok(builder.topic(name, partitions))
    })
}

fn start(wish: Wish) -> ExitCode {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let served = match runtime {
        Ok(runtime) => {
            let served = runtime.block_on(serve(wish));
            // A read of standard input may still be waiting, for as long as it likes.
            runtime.shutdown_background();
            served
        }
        Err(error) => Err(error.to_string()),
    };
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("klamm mock: {error}");
            ExitCode::FAILURE
        }
    }
}

fn millis(arguments: &mut Arguments<'_>, option: &str) -> Result<Duration, Complaint> {
    arguments.parsed(option).map(Duration::from_millis)
}

async fn serve(wish: Wish) -> Result<(), String> {
    let mut cluster = wish.builder.start().await.map_err(|error| error.to_string())?;
    for node in wish.down {
        if !cluster.nodes().contains(&node) {
            return Err(format!("there is no node {} to be down", node.0));
        }
        cluster.kill(node).await;
    }
    let written = wish.security.write_ca(&cluster);
    written.map_err(|error| format!("the certificate cannot be written: {error}"))?;
    for listener in Listener::ALL {
        let bootstrap = cluster.bootstrap_of(listener);
        if !bootstrap.is_empty() {
            say(format_args!("bootstrap {} {bootstrap}", listener.name()));
        }
    }
    say("ready");
    tokio::select! {
        error = wish.disturbances.go_on(&mut cluster) => {
            return Err(format!("a node cannot come back: {error}"));
        }
        () = ended(wish.until_eof) => {}
        () = interrupted() => {}
    }
    cluster.counted().into_iter().for_each(say);
    Ok(())
}

/// A line on standard output, for somebody who may have gone and who may read a pipe.
fn say(line: impl fmt::Display) {
    let mut out = std::io::stdout();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Returns when standard input ends, if that is wished for.
async fn ended(is_wished: bool) {
    if !is_wished {
        return std::future::pending().await;
    }
    let mut input = tokio::io::stdin();
    let mut ignored = [0; 256];
    while input.read(&mut ignored).await.is_ok_and(|read| read > 0) {}
}

async fn interrupted() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let Ok(mut terminated) = signal(SignalKind::terminate()) else { return };
        tokio::select! {
            _ = tokio::signal::ctrl_c() => {}
            _ = terminated.recv() => {}
        }
    }
    #[cfg(not(unix))]
    {
        let _ = tokio::signal::ctrl_c().await;
    }
}
