//! What a person asks of `klamm bench`, from the words on the command line.

use std::path::{Path, PathBuf};

use klamm::{Config, Source};
use klamm_cluster::Secret;
use klamm_config::Options as Reading;

use super::USAGE;
use crate::arguments::{Complaint, Word, told_apart};
use crate::doctor::secrets::{self, Outside};
use crate::help;

/// The most bytes that values may have together.
const MOST: usize = 256 << 20;

/// How the result is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Form {
    #[default]
    Text,
    Json,
    Csv,
}

/// How much is sent, and how.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Load {
    pub(super) records: u64,
    pub(super) warm_up: u64,
    pub(super) rate: Option<f64>,
    pub(super) threads: u16,
    pub(super) partition: Option<i32>,
    pub(super) sample: u64,
}

/// What values are like.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Likeness {
    pub(super) size: usize,
    pub(super) file: Option<String>,
    pub(super) pool: usize,
    pub(super) seed: u64,
}

/// What was asked for.
#[derive(Debug)]
pub(super) struct Options {
    pub(super) topic: String,
    files: Vec<String>,
    /// With their secrets read in; all are kept as such, since a name alone tells which is one.
    properties: Vec<(String, Secret)>,
    servers: Option<String>,
    pub(super) load: Load,
    pub(super) values: Likeness,
    pub(super) form: Form,
    /// What a person should know about what was typed.
    pub(super) warnings: Vec<String>,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            topic: String::new(),
            files: Vec::new(),
            properties: Vec::new(),
            servers: None,
            load: Load {
                records: 1_000_000,
                warm_up: 0,
                rate: None,
                threads: 1,
                partition: None,
                sample: 1,
            },
            values: Likeness { size: 100, file: None, pool: 1000, seed: 1 },
            form: Form::Text,
            warnings: Vec::new(),
        }
    }
}

impl Options {
    /// Reads the words.
    ///
    /// # Errors
    /// When they make no sense, or a secret that they point at cannot be read.
    pub(super) fn read(words: &[&str], outside: &mut dyn Outside) -> Result<Self, Complaint> {
        let mut options = Self::default();
        for word in told_apart(words, &help::options(USAGE))? {
            match word {
                Word::Operand(topic) if options.topic.is_empty() => options.topic = topic.into(),
                Word::Operand(more) => return Err(format!("`{more}` is one topic too many")),
                Word::Set("--property", property) => options.set(property, outside)?,
                Word::Set(name, value) => {
                    let was_taken = options.load.take(name, value)?
                        || options.values.take(name, value)?
                        || options.take(name, value)?;
                    if !was_taken {
                        return Err(format!("there is no option `{name}`"));
                    }
                }
            }
        }
        if options.topic.is_empty() {
            return Err("there is no topic: klamm bench TOPIC".to_owned());
        }
        let Likeness { size, pool, .. } = options.values;
        if size.saturating_mul(pool) > MOST {
            return Err(format!("--pool times --size is more than {MOST} bytes"));
        }
        Ok(options)
    }

