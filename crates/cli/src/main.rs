#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arguments;
mod doctor;
mod mock;

use std::process::ExitCode;

const USAGE: &str = "\
usage: klamm COMMAND [options]

  doctor  say what stands between here and a written record, and what to do
  mock    serve a cluster in this process, until interrupted
  help    say more about a command: klamm help COMMAND";

fn main() -> ExitCode {
    // What is no text may be a secret in another encoding, and is not repeated.
    let arguments = std::env::args_os().skip(1).map(|argument| argument.into_string().ok());
    let Some(arguments) = arguments.collect::<Option<Vec<String>>>() else {
        eprintln!("klamm: an argument is not in UTF-8");
        return ExitCode::from(2);
    };
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match words.as_slice() {
        ["doctor", options @ ..] => doctor::run(options),
        ["mock", options @ ..] => mock::run(options),
        ["help", "doctor"] => say(doctor::USAGE),
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
