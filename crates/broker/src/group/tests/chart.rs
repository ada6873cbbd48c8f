//! Every call in every state: what it is answered, and where it leads.

use klamm_protocol::offset_commit::OffsetCommitRequest;
use klamm_protocol::offset_commit::request::{
    OffsetCommitRequestPartition, OffsetCommitRequestTopic,
};
use klamm_protocol::txn_offset_commit::TxnOffsetCommitRequest;
use klamm_protocol::txn_offset_commit::request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use klamm_wire::{Epoch, PartitionIndex, ProducerId};

use super::*;

const STATES: [&str; 5] = ["Dead", "Empty", "Preparing", "Completing", "Stable"];

/// A group in a state. `b`, who calls, is a member wherever there are any, but never the leader;
/// while the group prepares, `a` has joined again and `b` has not.
fn in_state(state: &str) -> Desk {
    let mut desk = Desk::of(&["a", "b"]);
    if desk.leader() == "b" {
        let swapped = desk.people["a"].clone();
        let leader = desk.people.insert("b", swapped).expect("b is there");
        desk.people.insert("a", leader);
    }
    match state {
        "Dead" => desk.groups = Groups::new(GroupSettings::default(), 1),
        "Empty" => ["b", "a"].into_iter().for_each(|name| assert!(desk.leave(name).is_ok())),
        "Preparing" => desk.join("a"),
        "Completing" => {
            desk.all_join(&["a", "b"]);
            desk.all_joined(&["a", "b"]);
        }
        _ => {}
    }
    if state == "Completing" {
        desk.join("a");
    }
    assert_eq!(desk.state(), if state == "Completing" { "Completing" } else { state });
    desk
}

/// The code of an answer, or that it waits.
fn heard(desk: &mut Desk, name: &'static str) -> String {
    match desk.answer(name) {
        None => "waits".to_owned(),
        Some(Answer::Join(answer)) => said(answer.error_code),
        Some(Answer::Sync(answer)) => said(answer.error_code),
    }
}

fn said(code: ErrorCode) -> String {
    code.name().unwrap_or("?").to_owned()
}

fn commit(desk: &mut Desk, member: &str, generation: i32) -> String {
    let partition = OffsetCommitRequestPartition {
        partition_index: PartitionIndex(0),
        committed_offset: 5,
        ..OffsetCommitRequestPartition::DEFAULT
    };
    let topic = OffsetCommitRequestTopic {
        name: "t".into(),
        partitions: vec![partition],
        ..OffsetCommitRequestTopic::DEFAULT
    };
    let request = OffsetCommitRequest {
        group_id: GROUP.into(),
        member_id: member.into(),
        generation_id_or_member_epoch: generation,
        topics: vec![topic],
        ..OffsetCommitRequest::DEFAULT
    };
    let answer = desk.groups.commit(desk.now, 9, &request, &Names, &exists);
    said(answer.topics[0].partitions[0].error_code)
}

fn commit_in_transaction(desk: &mut Desk, member: &str, generation: i32) -> String {
    let partition = TxnOffsetCommitRequestPartition {
        committed_offset: 5,
        ..TxnOffsetCommitRequestPartition::DEFAULT
    };
    let topic = TxnOffsetCommitRequestTopic {
        name: "t".into(),
        partitions: vec![partition],
        ..TxnOffsetCommitRequestTopic::DEFAULT
    };
    let request = TxnOffsetCommitRequest {
        group_id: GROUP.into(),
        producer_id: ProducerId(1),
        producer_epoch: Epoch(0),
        member_id: member.into(),
        generation_id: generation,
        topics: vec![topic],
        ..TxnOffsetCommitRequest::DEFAULT
    };
    let answer = desk.groups.commit_in_transaction(desk.now, 5, &request, &exists);
    said(answer.topics[0].partitions[0].error_code)
}

/// Makes one call and tells what came of it.
fn outcome(call: &str, state: &str) -> String {
    let mut desk = in_state(state);
    let b = desk.people["b"].clone();
    let code = match call {
        "a newcomer joins" => {
            desk.ask_to_join("c");
            heard(&mut desk, "c")
        }
        "an old newcomer joins" => {
            desk.person("c").version = 3;
            desk.ask_to_join("c");
            heard(&mut desk, "c")
        }
        "a member joins" => {
            desk.ask_to_join("b");
            heard(&mut desk, "b")
        }
        "a leader joins" => {
            desk.ask_to_join("a");
            heard(&mut desk, "a")
        }
        "a member syncs" => {
            desk.sync("b", &[]);
            heard(&mut desk, "b")
        }
        "a leader syncs" => {
            desk.sync("a", &[("b", "all")]);
            heard(&mut desk, "a")
        }
        "a member beats" => said(desk.beat("b")),
        "a member leaves" => said(desk.leave("b")),
        "a member commits" => commit(&mut desk, &b.id, b.generation),
        "a stranger commits" => commit(&mut desk, "", -1),
        "a member commits in a transaction" => {
            commit_in_transaction(&mut desk, &b.id, b.generation)
        }
        "a stranger commits in a transaction" => commit_in_transaction(&mut desk, "", -1),
        _ => unreachable!("{call} is no call"),
    };
    format!("{code} {}", desk.state())
}

#[test]
fn every_call_in_every_state_does_what_the_chart_says() {
    let mut wrong = Vec::new();
    for row in CHART.trim().lines() {
        let mut cells = row.split('|').map(str::trim);
        let call = cells.next().expect("a row begins with its call");
        for (state, expected) in STATES.iter().zip(cells.map(in_full)) {
            let found = outcome(call, state);
            if found != expected {
                wrong.push(format!("{call} in {state}: {found}, not {expected}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A cell in full: the code's name for its number, and the state for its letter.
fn in_full(cell: &str) -> String {
    let (code, letter) = cell.split_once(' ').expect("a cell is a code and a letter");
    let named = code.parse().map(|code| said(ErrorCode(code)));
    let state = STATES.iter().find(|state| state.starts_with(letter)).expect("a letter is one");
    format!("{} {state}", named.unwrap_or(code.to_owned()))
}

/// In the columns: Dead, Empty, Preparing, Completing, Stable. In the cells: the code or that the
/// answer waits, and the state afterwards.
const CHART: &str = "
a newcomer joins                    |    79 E |    79 E |    79 P |    79 C |    79 S
an old newcomer joins               | waits P | waits P | waits P | waits P | waits P
a member joins                      |    25 D |    25 E |     0 C |     0 C |     0 S
a leader joins                      |    25 D |    25 E | waits P |     0 C | waits P
a member syncs                      |    25 D |    25 E |    27 P | waits C |     0 S
a leader syncs                      |    25 D |    25 E |    27 P |     0 S |     0 S
a member beats                      |    25 D |    25 E |    27 P |     0 C |     0 S
a member leaves                     |    25 D |    25 E |     0 C |     0 P |     0 P
a member commits                    |    69 D |    25 E |     0 P |    27 C |     0 S
a stranger commits                  |     0 E |     0 E |    25 P |    25 C |    25 S
a member commits in a transaction   |    22 D |    25 E |     0 P |     0 C |     0 S
a stranger commits in a transaction |     0 E |     0 E |     0 P |     0 C |     0 S
";
