#![doc = include_str!("../README.md")]
#![forbid(unsafe_code)]

mod arguments;
mod benchmark;
mod commands;
mod completions;
mod demo;
mod doctor;
mod exit;
mod help;
mod mock;
mod produce;

use std::process::ExitCode;

use commands::COMMANDS;

fn main() -> ExitCode {
    // What is no text may be a secret in another encoding, and is not repeated.
    let arguments = std::env::args_os().skip(1).map(|argument| argument.into_string().ok());
    let Some(arguments) = arguments.collect::<Option<Vec<String>>>() else {
        eprintln!("klamm: an argument is not in UTF-8");
        return ExitCode::from(2);
    };
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let command = |name: &str| COMMANDS.iter().find(|command| command.name == name);
    match words.as_slice() {
        ["help" | "--help" | "-h"] => commands::say(&commands::usage()),
        ["help", "help"] => commands::say(&commands::usage()),
        ["--version" | "-V"] => commands::say(concat!("klamm ", env!("CARGO_PKG_VERSION"))),
        ["help", name] if command(name).is_some() => {
            command(name).map_or(ExitCode::SUCCESS, |command| commands::say(command.usage))
        }
        [name, options @ ..] if command(name).is_some() => {
            command(name).map_or(ExitCode::SUCCESS, |command| command.run(options))
        }
        _ => {
            eprintln!("{}", commands::usage());
            ExitCode::from(2)
        }
    }
}
