//! What the records hold: key, headers and value all follow from a mark.
//!
//! The programs in other languages write the same, so that a reader can tell to the byte what a
//! record must be, whoever wrote it.

use rdkafka::Message;
use rdkafka::message::{BorrowedMessage, Header, Headers, OwnedHeaders};

/// The name under which this program writes.
pub(crate) const PRODUCER: &str = "rdkafka";

const LENGTH: usize = 100;

/// As many as four bits can choose between.
const WORDS: [&str; 16] = [
    "alpha ", "broker ", "commit ", "delta ", "epoch ", "fence ", "group ", "hash ", "index ",
    "jitter ", "key ", "leader ", "member ", "node ", "offset ", "page ",
];

/// For which partition a record is, and how many came before it there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Mark {
    pub(crate) partition: i32,
    pub(crate) number: u64,
}

impl Mark {
    pub(crate) fn key(self) -> String {
        format!("key-{}", self.number)
    }

    pub(crate) fn value(self) -> String {
        let mut value = format!("{PRODUCER}|{}|{}|", self.partition, self.number);
        // Knuth's generator: words that codecs can shorten, and that differ between records.
        let mut state = self.number;
        while value.len() < LENGTH {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let word = usize::try_from(state >> 60).ok().and_then(|index| WORDS.get(index));
            value.push_str(word.copied().unwrap_or_default());
        }
        value.truncate(LENGTH);
        value
    }

    pub(crate) fn headers(self) -> OwnedHeaders {
        let number = self.number.to_be_bytes();
        OwnedHeaders::new_with_capacity(2)
            .insert(Header { key: "producer", value: Some(PRODUCER) })
            .insert(Header { key: "number", value: Some(&number) })
    }

    /// The mark of a message that is as its mark demands.
    pub(crate) fn read(message: &BorrowedMessage<'_>) -> Option<Self> {
        let number = number(message)?;
        let mark = Self { partition: message.partition(), number };
        let is_sound = message.key() == Some(mark.key().as_bytes())
            && message.payload() == Some(mark.value().as_bytes());
        is_sound.then_some(mark)
    }
}

fn number(message: &BorrowedMessage<'_>) -> Option<u64> {
    let headers = message.headers()?;
    if headers.count() != 2 {
        return None;
    }
    let producer = headers.try_get(0)?;
    let number = headers.try_get(1)?;
    let is_named = (producer.key, producer.value) == ("producer", Some(PRODUCER.as_bytes()));
    let bytes: [u8; 8] = number.value?.try_into().ok()?;
    (is_named && number.key == "number").then(|| u64::from_be_bytes(bytes))
}
