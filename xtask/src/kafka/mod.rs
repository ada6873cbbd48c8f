//! Real Kafka on this machine, without containers: a JDK and Maven are all that it takes.

mod cluster;
mod committed;
mod conformance;
mod defects;
mod differential;
#[cfg(test)]
#[cfg(unix)]
mod fakes;
mod guard;
mod haunts;
mod mock;
mod options;
mod ports;
mod probe;
mod process;
mod produce;
mod program;
mod release;
#[cfg(test)]
mod scratch;
mod security;
mod settings;
mod state;
mod tls;
mod tools;

use std::io::IsTerminal;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus};

use crate::foreign;
use crate::support::{self, Outcome};

use cluster::Cluster;
use options::Options;

/// `cargo xtask kafka start | stop | status | run | differential | defects | security | produce |
/// foreign`.
pub(crate) fn run(args: &[String]) -> Outcome {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["start", options @ ..] => start(Options::parse(options)?),
        ["stop"] => stop(),
        ["status"] => status(),
        ["run", rest @ ..] => run_command(rest),
        ["differential", rest @ ..] => differential::run(rest),
        ["defects", rest @ ..] => defects::run(rest),
        ["produce", rest @ ..] => produce::run(rest),
        ["security", rest @ ..] => security::run(rest),
        ["foreign", rest @ ..] => foreign::run(rest),
        _ => Err(usage()),
    }
}

fn usage() -> String {
    let options = options::USAGE;
    let foreign = foreign::USAGE;
    format!(
        "usage: cargo xtask kafka start {options}\n       \
         cargo xtask kafka stop\n       \
         cargo xtask kafka status\n       \
         cargo xtask kafka run {options} -- COMMAND...\n       \
         cargo xtask kafka {}\n       \
         cargo xtask kafka {}\n       \
         cargo xtask kafka {}\n       \
         cargo xtask kafka {}\n       \
         cargo xtask kafka foreign {foreign}",
        differential::USAGE,
        defects::USAGE,
        security::USAGE,
        produce::USAGE
    )
}

/// Where jars and certificates are kept.
fn home() -> PathBuf {
    support::root().join("target/kafka")
}

/// Where running clusters keep what they write.
fn runs() -> PathBuf {
    home().join("run")
}

/// Prints the addresses as a shell takes them: `eval "$(cargo xtask kafka start)"`.
fn start(options: Options) -> Outcome {
    let cluster = Cluster::start(options)?;
    for (name, value) in cluster.layout().variables() {
        println!("export {name}={value}");
    }
    cluster.leave()
}

fn status() -> Outcome {
    for (folder, state) in state::all(&runs()) {
        let name = folder.file_name().unwrap_or_default().display().to_string();
        let Some(state) = state else {
            let life = if state::has_owner(&folder) { "is starting" } else { "was left behind" };
            println!("{name} {life}");
            continue;
        };
        println!("{name}: {}", state.what);
        for (process, id) in &state.processes {
            let life = if state::is_alive(*id, &folder) { "runs" } else { "is gone" };
            println!("  {process} {life} (process {id})");
        }
        state.variables.iter().for_each(|(name, value)| println!("  {name}={value}"));
    }
    Ok(())
}

/// Ends what `start` left running, and removes what a program that was killed left behind.
fn stop() -> Outcome {
    for (folder, state) in state::all(&runs()) {
        if state::has_owner(&folder) {
            continue;
        }
        if let Some(state) = state {
            let alive = |id: &&u32| state::is_alive(**id, &folder);
            state.processes.values().filter(alive).for_each(|id| state::kill(*id));
            println!("stopped {}", state.what);
        }
        cluster::clear(&folder)?;
    }
    Ok(())
}

/// Runs a command beside a cluster, and ends as the command did.
fn run_command(args: &[&str]) -> Outcome {
    let mut parts = args.splitn(2, |arg| *arg == "--");
    let (Some(options), Some([program, arguments @ ..])) = (parts.next(), parts.next()) else {
        return Err(usage());
    };
    let mut command = Command::new(program);
    command.args(arguments);
    let mut cluster = Cluster::start(Options::parse(options)?)?;
    cluster.note()?;
    command.envs(cluster.layout().variables());
    let status = watched(&mut cluster, &mut command)?;
    cluster.stop()?;
    support::pass_on(status)
}

/// Runs a command to its end; it ends with the cluster if this program is ended before.
fn watched(cluster: &mut Cluster, command: &mut Command) -> Result<ExitStatus, String> {
    // A group of its own would not hear ctrl-C, and could not read from the terminal.
    let heads_group = !std::io::stdin().is_terminal();
    let mut child: Child = if heads_group {
        guard::start_in_group(command)?
    } else {
        command.spawn().map_err(|error| format!("cannot start {command:?}: {error}"))?
    };
    cluster.guard().watch(child.id(), heads_group)?;
    let status = child.wait().map_err(|error| format!("cannot wait for {command:?}: {error}"))?;
    cluster.guard().forget(child.id(), heads_group)?;
    Ok(status)
}
