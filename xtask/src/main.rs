//! Code generation and every check of the project, defined once and run by `cargo xtask <command>`.
//!
//! This crate depends on no other crate of the workspace: it must run when generated code does
//! not compile. What needs those crates is a program of its own that a command here starts.

#![forbid(unsafe_code)]

mod checks;
mod codegen;
mod foreign;
mod kafka;
mod loom;
mod maven;
mod model;
mod plants;
mod properties;
mod specs;
mod support;
mod vectors;

use std::process::ExitCode;

use support::Outcome;

/// A command of `cargo xtask`: its name, what it does, and the function that does it.
struct Command {
    name: &'static str,
    about: &'static str,
    run: fn(&[String]) -> Outcome,
}

const COMMANDS: &[Command] = &[
    Command { name: "codegen", about: "print the protocol crate [--check]", run: codegen::run },
    Command { name: "specs", about: "import | diff VERSION: message specs", run: specs::run },
    Command {
        name: "vectors",
        about: "generate | check | tables | emit-batches | java-reads",
        run: vectors::run,
    },
    Command {
        name: "plants",
        about: "[NAME...]: planted bugs, each caught by its test or model",
        run: plants::run,
    },
    Command {
        name: "kafka",
        about: "start | stop | status | run | differential | defects | foreign: real brokers",
        run: kafka::run,
    },
    Command {
        name: "properties",
        about: "remake the lists of Java's and librdkafka's properties",
        run: properties::run,
    },
    Command { name: "loom", about: "[NAME]: the models of what threads share", run: loom::run },
    Command { name: "model", about: "[A..H]...: the models of idempotence", run: model::run },
];

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    let Some((name, rest)) = args.split_first() else {
        print_usage();
        return ExitCode::from(2);
    };
    let commands = COMMANDS.iter().chain(checks::COMMANDS);
    match commands.into_iter().find(|command| command.name == name) {
        Some(command) => report(name, (command.run)(rest)),
        None => {
            eprintln!("xtask: there is no command `{name}`");
            print_usage();
            ExitCode::from(2)
        }
    }
}

fn report(name: &str, outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("xtask {name}: {message}");
            ExitCode::FAILURE
        }
    }
}

fn print_usage() {
    eprintln!("usage: cargo xtask <command> [arguments]\n");
    for command in COMMANDS.iter().chain(checks::COMMANDS) {
        eprintln!("  {:<10} {}", command.name, command.about);
    }
}
