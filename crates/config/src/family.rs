//! Whose names are written: the Java client's or librdkafka's.

use crate::error::ConfigError;
use crate::given::Givens;
use crate::row::Names;
use crate::table;

/// Whose names, and whose meanings of the names that both have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Family {
    /// The Java client's.
    Java,
    /// librdkafka's. Names that only the Java client has are read as well.
    Librdkafka,
    /// librdkafka's if there is a name that only librdkafka has, the Java client's otherwise.
    #[default]
    Detect,
}

/// A family that has been decided on, and the name that decided it.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Decided {
    pub(crate) is_librdkafka: bool,
    /// `None` where the caller decided, or nothing did.
    pub(crate) by: Option<&'static str>,
}

impl Decided {
    /// Whether rows of these names are read.
    pub(crate) fn reads(self, names: Names) -> bool {
        match names {
            Names::Both | Names::Own => true,
            Names::Java => !self.is_librdkafka,
            Names::Librdkafka => self.is_librdkafka,
        }
    }
}

/// Decides whose names these are.
pub(crate) fn decide(family: Family, givens: &Givens) -> Result<Decided, ConfigError> {
    match family {
        Family::Java => Ok(Decided { is_librdkafka: false, by: None }),
        Family::Librdkafka => Ok(Decided { is_librdkafka: true, by: None }),
        Family::Detect => detect(givens),
    }
}

/// Each source for itself: one that mixes the two is refused. Of several sources the first that
/// has a family decides for all, so that a secret beside a file may have either's name.
fn detect(givens: &Givens) -> Result<Decided, ConfigError> {
    let mut decided = None;
    for source in givens.sources() {
        let first = |names| {
            let mut given = givens.iter().filter(|(_, given)| given.source == source);
            given.find(|(name, _)| table::only(name) == Some(names)).map(|(name, _)| name)
        };
        match (first(Names::Librdkafka), first(Names::Java)) {
            (Some(theirs), Some(java)) => return Err(mixed(givens, theirs, java)),
            (Some(theirs), None) => {
                decided = decided.or(Some(Decided { is_librdkafka: true, by: Some(theirs) }));
            }
            (None, Some(_)) => {
                decided = decided.or(Some(Decided { is_librdkafka: false, by: None }));
            }
            (None, None) => {}
        }
    }
    Ok(decided.unwrap_or(Decided { is_librdkafka: false, by: None }))
}

fn mixed(givens: &Givens, theirs: &str, java: &str) -> ConfigError {
    ConfigError {
        property: Some(theirs.to_owned()),
        value: None,
        origin: givens.origin(theirs),
        problem: format!(
            "this is a name of librdkafka alone, and `{java}` is one of the Java client alone"
        )
        .into(),
        fix: "Use the names of one of the two, or say whose names they are".into(),
    }
}
