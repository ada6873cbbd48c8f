//! From what a person asked for to a configuration, and what they should know about it.

use std::path::{Path, PathBuf};

use klamm::{Config, Source};
use klamm_config::Options as Reading;

use super::options::Connecting;
use crate::arguments::Complaint;

/// Where a run begins that talks to nobody: nothing is dialled there.
const NOWHERE: &str = "localhost:9092";

/// Reads files and properties; later ones win, and `-b` over all of them. A run that talks to
/// nobody needs no server.
///
/// # Errors
/// When a setting is refused; in words.
pub(super) fn configured(
    connecting: &Connecting,
    talks: bool,
    home: Option<PathBuf>,
) -> Result<Config, Complaint> {
    let mut sources = Vec::new();
    if !talks {
        sources.push(Source::pairs([("bootstrap.servers", NOWHERE)]));
    }
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
    Config::load(sources, &reading).map_err(|error| match error.property.as_deref() {
        Some("bootstrap.servers") if error.value.is_none() => {
            "there is no server to begin with: -b HOST:PORT".to_owned()
        }
        _ => error.to_string(),
    })
}
