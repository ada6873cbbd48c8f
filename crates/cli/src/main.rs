#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arguments;
mod mock;

use std::process::ExitCode;

const USAGE: &str = "\
usage: klamm COMMAND [options]

  mock    serve a cluster in this process, until interrupted
  help    say more about a command: klamm help COMMAND";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["mock", options @ ..] => mock::run(options),
        ["help", "mock"] => say(mock::USAGE),
        ["help" | "--help" | "-h"] => say(USAGE),
        ["--version" | "-V"] => say(concat!("klamm ", env!("CARGO_PKG_VERSION"))),
        _ => {
            eprintln!("{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn say(text: &str) -> ExitCode {
    println!("{text}");
    ExitCode::SUCCESS
}
