//! What must hold of a machine's outputs, whatever it was told.

use std::collections::{BTreeMap, BTreeSet};

use crate::input::Input;
use crate::names::{CallId, Part, Ticket};
use crate::output::{CallError, Done, Fatal, Outcome, Output, Reason};

/// Outputs of one input that do not come from a batch: requests, wishes, and calls answered.
const MOST_OTHERS: usize = 32;
/// Outputs of one input that come from one piece of a batch: taken back, sent, told.
const MOST_PER_PIECE: usize = 4;

/// What was seen of a machine.
#[derive(Default)]
pub(super) struct Watch {
    /// The lowest ticket of each partition that was not announced.
    next: BTreeMap<Part, Ticket>,
    open: BTreeSet<(Part, Ticket)>,
    calls: BTreeSet<CallId>,
    /// Pieces that splits made.
    pieces: usize,
    /// Outputs of this input, and how many there may be.
    outputs: usize,
    most: usize,
}

impl Watch {
    /// The machine is about to be told something.
    pub(super) fn told(&mut self, input: &Input) {
        if let Input::Announced { part, ticket, .. } = input
            && self.next.get(part).is_none_or(|next| ticket >= next)
        {
            self.next.insert(*part, Ticket(ticket.0.saturating_add(1)));
            self.open.insert((*part, *ticket));
        }
        if let Input::Call { call, .. } = input {
            self.calls.insert(*call);
        }
        let pieces = self.open.len().saturating_add(self.pieces);
        self.outputs = 0;
        self.most = pieces
            .saturating_mul(MOST_PER_PIECE)
            .saturating_add(self.calls.len())
            .saturating_add(MOST_OTHERS);
    }

    /// The machine wants something done, or has found something out.
    pub(super) fn heard(&mut self, output: &Output) {
        self.outputs = self.outputs.saturating_add(1);
        match output {
            Output::Complete { part, ticket, outcome } => {
                assert!(self.open.remove(&(*part, *ticket)), "I9 told twice, or of nothing");
                check_outcome(outcome);
            }
            Output::Send(send) => {
                assert!(self.open.contains(&(send.part, send.ticket)), "I9 sent and told");
            }
            Output::Split(_) => self.pieces = self.pieces.saturating_add(1),
            Output::CallDone { call, result } => {
                assert!(self.calls.remove(call), "a call is answered twice, or was never made");
                check_result(*result);
            }
            Output::Restamp(_)
            | Output::Ctrl { .. }
            | Output::ForgetCoordinator(_)
            | Output::Refresh(_)
            | Output::NeedConn(_) => {}
        }
    }

    //= I12 the outputs of one input are bounded
    pub(super) fn check_count(&self) {
        assert!(self.outputs <= self.most, "I12 {} outputs of one input", self.outputs);
    }

    /// Every deadline has passed.
    //= I11 deadlines hold
    pub(super) fn ended(&self) {
        assert!(self.open.is_empty(), "I9 never told: {:?}", self.open);
        assert!(self.calls.is_empty(), "never answered: {:?}", self.calls);
    }
}

fn check_outcome(outcome: &Outcome) {
    let told = match outcome {
        Outcome::Whole(told) => vec![told],
        Outcome::Pieces(pieces) => pieces.iter().map(|(_, told)| told).collect(),
    };
    for failed in told.into_iter().filter_map(|told| told.as_ref().err()) {
        if let Reason::ProducerClosed(fatal) = failed.reason {
            check_fatal(fatal);
        }
    }
}

fn check_result(result: Result<Done, CallError>) {
    if let Err(CallError::Fatal(fatal)) = result {
        check_fatal(fatal);
    }
}

fn check_fatal(fatal: Fatal) {
    assert!(!matches!(fatal, Fatal::Invariant(_)), "{fatal:?}");
}
