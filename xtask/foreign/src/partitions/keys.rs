//! The file of keys.

/// A record's key; none is null.
pub(super) type Key = Option<Vec<u8>>;

/// Reads a key a line.
pub(super) fn read(path: &str) -> Result<Vec<Key>, String> {
    let text = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    text.lines().map(parse).collect()
}

/// Hexadecimal digits, or a minus sign for null.
fn parse(line: &str) -> Result<Key, String> {
    if line == "-" {
        return Ok(None);
    }
    let byte = |digits: &[u8]| {
        let digits = std::str::from_utf8(digits).ok()?;
        u8::from_str_radix(digits, 16).ok()
    };
    let bytes: Option<Vec<u8>> = line.as_bytes().chunks(2).map(byte).collect();
    bytes.map(Some).ok_or_else(|| format!("{line} is no key"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn null_is_not_empty() {
        assert_eq!(parse("-"), Ok(None));
        assert_eq!(parse(""), Ok(Some(Vec::new())));
        assert_eq!(parse("00ff"), Ok(Some(vec![0, 255])));
        assert!(parse("0g").is_err());
    }
}
