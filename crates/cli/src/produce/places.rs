//! Where a record stands: a number for all inputs together, and from it the file and the line.

use std::collections::VecDeque;
use std::sync::Arc;

/// How many inputs are remembered: of more, the oldest ones are forgotten.
const MOST: usize = 4096;

/// A file and a line of it, from 1 on; 0 for the file as a whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) file: Arc<str>,
    pub(super) line: u64,
}

impl std::fmt::Display for Place {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            0 => f.write_str(&self.file),
            line => write!(f, "{}:{line}", self.file),
        }
    }
}

/// Where inputs begin, in lines of all of them together.
#[derive(Debug, Default)]
pub(super) struct Places {
    begun: VecDeque<(u64, Arc<str>)>,
}

impl Places {
    /// An input begins behind that many lines of others.
    pub(super) fn begin(&mut self, before: u64, name: &str) {
        if self.begun.len() == MOST {
            self.begun.pop_front();
        }
        let known = self.begun.iter().rev().take(8).find(|(_, known)| **known == *name);
        let name = known.map_or_else(|| Arc::from(name), |(_, known)| Arc::clone(known));
        self.begun.push_back((before, name));
    }

    /// Where the line stands that has this number.
    pub(super) fn place(&self, number: u64) -> Place {
        let after = self.begun.partition_point(|(before, _)| *before < number);
        let begun = after.checked_sub(1).and_then(|at| self.begun.get(at));
        match begun {
            Some((before, file)) => {
                Place { file: Arc::clone(file), line: number.saturating_sub(*before) }
            }
            None => Place { file: Arc::from("a file read long ago"), line: number },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_leads_back_to_a_file_and_a_line() {
        let mut places = Places::default();
        places.begin(0, "a");
        places.begin(3, "b");
        places.begin(3, "c");
        let shown: Vec<_> = (1..6).map(|number| places.place(number).to_string()).collect();
        assert_eq!(shown, ["a:1", "a:2", "a:3", "c:1", "c:2"]);
        (0..5000).for_each(|more| places.begin(10 + more, "d"));
        assert_eq!(places.place(1).file.as_ref(), "a file read long ago");
        assert_eq!(places.begun.len(), MOST);
    }
}
