//! Lines of hexadecimal digits.

use super::lines::Splitting;
use crate::produce::row::Row;

/// A line of digits, and a key of digits before it where one is looked for.
pub(super) fn read(splitting: &Splitting, line: &[u8], row: &mut Row) -> Result<(), String> {
    let (key, value) = splitting.split(line)?;
    if let Some(key) = key {
        let key = bytes(key).map_err(|what| format!("the key: {what}"))?;
        row.set_key(splitting.nullable(&key));
    }
    row.set_value(splitting.nullable(&bytes(value)?));
    Ok(())
}

/// The bytes of digits; white space between two bytes counts for nothing.
pub(super) fn bytes(text: &[u8]) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::with_capacity(text.len() / 2);
    let mut half: Option<u8> = None;
    for (at, byte) in (1_usize..).zip(text) {
        if byte.is_ascii_whitespace() && half.is_none() {
            continue;
        }
        let digit = char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok());
        let Some(digit) = digit else {
            let shown = byte.escape_ascii();
            return Err(format!("`{shown}` at {at} is no hexadecimal digit"));
        };
        half = match half {
            None => Some(digit),
            Some(high) => {
                bytes.push((high << 4) | digit);
                None
            }
        };
    }
    match half {
        None => Ok(bytes),
        Some(_) => Err("the last byte has one hexadecimal digit of two".to_owned()),
    }
}
