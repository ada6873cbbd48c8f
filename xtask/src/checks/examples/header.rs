//! What the header of an example says: how it is run, and which line it ends with.

/// An example, as its header describes it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) name: String,
    /// Its last line; `…` stands for anything.
    pub(super) last: String,
}

/// The longest that an example may be.
const LINES: usize = 80;

/// Reads the header of an example; the error is what is wrong with it.
pub(super) fn read(name: &str, text: &str) -> Result<Header, String> {
    let run = format!("//! Run: `cargo run -p klamm --example {name}`");
    if !text.lines().any(|line| line.starts_with(&run)) {
        return Err(format!("its header has no line `{run}`"));
    }
    let last =
        text.lines().find_map(|line| line.strip_prefix("//! Last line: `")?.strip_suffix('`'));
    let last = last.ok_or("its header has no line `//! Last line: `…``")?;
    let lines = text.lines().count();
    if lines > LINES {
        return Err(format!("it has {lines} lines, and nobody reads more than {LINES}"));
    }
    Ok(Header { name: name.to_owned(), last: last.to_owned() })
}

impl Header {
    /// Whether a line is the one that the header tells.
    pub(super) fn is_end(&self, line: &str) -> bool {
        let mut parts = self.last.split('…');
        let first = parts.next().unwrap_or_default();
        let Some(mut rest) = line.strip_prefix(first) else { return false };
        let Some(end) = parts.next_back() else { return rest.is_empty() };
        for part in parts {
            let Some((_, after)) = rest.split_once(part) else { return false };
            rest = after;
        }
        rest.ends_with(end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "//! Shows it.\n//!\n//! Run: `cargo run -p klamm --example a`\n\
        //! Last line: `done: …@0`\n\nfn main() {}\n";

    #[test]
    fn a_header_says_how_it_is_run_and_how_it_ends() {
        let header = read("a", TEXT).unwrap();
        assert_eq!(header, Header { name: "a".to_owned(), last: "done: …@0".to_owned() });
    }

    #[test]
    fn a_header_that_lacks_a_line_or_names_another_example_is_found() {
        assert!(read("b", TEXT).unwrap_err().contains("--example b"));
        let endless = TEXT.replace("Last line", "Ends with");
        assert!(read("a", &endless).unwrap_err().contains("Last line"));
    }

    #[test]
    fn an_example_that_nobody_reads_is_found() {
        let long = format!("{TEXT}{}", "// more\n".repeat(80));
        assert!(read("a", &long).unwrap_err().starts_with("it has 86 lines"));
    }

    #[test]
    fn dots_in_the_last_line_stand_for_anything() {
        let header = |last: &str| Header { name: String::new(), last: last.to_owned() };
        for (last, line) in [("a", "a"), ("a…", "abc"), ("…c", "abc"), ("a…b…c", "a1b2c")] {
            assert!(header(last).is_end(line), "{last} {line}");
        }
        for (last, line) in [("a", "ab"), ("a…c", "ab"), ("a…b…c", "ac"), ("", "a")] {
            assert!(!header(last).is_end(line), "{last} {line}");
        }
    }
}
