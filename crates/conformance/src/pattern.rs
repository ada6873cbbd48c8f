//! Patterns with `*` for any characters, as ids and exceptions use them.

/// Whether `text` is as `pattern` says.
#[must_use]
pub fn matches(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.split('*');
    let Some(rest) = text.strip_prefix(parts.next().unwrap_or_default()) else { return false };
    let Some(last) = parts.next_back() else { return rest.is_empty() };
    let mut rest = rest;
    for part in parts {
        let Some(at) = rest.find(part) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
    }
    rest.len() >= last.len() && rest.ends_with(last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_star_stands_for_any_characters_and_for_none() {
        for pattern in ["*", "SEQ-*", "SEQ-05", "*-05", "S*-*5", "SEQ-05*", "*SEQ*"] {
            assert!(matches(pattern, "SEQ-05"), "{pattern}");
        }
    }

    #[test]
    fn everything_else_stands_for_itself() {
        for pattern in ["", "SEQ", "EQ-05", "SEQ-*6", "S*Q-5", "SEQ-05-*", "*5*5"] {
            assert!(!matches(pattern, "SEQ-05"), "{pattern}");
        }
    }
}
