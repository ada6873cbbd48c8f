//! What a topic may be called, and what people are told otherwise.

use super::Topics;

/// The longest name of a topic.
const NAME_MAX: usize = 249;

/// What is wrong with a topic's name, in the words that clients of Kafka show.
pub(crate) fn name_fault(name: &str) -> Option<String> {
    let is_legal = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
    let why = if name.is_empty() {
        "the empty string is not allowed".to_owned()
    } else if matches!(name, "." | "..") {
        format!("'{name}' is not allowed")
    } else if name.len() > NAME_MAX {
        format!("the length of '{name}' is longer than the max allowed length {NAME_MAX}")
    } else if !name.bytes().all(is_legal) {
        format!(
            "'{name}' contains one or more characters other than ASCII alphanumerics, '.', '_' \
             and '-'"
        )
    } else {
        return None;
    };
    Some(format!("Topic name is invalid: {why}"))
}

/// Whether Kafka takes this for the name of a topic.
pub(crate) fn is_valid_name(name: &str) -> bool {
    name_fault(name).is_none()
}

impl Topics {
    /// A topic whose metrics would have the same name: dots and underscores are one there.
    pub(super) fn collision(&self, name: &str) -> Option<&str> {
        let of_metrics = |name: &str| name.replace('.', "_");
        let wanted = of_metrics(name);
        let collides = |other: &&String| other.as_str() != name && of_metrics(other) == wanted;
        self.by_name.keys().find(collides).map(String::as_str)
    }
}
