//! What a person asks of `klamm produce`, from the words on the command line.

use klamm_cluster::Secret;
use memchr::memmem::Finder;

use super::USAGE;
use super::chunks::Reads;
use super::escape::{delimiter, unescaped};
use super::input::{Format, Reading};
use crate::arguments::{Complaint, Word, told_apart};
use crate::doctor::secrets::{self, Outside};
use crate::help;

/// Where records go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Target {
    Topic(String),
    /// Where each of them says.
    Named,
}

/// Which records share a transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Per {
    File,
    Run,
    Records(u64),
}

/// What is said of the run while it goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Progress {
    /// To people, on a terminal.
    #[default]
    Auto,
    None,
    Json,
}

/// What goes to the cluster, and how.
#[derive(Debug, Default)]
pub(super) struct Sending {
    pub(super) target: Option<Target>,
    pub(super) partition: Option<i32>,
    pub(super) key: Option<Vec<u8>>,
    pub(super) headers: Vec<(String, Option<Vec<u8>>)>,
    pub(super) timestamp: Option<i64>,
    pub(super) per: Option<Per>,
    pub(super) count: Option<u64>,
    pub(super) rate: Option<f64>,
    pub(super) is_strict: bool,
}

/// Whom to talk to, in which words.
#[derive(Debug, Default)]
pub(super) struct Connecting {
    pub(super) servers: Option<String>,
    pub(super) files: Vec<String>,
    /// With their secrets read in. Which of them is one is known by its name alone, so all are kept
    /// as such.
    pub(super) properties: Vec<(String, Secret)>,
    pub(super) dumps: bool,
    /// Whether it is only asked what could be set.
    pub(super) lists: bool,
}

/// What is told.
#[derive(Debug, Default)]
pub(super) struct Telling {
    pub(super) json: bool,
    pub(super) tee: bool,
    pub(super) dry_run: bool,
    pub(super) progress: Progress,
    pub(super) is_quiet: bool,
    pub(super) is_verbose: bool,
}

/// What was asked for.
#[derive(Debug, Default)]
pub(super) struct Options {
    pub(super) connecting: Connecting,
    pub(super) sending: Sending,
    pub(super) telling: Telling,
    pub(super) reading: Reading,
    pub(super) reads: Reads,
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
        let mut operands = Vec::new();
        for word in told_apart(words, &help::options(USAGE))? {
            match word {
                Word::Operand(operand) => operands.push(operand.to_owned()),
                Word::Set(name, value) => {
                    let was_taken = options.connecting.take(name, value)?
                        || options.sending.take(name, value)?
                        || options.telling.take(name, value)?
                        || options.reading.take(name, value)?;
                    match name {
                        "--property" => options.set(value, outside)?,
                        "--follow" => options.reads.follow = true,
                        "--repeat" => options.reads.repeat = parsed(name, value)?,
                        _ if was_taken => {}
                        _ => return Err(format!("there is no option `{name}`")),
                    }
                }
            }
        }
        options.place(operands);
        options.check()?;
        Ok(options)
    }

    fn set(&mut self, property: &str, outside: &mut dyn Outside) -> Result<(), Complaint> {
        match property {
            "dump" => self.connecting.dumps = true,
            "list" => self.connecting.lists = true,
            _ => return self.set_one(property, outside),
        }
        Ok(())
    }

    fn set_one(&mut self, property: &str, outside: &mut dyn Outside) -> Result<(), Complaint> {
        let (name, found) = secrets::property(property, outside)?;
        self.warnings.extend(found.warning);
        self.connecting.properties.push((name, found.value));
        Ok(())
    }

    fn place(&mut self, mut operands: Vec<String>) {
        if self.sending.target.is_none() && !operands.is_empty() {
            self.sending.target = Some(Target::Topic(operands.remove(0)));
        }
        self.reads.inputs = operands;
        if self.reads.inputs.is_empty() {
            self.reads.inputs.push("-".to_owned());
        }
    }

    /// What cannot be together.
    fn check(&self) -> Result<(), Complaint> {
        let Self { sending, telling, reading, reads, .. } = self;
        let format = reading.format;
        let (is_line, has_parts) = (
            matches!(format, Format::Lines | Format::Hex),
            matches!(format, Format::Json | Format::Csv),
        );
        let has_key_delimiter = reading.splitting.key_delimiter.is_some();
        let asks = self.connecting.dumps || self.connecting.lists;
        let refused = if sending.target.is_none() && !asks {
            "there is no topic: klamm produce TOPIC"
        } else if sending.target == Some(Target::Named) && !has_parts {
            "--topics-from-input needs --input json or csv"
        } else if has_key_delimiter && !is_line {
            "-K is for --input lines and hex; in json and csv a key stands by itself"
        } else if has_key_delimiter && sending.key.is_some() {
            "-k and -K exclude each other: -K reads a key from every line"
        } else if reads.repeat > 1 && reads.inputs.iter().any(|input| input == "-") {
            "--repeat needs files: standard input can be read once"
        } else if reads.inputs.iter().filter(|input| *input == "-").count() > 1 {
            "standard input can be read once"
        } else if reads.follow && (reads.inputs.len() != 1 || reads.inputs == ["-"]) {
            "--follow needs one file: standard input is read as it comes in any case"
        } else if reads.follow && (reads.repeat > 1 || format == Format::Whole) {
            "--follow never meets the end of a file: leave --repeat and --input whole out"
        } else if reads.follow && sending.per.is_some() {
            "--follow makes no transactions: while nothing is written, one would stay open"
        } else if telling.json && telling.tee {
            "-T and --output json exclude each other: both print on standard output"
        } else if telling.dry_run && sending.per.is_some() {
            "--dry-run makes no transactions"
        } else {
            return Ok(());
        };
        Err(refused.to_owned())
    }
}

