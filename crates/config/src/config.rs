//! A configuration: settings, and where each of them came from.

use std::fmt;
use std::path::{Path, PathBuf};

use klamm_cluster::sasl::Credentials;
use klamm_cluster::{Settings, TransportSettings};

use crate::assemble::{self, Assembled};
use crate::draft::Draft;
use crate::error::{ConfigError, MASK, Problem, shortened};
use crate::explain::{self, Explanation};
use crate::family::{self, Decided, Family};
use crate::given::{Given, Givens, shown_value};
use crate::nearest::nearest;
use crate::producing::Producing;
use crate::profile::{self, Profile};
use crate::read;
use crate::row::Row;
use crate::source::{Entry, Origin, Source};
use crate::table;
use crate::token::TokenSource;
use crate::warning::Warning;

/// How sources are read.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct Options {
    /// Whose names they hold.
    pub family: Family,
    /// For what `~` at the beginning of a path stands.
    pub home: Option<PathBuf>,
    /// The profile below all sources, unless one of them names another.
    pub profile: Option<Profile>,
}

impl Options {
    /// With this family.
    #[must_use]
    pub fn family(self, family: Family) -> Self {
        Self { family, ..self }
    }

    /// With this home directory.
    #[must_use]
    pub fn home(self, home: impl Into<PathBuf>) -> Self {
        Self { home: Some(home.into()), ..self }
    }

    /// With this profile below all sources.
    #[must_use]
    pub fn profile(self, profile: Profile) -> Self {
        Self { profile: Some(profile), ..self }
    }
}

/// Everything that is set, ready for use, and where it came from.
///
/// `Debug` and [`dump`](Self::dump) show no secret.
#[derive(Clone)]
pub struct Config {
    settings: Settings,
    transport: TransportSettings,
    tokens: TokenSource,
    producing: Producing,
    family: Decided,
    profile: Option<Profile>,
    givens: Givens,
    warnings: Vec<Warning>,
}

impl Config {
    /// Reads pairs of names and values.
    ///
    /// ```
    /// use klamm_config::Config;
    ///
    /// let config = Config::from_properties([
    ///     ("bootstrap.servers", "kafka:9092"),
    ///     ("request.timeout.ms", "10000"),
    /// ])?;
    /// assert_eq!(config.settings().bootstrap.len(), 1);
    /// # Ok::<(), klamm_config::ConfigError>(())
    /// ```
    ///
    /// # Errors
    /// When a name is not known, or a value is refused, by itself or beside the others.
    pub fn from_properties<K, V>(
        pairs: impl IntoIterator<Item = (K, V)>,
    ) -> Result<Self, ConfigError>
    where
        K: Into<String>,
        V: Into<String>,
    {
        Self::load([Source::pairs(pairs)], &Options::default())
    }

    /// Reads a text in the syntax of Java's `.properties`; `of` names it in messages.
    ///
    /// # Errors
    /// When the text cannot be read, or as [`load`](Self::load).
    pub fn from_text(of: &str, text: &str) -> Result<Self, ConfigError> {
        Self::load([Source::text(of, text)?], &Options::default())
    }

    /// Reads a file in the syntax of Java's `.properties`.
    ///
    /// # Errors
    /// When the file cannot be read, or as [`load`](Self::load).
    pub fn from_file(path: impl AsRef<Path>) -> Result<Self, ConfigError> {
        Self::load([Source::file(path.as_ref())?], &Options::default())
    }

    /// Reads the variables of an environment that begin with a prefix, by custom
    /// [`ENVIRONMENT_PREFIX`](crate::source::ENVIRONMENT_PREFIX); `std::env::vars()` is the one of
    /// the process.
    ///
    /// # Errors
    /// As [`load`](Self::load), but that a name that is not known is a warning.
    pub fn from_environment<K, V>(
        pairs: impl IntoIterator<Item = (K, V)>,
        prefix: &str,
    ) -> Result<Self, ConfigError>
    where
        K: AsRef<str>,
        V: Into<String>,
    {
        Self::load([Source::environment(pairs, prefix)], &Options::default())
    }

