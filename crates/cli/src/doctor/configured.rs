//! From what a person asked for to settings that are ready, and what they should know about them.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use klamm_cluster::sasl::{Token, TokenError};
use klamm_config::{Config, Options as Reading, Source, TokenSource, UnsecuredToken, Warning};
use klamm_net::{BoxFuture, ShellSettings};

use super::options::Options;
use super::setup::Setup;

/// Reads files and properties; later ones win, and `-b` over all of them. What their owner should
/// know is told before anything is refused: it may be why.
///
/// # Errors
/// When a setting is refused, or there is no server to begin with; in words.
pub(super) fn configured(
    options: &Options,
    home: Option<PathBuf>,
    key: [u8; 32],
    warn: &mut dyn FnMut(String),
) -> Result<Setup, String> {
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
    grouped(config.warnings()).into_iter().for_each(warn);
    let mut settings = config.settings();
    // Whoever sets how long an answer may take means that of the first questions too.
    let connection = &mut settings.connection;
    connection.handshake_timeout = connection.handshake_timeout.min(connection.request_timeout);
    if settings.bootstrap.is_empty() {
        return Err("there is no server to begin with: -b HOST:PORT".to_owned());
    }
    let shell = shell(config.tokens());
    Setup::new(settings, config.transport(), shell, key)
}

/// What is said of several properties is said once; what is said of producing is not, since
/// nothing is produced.
fn grouped(warnings: &[Warning]) -> Vec<String> {
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for Warning { property, text, .. } in warnings.iter().filter(|one| !one.is_of_producers()) {
        match groups.iter_mut().find(|(known, _)| known == text) {
            Some((_, properties)) => properties.push(property),
            None => groups.push((text, vec![property])),
        }
    }
    let line =
        |(text, properties): (&str, Vec<&str>)| format!("{}: {text}.", properties.join(", "));
    groups.into_iter().map(line).collect()
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
