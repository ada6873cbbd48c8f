//! A machine under watch: after each input its outputs are counted, ordered and matched.

use std::collections::BTreeMap;
use std::time::Duration;

use klamm_idempotence::model::{answer_in_kind, asker};
use klamm_idempotence::{
    Ask, CallId, CtrlFacts, CtrlId, Done, Identity, Input, Machine, NeverWritten, Output, Part,
    Request, Send, Settings, Ticket, TxnTag,
};
use klamm_wire::{Epoch, ErrorCode, Time};

use crate::checks::Checks;
use crate::inputs::identified;
use crate::wires::Wires;

/// A machine, and what it owes.
pub(crate) struct Driver {
    pub(crate) machine: Machine,
    pub(crate) outputs: Vec<Output>,
    pub(crate) time: Time,
    /// The latest time that the machine was told.
    now: Time,
    /// The lowest ticket of each partition that can still be announced.
    next: BTreeMap<Part, u64>,
    checks: Checks,
    wires: Wires,
    closed: bool,
    /// How often each announced batch was completed.
    completions: BTreeMap<(Part, Ticket), u32>,
}

impl Driver {
    pub(crate) fn new(settings: Settings) -> Self {
        Self {
            machine: Machine::new(settings),
            outputs: Vec::new(),
            time: Time(0),
            now: Time(0),
            next: BTreeMap::new(),
            checks: Checks::default(),
            wires: Wires::default(),
            closed: false,
            completions: BTreeMap::new(),
        }
    }

    /// Hands in one input and checks all that comes out.
    pub(crate) fn feed(&mut self, input: Input) {
        self.now = self.now.max(self.time);
        self.note_announced(&input);
        self.wires.note_input(&input);
        self.closed |= matches!(input, Input::Call { ask: Ask::Close, .. });
        let is_tick = input == Input::Tick;
        self.machine.handle(self.time, input);
        let before = self.outputs.len();
        self.outputs.extend(std::iter::from_fn(|| self.machine.poll()));
        let new = self.outputs[before..].to_vec();
        let most = 64 + 4 * self.completions.len();
        assert!(new.len() <= most, "{} outputs of one input: {new:?}", new.len());
        assert!(new.is_sorted_by_key(rank), "out of order: {new:?}");
        for output in &new {
            self.checks.check(output);
            self.wires.check_output(output);
            self.note_completed(output);
        }
        let wake = self.machine.next_wake();
        assert!(!is_tick || wake.is_none_or(|wake| wake > self.now), "woken at {wake:?} for ever");
    }

    /// Time passes, and the machine is woken in it.
    pub(crate) fn pass(&mut self, span: Duration) {
        let end = self.now.saturating_add(span);
        while let Some(wake) = self.machine.next_wake().filter(|wake| *wake <= end) {
            self.time = wake;
            self.feed(Input::Tick);
        }
        self.time = end;
    }

    /// The partition's next batch is announced under the newest transaction, and made.
    pub(crate) fn work(&mut self, part: Part, seconds: u64, records: Option<u32>) {
        let tag = self.newest(begun);
        let (_, ticket) = self.announce(part, seconds, tag);
        if let Some(records) = records {
            self.feed(Input::Ready { part, ticket, records, size: 1 });
        }
    }

    /// The partition's next batch is announced.
    pub(crate) fn announce(
        &mut self,
        part: Part,
        seconds: u64,
        tag: Option<TxnTag>,
    ) -> (Part, Ticket) {
        let ticket = Ticket(self.next.get(&part).copied().unwrap_or_default());
        let deadline = self.now.saturating_add(Duration::from_secs(seconds));
        self.feed(Input::Announced { part, ticket, deadline, tag });
        (part, ticket)
    }

    /// Announced batches whose callers were told nothing yet.
    pub(crate) fn unfinished(&self) -> Vec<(Part, Ticket)> {
        let waiting = self.completions.iter().filter(|(_, times)| **times == 0);
        waiting.map(|(batch, _)| *batch).collect()
    }

    /// Attempts without an end.
    pub(crate) fn attempts_out(&self) -> Vec<Send> {
        self.wires.out()
    }

    /// The latest time that the machine was told.
    pub(crate) const fn now(&self) -> Time {
        self.now
    }

    /// Whether somebody asked for a close.
    pub(crate) const fn was_closed(&self) -> bool {
        self.closed
    }

