//! From what a person asked for to a configuration, and what they should know about it.

use std::path::{Path, PathBuf};

use klamm::{Config, Source};
use klamm_config::Options as Reading;

use super::options::Connecting;
use crate::arguments::Complaint;

/// Reads files and properties; later ones win, and `-b` over all of them.
///
/// # Errors
/// When a setting is refused; in words.
pub(super) fn configured(
    connecting: &Connecting,
    home: Option<PathBuf>,
) -> Result<Config, Complaint> {
    let mut sources = Vec::new();
    for file in &connecting.files {
        let source = Source::file(Path::new(file)).map_err(|error| error.to_string())?;
        sources.push(source);
    }
    let pairs = connecting.properties.iter();
    let pairs = pairs.map(|(name, value)| (name.as_str(), value.reveal_text().unwrap_or_default()));
    sources.push(Source::pairs(pairs));
    if let Some(servers) = &connecting.servers {
        sources.push(Source::pairs([("bootstrap.servers", servers.as_str())]));
    }
    let mut reading = Reading::default();
    reading.home = home;
    Config::load(sources, &reading).map_err(|error| error.to_string())
}