    /// Reads sources, of which later ones win.
    ///
    /// # Errors
    /// When a name is not known, or a value is refused, by itself or beside the others.
    pub fn load(
        sources: impl IntoIterator<Item = Source>,
        options: &Options,
    ) -> Result<Self, ConfigError> {
        let mut warnings = Vec::new();
        let mut givens = Givens::default();
        for (source, entries) in sources.into_iter().map(Source::into_entries).enumerate() {
            for entry in entries {
                take(entry, source, &mut givens, &mut warnings)?;
            }
        }
        let family = family::decide(options.family, &givens)?;
        let profile = profile::chosen(options.profile, &givens);
        let profile = profile.map_err(|problem| givens.refuse(None, problem))?;
        report_family(family, &givens, &mut warnings);
        if let Some(profile) = profile {
            profile::put_below(profile, family.is_librdkafka, &mut givens);
        }
        let mut draft = Draft::new(family, options);
        read_all(&givens, family, &mut draft)?;
        draft.profile = profile;
        let assembled = assemble::assemble(draft, &givens);
        let assembled = assembled.map_err(|problem| givens.refuse(None, problem))?;
        let Assembled { settings, transport, tokens, producing, warnings: more } = assembled;
        warnings.extend(more);
        Ok(Self { settings, transport, tokens, producing, family, profile, givens, warnings })
    }

    /// What the machines read.
    pub fn settings(&self) -> Settings {
        self.settings.clone()
    }

    /// The same, to be changed.
    pub fn settings_mut(&mut self) -> &mut Settings {
        &mut self.settings
    }

    /// What producers are told.
    pub fn producing(&self) -> Producing {
        self.producing.clone()
    }

    /// The same, to be changed.
    pub fn producing_mut(&mut self) -> &mut Producing {
        &mut self.producing
    }

    /// How connections are opened.
    pub fn transport(&self) -> TransportSettings {
        self.transport.clone()
    }

    /// The same, to be changed.
    pub fn transport_mut(&mut self) -> &mut TransportSettings {
        &mut self.transport
    }

    /// Who we say we are; `None` where nobody asks.
    pub fn credentials(&self) -> Option<&Credentials> {
        self.settings.sasl.as_ref()
    }

    /// Where tokens for OAUTHBEARER come from.
    pub fn tokens(&self) -> &TokenSource {
        &self.tokens
    }

    /// Whose names were read: never [`Family::Detect`].
    pub fn family(&self) -> Family {
        if self.family.is_librdkafka { Family::Librdkafka } else { Family::Java }
    }

    /// The profile below what was given.
    pub fn profile(&self) -> Option<Profile> {
        self.profile
    }

    /// What was accepted, but not as somebody may have meant it.
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// Everything that was given, in lines of name and value, without secrets.
    pub fn dump(&self) -> String {
        let line = |(name, value, origin): (&str, String, &Origin)| {
            let is_worth_saying = *origin != Origin::Given;
            let comment = is_worth_saying.then(|| format!("  # {origin}"));
            format!("{name}={value}{}\n", comment.unwrap_or_default())
        };
        self.shown().map(line).collect()
    }

    /// What is known of a name, and what was given for it; `None` for a name that is not known.
    pub fn explain(&self, name: &str) -> Option<Explanation> {
        let row = table::row(name, self.family)?;
        Some(explain::explain(row, self.givens.get(name)))
    }

    fn shown(&self) -> impl Iterator<Item = (&'static str, String, &Origin)> {
        self.givens.iter().map(|(name, given)| {
            let value = table::row(name, self.family).and_then(|row| shown_value(row, given));
            (name, value.unwrap_or_else(|| MASK.to_owned()), &given.origin)
        })
    }
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let given: Vec<String> =
            self.shown().map(|(name, value, _)| format!("{name}={value}")).collect();
        let mut shown = f.debug_struct("Config");
        shown.field("family", &self.family()).field("given", &given);
        shown.field("warnings", &self.warnings).finish_non_exhaustive()
    }
}

