//! One script for each shell.

use std::fmt::Write as _;

use super::{Completed, Operands};
use crate::help::Described;

fn names(commands: &[Completed]) -> String {
    commands.iter().map(|command| command.name).collect::<Vec<_>>().join(" ")
}

/// A text between apostrophes, for the Bourne family.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "'\\''"))
}

/// A text between apostrophes, for shells that double them.
fn doubled(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}

pub(super) fn bash(commands: &[Completed]) -> String {
    let mut cases = String::new();
    for command in commands {
        let mut words: Vec<&str> =
            command.options.iter().flat_map(|option| option.names.iter().copied()).collect();
        if let Operands::Words(more) = &command.operands {
            words.extend(more);
        }
        let files = if matches!(command.operands, Operands::Files) { " files=1" } else { "" };
        let _ = writeln!(
            cases,
            "        {}) words={}{files} ;;",
            command.name,
            quoted(&words.join(" "))
        );
    }
    let mut values = String::new();
    for (command, option) in valued(commands) {
        let keys = option.names.iter().map(|name| format!("{}:{name}", command.name));
        let keys = keys.collect::<Vec<_>>().join("|");
        let complete = match (option.choices().join(" "), option.takes_file()) {
            (choices, _) if !choices.is_empty() => {
                format!("COMPREPLY=($(compgen -W {} -- \"$cur\"))", quoted(&choices))
            }
            (_, true) => "COMPREPLY=($(compgen -f -- \"$cur\"))".to_owned(),
            (_, false) => "COMPREPLY=()".to_owned(),
        };
        let _ = writeln!(values, "        {keys}) {complete}; return ;;");
    }
    format!(
        "_klamm() {{\n    local cur=\"${{COMP_WORDS[COMP_CWORD]}}\" \
         prev=\"${{COMP_WORDS[COMP_CWORD-1]}}\" words='' files=''\n    \
         if [ \"$COMP_CWORD\" -eq 1 ]; then\n        \
         COMPREPLY=($(compgen -W {} -- \"$cur\"))\n        return\n    fi\n    \
         case \"${{COMP_WORDS[1]}}:$prev\" in\n{values}    esac\n    \
         case \"${{COMP_WORDS[1]}}\" in\n{cases}    esac\n    \
         COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n    \
         if [ -n \"$files\" ]; then COMPREPLY+=($(compgen -f -- \"$cur\")); fi\n}}\n\
         complete -o filenames -F _klamm klamm\n",
        quoted(&names(commands))
    )
}

fn valued(commands: &[Completed]) -> impl Iterator<Item = (&Completed, &Described)> {
    commands.iter().flat_map(|command| {
        let valued = command.options.iter().filter(|option| option.value.is_some());
        valued.map(move |option| (command, option))
    })
}

pub(super) fn zsh(commands: &[Completed]) -> String {
    let mut text =
        "#compdef klamm\n\n_klamm() {\n    local -a commands\n    commands=(\n".to_owned();
    for command in commands {
        let _ =
            writeln!(text, "        {}", quoted(&format!("{}:{}", command.name, command.about)));
    }
    text.push_str("    )\n    if (( CURRENT == 2 )); then\n");
    text.push_str("        _describe command commands\n        return\n    fi\n");
    text.push_str("    local command=$words[2]\n    shift words; (( CURRENT-- ))\n");
    text.push_str("    case $command in\n");
    for command in commands {
        let mut specs: Vec<String> = command.options.iter().flat_map(zsh_specs).collect();
        match &command.operands {
            Operands::None => {}
            Operands::Files => specs.push(quoted("*:file:_files")),
            Operands::Words(words) => specs.push(quoted(&format!("1: :({})", words.join(" ")))),
        }
        if specs.is_empty() {
            continue;
        }
        let specs = specs.join(" \\\n                ");
        let _ = writeln!(
            text,
            "        {})\n            _arguments -s \\\n                {specs} ;;",
            command.name
        );
    }
    text.push_str("    esac\n}\n\ncompdef _klamm klamm\n");
    text
}

fn zsh_specs(option: &Described) -> Vec<String> {
    let about = option.about.replace('\\', "\\\\").replace('[', "\\[").replace(']', "\\]");
    let about = about.replace(':', "\\:");
    let value = option.value.map_or_else(String::new, |value| {
        let choices = option.choices().join(" ");
        if !choices.is_empty() {
            format!(":value:({choices})")
        } else if option.takes_file() {
            ":file:_files".to_owned()
        } else {
            format!(":{}: ", value.replace(':', "\\:"))
        }
    });
    // Each may be given again: the parser decides.
    option.names.iter().map(|name| quoted(&format!("*{name}[{about}]{value}"))).collect()
}

