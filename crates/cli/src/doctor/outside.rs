//! The process itself, where secrets may come from.

use std::path::PathBuf;

use super::secrets::Outside;

/// The environment, the files and the terminal of this process.
pub(crate) struct System;

impl Outside for System {
    fn variable(&self, name: &str) -> Option<String> {
        std::env::var(name).ok()
    }

    fn file(&self, path: &str) -> Result<String, String> {
        // No shell expands what stands behind `=@`.
        let home = std::env::var_os("HOME").map(PathBuf::from);
        let path = match (path.strip_prefix("~/"), home) {
            (Some(rest), Some(home)) => home.join(rest),
            _ => PathBuf::from(path),
        };
        std::fs::read_to_string(path).map_err(|error| error.to_string())
    }

    fn ask(&mut self, what: &str) -> Result<String, String> {
        let typed = rpassword::prompt_password(format!("{what}: "));
        typed.map_err(|error| format!("there is no terminal to ask at: {error}"))
    }
}
