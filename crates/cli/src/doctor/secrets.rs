//! Secrets that are not typed where everybody on the machine can read them.

use klamm_cluster::Secret;

use crate::arguments::Complaint;

/// What the process can be asked for; a script in tests.
pub(crate) trait Outside {
    /// A variable of the environment.
    fn variable(&self, name: &str) -> Option<String>;

    /// What a file holds.
    ///
    /// # Errors
    /// When it cannot be read; the system's words.
    fn file(&self, path: &str) -> Result<String, String>;

    /// What a person types, unseen.
    ///
    /// # Errors
    /// When there is nobody to ask; in words.
    fn ask(&mut self, what: &str) -> Result<String, String>;
}

/// A secret, and what its owner should know.
pub(crate) struct Found {
    pub(crate) value: Secret,
    pub(crate) warning: Option<String>,
}

/// A property as `-X` gives it: its name, and its value with what its owner should know.
///
/// # Errors
/// When it is no property, or its value points at what cannot be read.
pub(crate) fn property(
    text: &str,
    outside: &mut dyn Outside,
) -> Result<(String, Found), Complaint> {
    let Some((name, value)) = text.split_once('=') else {
        // The words may be a secret that lost its name, so they are not repeated.
        return Err("-X is written NAME=VALUE".to_owned());
    };
    let name = name.trim();
    let found = if klamm_config::is_secret(name) {
        read(name, value, outside)?
    } else {
        Found { value: Secret::from(value), warning: eaten_by_shell(name, value) }
    };
    Ok((name.to_owned(), found))
}

/// A secret as the command line gives it: `@file`, `env:NAME`, `prompt:`, or itself.
///
/// # Errors
/// When what it points at cannot be read.
fn read(name: &str, text: &str, outside: &mut dyn Outside) -> Result<Found, Complaint> {
    let quiet = |value: &str| Found { value: Secret::from(value), warning: None };
    if let Some(path) = text.strip_prefix('@') {
        let read = outside.file(path);
        let read = read.map_err(|words| format!("`{name}`: `{path}` cannot be read: {words}"))?;
        return Ok(quiet(without_last_line_end(&read)));
    }
    if let Some(variable) = text.strip_prefix("env:") {
        let value = outside.variable(variable);
        let missing = || format!("`{name}`: the environment has no `{variable}`");
        return value.as_deref().map(quiet).ok_or_else(missing);
    }
    if text.strip_prefix("prompt:").is_some_and(str::is_empty) {
        let typed = outside.ask(name);
        return typed.as_deref().map(quiet).map_err(|words| format!("`{name}`: {words}"));
    }
    let warning = format!(
        "`{name}` stands on the command line, where everybody on this machine can read it: write \
         `{name}=@FILE`, `{name}=env:NAME` or `{name}=prompt:`"
    );
    Ok(Found { value: Secret::from(text), warning: Some(warning) })
}

/// A warning about a user name that a shell has most likely replaced by nothing.
fn eaten_by_shell(name: &str, value: &str) -> Option<String> {
    (name == "sasl.username" && value.is_empty()).then(|| {
        "`sasl.username` is empty: a shell replaces $ConnectionString unless it stands in single \
         quotes: -X 'sasl.username=$ConnectionString'"
            .to_owned()
    })
}

/// Editors and `echo` end a file with a line end that is no part of a password.
fn without_last_line_end(text: &str) -> &str {
    let text = text.strip_suffix('\n').unwrap_or(text);
    text.strip_suffix('\r').unwrap_or(text)
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// An outside with one of everything.
    #[derive(Default)]
    pub(crate) struct Scripted {}

    impl Outside for Scripted {
        fn variable(&self, name: &str) -> Option<String> {
            (name == "SECRET").then(|| "from the environment".to_owned())
        }

        fn file(&self, path: &str) -> Result<String, String> {
            match path {
                "secret.txt" => Ok("from a file\r\n".to_owned()),
                _ => Err("no such file".to_owned()),
            }
        }

        fn ask(&mut self, what: &str) -> Result<String, String> {
            Ok(format!("typed for {what}"))
        }
    }

    fn value(text: &str) -> Result<String, Complaint> {
        let found = read("sasl.password", text, &mut Scripted::default())?;
        let value = found.value.reveal_text().unwrap().to_owned();
        assert!(found.warning.is_none() || value == text);
        Ok(value)
    }

    #[test]
    fn a_secret_comes_from_where_it_points() {
        assert_eq!(value("@secret.txt").unwrap(), "from a file");
        assert_eq!(value("env:SECRET").unwrap(), "from the environment");
        assert_eq!(value("prompt:").unwrap(), "typed for sasl.password");
        assert_eq!(value("itself").unwrap(), "itself");
        let missing = value("@other.txt").unwrap_err();
        assert_eq!(missing, "`sasl.password`: `other.txt` cannot be read: no such file");
        let unset = value("env:OTHER").unwrap_err();
        assert_eq!(unset, "`sasl.password`: the environment has no `OTHER`");
    }
}