    fn take(&mut self, name: &str, value: &str) -> Result<bool, Complaint> {
        let mut set = |property: &str, value: &str| {
            self.properties.push((property.to_owned(), Secret::from(value)));
        };
        match name {
            "--bootstrap-server" => self.servers = Some(value.to_owned()),
            "--properties" => self.files.push(value.to_owned()),
            "--compression" => set("compression.type", value),
            "--acks" => set("acks", value),
            "--linger" => set("linger.ms", value),
            "--output" => {
                self.form = match value {
                    "text" => Form::Text,
                    "json" => Form::Json,
                    "csv" => Form::Csv,
                    _ => return Err(format!("{name} cannot be `{value}`: text, json or csv")),
                };
            }
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn set(&mut self, property: &str, outside: &mut dyn Outside) -> Result<(), Complaint> {
        let (name, found) = secrets::property(property, outside)?;
        self.warnings.extend(found.warning);
        self.properties.push((name, found.value));
        Ok(())
    }

    /// The producer's settings: later properties win, and `-b` over all of them.
    ///
    /// # Errors
    /// When a setting is refused; in words.
    pub(super) fn config(&self, home: Option<PathBuf>) -> Result<Config, Complaint> {
        let mut sources = Vec::new();
        for file in &self.files {
            let source = Source::file(Path::new(file)).map_err(|error| error.to_string())?;
            sources.push(source);
        }
        let reveal = |value: &Secret| value.reveal_text().unwrap_or_default().to_owned();
        let pairs = self.properties.iter().map(|(name, value)| (name.clone(), reveal(value)));
        sources.push(Source::pairs(pairs));
        if let Some(servers) = &self.servers {
            sources.push(Source::pairs([("bootstrap.servers", servers.as_str())]));
        }
        let mut reading = Reading::default();
        reading.home = home;
        let config = Config::load(sources, &reading).map_err(|error| error.to_string())?;
        if config.producing().transactional_id.is_some() {
            return Err("transactional.id: bench makes no transactions".to_owned());
        }
        Ok(config)
    }
}

impl Load {
    fn take(&mut self, name: &str, value: &str) -> Result<bool, Complaint> {
        match name {
            "--records" => self.records = at_least_one(name, value)?,
            "--warm-up" => self.warm_up = parsed(name, value)?,
            "--sample" => self.sample = at_least_one(name, value)?,
            "--threads" => {
                let threads = parsed(name, value)?;
                self.threads = Some(threads)
                    .filter(|threads| (1..=256).contains(threads))
                    .ok_or(format!("{name} cannot be `{value}`: it is a number from 1 to 256"))?;
            }
            "--partition" => {
                let partition = parsed(name, value)?;
                self.partition = Some(partition).filter(|partition| *partition >= 0);
                self.partition.ok_or_else(|| format!("{name} cannot be `{value}`"))?;
            }
            "--rate" => {
                let rate: f64 = parsed(name, value)?;
                self.rate = Some(rate).filter(|rate| rate.is_finite() && *rate > 0.0);
                self.rate.ok_or_else(|| format!("{name} cannot be `{value}`"))?;
            }
            _ => return Ok(false),
        }
        Ok(true)
    }
}

impl Likeness {
    fn take(&mut self, name: &str, value: &str) -> Result<bool, Complaint> {
        match name {
            "--size" => self.size = parsed(name, value)?,
            "--payload-file" => self.file = Some(value.to_owned()),
            "--pool" => {
                let pool = at_least_one(name, value)?;
                self.pool = usize::try_from(pool).unwrap_or(usize::MAX);
            }
            "--seed" => self.seed = parsed(name, value)?,
            _ => return Ok(false),
        }
        Ok(true)
    }
}

fn parsed<T: std::str::FromStr>(name: &str, value: &str) -> Result<T, Complaint> {
    value.parse().map_err(|_| format!("{name} cannot be `{value}`"))
}

fn at_least_one(name: &str, value: &str) -> Result<u64, Complaint> {
    let number: u64 = parsed(name, value)?;
    if number == 0 { Err(format!("{name} cannot be `0`")) } else { Ok(number) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::doctor::secrets::tests::Scripted;

    fn read(words: &[&str]) -> Result<Options, Complaint> {
        Options::read(words, &mut Scripted::default())
    }

    #[test]
    fn every_option_finds_its_place() {
        let text = "orders -b a:1 -n 7 --warm-up 2 --rate 2.5 --threads 3 -p 4 --sample 5 --size 6 \
                    --pool 8 --seed 9 --output csv -z lz4 --linger 10 --acks all -X client.id=me";
        let words: Vec<&str> = text.split_whitespace().collect();
        let options = read(&words).unwrap();
        let load = Load {
            records: 7,
            warm_up: 2,
            rate: Some(2.5),
            threads: 3,
            partition: Some(4),
            sample: 5,
        };
        assert_eq!(options.load, load);
        assert_eq!(options.values, Likeness { size: 6, file: None, pool: 8, seed: 9 });
        assert_eq!((options.topic.as_str(), options.form), ("orders", Form::Csv));
        let config = options.config(None).unwrap();
        assert_eq!(config.producing().batching.linger, std::time::Duration::from_millis(10));
    }

    #[test]
    fn what_makes_no_sense_is_refused_in_words() {
        let complaint = |words: &[&str]| read(words).unwrap_err();
        assert_eq!(complaint(&[]), "there is no topic: klamm bench TOPIC");
        assert_eq!(complaint(&["a", "b"]), "`b` is one topic too many");
        for (name, value) in
            [("--rate", "0"), ("--rate", "inf"), ("-n", "0"), ("-p", "-1"), ("--threads", "0")]
        {
            let said = complaint(&["a", name, value]);
            assert!(said.contains(&format!("cannot be `{value}`")), "{said}");
        }
        assert!(complaint(&["a", "--size", "1000000", "--pool", "1000"]).contains("--pool times"));
        let transactional = read(&["a", "-b", "b:1", "-X", "transactional.id=t"]).unwrap();
        assert!(transactional.config(None).unwrap_err().contains("makes no transactions"));
        assert_eq!(complaint(&["a", "-X", "hunter2-MARKER"]), "-X is written NAME=VALUE");
    }
}
