//! A record as the input gave it, in memory that serves one record after the other.

use std::ops::Range;

type Span = Range<usize>;

/// What the input says of a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Key<'a> {
    /// Nothing: a fixed one may stand in.
    #[default]
    Absent,
    /// That there is none.
    Null,
    Bytes(&'a [u8]),
}

/// A record as the input gave it.
#[derive(Debug, Default)]
pub(super) struct Row {
    bytes: Vec<u8>,
    text: String,
    topic: Option<Span>,
    key: Option<Option<Span>>,
    value: Option<Span>,
    headers: Vec<(Span, Option<Span>)>,
    pub(super) partition: Option<i32>,
    pub(super) timestamp: Option<i64>,
}

impl Row {
    /// Nothing is said any more; the memory stays.
    pub(super) fn clear(&mut self) {
        self.bytes.clear();
        self.text.clear();
        self.headers.clear();
        (self.topic, self.key, self.value) = (None, None, None);
        (self.partition, self.timestamp) = (None, None);
    }

    fn keep(&mut self, bytes: &[u8]) -> Span {
        let start = self.bytes.len();
        self.bytes.extend_from_slice(bytes);
        start..self.bytes.len()
    }

    fn keep_text(&mut self, text: &str) -> Span {
        let start = self.text.len();
        self.text.push_str(text);
        start..self.text.len()
    }

    pub(super) fn set_topic(&mut self, topic: &str) {
        self.topic = Some(self.keep_text(topic));
    }

    /// With this key, or with none.
    pub(super) fn set_key(&mut self, key: Option<&[u8]>) {
        self.key = Some(key.map(|key| self.keep(key)));
    }

    /// With this value, or with none: a tombstone.
    pub(super) fn set_value(&mut self, value: Option<&[u8]>) {
        self.value = value.map(|value| self.keep(value));
    }

    pub(super) fn add_header(&mut self, key: &str, value: Option<&[u8]>) {
        let header = (self.keep_text(key), value.map(|value| self.keep(value)));
        self.headers.push(header);
    }

    fn bytes_of(&self, span: &Span) -> &[u8] {
        self.bytes.get(span.clone()).unwrap_or_default()
    }

    fn text_of(&self, span: &Span) -> &str {
        self.text.get(span.clone()).unwrap_or_default()
    }

    pub(super) fn topic(&self) -> Option<&str> {
        self.topic.as_ref().map(|span| self.text_of(span))
    }

    pub(super) fn key(&self) -> Key<'_> {
        match &self.key {
            None => Key::Absent,
            Some(None) => Key::Null,
            Some(Some(span)) => Key::Bytes(self.bytes_of(span)),
        }
    }

    pub(super) fn value(&self) -> Option<&[u8]> {
        self.value.as_ref().map(|span| self.bytes_of(span))
    }

    pub(super) fn has_headers(&self) -> bool {
        !self.headers.is_empty()
    }

    pub(super) fn headers(&self) -> impl Iterator<Item = (&str, Option<&[u8]>)> {
        self.headers.iter().map(|(key, value)| {
            (self.text_of(key), value.as_ref().map(|value| self.bytes_of(value)))
        })
    }
}
