//! `klamm completions`: what shells need to complete the words of this program.

mod shells;

use std::process::ExitCode;

use crate::commands::{COMMANDS, say};
use crate::help::{self, Described};

pub(crate) const USAGE: &str = "\
usage: klamm completions bash|zsh|fish|powershell|elvish

Prints a script for a shell, which then completes commands, options, their values and files. It is
made of the same texts that klamm help prints.

  klamm completions bash > /etc/bash_completion.d/klamm
  klamm completions zsh > ~/.zfunc/_klamm
  klamm completions fish > ~/.config/fish/completions/klamm.fish";

/// What is completed for one command.
struct Completed {
    name: &'static str,
    about: &'static str,
    options: Vec<Described>,
    /// What may stand without a name.
    operands: Operands,
}

/// What stands without a name.
enum Operands {
    None,
    Files,
    Words(Vec<&'static str>),
}

type Shell = (&'static str, fn(&[Completed]) -> String);

const SHELLS: &[Shell] = &[
    ("bash", shells::bash),
    ("zsh", shells::zsh),
    ("fish", shells::fish),
    ("powershell", shells::powershell),
    ("elvish", shells::elvish),
];

pub(crate) fn run(words: &[&str]) -> ExitCode {
    let shell = match words {
        [name] => SHELLS.iter().find(|(known, _)| known == name),
        _ => None,
    };
    let Some((_, script)) = shell else {
        eprintln!("klamm completions: name one shell\n\n{USAGE}");
        return ExitCode::from(2);
    };
    say(script(&commands()).trim_end())
}

fn commands() -> Vec<Completed> {
    let names = || COMMANDS.iter().map(|command| command.name);
    let mut commands: Vec<_> = COMMANDS
        .iter()
        .map(|command| Completed {
            name: command.name,
            about: command.about,
            options: help::options(command.usage),
            operands: match command.name {
                "produce" => Operands::Files,
                "completions" => Operands::Words(SHELLS.iter().map(|(name, _)| *name).collect()),
                _ => Operands::None,
            },
        })
        .collect();
    let operands = Operands::Words(names().collect());
    commands.push(Completed {
        name: "help",
        about: "say more about a command",
        options: Vec::new(),
        operands,
    });
    commands
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_shell_is_told_every_option_of_every_command() {
        for (shell, script) in SHELLS {
            let script = script(&commands());
            for command in COMMANDS {
                assert!(script.contains(command.name), "{shell}: {}", command.name);
                for name in help::options(command.usage).iter().flat_map(|one| one.names.clone()) {
                    // fish writes names without what they begin with.
                    let bare = name.trim_start_matches('-');
                    let name = if *shell == "fish" { bare } else { name };
                    assert!(script.contains(name), "{shell}: {name}");
                }
            }
        }
    }

    #[test]
    fn an_apostrophe_ends_no_word_of_a_script() {
        let about = "a broker's `name` for $5 \"here\" [x]";
        let option = Described { names: vec!["-x", "--xx"], value: Some("FILE"), about };
        let commands =
            [Completed { name: "one", about, options: vec![option], operands: Operands::Files }];
        for (shell, script) in SHELLS {
            let script = script(&commands);
            // Some shells end the word for an apostrophe of the text, and begin it anew.
            let script = script.replace("'\\''", "").replace("'\"'\"'", "");
            for line in script.lines().filter(|line| line.contains("broker")) {
                assert_eq!(line.matches('\'').count() % 2, 0, "{shell}: {line}");
            }
        }
    }
}
