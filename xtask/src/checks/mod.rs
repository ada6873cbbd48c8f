//! The checks that CI runs, each defined once.
//!
//! A check has a pure core that turns what it reads (a tree of files, a dependency graph) into
//! findings; its tests plant violations and look for exactly those.

mod cargo;
mod ci;
mod deps;
mod examples;
mod finding;
mod fuzz;
mod graph;
mod layering;
mod measure;
mod no_c;
mod stopwatch;
mod tidy;
mod timed;
mod tls_c;
mod zstd_c;

use crate::Command;

/// The commands of this module.
pub(crate) const COMMANDS: &[Command] = &[
    Command { name: "ci", about: "every check, cheapest first [--skip-tests]", run: ci::run },
    Command {
        name: "fmt",
        about: "formatting of every member, generated code too",
        run: cargo::fmt,
    },
    Command { name: "tidy", about: "the size budget and the house rules for text", run: tidy::run },
    Command { name: "layering", about: "which crate may know which", run: layering::run },
    Command {
        name: "deps",
        about: "licences, versions and reasons of dependencies",
        run: deps::run,
    },
    Command {
        name: "no-c",
        about: "nothing compiles C [--build: run the tests so]",
        run: no_c::run,
    },
    Command { name: "clippy", about: "lints denied, each feature group alone", run: cargo::clippy },
    Command { name: "docs", about: "documentation builds without a warning", run: cargo::docs },
    Command { name: "examples", about: "each runs and ends as it says", run: examples::run },
    Command { name: "fuzz", about: "[--seconds N] [--target T]: each fuzz target", run: fuzz::run },
    Command { name: "zstd-c", about: "records with C zstd, where C compiles", run: zstd_c::run },
    Command { name: "tls-c", about: "TLS over C libraries, where C compiles", run: tls_c::run },
    Command { name: "measure", about: "compile: what the protocol crate costs", run: measure::run },
];