fn parsed<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, Complaint> {
    value.parse().map_err(|_| format!("{name} cannot be `{value}`"))
}

fn chosen<T: Copy>(name: &str, value: &str, words: &[(&str, T)]) -> Result<T, Complaint> {
    let found = words.iter().find(|(word, _)| *word == value);
    found.map(|(_, choice)| *choice).ok_or_else(|| {
        let words: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        format!("{name} cannot be `{value}`: it is one of {}", words.join(", "))
    })
}

impl Connecting {
    fn take(&mut self, name: &str, value: &str) -> Result<bool, Complaint> {
        match name {
            "--bootstrap-server" => self.servers = Some(value.to_owned()),
            "--properties" => self.files.push(value.to_owned()),
            "--compression" => {
                let words = ["none", "gzip", "snappy", "lz4", "zstd"].map(|word| (word, word));
                let codec = chosen(name, value, &words)?;
                self.properties.push(("compression.type".to_owned(), Secret::from(codec)));
            }
            "--acks" => {
                let words = [("0", "0"), ("1", "1"), ("all", "all"), ("-1", "all")];
                let acks = chosen(name, value, &words)?;
                self.properties.push(("acks".to_owned(), Secret::from(acks)));
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Sending {
    fn take(&mut self, name: &str, value: &str) -> Result<bool, Complaint> {
        match name {
            "--topic" => self.target = Some(Target::Topic(value.to_owned())),
            "--topics-from-input" => self.target = Some(Target::Named),
            "--partition" => {
                let partition: i32 = parsed(name, value)?;
                if partition < -1 {
                    return Err(format!("{name} cannot be `{value}`"));
                }
                self.partition = Some(partition);
            }
            "--key" => self.key = Some(value.as_bytes().to_vec()),
            "--header" => {
                let (key, value) = match value.split_once('=') {
                    Some((key, value)) => (key, Some(value.as_bytes().to_vec())),
                    None => (value, None),
                };
                self.headers.push((key.to_owned(), value));
            }
            "--timestamp" => self.timestamp = Some(parsed(name, value)?),
            "--count" => self.count = Some(parsed(name, value)?),
            "--rate" => {
                let rate: f64 = parsed(name, value)?;
                let is_rate = rate.is_finite() && rate > 0.0;
                self.rate = Some(rate).filter(|_| is_rate);
                self.rate.ok_or_else(|| format!("{name} cannot be `{value}`"))?;
            }
            "--transaction-per" => self.per = Some(per(name, value)?),
            "--strict" => self.is_strict = true,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn per(name: &str, value: &str) -> Result<Per, Complaint> {
    match value {
        "file" => Ok(Per::File),
        "run" => Ok(Per::Run),
        number => match number.parse() {
            Ok(records) if records > 0 => Ok(Per::Records(records)),
            _ => Err(format!("{name} cannot be `{value}`: it is file, run or a number")),
        },
    }
}

impl Telling {
    fn take(&mut self, name: &str, value: &str) -> Result<bool, Complaint> {
        match name {
            "--output" => self.json = chosen(name, value, &[("none", false), ("json", true)])?,
            "--tee" => self.tee = true,
            "--dry-run" => self.dry_run = true,
            "--progress" => {
                let words =
                    [("auto", Progress::Auto), ("none", Progress::None), ("json", Progress::Json)];
                self.progress = chosen(name, value, &words)?;
            }
            "--quiet" => self.is_quiet = true,
            "--verbose" => self.is_verbose = true,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Reading {
    fn take(&mut self, name: &str, value: &str) -> Result<bool, Complaint> {
        match name {
            "--input" => self.format = chosen(name, value, &Format::ALL)?,
            "--lines" => self.format = Format::Lines,
            "--delimiter" => self.delimiter = delimiter("-D", value)?,
            "--key-delimiter" => {
                let bytes = delimiter("-K", value)?;
                self.splitting.key_delimiter = Some(Finder::new(&bytes).into_owned());
            }
            "--empty-is-null" => self.splitting.empty_is_null = true,
            "--columns" => self.columns.map(value)?,
            "--separator" => {
                self.columns.separator = match unescaped(value)?.as_slice() {
                    [byte] if !b"\"\r\n".contains(byte) => *byte,
                    _ => return Err(format!("{name} is one byte, and no quote or end of line")),
                };
            }
            "--max-line" => self.longest = parsed(name, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

#[cfg(test)]
mod tests;
