//! What somebody wrote, by name: the last word on each.

use std::collections::{BTreeMap, BTreeSet};

use klamm_cluster::Secret;

use crate::error::{ConfigError, MASK, Problem, shortened};
use crate::row::Row;
use crate::source::Origin;
use crate::table;

/// One value and where it came from. Every value is held as a secret: that it is none is known
/// only by its name.
#[derive(Debug, Clone)]
pub(crate) struct Given {
    pub(crate) value: Secret,
    pub(crate) origin: Origin,
    /// Which source it came from, from 0 on.
    pub(crate) source: usize,
}

/// Every value that is given.
#[derive(Debug, Clone, Default)]
pub(crate) struct Givens(BTreeMap<&'static str, Given>);

impl Givens {
    /// Takes a value; the last one of a name holds. What an earlier source says of the same thing
    /// under another name is overruled as well.
    pub(crate) fn put(&mut self, name: &'static str, given: Given) {
        for other in table::other_names(name) {
            if self.0.get(other).is_some_and(|earlier| earlier.source < given.source) {
                self.0.remove(other);
            }
        }
        self.0.insert(name, given);
    }

    pub(crate) fn get(&self, name: &str) -> Option<&Given> {
        self.0.get(name)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.keys().copied()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&'static str, &Given)> {
        self.0.iter().map(|(name, given)| (*name, given))
    }

    /// The sources that something is left of, in their order.
    pub(crate) fn sources(&self) -> BTreeSet<usize> {
        self.0.values().map(|given| given.source).collect()
    }

    pub(crate) fn origin(&self, name: &str) -> Option<Origin> {
        self.get(name).map(|given| given.origin.clone())
    }

    /// The text of a value; empty for bytes that are none.
    pub(crate) fn text(&self, name: &str) -> &str {
        self.get(name).and_then(|given| given.value.reveal_text()).unwrap_or_default()
    }

    /// A problem as an error: with its property's value and origin.
    pub(crate) fn refuse(&self, row: Option<&Row>, problem: Problem) -> ConfigError {
        let named = problem.property.and_then(|name| table::rows_of(name).next());
        let row = named.or(row);
        let name = problem.property.or(row.map(|row| row.name));
        let given = name.and_then(|name| self.get(name));
        let shown = given.filter(|_| !problem.hides_value);
        ConfigError {
            property: name.map(str::to_owned),
            value: shown.and_then(|given| row.and_then(|row| shown_value(row, given))),
            origin: given.map(|given| given.origin.clone()),
            problem: problem.problem.into(),
            fix: problem.fix.into(),
        }
    }
}

/// A value as it may be shown; `None` where a row holds nothing worth showing.
pub(crate) fn shown_value(row: &Row, given: &Given) -> Option<String> {
    if row.takes.is_refused() {
        return None;
    }
    let text = given.value.reveal_text().unwrap_or(MASK);
    let is_hidden = row.is_secret() || table::smuggled(text).is_some();
    Some(if is_hidden { MASK.to_owned() } else { shortened(text) })
}
