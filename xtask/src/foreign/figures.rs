//! The line of JSON that a program ends with.

use std::collections::BTreeMap;

use serde_json::Value;

/// What a program found.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Figures {
    pub(super) is_good: bool,
    pub(super) seconds: f64,
    pub(super) counts: BTreeMap<String, u64>,
}

impl Figures {
    /// Reads the last line of what a program printed; it may have printed more before.
    pub(super) fn read(stdout: &str) -> Result<Self, String> {
        let line = stdout.lines().rev().find(|line| line.starts_with('{'));
        let line = line.ok_or("it printed no figures")?;
        let value: Value =
            serde_json::from_str(line).map_err(|error| format!("its figures `{line}`: {error}"))?;
        let object = value.as_object().ok_or("its figures are no object")?;
        let is_good = value.get("ok").and_then(Value::as_bool).ok_or("it gives no verdict")?;
        let seconds = value.get("seconds").and_then(Value::as_f64).unwrap_or_default();
        let counts = object
            .iter()
            .filter(|(name, _)| *name != "seconds")
            .filter_map(|(name, count)| Some((name.clone(), count.as_u64()?)));
        Ok(Self { is_good, seconds, counts: counts.collect() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_line_tells_whatever_was_printed_before() {
        let stdout =
            "5000 records sent\n{\"run\":\"perf\",\"ok\":true,\"seconds\":1.5,\"lost\":3}\n";
        let figures = Figures::read(stdout).unwrap();
        assert!(figures.is_good);
        assert_eq!(figures.seconds.to_string(), "1.5");
        assert_eq!(figures.counts, BTreeMap::from([("lost".to_owned(), 3)]));
    }

    #[test]
    fn silence_is_no_verdict() {
        assert!(Figures::read("all is well\n").is_err());
        assert!(Figures::read("{\"lost\":0}\n").is_err());
    }
}
