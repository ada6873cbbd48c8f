//! What the program is told.

use std::path::PathBuf;

pub(crate) const USAGE: &str = "usage: soak --topic NAME --outcome FILE \
[--mode idempotent|txn|acks1|acks0] [--records N] [--seed N] [--rate N] [--until FILE] \
[--per-transaction N] [--properties FILE] [--set NAME=VALUE]...";

/// What is promised about records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Idempotent,
    Transactional,
    AcksOne,
    AcksNone,
}

impl Mode {
    fn of(word: &str) -> Option<Self> {
        match word {
            "idempotent" => Some(Self::Idempotent),
            "txn" => Some(Self::Transactional),
            "acks1" => Some(Self::AcksOne),
            "acks0" => Some(Self::AcksNone),
            _ => None,
        }
    }

    /// What the producer is told for it.
    const fn properties(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Idempotent => &[("enable.idempotence", "true"), ("acks", "all")],
            Self::Transactional => &[("transactional.id", "soak"), ("acks", "all")],
            Self::AcksOne => &[("enable.idempotence", "false"), ("acks", "1")],
            Self::AcksNone => &[("enable.idempotence", "false"), ("acks", "0")],
        }
    }
}

#[derive(Debug)]
pub(crate) struct Arguments {
    pub(crate) topic: String,
    pub(crate) outcome: PathBuf,
    pub(crate) mode: Mode,
    /// At most so many.
    pub(crate) records: u64,
    pub(crate) seed: u64,
    /// Records a second, or as fast as it goes.
    pub(crate) rate: Option<u64>,
    /// Sends until this file is there.
    pub(crate) until: Option<PathBuf>,
    pub(crate) per_transaction: u64,
    /// In this order; later ones win.
    pub(crate) properties: Vec<(String, String)>,
}

impl Arguments {
    pub(crate) fn parse(words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut arguments = Self {
            topic: String::new(),
            outcome: PathBuf::new(),
            mode: Mode::Idempotent,
            records: 100_000,
            seed: 1,
            rate: None,
            until: None,
            per_transaction: 2_000,
            properties: Vec::new(),
        };
        let mut words = words;
        let mut given = Vec::new();
        while let Some(option) = words.next() {
            let value = words.next().ok_or_else(|| format!("{option} says nothing\n{USAGE}"))?;
            arguments.take(&option, &value, &mut given)?;
        }
        if arguments.topic.is_empty() || arguments.outcome.as_os_str().is_empty() {
            return Err(USAGE.to_owned());
        }
        let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
        arguments.properties.extend(arguments.mode.properties().iter().map(owned));
        arguments.properties.append(&mut given);
        Ok(arguments)
    }

    fn take(
        &mut self,
        option: &str,
        value: &str,
        given: &mut Vec<(String, String)>,
    ) -> Result<(), String> {
        let number = || value.parse().map_err(|_| format!("`{option} {value}` is no number"));
        match option {
            "--topic" => value.clone_into(&mut self.topic),
            "--outcome" => self.outcome = value.into(),
            "--mode" => self.mode = Mode::of(value).ok_or(USAGE)?,
            "--records" => self.records = number()?,
            "--seed" => self.seed = number()?,
            "--rate" => self.rate = Some(number()?.max(1)),
            "--until" => self.until = Some(value.into()),
            "--per-transaction" => self.per_transaction = number()?.max(1),
            "--properties" => given.extend(file(value)?),
            "--set" => given.push(pair(value).ok_or(USAGE)?),
            _ => return Err(format!("`{option}` is not understood\n{USAGE}")),
        }
        Ok(())
    }
}

/// The lines of a file of properties, of which none is continued or escaped.
fn file(path: &str) -> Result<Vec<(String, String)>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let lines = text.lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
    let pairs = lines.map(|line| pair(line).ok_or_else(|| format!("{path}: a line has no `=`")));
    pairs.collect()
}

fn pair(text: &str) -> Option<(String, String)> {
    let (name, value) = text.split_once('=')?;
    Some((name.trim().to_owned(), value.trim().to_owned()))
}
