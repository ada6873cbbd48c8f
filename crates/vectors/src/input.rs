//! Reads files, plain or compressed, and cuts them into lines.

use std::fmt;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use flate2::read::MultiGzDecoder;

/// What every gzip file begins with.
const GZIP_MAGIC: [u8; 2] = [0x1f, 0x8b];

/// A file that cannot be read.
#[derive(Debug)]
pub struct InputError {
    file: PathBuf,
    error: io::Error,
}

impl fmt::Display for InputError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot read {}: {}", self.file.display(), self.error)
    }
}

impl std::error::Error for InputError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        Some(&self.error)
    }
}

/// The text of a file, decompressed if need be.
pub(crate) fn read(file: &Path) -> Result<Vec<u8>, InputError> {
    let text = std::fs::read(file).and_then(decompressed);
    text.map_err(|error| InputError { file: file.to_owned(), error })
}

fn decompressed(bytes: Vec<u8>) -> io::Result<Vec<u8>> {
    if !bytes.starts_with(&GZIP_MAGIC) {
        return Ok(bytes);
    }
    let mut text = Vec::new();
    MultiGzDecoder::new(bytes.as_slice()).read_to_end(&mut text)?;
    Ok(text)
}

/// The lines of a text. Only `\n` ends one: JSON strings may hold what else looks like an end.
pub(crate) fn lines(text: &[u8]) -> Vec<&[u8]> {
    if text.is_empty() {
        return Vec::new();
    }
    let ended = text.strip_suffix(b"\n").unwrap_or(text);
    ended.split(|byte| *byte == b'\n').collect()
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::Compression;
    use flate2::write::GzEncoder;

    use super::*;

    fn gzip(text: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
        encoder.write_all(text).unwrap();
        encoder.finish().unwrap()
    }

    #[test]
    fn a_plain_file_is_taken_as_it_is() {
        assert_eq!(decompressed(b"{}\n".to_vec()).unwrap(), b"{}\n");
        assert_eq!(decompressed(Vec::new()).unwrap(), b"");
    }

    #[test]
    fn a_gzip_file_is_known_by_its_first_bytes() {
        assert_eq!(decompressed(gzip(b"{}\n")).unwrap(), b"{}\n");
    }

    #[test]
    fn gzip_files_behind_one_another_are_one_text() {
        let both = [gzip(b"one\n"), gzip(b"two\n")].concat();
        assert_eq!(decompressed(both).unwrap(), b"one\ntwo\n");
    }

    #[test]
    fn a_gzip_file_that_ends_too_early_cannot_be_read() {
        let mut short = gzip(b"a line of some length, long enough to be cut\n");
        short.truncate(short.len() - 9);
        assert!(decompressed(short).is_err());
    }

    #[test]
    fn an_error_names_the_file() {
        let error = read(Path::new("no/such/file")).unwrap_err();
        assert!(error.to_string().starts_with("cannot read no/such/file: "), "{error}");
    }

    #[test]
    fn the_last_line_may_lack_its_end() {
        assert_eq!(lines(b"one\ntwo\n"), [b"one", b"two"]);
        assert_eq!(lines(b"one\ntwo"), [b"one", b"two"]);
        assert_eq!(lines(b""), [b""; 0]);
    }

    #[test]
    fn an_empty_line_is_a_line() {
        assert_eq!(lines(b"one\n\ntwo\n"), [&b"one"[..], b"", b"two"]);
        assert_eq!(lines(b"\n"), [b""]);
    }

    #[test]
    fn nothing_else_ends_a_line() {
        let text = "\"a\u{2028}b\u{85}c\r\"".as_bytes();
        assert_eq!(lines(text), [text]);
    }
}