    /// Something happens to one of the newest attempts.
    pub(crate) fn answer_sent(&mut self, back: usize, input: impl FnOnce(Send) -> Input) {
        if let Some(send) = self.outputs.iter().rev().filter_map(sent).nth(back) {
            self.feed(input(send));
        }
    }

    /// The newest request is answered in kind.
    pub(crate) fn answer_control(&mut self, code: ErrorCode) {
        if let Some((ctrl, request)) = self.newest(asked) {
            self.feed(Input::CtrlAnswer { ctrl, facts: facts(ctrl, &request, code) });
        }
    }

    /// The newest split is carried out.
    pub(crate) fn halve(&mut self, first: u32) {
        if let Some(proof) = self.newest(split) {
            let (part, ticket, piece) = (proof.part(), proof.ticket(), proof.piece());
            self.feed(Input::SplitDone { part, ticket, piece, first_half: Some(first) });
        }
    }

    fn newest<T>(&self, pick: impl FnMut(&Output) -> Option<T>) -> Option<T> {
        self.outputs.iter().rev().find_map(pick)
    }

    /// Closes the machine, lets all deadlines pass, and checks that nobody is left waiting.
    pub(crate) fn finish(&mut self, end: Time) {
        let call = CallId(u64::MAX);
        self.feed(Input::Call { call, deadline: end, ask: Ask::Close });
        self.time = end;
        self.feed(Input::Tick);
        let forgotten = self.completions.iter().find(|(_, times)| **times != 1);
        assert_eq!(forgotten, None, "every batch is finished once");
        let answers = self.outputs.iter().filter(|output| is_answer_to(output, call));
        assert_eq!(answers.count(), 1, "the close is answered once");
        for _ in 0..16 {
            let Some(wake) = self.machine.next_wake() else { return };
            self.time = wake;
            self.feed(Input::Tick);
        }
        panic!("a closed machine goes to sleep");
    }

    fn note_announced(&mut self, input: &Input) {
        let Input::Announced { part, ticket, .. } = input else { return };
        let Some(after) = ticket.0.checked_add(1) else { return };
        let next = self.next.entry(*part).or_default();
        if ticket.0 >= *next {
            *next = after;
            self.completions.insert((*part, *ticket), 0);
        }
    }

    fn note_completed(&mut self, output: &Output) {
        if let Output::Complete { part, ticket, outcome } = output {
            let broken = format!("{outcome:?}").contains("Invariant");
            assert!(!broken, "the machine broke a law of its own: {outcome:?}");
            let times = self.completions.get_mut(&(*part, *ticket));
            let times = times.unwrap_or_else(|| panic!("{output:?} was never announced"));
            *times += 1;
            assert_eq!(*times, 1, "{output:?} came twice");
        }
    }
}

fn sent(output: &Output) -> Option<Send> {
    if let Output::Send(send) = output { Some(*send) } else { None }
}

fn split(output: &Output) -> Option<NeverWritten> {
    if let Output::Split(proof) = output { Some(*proof) } else { None }
}

fn begun(output: &Output) -> Option<TxnTag> {
    let Output::CallDone { result: Ok(Done::Begun(tag)), .. } = output else { return None };
    Some(*tag)
}

fn asked(output: &Output) -> Option<(CtrlId, Request)> {
    let Output::Ctrl { ctrl, request, .. } = output else { return None };
    Some((*ctrl, request.clone()))
}

/// An answer that fits the request, with the same code for all of it.
fn facts(ctrl: CtrlId, request: &Request, code: ErrorCode) -> CtrlFacts {
    let Some(Identity { pid, epoch }) = asker(request) else { return identified(ctrl, code) };
    answer_in_kind(request, code, (pid, Epoch(epoch.0.saturating_add(1))))
}

fn is_answer_to(output: &Output, asked: CallId) -> bool {
    matches!(output, Output::CallDone { call, .. } if *call == asked)
}

/// The place of an output among those of one input.
fn rank(output: &Output) -> u8 {
    match output {
        Output::Complete { .. } | Output::Restamp(_) | Output::Split(_) => 0,
        Output::Send(_) => 1,
        Output::Ctrl { .. }
        | Output::ForgetCoordinator(_)
        | Output::Refresh(_)
        | Output::NeedConn(_)
        | Output::CallDone { .. } => 2,
    }
}
