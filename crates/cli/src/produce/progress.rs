//! What is said on standard error while the run goes on.

use std::io::{self, IsTerminal as _, Write as _};
use std::time::Duration;

use serde_json::json;

use super::options::{Progress as Wish, Telling};
use super::outcome::Outcome;
use super::report;

/// How progress is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Progress {
    None,
    /// One line of a terminal, written again and again.
    Line,
    /// An object on each line.
    Objects,
}

impl Progress {
    pub(super) fn of(telling: &Telling) -> Self {
        match telling.progress {
            Wish::Json => Self::Objects,
            Wish::None => Self::None,
            Wish::Auto if telling.is_quiet || telling.dry_run => Self::None,
            Wish::Auto if io::stderr().is_terminal() => Self::Line,
            Wish::Auto => Self::None,
        }
    }

    /// Tells where the run stands.
    pub(super) fn tell(self, outcome: &Outcome, took: Duration) {
        let text = match self {
            Self::None => return,
            Self::Line => format!("\r\u{1b}[K{}", line(outcome, took)),
            Self::Objects => {
                format!("{}\n", json!({ "progress": report::counts(outcome, took) }))
            }
        };
        let mut err = io::stderr().lock();
        let _ = err.write_all(text.as_bytes()).and_then(|()| err.flush());
    }

    /// Makes room for other lines.
    pub(super) fn clear(self) {
        if self == Self::Line {
            eprint!("\r\u{1b}[K");
        }
    }
}

fn line(outcome: &Outcome, took: Duration) -> String {
    let Outcome { sent, acked, failed, broken, .. } = *outcome;
    let [shown, acked] = [sent, acked].map(report::grouped);
    let bad = failed.saturating_add(broken);
    let bad = if bad == 0 { String::new() } else { format!(", {} not", report::grouped(bad)) };
    let rate = report::grouped(report::rate(sent, took));
    format!("{shown} read, {acked} acknowledged{bad}, {rate} records/s")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_says_how_far_and_how_fast() {
        let outcome = Outcome { sent: 5000, acked: 4000, failed: 2, ..Outcome::default() };
        let wanted = "5,000 read, 4,000 acknowledged, 2 not, 2,500 records/s";
        assert_eq!(line(&outcome, Duration::from_secs(2)), wanted);
    }
}
