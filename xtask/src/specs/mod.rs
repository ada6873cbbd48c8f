//! Kafka's message specs: imported from the released jar as normalised facts, compared by release.

mod diff;
mod import;
pub(crate) mod model;
pub(crate) mod parse;
mod print;
pub(crate) mod versions;

use std::path::PathBuf;

use crate::support::{self, Outcome};
use model::Message;

/// `cargo xtask specs import [VERSION] | diff VERSION`.
pub(crate) fn run(args: &[String]) -> Outcome {
    let args: Vec<&str> = args.iter().map(String::as_str).collect();
    match args.as_slice() {
        ["import"] => import::run(&import::Pin::read()?.version),
        ["import", version] => import::run(version),
        ["diff", version] => diff::run(version),
        _ => Err("usage: cargo xtask specs import [VERSION] | diff VERSION".to_owned()),
    }
}

/// The folder of the normalised specs.
pub(crate) fn folder() -> PathBuf {
    support::root().join("protocol-specs/messages")
}

/// A spec and the text it was read from.
pub(crate) struct Source {
    pub(crate) file: String,
    pub(crate) text: String,
    pub(crate) message: Message,
}

/// All normalised specs, in the order of their file names.
pub(crate) fn load() -> Result<Vec<Source>, String> {
    let folder = folder();
    let mut files = support::files_in(&folder, "json")?;
    files.sort();
    let source = |path: PathBuf| {
        let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let text = support::read(&path)?;
        Ok(Source { message: parse::message(&file, &text)?, text, file })
    };
    files.into_iter().map(source).collect()
}

/// The release the normalised specs come from.
pub(crate) fn version() -> Result<String, String> {
    Ok(import::Pin::read()?.version)
}
