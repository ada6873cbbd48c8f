//! Every property that is known, one row each.
//!
//! A name with one meaning has one row. A name that means one thing to the Java client and
//! another to librdkafka has two. Rows act in the order of the table.

mod cluster;
mod companions;
mod consumer;
mod idle;
mod producing;
mod sasl;
mod socket;
mod tls;

pub(crate) use companions::whose;
pub(crate) use sasl::MECHANISMS;
pub(crate) use tls::{KEYSTORE, TRUSTSTORE};

use crate::draft::Draft;
use crate::family::Decided;
use crate::nearest::nearest;
use crate::row::{Names, Row};

static PARTS: &[&[Row]] = &[
    cluster::ROWS,
    socket::ROWS,
    tls::ROWS,
    tls::UNSUPPORTED,
    sasl::ROWS,
    sasl::UNSUPPORTED,
    consumer::ROWS,
];

/// Every row, in the order in which they act; those that do nothing last.
pub(crate) fn rows() -> impl Iterator<Item = &'static Row> {
    let more = producing::ROWS.iter().chain(idle::ROWS).copied().flatten();
    PARTS.iter().copied().flatten().chain(more)
}

/// Whether a name says something about producing alone.
pub(crate) fn is_of_producers(name: &str) -> bool {
    producing::ROWS.iter().copied().flatten().any(|row| row.name == name)
}

/// The rows of a name: none, one, or one for each family.
pub(crate) fn rows_of(name: &str) -> impl Iterator<Item = &'static Row> {
    rows().filter(move |row| row.name == name)
}

/// The row of a name in a family, or in the other one where only that has it.
pub(crate) fn row(name: &str, family: Decided) -> Option<&'static Row> {
    rows_of(name).find(|row| family.reads(row.names)).or_else(|| rows_of(name).next())
}

/// The name as the table has it.
pub(crate) fn static_name(name: &str) -> Option<&'static str> {
    rows_of(name).next().map(|row| row.name)
}

/// The name that a variable's name stands for, its prefix apart: the table's where it has one.
pub(crate) fn name_of_variable(variable: &str) -> String {
    let plain = |name: &str| name.to_ascii_lowercase().replace(['_', '-'], ".");
    let wanted = plain(variable);
    let known = rows().map(|row| row.name).find(|name| plain(name) == wanted);
    known.map_or(wanted, str::to_owned)
}

/// Whether the value of a name is for nobody's eyes: of one that is known, of one that is
/// mistyped, and of one that says so.
pub(crate) fn is_secret(name: &str) -> bool {
    let name = name.trim().to_ascii_lowercase();
    let of_row = |name: &str| rows_of(name).any(Row::is_secret);
    sounds_secret(&name) || of_row(&name) || nearest(&name).is_some_and(of_row)
}

/// The other names of what a name sets.
pub(crate) fn other_names(name: &str) -> impl Iterator<Item = &'static str> {
    let slots: Vec<&str> = rows_of(name).map(|row| row.slot).collect();
    let is_other = move |row: &&Row| row.name != name && slots.contains(&row.slot);
    let others: Vec<&str> = rows().filter(is_other).map(|row| row.name).collect();
    others.into_iter()
}

/// The only family that has a name, if just one has it.
pub(crate) fn only(name: &str) -> Option<Names> {
    let mut rows = rows_of(name);
    let names = rows.next()?.names;
    let is_only = rows.next().is_none() && matches!(names, Names::Java | Names::Librdkafka);
    is_only.then_some(names)
}

/// The name of a secret property that stands in a value, where it has no business.
pub(crate) fn smuggled(text: &str) -> Option<&'static str> {
    let secrets = rows().filter(|row| row.is_secret() || sounds_secret(row.name));
    secrets.map(|row| row.name).find(|name| text.contains(name))
}

/// What several rows say together.
pub(crate) fn settle(draft: &mut Draft) {
    cluster::settle(draft);
    socket::settle(draft);
}

fn sounds_secret(name: &str) -> bool {
    ["password", "secret", "passphrase"].iter().any(|word| name.contains(word))
}
