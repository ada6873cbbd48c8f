//! Where settings come from: pairs, a text, a file, an environment that is handed in.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use klamm_cluster::Secret;

use crate::error::ConfigError;
use crate::profile::Profile;
use crate::{properties, table};

/// With what the names of variables begin, by custom.
pub const ENVIRONMENT_PREFIX: &str = "KAFKA_";

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Origin {
    /// A pair that a program handed in.
    Given,
    /// A line of a text or a file.
    Line {
        /// The name of the text, or the path of the file.
        of: String,
        /// The line on which the property begins, from 1 on.
        line: usize,
    },
    /// A file as a whole.
    File(String),
    /// A variable of the environment.
    Variable(String),
    /// A profile.
    Profile(Profile),
}

/// Names and values from one place, in order. Later sources, and later values, win.
#[derive(Clone, Default)]
pub struct Source {
    entries: Vec<Entry>,
}

/// One name and its value.
#[derive(Clone)]
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) value: Secret,
    pub(crate) origin: Origin,
}

impl Source {
    /// Pairs of names and values.
    pub fn pairs<K, V>(pairs: impl IntoIterator<Item = (K, V)>) -> Self
    where
        K: Into<String>,
        V: Into<String>,
    {
        let entry = |(name, value): (K, V)| Entry {
            name: name.into(),
            value: Secret::from(value.into()),
            origin: Origin::Given,
        };
        Self { entries: pairs.into_iter().map(entry).collect() }
    }

    /// A text in the syntax of [`properties`]; `of` names it in messages.
    ///
    /// # Errors
    /// When an escape is none; the message has the line and nothing of what stands there.
    pub fn text(of: &str, text: &str) -> Result<Self, ConfigError> {
        let origin = |line| Origin::Line { of: of.to_owned(), line };
        let read = properties::read(text).map_err(|error| ConfigError {
            property: None,
            value: None,
            origin: Some(origin(error.line)),
            problem: error.problem().into(),
            fix: error.fix().into(),
        })?;
        if let Some(torn) = torn_pem(&read) {
            return Err(ConfigError {
                property: table::static_name(&torn.name).map(str::to_owned),
                value: None,
                origin: Some(origin(torn.line)),
                problem: "the PEM goes on in lines of its own, and the property does not".into(),
                fix: "End each line of the PEM but the last with `\\n\\`, or name a file".into(),
            });
        }
        let entry = |property: properties::Property| Entry {
            name: property.name,
            value: Secret::from(property.value),
            origin: origin(property.line),
        };
        Ok(Self { entries: read.into_iter().map(entry).collect() })
    }

    /// A file in the syntax of [`properties`], in UTF-8.
    ///
    /// # Errors
    /// When it cannot be read, is no UTF-8, or an escape in it is none.
    pub fn file(path: &Path) -> Result<Self, ConfigError> {
        let of = path.display().to_string();
        let refused = |problem: String, fix: &str| ConfigError {
            property: None,
            value: None,
            origin: Some(Origin::File(of.clone())),
            problem: problem.into(),
            fix: fix.into(),
        };
        let bytes = read_at_most(LONGEST, path).map_err(|error| {
            refused(format!("the file cannot be read: {error}"), "Check its path and its rights")
        })?;
        if u64::try_from(bytes.len()).map_or(true, |len| len > LONGEST) {
            let problem = "the file is longer than any with properties is (16 MiB)".to_owned();
            return Err(refused(problem, "Name a file of properties"));
        }
        let text = std::str::from_utf8(&bytes).map_err(|_| {
            let problem = "the file is not in UTF-8".to_owned();
            refused(problem, "Convert it, or write the other characters as `\\u` and four digits")
        })?;
        Self::text(&of, text)
    }

    /// The variables of an environment whose names begin with a prefix, by custom
    /// [`ENVIRONMENT_PREFIX`]: `KAFKA_SECURITY_PROTOCOL` is `security.protocol`.
    ///
    /// The environment is an argument: nothing here looks at the one of the process. A variable
    /// that names no property is reported and not refused, since images and Kubernetes set many
    /// with that prefix.
    pub fn environment<K, V>(pairs: impl IntoIterator<Item = (K, V)>, prefix: &str) -> Self
    where
        K: AsRef<str>,
        V: Into<String>,
    {
        let entry = |(variable, value): (K, V)| {
            let variable = variable.as_ref();
            let name = variable.strip_prefix(prefix).filter(|rest| !rest.is_empty())?;
            Some(Entry {
                name: table::name_of_variable(name),
                value: Secret::from(value.into()),
                origin: Origin::Variable(variable.to_owned()),
            })
        };
        let mut entries: Vec<Entry> = pairs.into_iter().filter_map(entry).collect();
        // An environment has no order of its own; messages should.
        entries.sort_by(|a, b| a.name.cmp(&b.name));
        Self { entries }
    }

    pub(crate) fn into_entries(self) -> Vec<Entry> {
        self.entries
    }
}

/// The longest file that is read: a device without an end is none with properties.
const LONGEST: u64 = 16 << 20;

/// A file up to its end, or to one byte more than the limit.
fn read_at_most(limit: u64, path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    File::open(path)?.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A PEM of which only the first line is in the value: what follows it is no property.
fn torn_pem(read: &[properties::Property]) -> Option<&properties::Property> {
    let is_torn = |value: &str| value.starts_with("-----BEGIN") && !value.contains("-----END");
    let is_unknown = |name: &str| table::static_name(name.trim()).is_none();
    let torn = read
        .windows(2)
        .find(|pair| matches!(pair, [one, next] if is_torn(&one.value) && is_unknown(&next.name)));
    torn.and_then(<[_]>::first)
}

/// Shows names of properties that are known, and no values.
impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let known = self.entries.iter().map(|entry| entry.name.as_str());
        let known = known.map(|name| table::static_name(name).unwrap_or("(unknown)"));
        f.debug_list().entries(known).finish()
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Given => f.write_str("given"),
            Self::Line { of, line } => write!(f, "{of}, line {line}"),
            Self::File(path) => f.write_str(path),
            Self::Variable(name) => write!(f, "variable {name}"),
            Self::Profile(profile) => write!(f, "profile {profile}"),
        }
    }
}
