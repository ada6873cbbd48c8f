//! The commands: one table for the dispatch, the help and the completions.

use std::process::ExitCode;

use crate::{benchmark, completions, demo, doctor, mock, produce};

/// A command.
pub(crate) struct Command {
    pub(crate) name: &'static str,
    pub(crate) about: &'static str,
    /// Its help, from which its options are known.
    pub(crate) usage: &'static str,
    run: fn(&[&str]) -> ExitCode,
}

impl Command {
    /// Runs it with these words, or tells its help if they ask for it.
    pub(crate) fn run(&self, words: &[&str]) -> ExitCode {
        match words {
            ["help" | "--help" | "-h"] => say(self.usage),
            _ => (self.run)(words),
        }
    }
}

/// Every command but `help`.
pub(crate) const COMMANDS: &[Command] = &[
    Command {
        name: "bench",
        about: "measure how fast records are written, and how long each takes",
        usage: benchmark::USAGE,
        run: benchmark::run,
    },
    Command {
        name: "completions",
        about: "print what a shell needs to complete the words of this program",
        usage: completions::USAGE,
        run: completions::run,
    },
    Command {
        name: "demo",
        about: "show what the producer promises, on a cluster in this process",
        usage: demo::USAGE,
        run: demo::run,
    },
    Command {
        name: "doctor",
        about: "say what stands between here and a written record, and what to do",
        usage: doctor::USAGE,
        run: doctor::run,
    },
    Command {
        name: "mock",
        about: "serve a cluster in this process, until interrupted",
        usage: mock::USAGE,
        run: mock::run,
    },
    Command {
        name: "produce",
        about: "write records that are read from files or from standard input",
        usage: produce::USAGE,
        run: produce::run,
    },
];

/// The help of the program as a whole.
pub(crate) fn usage() -> String {
    let mut text = "usage: klamm COMMAND [options]\n\n".to_owned();
    for Command { name, about, .. } in COMMANDS {
        text.push_str(&format!("  {name:<12} {about}\n"));
    }
    text.push_str(&format!(
        "  {:<12} say more about a command: klamm help COMMAND\n\n  \
         klamm mock --topics orders:3 --port 9092\n  \
         klamm doctor -b localhost:9092 --topic orders\n  \
         echo hello | klamm produce orders -b localhost:9092",
        "help"
    ));
    text
}

/// Prints a text, to somebody who may have gone.
pub(crate) fn say(text: &str) -> ExitCode {
    use std::io::Write as _;
    let _ = writeln!(std::io::stdout(), "{text}");
    ExitCode::SUCCESS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::help;

    #[test]
    fn every_help_ends_with_three_lines_to_copy() {
        for command in COMMANDS {
            let begin = format!("klamm {} ", command.name);
            let last = command.usage.rsplit("\n\n").next().unwrap();
            let examples = last.lines().filter(|line| line.contains(&begin)).count();
            assert!(examples >= 3, "{}: {last}", command.name);
        }
    }

    #[test]
    fn every_option_says_what_it_does_and_bears_a_name_of_its_own() {
        for command in COMMANDS {
            let options = help::options(command.usage);
            assert!(!options.is_empty() || command.name == "completions");
            let mut names: Vec<_> = options.iter().flat_map(|option| &option.names).collect();
            let count = names.len();
            names.sort_unstable();
            names.dedup();
            assert_eq!(names.len(), count, "{}", command.name);
            for option in &options {
                assert!(!option.about.is_empty(), "{} {}", command.name, option.name());
            }
        }
    }

    #[test]
    fn no_line_of_help_is_wider_than_a_page() {
        for line in COMMANDS.iter().flat_map(|command| command.usage.lines()) {
            assert!(line.chars().count() <= 100, "{line}");
        }
    }
}
