//! After any past, a cluster in order takes new batches, and transactions.

use std::time::Duration;

use klamm_idempotence::{
    Answer, Ask, CallId, ConnId, Done, Input, Leader, Mode, Outcome, Output, Part, Send, Settings,
    Ticket, TxnTag,
};
use klamm_wire::{ErrorCode, NodeId, TopicId, Uuid};
use proptest::prelude::*;

use crate::any_input::{MODES, config, run};
use crate::driver::Driver;
use crate::inputs::steps;

const PARTS: [Part; 2] = [Part(0), Part(1)];

/// What leads out of any state to an open transaction.
const ASKS: [Ask; 4] = [Ask::InitTxn, Ask::Commit, Ask::Abort, Ask::BeginTxn];

/// Longer than all back-offs and graces that a past can leave behind.
const ROUNDS: u64 = 300;

impl Driver {
    /// All connections are gone, and a new one leads to the leader of all partitions.
    fn heal(&mut self) {
        self.time = self.now();
        for conn in 0..3 {
            self.feed(Input::ConnLost { conn: ConnId(conn) });
        }
        let (topic, node) = (TopicId(Uuid([1; 16])), NodeId(7));
        for part in PARTS {
            let leader = Leader::At { node, epoch: 1000 };
            self.feed(Input::Leader { part, topic, leader });
        }
        self.feed(Input::ConnUp { conn: ConnId(1000), node });
    }

    /// Everything that is asked for is granted, until nothing more is, and a second passes.
    fn serve(&mut self) {
        loop {
            let said = self.outputs.len();
            for (part, ticket) in self.unfinished() {
                self.feed(Input::Ready { part, ticket, records: 1, size: 1 });
            }
            for Send { attempt, part, .. } in self.attempts_out() {
                self.feed(Input::Flushed { attempt });
                self.feed(Input::Answer { attempt, part, answer: acknowledged() });
            }
            self.answer_control(ErrorCode::NONE);
            self.halve(1);
            if self.outputs.len() == said {
                return self.pass(Duration::from_secs(1));
            }
        }
    }

    /// Gives up whatever transaction there was, and begins another.
    fn begin_anew(&mut self) -> Option<TxnTag> {
        for call in 0..ROUNDS {
            for (ask, call) in ASKS.into_iter().zip(4 * call..) {
                let deadline = self.now().saturating_add(Duration::from_secs(60));
                let call = CallId(1000 + call);
                self.feed(Input::Call { call, deadline, ask });
                self.serve();
                let begun = self.outputs.iter().find_map(|output| begun(output, call));
                if begun.is_some() || is_over(self) {
                    return begun;
                }
            }
        }
        None
    }

    fn is_acked(&self, batch: (Part, Ticket)) -> bool {
        self.outputs.iter().any(|output| is_success(output, batch))
    }
}

fn is_success(output: &Output, (of, named): (Part, Ticket)) -> bool {
    let Output::Complete { part, ticket, outcome } = output else { return false };
    (*part, *ticket) == (of, named) && matches!(outcome, Outcome::Whole(Ok(_)))
}

fn acknowledged() -> Answer {
    let code = ErrorCode::NONE;
    Answer::Present { code, base_offset: Some(0), append_time: None, record_errors: Vec::new() }
}

fn begun(output: &Output, asked: CallId) -> Option<TxnTag> {
    let Output::CallDone { call, result: Ok(Done::Begun(tag)) } = output else { return None };
    Some(*tag).filter(|_| *call == asked)
}

/// Whether the past has ended the producer itself.
fn is_over(driver: &Driver) -> bool {
    let said = format!("{:?}", driver.outputs);
    said.contains("Fatal(") || said.contains("ProducerClosed(") || driver.was_closed()
}

proptest! {
    #![proptest_config(config())]

    //= type=test I11
    #[test]
    fn a_cluster_in_order_takes_new_batches_whatever_happened_before(
        steps in steps(),
        epoch_limit in 0..4i16,
    ) {
        for mode in MODES {
            let mut driver = run(Settings { epoch_limit, ..Settings::new(mode) }, &steps);
            driver.heal();
            driver.serve();
            let tag = if mode == Mode::Transactional { driver.begin_anew() } else { None };
            let batches = PARTS.map(|part| driver.announce(part, ROUNDS * 10, tag));
            for _ in 0..ROUNDS {
                driver.serve();
            }
            if is_over(&driver) {
                continue;
            }
            for batch in batches {
                prop_assert!(driver.is_acked(batch), "{:?} is stuck in {:?}", batch, mode);
            }
        }
    }
}