pub(super) fn fish(commands: &[Completed]) -> String {
    let mut text = "complete -c klamm -f\n".to_owned();
    for command in commands {
        let Completed { name, about, options, operands } = command;
        let about = fish_quoted(about);
        let _ = writeln!(text, "complete -c klamm -n __fish_use_subcommand -a {name} -d {about}");
        let here = format!("complete -c klamm -n '__fish_seen_subcommand_from {name}'");
        for option in options {
            let _ = writeln!(text, "{here}{}", fish_option(option));
        }
        match operands {
            Operands::None => {}
            Operands::Files => {
                let _ = writeln!(text, "{here} -F");
            }
            Operands::Words(words) => {
                let _ = writeln!(text, "{here} -a {}", fish_quoted(&words.join(" ")));
            }
        }
    }
    text
}

fn fish_option(option: &Described) -> String {
    let mut text = String::new();
    for name in &option.names {
        let _ = match (name.strip_prefix("--"), name.strip_prefix('-')) {
            (Some(long), _) => write!(text, " -l {long}"),
            (None, Some(short)) if short.len() == 1 => write!(text, " -s {short}"),
            _ => write!(text, " -o {}", name.trim_start_matches('-')),
        };
    }
    let choices = option.choices().join(" ");
    if !choices.is_empty() {
        let _ = write!(text, " -x -a {}", fish_quoted(&choices));
    } else if option.takes_file() {
        text.push_str(" -r -F");
    } else if option.value.is_some() {
        text.push_str(" -x");
    }
    let _ = write!(text, " -d {}", fish_quoted(option.about));
    text
}

/// In fish an apostrophe is written in double quotes of its own.
fn fish_quoted(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "'\"'\"'"))
}

pub(super) fn powershell(commands: &[Completed]) -> String {
    let mut cases = String::new();
    for command in commands {
        let mut words = Vec::new();
        for option in &command.options {
            let about = doubled(option.about);
            words.extend(option.names.iter().map(|name| format!("@({}, {about})", doubled(name))));
        }
        if let Operands::Words(more) = &command.operands {
            words.extend(more.iter().map(|word| format!("@('{word}', '{word}')")));
        }
        let words = words.join(",\n            ");
        let _ =
            writeln!(cases, "        '{}' {{ $known = @(\n            {words}) }}", command.name);
    }
    let heads = commands
        .iter()
        .map(|command| format!("@('{}', {})", command.name, doubled(command.about)))
        .collect::<Vec<_>>()
        .join(",\n        ");
    format!(
        "Register-ArgumentCompleter -Native -CommandName klamm -ScriptBlock {{\n    \
         param($word, $ast, $position)\n    \
         $words = @($ast.CommandElements | ForEach-Object {{ $_.ToString() }})\n    \
         $known = @(\n        {heads})\n    \
         if ($words.Count -gt 2 -or ($words.Count -eq 2 -and $word -eq '')) {{\n        \
         $known = @()\n        switch ($words[1]) {{\n{cases}        }}\n    }}\n    \
         $known | Where-Object {{ $_[0] -like \"$word*\" }} | ForEach-Object {{\n        \
         [System.Management.Automation.CompletionResult]::new(\
         $_[0], $_[0], 'ParameterValue', $_[1])\n    }}\n}}\n"
    )
}

pub(super) fn elvish(commands: &[Completed]) -> String {
    let line = |name: &str, about: &str| {
        let about = doubled(&format!("{name}  {about}"));
        format!("edit:complex-candidate {} &display={about}", doubled(name))
    };
    let mut text = "set edit:completion:arg-completer[klamm] = {|@words|\n".to_owned();
    text.push_str("    var n = (count $words)\n    if (== $n 2) {\n");
    for command in commands {
        let _ = writeln!(text, "        {}", line(command.name, command.about));
    }
    for command in commands {
        let _ = writeln!(text, "    }} elif (eq $words[1] {}) {{", command.name);
        for option in &command.options {
            for name in &option.names {
                let _ = writeln!(text, "        {}", line(name, option.about));
            }
        }
        match &command.operands {
            Operands::None => {}
            Operands::Files => text.push_str("        edit:complete-filename $words[-1]\n"),
            Operands::Words(words) => {
                for word in words {
                    let _ = writeln!(text, "        {}", line(word, ""));
                }
            }
        }
    }
    text.push_str("    }\n}\n");
    text
}
