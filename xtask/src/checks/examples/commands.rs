//! The commands of `README.md`: each one runs, or stands in a list with the reason why not.

use std::process::Command;
use std::time::Duration;

use super::super::cargo::cargo;
use super::super::finding::Finding;
use super::super::timed;
use super::profile;
use crate::support;

/// What the command line may take for one of them, on a busy machine too.
const LIMIT: Duration = Duration::from_secs(120);

/// How a command of the command line begins. The profile changes nothing that is checked here, so
/// that nothing is built a second time for it.
const CLI: &str = "cargo run --release -p klamm-cli -- ";

/// Commands that are not run here, by how they begin, each with the reason.
const NOT_RUN: &[(&str, &str)] = &[
    ("cargo test --workspace", "the step `no-c --build` of ci"),
    ("cargo run --release -p klamm-cli -- doctor -b", "needs a broker; its tests have one"),
    ("cargo run --release -p klamm-cli -- produce orders -b", "needs a broker; its tests have one"),
    ("cargo run --release -p klamm-cli -- bench orders -b", "needs a broker; its tests have one"),
    ("cargo run --release -p klamm-cli -- mock", "serves until it is interrupted"),
];

/// Commands of a text that do not run, and lines of the list that stand for none.
pub(super) fn findings(readme: &str) -> Result<Vec<Finding>, String> {
    let typed = typed(readme);
    let mut found = stale(&typed);
    let mut asked: Vec<(usize, &str)> = Vec::new();
    for (line, command) in typed {
        match command.strip_prefix(CLI) {
            _ if NOT_RUN.iter().any(|(begin, _)| command.starts_with(begin)) => {}
            Some(words) => asked.push((line, words)),
            None => found.push(finding(line, format!("nobody knows how to check `{command}`"))),
        }
    }
    if asked.is_empty() {
        return Ok(found);
    }
    support::run(&mut cargo(&["build", "--quiet", "--locked", "--package", "klamm-cli"]))?;
    let program = profile()?.join("klamm");
    for (line, words) in asked {
        let outcome = timed::output(Command::new(&program).args(words.split(' ')), LIMIT);
        println!("klamm {words}: {}", if outcome.is_ok() { "runs" } else { "fails" });
        let failed = outcome.err().map(|error| finding(line, format!("`klamm {words}` {error}")));
        found.extend(failed);
    }
    Ok(found)
}

fn finding(line: usize, text: String) -> Finding {
    Finding::at("README.md", line, "command", text)
}

/// The cargo commands in the blocks of a text, with their lines, without what is piped into them.
fn typed(readme: &str) -> Vec<(usize, &str)> {
    let mut is_block = false;
    let mut typed = Vec::new();
    for (index, line) in readme.lines().enumerate() {
        if line.starts_with("```") {
            is_block = !is_block;
        } else if let Some(at) = line.find("cargo ").filter(|_| is_block) {
            let (_, command) = line.split_at(at);
            let command = command.split("  #").next().unwrap_or(command);
            typed.push((index + 1, command.trim_end()));
        }
    }
    typed
}

fn stale(typed: &[(usize, &str)]) -> Vec<Finding> {
    let is_stale = |begin: &str| !typed.iter().any(|(_, command)| command.starts_with(begin));
    let stale = NOT_RUN.iter().filter(|(begin, _)| is_stale(begin));
    stale.map(|(begin, _)| finding(0, format!("no command begins with `{begin}`"))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_stand_in_blocks_behind_pipes_and_before_remarks() {
        let text = "cargo build\n```\ncargo test  # all of it\necho a | cargo run\n```\ncargo x\n";
        assert_eq!(typed(text), [(3, "cargo test"), (4, "cargo run")]);
    }

    #[test]
    fn a_command_that_nobody_can_check_is_found() {
        let found = findings("```\ncargo install klamm\n```\n").unwrap();
        let unknown = found.iter().filter(|finding| finding.line == 2).count();
        assert_eq!(unknown, 1, "{found:?}");
        assert_eq!(found.len(), 1 + NOT_RUN.len(), "the others are stale here");
    }
}
