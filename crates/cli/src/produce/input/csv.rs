//! Comma-separated values (RFC 4180), whose first row says what the columns are.

use super::cut::{Found, too_long};
use super::window::Window;
use crate::produce::row::Row;

/// Where a reader of CSV stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    FieldStart,
    Plain,
    Quoted,
    /// Behind a quote within a quoted field: the second of two, or the field's end.
    QuoteWithin,
}

impl Place {
    const fn after(self, byte: u8, separator: u8) -> Self {
        match (self, byte) {
            (Self::Quoted, b'"') => Self::QuoteWithin,
            (Self::Quoted, _) | (Self::FieldStart | Self::QuoteWithin, b'"') => Self::Quoted,
            (_, byte) if byte == separator => Self::FieldStart,
            (Self::FieldStart | Self::Plain | Self::QuoteWithin, _) => Self::Plain,
        }
    }
}

/// Where a row ends.
enum End {
    At(usize),
    TooLong,
}

/// Cuts at the ends of lines that stand in no quotes.
pub(super) struct Rows {
    separator: u8,
    longest: usize,
    place: Place,
    /// How much of the window's rest was looked at, and how many ends of lines are in it.
    seen: usize,
    ends: u64,
    /// Within a row that was given up: it ends with the line, since its quotes mean nothing.
    skips: bool,
}

impl Rows {
    pub(super) fn new(separator: u8, longest: usize) -> Self {
        Self { separator, longest, place: Place::FieldStart, seen: 0, ends: 0, skips: false }
    }

    pub(super) fn next(&mut self, window: &mut Window) -> Found {
        if self.skips && !self.skip(window) {
            return if window.has_ended() { Found::End } else { Found::More };
        }
        let end = self.row_end(window.rest());
        let lines = self.ends.saturating_add(1);
        match end {
            None => self.without_end(window),
            Some(End::TooLong) => {
                self.start_anew();
                self.skips = true;
                Found::Broken { what: too_long(self.longest), lines }
            }
            Some(End::At(length)) => {
                let range = window.take(length);
                window.take(1);
                self.start_anew();
                frame(range, lines, window)
            }
        }
    }

    /// Where the row ends that the window begins with.
    fn row_end(&mut self, rest: &[u8]) -> Option<End> {
        let fresh = rest.get(self.seen..).unwrap_or_default();
        for (at, byte) in (self.seen..).zip(fresh) {
            if *byte == b'\n' {
                if self.place != Place::Quoted {
                    return Some(End::At(at));
                }
                self.ends = self.ends.saturating_add(1);
            }
            if at >= self.longest {
                return Some(End::TooLong);
            }
            self.place = self.place.after(*byte, self.separator);
        }
        self.seen = rest.len();
        None
    }

    /// Drops the rest of a line that was given up; whether its end was there.
    fn skip(&mut self, window: &mut Window) -> bool {
        let rest = window.rest();
        let end = memchr::memchr(b'\n', rest);
        window.take(end.map_or(rest.len(), |end| end.saturating_add(1)));
        self.skips = end.is_none();
        end.is_some()
    }

    fn start_anew(&mut self) {
        (self.place, self.seen, self.ends) = (Place::FieldStart, 0, 0);
    }

    fn without_end(&mut self, window: &mut Window) -> Found {
        if !window.has_ended() {
            return Found::More;
        }
        let range = window.take(window.rest().len());
        let (place, lines) = (self.place, self.ends.saturating_add(1));
        self.start_anew();
        if range.is_empty() {
            Found::End
        } else if place == Place::Quoted {
            Found::Broken { what: "a quoted field does not end".to_owned(), lines }
        } else {
            frame(range, lines, window)
        }
    }
}

/// A row without the carriage return before its end.
fn frame(range: std::ops::Range<usize>, lines: u64, window: &Window) -> Found {
    let ends_with_return = window.slice(range.clone()).last() == Some(&b'\r');
    let end = range.end.saturating_sub(usize::from(ends_with_return));
    Found::Frame { range: range.start..end, lines }
}

/// What a column is.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Role {
    Key,
    Value,
    Topic,
    Partition,
    Timestamp,
    Header(String),
    Ignored,
}

impl Role {
    fn named(name: &str) -> Option<Self> {
        Some(match name {
            "key" => Self::Key,
            "value" => Self::Value,
            "topic" => Self::Topic,
            "partition" => Self::Partition,
            "timestamp" => Self::Timestamp,
            _ => Self::Header(name.strip_prefix("header.").filter(|key| !key.is_empty())?.into()),
        })
    }
}

/// What the columns are.
#[derive(Debug, Clone)]
pub(in crate::produce) struct Columns {
    pub(in crate::produce) separator: u8,
    /// Which column is which part of a record, by their names; without any, columns bear the names
    /// of the parts.
    wanted: Vec<(String, Role)>,
    roles: Vec<Role>,
}

impl Default for Columns {
    fn default() -> Self {
        Self { separator: b',', wanted: Vec::new(), roles: Vec::new() }
    }
}

impl Columns {
    /// With these names, as in `key=id,value=body,header.source=origin`.
    pub(in crate::produce) fn map(&mut self, text: &str) -> Result<(), String> {
        for pair in text.split(',') {
            let (part, column) = pair.split_once('=').unwrap_or((pair, pair));
            let role = Role::named(part).ok_or_else(|| {
                format!(
                    "--columns: `{part}` is no part of a record: key, value, topic, partition, \
                     timestamp or header.NAME"
                )
            })?;
            self.wanted.push((column.to_owned(), role));
        }
        Ok(())
    }

    pub(super) fn are_known(&self) -> bool {
        !self.roles.is_empty()
    }

