//! From what was read to settings: what only makes sense together is checked and joined here.

pub(crate) mod compression;
mod producing;
mod sasl;
mod tls;
pub(crate) mod unsecured;

use klamm_cluster::{Settings, TransportSettings};

use crate::draft::Draft;
use crate::error::Problem;
use crate::given::Givens;
use crate::producing::Producing;
use crate::table;
use crate::token::TokenSource;
use crate::warning::Warning;

/// What a configuration comes to.
pub(crate) struct Assembled {
    pub(crate) settings: Settings,
    pub(crate) transport: TransportSettings,
    pub(crate) tokens: TokenSource,
    pub(crate) producing: Producing,
    pub(crate) warnings: Vec<Warning>,
}

/// Joins what was read.
pub(crate) fn assemble(mut draft: Draft, givens: &Givens) -> Result<Assembled, Problem> {
    if draft.settings.bootstrap.is_empty() {
        let problem = Problem::new("it is not set", "Write host:port, several with commas");
        return Err(problem.of("bootstrap.servers"));
    }
    table::settle(&mut draft);
    warn_of_what_is_unused(&mut draft, givens);
    let (credentials, tokens) = sasl::assemble(&mut draft)?;
    let tls = tls::assemble(&mut draft)?;
    let producing = producing::assemble(&mut draft, givens)?;
    let Draft { mut settings, mut transport, warnings, .. } = draft;
    settings.sasl = credentials;
    transport.tls = tls;
    Ok(Assembled { settings, transport, tokens, producing, warnings })
}

/// Settings of TLS or SASL without TLS or SASL.
fn warn_of_what_is_unused(draft: &mut Draft, givens: &Givens) {
    let security = draft.security;
    for name in givens.names() {
        let needed = match name {
            _ if is_of_tls(name) && !security.tls => "SSL or SASL_SSL",
            _ if is_of_sasl(name) && !security.sasl => "SASL_PLAINTEXT or SASL_SSL",
            _ => continue,
        };
        draft.warn(name, format!("this has no effect: `security.protocol` is not {needed}"));
    }
}

fn is_of_tls(name: &str) -> bool {
    let prefixes = ["ssl.", "klamm.ssl.", "enable.ssl."];
    prefixes.iter().any(|prefix| name.starts_with(prefix))
}

fn is_of_sasl(name: &str) -> bool {
    name.starts_with("sasl.") || name.starts_with("enable.sasl.")
}
