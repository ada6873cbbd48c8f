//! From what a person asked for to settings that are ready, and what they should know about them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use klamm_cluster::sasl::{Token, TokenError};
use klamm_config::{Config, Options as Reading, Source, TokenSource, UnsecuredToken};
use klamm_net::{BoxFuture, ShellSettings};

use super::options::Options;
use super::setup::Setup;

/// Settings that are ready, and what their owner should know.
pub(super) struct Configured {
    pub(super) setup: Setup,
    pub(super) warnings: Vec<String>,
}

/// Reads files and properties; later ones win, and `-b` over all of them.
///
/// # Errors
/// When a setting is refused, or there is no server to begin with; in words.
pub(super) fn configured(
    options: &Options,
    home: Option<PathBuf>,
    key: [u8; 32],
) -> Result<Configured, String> {
    let mut sources = Vec::new();
    for file in &options.files {
        let source = Source::file(Path::new(file)).map_err(|error| error.to_string())?;
        sources.push(source);
    }
    let pairs = options.properties.iter();
    let pairs = pairs.map(|(name, value)| (name.as_str(), value.reveal_text().unwrap_or_default()));
    sources.push(Source::pairs(pairs));
    if let Some(servers) = &options.servers {
        sources.push(Source::pairs([("bootstrap.servers", servers.as_str())]));
    }
    let mut reading = Reading::default();
    reading.home = home;
    let config = Config::load(sources, &reading).map_err(|error| error.to_string())?;
    let mut settings = config.settings();
    // Whoever sets how long an answer may take means that of the first questions too.
    let connection = &mut settings.connection;
    connection.handshake_timeout = connection.handshake_timeout.min(connection.request_timeout);
    if settings.bootstrap.is_empty() {
        return Err("there is no server to begin with: -b HOST:PORT".to_owned());
    }
    let shell = shell(config.tokens());
    let setup = Setup::new(settings, config.transport(), shell, key)?;
    let warnings = config.warnings().iter().map(ToString::to_string).collect();
    Ok(Configured { setup, warnings })
}

fn shell(tokens: &TokenSource) -> ShellSettings {
    let mut shell = ShellSettings::default();
    if let TokenSource::Unsecured(token) = tokens {
        let token = token.clone();
        shell.tokens = Some(Arc::new(move || made_up(&token)));
    }
    shell
}

fn made_up(token: &UnsecuredToken) -> BoxFuture<Result<Token, TokenError>> {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Box::pin(std::future::ready(Ok(token.token_at(since))))
}
