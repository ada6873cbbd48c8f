//! Every property that does anything, for people: `-X list`.

use std::fmt::Write as _;

use klamm_config::Family;
use klamm_config::explain::{self, Explanation, Support};

/// What can be set, what it takes and what it is unless it is set.
pub(super) fn properties() -> String {
    let (here, other): (Vec<_>, Vec<_>) = explain::all().partition(does_something);
    let mut text = String::new();
    for property in &here {
        // Writing to text cannot fail.
        let _ = describe(&mut text, property);
    }
    let count = other.len();
    let _ = write!(
        text,
        "\n{count} more are known from other clients and change nothing, or are refused with what \
         to do instead."
    );
    text
}

fn does_something(property: &Explanation) -> bool {
    matches!(property.support, Support::Yes | Support::OneValue)
}

fn describe(text: &mut String, property: &Explanation) -> std::fmt::Result {
    let Explanation { name, doc, takes, default, .. } = property;
    write!(text, "{name}")?;
    match property.family {
        Family::Java => write!(text, " (Java's)")?,
        Family::Librdkafka => write!(text, " (librdkafka's)")?,
        Family::Detect => {}
    }
    write!(text, "\n    {doc}\n    It takes {takes}")?;
    match default {
        Some(default) => writeln!(text, "; unless it is set: {default}"),
        None => writeln!(text),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_can_be_set_is_told_with_its_default() {
        let text = properties();
        let linger = text.split("\nlinger.ms").nth(1).unwrap();
        let linger: Vec<_> = linger.lines().take(3).collect();
        assert!(linger[2].ends_with("; unless it is set: 5"), "{linger:?}");
    }

    #[test]
    fn what_changes_nothing_is_only_counted() {
        let text = properties();
        assert!(!text.contains("\nauto.commit.enable"), "a consumer's");
        assert!(text.ends_with("with what to do instead."));
    }
}
