//! Faults as text: `produce: after-append drop-connection skip 2 times 1`.
//!
//! ```text
//! fault  = api { which } ":" place action { limit }
//! api    = "any" or a name such as produce, init-producer-id
//! which  = "above" VERSION | "node" N | "client" NAME | "topic" NAME | "partition" N
//! place  = on-accept | on-receipt | before-append | after-append | answering | after-answer
//! limit  = "skip" N | "every" N | "chance" P% | "times" N
//! ```
//!
//! What is done `on-accept` is done before any request: it goes with `any` and `node` alone.
//!
//! A name with anything but letters, digits, dots, hyphens and underscores stands in double quotes,
//! in which a backslash takes the next character as it is.

mod read;
mod values;
mod words;

use std::fmt;

use super::fault::{Afterwards, Chance, Fault, Intercept, Place, Spoil, Welcome, When, Withhold};
use values::{api_name, duration_text, percent};
use words::quoted;

/// What was expected in the text of a fault, and what stands there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ParseFaultError {
    expected: String,
    found: Option<String>,
}

impl ParseFaultError {
    fn new(expected: &str, found: Option<&str>) -> Self {
        Self { expected: expected.to_owned(), found: found.map(str::to_owned) }
    }
}

impl fmt::Display for ParseFaultError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { expected, found } = self;
        match found {
            Some(found) => write!(f, "expected {expected}, found `{found}`"),
            None => write!(f, "expected {expected}, found the end"),
        }
    }
}

impl std::error::Error for ParseFaultError {}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let When { api, above, node, client, topic, partition, .. } = &self.when;
        f.write_str(&api.map_or_else(|| "any".to_owned(), api_name))?;
        above.map_or(Ok(()), |version| write!(f, " above {version}"))?;
        node.map_or(Ok(()), |node| write!(f, " node {}", node.0))?;
        client.as_ref().map_or(Ok(()), |name| write!(f, " client {}", quoted(name)))?;
        topic.as_ref().map_or(Ok(()), |name| write!(f, " topic {}", quoted(name)))?;
        partition.map_or(Ok(()), |index| write!(f, " partition {}", index.0))?;
        write!(f, ": {}", self.place)?;
        self.limits(f)
    }
}

impl Fault {
    fn limits(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let When { skip, every, chance, times, .. } = &self.when;
        if *skip > 0 {
            write!(f, " skip {skip}")?;
        }
        if every.get() > 1 {
            write!(f, " every {every}")?;
        }
        if *chance != Chance::ALWAYS {
            write!(f, " chance {}", percent(*chance))?;
        }
        times.map_or(Ok(()), |times| write!(f, " times {times}"))
    }
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::OnAccept(action) => write!(f, "on-accept {action}"),
            Self::OnReceipt(action) => write!(f, "on-receipt {action}"),
            Self::BeforeAppend(action) => write!(f, "before-append {action}"),
            Self::AfterAppend(action) => write!(f, "after-append {action}"),
            Self::Answering(action) => write!(f, "answering {action}"),
            Self::AfterAnswer(action) => write!(f, "after-answer {action}"),
        }
    }
}

impl fmt::Display for Welcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::DropConnection => "drop-connection",
            Self::Hang => "hang",
        })
    }
}

impl fmt::Display for Intercept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropConnection => f.write_str("drop-connection"),
            Self::ResetConnection => f.write_str("reset-connection"),
            Self::Hang => f.write_str("hang"),
            Self::Delay(by) => write!(f, "delay {}", duration_text(*by)),
            Self::Error(code) => write!(f, "error {}", values::code_name(*code)),
        }
    }
}

impl fmt::Display for Withhold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropConnection => f.write_str("drop-connection"),
            Self::Hang => f.write_str("hang"),
            Self::Delay(by) => write!(f, "delay {}", duration_text(*by)),
            Self::Error(code) => write!(f, "error {}", values::code_name(*code)),
            Self::SlowDisk(by) => write!(f, "slow-disk {}", duration_text(*by)),
        }
    }
}

impl fmt::Display for Spoil {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Cut(count) => write!(f, "cut {count}"),
            Self::Duplicate => f.write_str("duplicate"),
            Self::Unsolicited(count) => write!(f, "unsolicited {count}"),
            Self::WrongCorrelationId => f.write_str("wrong-correlation-id"),
            Self::Garbage(count) => write!(f, "garbage {count}"),
            Self::GarbleBody => f.write_str("garble-body"),
            Self::ClaimLength(length) => write!(f, "claim-length {length}"),
            Self::Pieces { size, pause } => {
                write!(f, "pieces {size} pause {}", duration_text(*pause))
            }
            Self::Throttle(by) => write!(f, "throttle {}", duration_text(*by)),
        }
    }
}

impl fmt::Display for Afterwards {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::DropConnection => f.write_str("drop-connection"),
            Self::Mute(by) => write!(f, "mute {}", duration_text(*by)),
        }
    }
}
