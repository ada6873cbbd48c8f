//! The two doors: facts go in, and what follows comes out.

mod calls;
#[cfg(feature = "model")]
mod canonical;
mod dispatch;
mod settle;
mod slots;

use klamm_wire::Time;

use crate::input::Input;
use crate::ledger::Ledger;
use crate::links::{Attempts, Links};
use crate::names::{Part, TxnTag};
use crate::outbox::Outbox;
use crate::output::{Fatal, Output};
use crate::partition::Partition;
use crate::settings::Settings;
use crate::turn::{News, Turn};
use crate::writer::Writer;
use slots::Slots;

/// The state machine of a producer: what may be sent, with which stamp, and what answers mean.
///
/// It has four families of methods: [`new`](Self::new); the door in, [`handle`](Self::handle); the
/// door out, [`poll`](Self::poll), to be called until it answers nothing after each `handle`; and
/// getters, of which [`next_wake`](Self::next_wake) says when to come back with
/// [`Input::Tick`] if nothing happens before.
///
/// It has one owner, reads no clock and does no I/O. Any input is handled in any state: none
/// panics, none loops, and time that goes back stands still. The same inputs at the same times
/// give the same outputs.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Machine {
    settings: Settings,
    now: Time,
    slots: Slots,
    writer: Writer,
    links: Links,
    attempts: Attempts,
    ledger: Ledger,
    out: Outbox,
    /// Why nothing is sent any more.
    dead: Option<Fatal>,
}

impl Machine {
    /// A machine that knows nothing yet.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            writer: Writer::new(&settings),
            settings,
            now: Time::default(),
            slots: Slots::default(),
            links: Links::default(),
            attempts: Attempts::default(),
            ledger: Ledger::default(),
            out: Outbox::default(),
            dead: None,
        }
    }

    /// Takes in one thing that happened.
    pub fn handle(&mut self, now: Time, input: Input) {
        self.now = self.now.max(now);
        self.dispatch(input);
        self.settle();
    }

    /// The next thing to do, if there is one.
    #[must_use = "an output that is not acted on is a promise that is broken"]
    pub fn poll(&mut self) -> Option<Output> {
        self.out.pop()
    }

    /// When time alone will change something.
    #[must_use]
    pub fn next_wake(&self) -> Option<Time> {
        let links = self.links.next_wake(self.now);
        let writer = self.writer.next_wake(self.now);
        let wakes = [self.slots.next_wake(), writer, self.ledger.next_wake(), links];
        wakes.into_iter().flatten().min()
    }

    /// The transaction that new batches may belong to, if there is one.
    #[must_use]
    pub fn writable_tag(&self) -> Option<TxnTag> {
        self.writer.writable_tag()
    }

    /// Whether a batch of that partition could leave at once if its payload were made.
    #[must_use]
    pub fn may_send(&self, part: Part) -> bool {
        let Self { settings, now, slots, writer, links, dead, .. } = self;
        let open = |partition: &Partition| {
            writer.may_send(part) && partition.may_send(settings, writer, links, *now)
        };
        dead.is_none() && slots.get(part).is_some_and(open)
    }

    /// Gives one partition its turn, and lets it send what may leave after it.
    fn turn(&mut self, part: Part, act: impl FnOnce(&mut Partition, &mut Turn<'_>)) {
        let news = self.act(part, act);
        self.take_news(part, &news);
        // What a failure means for a transaction is known by now, and so is what may leave.
        if news.failed.is_some() {
            let news = self.act(part, |_, _| {});
            self.take_news(part, &news);
        }
    }

    /// Lets one partition act, and send unless what came to light may forbid it.
    fn act(&mut self, part: Part, act: impl FnOnce(&mut Partition, &mut Turn<'_>)) -> News {
        let mut news = News::default();
        let Self { settings, now, slots, writer, links, attempts, ledger, out, dead } = self;
        let (now, dead) = (*now, *dead);
        slots.with(part, (now, settings), |partition| {
            let mut turn = Turn {
                now,
                part,
                settings,
                dead,
                writer,
                links,
                attempts,
                ledger,
                news: &mut news,
                out,
            };
            act(partition, &mut turn);
            if dead.is_none() && turn.news.allow_sending() {
                partition.pump(&mut turn);
            }
            if let Some(law) = partition.broken_law(settings, turn.writer.stamps()) {
                turn.news.fatal = Some(Fatal::Invariant(law));
            }
        });
        news
    }

    /// Gives every partition that there is its turn.
    fn all_turns(&mut self, mut act: impl FnMut(&mut Partition, &mut Turn<'_>)) {
        let mut next = self.slots.first();
        while let Some(part) = next {
            self.turn(part, &mut act);
            next = self.slots.after(part);
        }
    }
}
