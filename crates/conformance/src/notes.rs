//! The record of a conversation: each exchange as a step with a key.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::Value;

use crate::answer::{Answer, Asked};
use crate::normalise::Normaliser;

/// One exchange.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// `Api.vN.note`, and `#n` for the n-th of the same name; without spaces.
    pub key: String,
    /// What came back, after everything was renamed that may differ between two runs.
    pub answer: Value,
}

/// The steps of one case, shared by its connections.
#[derive(Clone, Debug, Default)]
pub struct Notes(Rc<RefCell<Book>>);

#[derive(Debug, Default)]
struct Book {
    steps: Vec<Step>,
    seen: BTreeMap<String, usize>,
    normaliser: Normaliser,
    compares_texts: bool,
}

impl Notes {
    /// An empty record of a case whose names begin with `prefix`.
    #[must_use]
    pub fn new(prefix: &str) -> Self {
        let book = Book { normaliser: Normaliser::new(prefix), ..Book::default() };
        Self(Rc::new(RefCell::new(book)))
    }

    /// Records the answer to a request: all of it, or briefly what it was.
    pub fn exchange(&self, asked: &Asked, answer: &Answer, briefly: bool) {
        let name = format!("{}.v{}", asked.api(), asked.version);
        let name = if asked.note.is_empty() { name } else { format!("{name}.{}", asked.note) };
        let text = if briefly { answer.brief() } else { answer.to_json() };
        self.step(&name, text);
    }

    /// Lets the id of a topic be named by the topic.
    pub fn know_topic(&self, id: &str, name: &str) {
        self.0.borrow_mut().normaliser.know_topic(id, name);
    }

    /// Records anything else.
    pub fn step(&self, name: &str, mut answer: Value) {
        let mut book = self.0.borrow_mut();
        book.normaliser.apply(&mut answer);
        let name = book.normaliser.text(name).split_whitespace().collect::<Vec<_>>().join("-");
        let times = book.seen.entry(name.clone()).or_default();
        *times += 1;
        let key = if *times == 1 { name } else { format!("{name}#{times}") };
        book.steps.push(Step { key, answer });
    }

    /// Lets error texts count when two runs are compared; in most cases they do not.
    pub fn compare_texts(&self) {
        self.0.borrow_mut().compares_texts = true;
    }

    /// Whether error texts count.
    #[must_use]
    pub fn compares_texts(&self) -> bool {
        self.0.borrow().compares_texts
    }

    /// All steps so far.
    #[must_use]
    pub fn steps(&self) -> Vec<Step> {
        self.0.borrow().steps.clone()
    }
}
