//! What is asked of a run.

use super::cases::CASES;
use super::tool::Tool;

/// What can stand behind the command's name.
pub(crate) const USAGE: &str = "[--records N] [--only NAME]... [--bootstrap ADDR [--moves]] \
    [--no-moves] [--outages] [--if-present]";

const RECORDS: u64 = 1_000_000;

/// What is asked of a run.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Options {
    pub(super) records: u64,
    /// Names of cases or beginnings of names; none means all.
    only: Vec<String>,
    /// A cluster that runs already; without one, ours is started.
    pub(super) bootstrap: Option<String>,
    /// Whether leaders move: ours do, those of a given cluster only when asked for.
    pub(super) moves: bool,
    /// Whether nodes of ours freeze, die and come back.
    pub(super) outages: bool,
    /// Whether a missing toolchain is told and forgiven.
    pub(super) if_present: bool,
}

/// How the command is used, and the names that it knows.
pub(super) fn usage() -> String {
    let names: Vec<&str> = CASES.iter().map(|case| case.name).collect();
    let names = names.join(" ");
    format!("usage: cargo xtask kafka foreign {USAGE}\nnames, or their beginnings: {names}")
}

impl Options {
    pub(super) fn parse(args: &[&str]) -> Result<Self, String> {
        let given = args.contains(&"--bootstrap");
        let mut options = Self {
            records: RECORDS,
            only: Vec::new(),
            bootstrap: None,
            moves: !given,
            outages: false,
            if_present: false,
        };
        let mut rest = args;
        loop {
            rest = match rest {
                [] => return Ok(options),
                ["--no-moves", rest @ ..] => {
                    options.moves = false;
                    rest
                }
                ["--outages", rest @ ..] => {
                    options.outages = true;
                    rest
                }
                ["--moves", rest @ ..] => {
                    options.moves = true;
                    rest
                }
                ["--if-present", rest @ ..] => {
                    options.if_present = true;
                    rest
                }
                [name, value, rest @ ..] => {
                    options.set(name, value)?;
                    rest
                }
                [_] => return Err(usage()),
            };
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "--records" => {
                let number = value.parse().ok().filter(|records| *records > 0);
                self.records =
                    number.ok_or_else(|| format!("`{value}` is no number\n{}", usage()))?;
            }
            "--only" if CASES.iter().any(|case| case.name.starts_with(value)) => {
                self.only.push(value.to_owned());
            }
            "--bootstrap" => self.bootstrap = Some(value.to_owned()),
            _ => return Err(format!("`{name} {value}` is not known\n{}", usage())),
        }
        Ok(())
    }

    /// The tool that moves the leaders of a given cluster.
    pub(super) fn mover(&self) -> Option<Tool> {
        (self.moves && self.bootstrap.is_some()).then_some(Tool::Java)
    }

    pub(super) fn chooses(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|only| name.starts_with(only.as_str()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_beginning_chooses_all_cases_of_that_name() {
        let options = Options::parse(&["--only", "rdkafka", "--only", "java-group"]).unwrap();
        assert!(options.chooses("rdkafka-lz4") && options.chooses("java-group"));
        assert!(!options.chooses("franz-go-idempotent"));
    }

    #[test]
    fn without_a_choice_everything_is_run() {
        let options = Options::parse(&["--records", "5", "--no-moves"]).unwrap();
        assert!(options.chooses("anything") && !options.moves && options.records == 5);
    }

    #[test]
    fn leaders_of_a_given_cluster_stay_unless_they_are_to_move() {
        let moves = |args: &[&str]| Options::parse(args).unwrap().moves;
        assert!(moves(&[]) && !moves(&["--no-moves"]));
        assert!(!moves(&["--bootstrap", "a:1"]) && moves(&["--bootstrap", "a:1", "--moves"]));
    }

    #[test]
    fn an_unknown_case_is_refused_with_the_names_that_exist() {
        let error = Options::parse(&["--only", "cobol"]).unwrap_err();
        assert!(error.contains("`--only cobol`") && error.contains("java-group"), "{error}");
    }

    #[test]
    fn no_records_prove_nothing_and_are_refused() {
        assert!(Options::parse(&["--records", "0"]).is_err());
        assert!(Options::parse(&["--records"]).is_err());
    }
}
