//! What a person asks of `klamm doctor`, from the words on the command line.

use std::time::Duration;

use klamm_cluster::Secret;

use super::secrets::{self, Outside};
use crate::arguments::{Arguments, Complaint};

/// What was asked for.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Options {
    /// `-b`: where to begin.
    pub(super) servers: Option<String>,
    /// `-F`: files of properties, in order.
    pub(super) files: Vec<String>,
    /// `-X`: properties that overrule those of files, with their secrets read in. Which of them is
    /// one is known by its name alone, so all are kept as such.
    pub(super) properties: Vec<(String, Secret)>,
    /// `--topic`: what is to be written to.
    pub(super) topic: Option<String>,
    /// `--json`: for programs.
    pub(super) json: bool,
    /// `--verbose`: with every API.
    pub(super) verbose: bool,
    /// `--for`: how long to go on watching.
    pub(super) watch: Option<Duration>,
    /// What a person should know about what was typed.
    pub(super) warnings: Vec<String>,
}

impl Options {
    /// Reads the words.
    ///
    /// # Errors
    /// When they make no sense, or a secret that they point at cannot be read.
    pub(super) fn read(words: &[&str], outside: &mut dyn Outside) -> Result<Self, Complaint> {
        let mut options = Self::default();
        let mut arguments = Arguments::new(words);
        while let Some(option) = arguments.next_option() {
            match option {
                "-b" | "--bootstrap-server" => {
                    options.servers = Some(arguments.value(option)?.to_owned());
                }
                "-X" => {
                    let property = arguments.value(option)?;
                    options.set(property, outside)?;
                }
                "-F" => options.files.push(arguments.value(option)?.to_owned()),
                "-t" | "--topic" => options.topic = Some(arguments.value(option)?.to_owned()),
                "--json" => options.json = true,
                "-v" | "--verbose" => options.verbose = true,
                "--for" => {
                    let seconds: u32 = arguments.parsed(option)?;
                    options.watch = Some(Duration::from_secs(seconds.into()));
                }
                unknown => return Err(format!("there is no option `{unknown}`")),
            }
        }
        Ok(options)
    }

    fn set(&mut self, property: &str, outside: &mut dyn Outside) -> Result<(), Complaint> {
        let (name, found) = secrets::property(property, outside)?;
        self.warnings.extend(found.warning);
        self.properties.push((name, found.value));
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::secrets::tests::Scripted;

    fn read(words: &[&str]) -> Result<Options, Complaint> {
        Options::read(words, &mut Scripted::default())
    }

    fn complaint(words: &[&str]) -> Complaint {
        read(words).err().unwrap()
    }

    #[test]
    fn every_option_is_read() {
        let words = [
            "-b",
            "a:1,b:2",
            "-X",
            "client.id=me=you",
            "-F",
            "f",
            "-F",
            "g",
            "--topic",
            "orders",
            "--json",
            "--verbose",
            "--for",
            "7",
        ];
        let options = read(&words).unwrap();
        assert_eq!(options.servers.as_deref(), Some("a:1,b:2"));
        assert_eq!(options.properties, [("client.id".to_owned(), Secret::from("me=you"))]);
        assert_eq!(options.files, ["f", "g"]);
        assert_eq!(options.topic.as_deref(), Some("orders"));
        assert!(options.json && options.verbose && options.warnings.is_empty());
        assert_eq!(options.watch, Some(Duration::from_secs(7)));
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_words() {
        assert_eq!(complaint(&["--topics"]), "there is no option `--topics`");
        assert_eq!(complaint(&["-b"]), "-b needs a value");
        assert_eq!(complaint(&["--for", "ever"]), "--for cannot be `ever`");
        assert_eq!(complaint(&["-X", "hunter2-MARKER"]), "-X is written NAME=VALUE");
    }

    #[test]
    fn a_secret_on_the_command_line_is_warned_of_and_not_repeated() {
        let options = read(&["-X", "sasl.password=hunter2-MARKER"]).unwrap();
        let warning = options.warnings.join("\n");
        assert!(warning.contains("`sasl.password`") && warning.contains("env:"), "{warning}");
        assert!(!warning.contains("MARKER"));
        assert_eq!(options.properties[0].1, Secret::from("hunter2-MARKER"));
        assert!(!format!("{options:?}").contains("MARKER"));
    }

    #[test]
    fn a_user_name_that_the_shell_has_eaten_is_warned_of() {
        let options = read(&["-X", "sasl.username="]).unwrap();
        assert!(options.warnings.join("\n").contains("in single quotes"));
        assert!(read(&["-X", "sasl.username=$ConnectionString"]).unwrap().warnings.is_empty());
    }
}