    /// Reads the first row.
    pub(super) fn learn(&mut self, frame: &[u8]) -> Result<(), String> {
        let frame = frame.strip_prefix(b"\xef\xbb\xbf").unwrap_or(frame);
        let mut roles = Vec::new();
        for field in Fields::of(frame, self.separator) {
            let field = field?;
            let name = String::from_utf8_lossy(&field.bytes).into_owned();
            roles.push(self.role(&name)?);
        }
        for (column, role) in &self.wanted {
            if !roles.contains(role) {
                return Err(format!("the first row has no column `{column}` (--columns)"));
            }
        }
        let is_twice = |role: &&Role| {
            !matches!(role, Role::Header(_) | Role::Ignored)
                && roles.iter().filter(|other| other == role).count() > 1
        };
        if let Some(role) = roles.iter().find(is_twice) {
            return Err(format!("two columns of the first row are the {role:?}").to_lowercase());
        }
        if !roles.contains(&Role::Value) {
            return Err(
                "the first row has no column `value`; --columns value=NAME says which one \
                        it is"
                    .to_owned(),
            );
        }
        self.roles = roles;
        Ok(())
    }

    fn role(&self, name: &str) -> Result<Role, String> {
        if !self.wanted.is_empty() {
            let wanted = self.wanted.iter().find(|(column, _)| column == name);
            return Ok(wanted.map_or(Role::Ignored, |(_, role)| role.clone()));
        }
        Role::named(name).ok_or_else(|| {
            format!(
                "the column `{}` of the first row is no part of a record: key, value, topic, \
                 partition, timestamp or header.NAME; --columns key=NAME,value=NAME says what \
                 columns are, and others are left out",
                crate::doctor::clean(name)
            )
        })
    }

    /// Reads any other row.
    pub(super) fn read(&self, frame: &[u8], nulls: bool, row: &mut Row) -> Result<(), String> {
        let mut fields = Fields::of(frame, self.separator);
        let mut count = 0_usize;
        for role in &self.roles {
            let Some(field) = fields.next() else { break };
            count = count.saturating_add(1);
            field?.put(role, nulls, row)?;
        }
        let more = fields.count();
        if more > 0 || count < self.roles.len() {
            let (has, wanted) = (count.saturating_add(more), self.roles.len());
            return Err(format!("it has {has} fields, and the first row has {wanted}"));
        }
        Ok(())
    }
}

/// A field: what it holds, and whether it stood in quotes.
struct Field {
    bytes: Vec<u8>,
    is_quoted: bool,
}

impl Field {
    fn put(&self, role: &Role, nulls: bool, row: &mut Row) -> Result<(), String> {
        // A pair of quotes with nothing in it is no accident.
        let is_null = nulls && self.bytes.is_empty() && !self.is_quoted;
        let bytes = (!is_null).then_some(self.bytes.as_slice());
        match role {
            Role::Key => row.set_key(bytes),
            Role::Value => row.set_value(bytes),
            Role::Header(key) => row.add_header(key, bytes),
            Role::Ignored => {}
            Role::Topic | Role::Partition | Role::Timestamp if self.bytes.is_empty() => {}
            Role::Topic => row.set_topic(self.text()?),
            Role::Partition => row.partition = Some(self.number("partition")?),
            Role::Timestamp => row.timestamp = Some(self.number("timestamp")?),
        }
        Ok(())
    }

    fn text(&self) -> Result<&str, String> {
        std::str::from_utf8(&self.bytes).map_err(|_| "the topic is not in UTF-8".to_owned())
    }

    fn number<T: std::str::FromStr>(&self, what: &str) -> Result<T, String> {
        let text = std::str::from_utf8(&self.bytes).unwrap_or_default();
        text.parse().map_err(|_| format!("the {what} is no number that can be one"))
    }
}

/// The fields of a row.
struct Fields<'a> {
    rest: Option<&'a [u8]>,
    separator: u8,
}

impl<'a> Fields<'a> {
    fn of(row: &'a [u8], separator: u8) -> Self {
        Self { rest: Some(row), separator }
    }
}

impl Iterator for Fields<'_> {
    type Item = Result<Field, String>;

    fn next(&mut self) -> Option<Self::Item> {
        let row = self.rest.take()?;
        let Some(mut quoted) = row.strip_prefix(b"\"") else {
            let end = row.iter().position(|byte| *byte == self.separator);
            let (field, rest) = row.split_at_checked(end.unwrap_or(row.len())).unwrap_or_default();
            self.rest = end.and(rest.get(1..));
            if field.contains(&b'"') {
                return Some(Err("a quote stands within a field without quotes".to_owned()));
            }
            return Some(Ok(Field { bytes: field.to_vec(), is_quoted: false }));
        };
        let mut bytes = Vec::new();
        loop {
            let Some(end) = quoted.iter().position(|byte| *byte == b'"') else {
                return Some(Err("a quoted field does not end".to_owned()));
            };
            let (part, rest) = quoted.split_at_checked(end).unwrap_or_default();
            bytes.extend_from_slice(part);
            match rest.get(1..).unwrap_or_default() {
                [b'"', rest @ ..] => {
                    bytes.push(b'"');
                    quoted = rest;
                }
                [] => return Some(Ok(Field { bytes, is_quoted: true })),
                [byte, rest @ ..] if *byte == self.separator => {
                    self.rest = Some(rest);
                    return Some(Ok(Field { bytes, is_quoted: true }));
                }
                _ => {
                    return Some(Err(
                        "something stands behind the end of a quoted field".to_owned()
                    ));
                }
            }
        }
    }
}
