//! What a machine must have to run real Kafka.

use std::io::ErrorKind;
use std::process::{Command, Stdio};

/// A program, and what one installs to have it.
type Tool = (&'static str, &'static str);

const TOOLS: &[Tool] = &[
    ("java", "a JDK, 17 or newer"),
    ("keytool", "a JDK, 17 or newer"),
    ("mvn", "Maven"),
    ("sh", "a POSIX shell"),
];

/// A sentence about what is missing, if anything is.
pub(super) fn missing() -> Option<String> {
    lacking(TOOLS)
}

fn lacking(tools: &[Tool]) -> Option<String> {
    let absent = tools.iter().filter(|(program, _)| !is_there(program));
    let named: Vec<String> =
        absent.map(|(program, source)| format!("`{program}` ({source})")).collect();
    (!named.is_empty()).then(|| format!("not on the PATH: {}", named.join(", ")))
}

/// Whether a program can be started, whatever it then makes of a question for its version.
fn is_there(program: &str) -> bool {
    let mut command = Command::new(program);
    command.args(["-version"]).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.status().map_err(|error| error.kind()) != Err(ErrorKind::NotFound)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_missing_is_named_with_what_to_install() {
        let tools = [("cargo", "Rust"), ("there-is-no-such-program", "something")];
        let expected = "not on the PATH: `there-is-no-such-program` (something)";
        assert_eq!(lacking(&tools).as_deref(), Some(expected));
        assert_eq!(lacking(&tools[..1]), None);
    }
}