/// Takes a pair under the name that the table has.
fn take(
    entry: Entry,
    source: usize,
    givens: &mut Givens,
    warnings: &mut Vec<Warning>,
) -> Result<(), ConfigError> {
    let Entry { name, value, origin } = entry;
    match (table::static_name(name.trim()), &origin) {
        (Some(name), _) => {
            let before = givens.get(name).filter(|before| before.source == source);
            if before.is_some_and(|before| before.value != value) {
                let place =
                    if origin == Origin::Given { String::new() } else { format!(" ({origin})") };
                let text = format!("it is set more than once, and the last time counts{place}");
                warnings.push(Warning::new(name, text));
            }
            givens.put(name, Given { value, origin, source });
        }
        (None, Origin::Variable(variable)) => {
            let text = match nearest(&name) {
                Some(near) => format!("no property has the name `{name}`; nearest is `{near}`"),
                None => format!("no property has the name `{name}`"),
            };
            warnings.push(Warning::new(variable, text));
        }
        (None, _) => match table::whose(name.trim()) {
            Some(whose) => {
                let text = format!("this has no effect: it is a setting of {whose}");
                warnings.push(Warning::new(name.trim(), text));
            }
            None => return Err(unknown(&name, origin)),
        },
    }
    Ok(())
}

/// What looks like a name is shown; anything else may be a secret that lost its place.
fn unknown(name: &str, origin: Origin) -> ConfigError {
    let near = nearest(name);
    let is_name = |c: char| c.is_ascii_lowercase() || ".-_".contains(c);
    let shows = near.is_some() || (name.len() <= 64 && name.chars().all(is_name));
    let fix = match near {
        Some(near) => format!("Write `{near}` if that is meant"),
        None => "Leave it out, or look for its name in the documentation".to_owned(),
    };
    ConfigError {
        property: Some(if shows { shortened(name) } else { "(not shown)".to_owned() }),
        value: None,
        origin: Some(origin),
        problem: "no property has this name".into(),
        fix: fix.into(),
    }
}

fn report_family(family: Decided, givens: &Givens, warnings: &mut Vec<Warning>) {
    let clash =
        |name| table::row(name, family).and_then(|row| row.clash).map(|clash| (name, clash));
    let names = givens.names().filter(|_| family.is_librdkafka);
    let clashes: Vec<_> = names.filter_map(clash).collect();
    if let Some(by) = family.by.filter(|_| !clashes.is_empty()) {
        let text = "only librdkafka has this name, so names with two meanings are read as \
            librdkafka means them";
        warnings.push(Warning::new(by, text));
    }
    let warned = clashes
        .into_iter()
        .map(|(name, clash)| Warning::new(name, format!("read as librdkafka means it: {clash}")));
    warnings.extend(warned);
}

fn read_all(givens: &Givens, family: Decided, draft: &mut Draft) -> Result<(), ConfigError> {
    let mut done: Vec<&Row> = Vec::new();
    for row in table::rows() {
        let is_meant = table::row(row.name, family).is_some_and(|meant| std::ptr::eq(meant, row));
        let Some(given) = givens.get(row.name).filter(|_| is_meant) else { continue };
        if let Some(other) = done.iter().find(|other| contradicts(row, other, givens)) {
            return Err(givens.refuse(Some(row), said_twice(other.name)));
        }
        read::apply(row, &given.value, draft)
            .map_err(|problem| givens.refuse(Some(row), problem))?;
        done.push(row);
    }
    Ok(())
}

fn contradicts(row: &Row, other: &Row, givens: &Givens) -> bool {
    row.slot == other.slot && givens.text(row.name) != givens.text(other.name)
}

fn said_twice(other: &str) -> Problem {
    Problem::new(format!("`{other}` sets the same, and says otherwise"), "Keep one of the two")
}
