//! The committed corpus as text.
#![expect(clippy::expect_used, clippy::unwrap_used, reason = "without its corpus a test must stop")]

use std::io::Read;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;

/// Name and text of each file of the committed corpus.
pub(crate) fn texts() -> Vec<(String, Vec<u8>)> {
    FOLDERS.iter().flat_map(|folder| texts_in(folder)).collect()
}

/// Where the crates have their vectors.
const FOLDERS: &[&str] = &["../protocol/tests/vectors", "../records/tests/vectors"];

fn texts_in(folder: &str) -> Vec<(String, Vec<u8>)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let entries = folder.read_dir().expect("the corpus is there");
    let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    files.sort();
    assert!(!files.is_empty());
    files.iter().map(|file| (name(file), text(file))).collect()
}

fn name(file: &Path) -> String {
    file.file_name().unwrap().to_string_lossy().into_owned()
}

fn text(file: &Path) -> Vec<u8> {
    let packed = std::fs::read(file).unwrap();
    let mut text = Vec::new();
    GzDecoder::new(packed.as_slice()).read_to_end(&mut text).unwrap();
    text
}
