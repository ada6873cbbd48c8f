//! Offsets of a group that belong to a transaction.

use std::thread::sleep;
use std::time::{Duration, Instant};

use klamm_protocol::ApiKey;
use klamm_protocol::add_offsets_to_txn::AddOffsetsToTxnRequest;
use klamm_protocol::offset_fetch::OffsetFetchRequest;
use klamm_protocol::offset_fetch::request::OffsetFetchRequestTopic;
use klamm_protocol::txn_offset_commit::TxnOffsetCommitRequest;
use klamm_protocol::txn_offset_commit::request::{
    TxnOffsetCommitRequestPartition, TxnOffsetCommitRequestTopic,
};
use klamm_wire::{Epoch, PartitionIndex, ProducerId};

use crate::answer::Answer;
use crate::case::{Outcome, Stop};
use crate::conn::{Conn, PATIENCE};
use crate::requests::TOP_CODE;
use crate::run::Run;
use crate::topics::Topic;

use super::actor::{Actor, Asking, Style, coordinator};

/// The newest version of AddOffsetsToTxn that is needed.
const ADD: i16 = 4;
/// The last version of OffsetFetch with one group.
const ONE_GROUP: i16 = 7;
/// The first version of TxnOffsetCommit that adds the group.
const ADDING: i16 = 5;
/// Where an answer to TxnOffsetCommit has its code.
const COMMIT_CODE: &str = "/topics/0/partitions/0/errorCode";
/// Where an answer to OffsetFetch has its offset.
const OFFSET: &str = "/topics/0/partitions/0/committedOffset";

pub(super) fn with_the_transaction(run: &mut Run) -> Outcome {
    for style in Style::all(run) {
        let all = run.usable(ApiKey::TxnOffsetCommit)?;
        let belongs = |version: &i16| (*version >= ADDING) == (style == Style::Implicit);
        for version in all.iter().filter(belongs) {
            for committed in [true, false] {
                one_group(run, style, version, committed)?;
            }
        }
    }
    Ok(())
}

fn one_group(run: &mut Run, style: Style, version: i16, committed: bool) -> Outcome {
    let name = format!("v{version}-{}", if committed { "commit" } else { "abort" });
    let topic = run.topic(&name, 1)?;
    let group = run.name(&format!("group-{name}"));
    let mut actor = Actor::begin(run, &name, style)?;
    let mut c = coordinator(run, &group, 0)?;
    if style == Style::Explicit {
        let add_version = run.newest(ApiKey::AddOffsetsToTxn, ADD)?;
        let id = actor.id.clone();
        let request = AddOffsetsToTxnRequest {
            transactional_id: (&*id).into(),
            producer_id: ProducerId(actor.pid),
            producer_epoch: Epoch(actor.epoch),
            group_id: (&*group).into(),
            ..AddOffsetsToTxnRequest::default()
        };
        let answer = actor.asking("add").settled(add_version, &request, TOP_CODE)?;
        run.expect.code(&answer, TOP_CODE, 0);
    }
    let notes = run.notes.clone();
    let asking = Asking { conn: &mut c, notes: &notes, note: &name };
    let answer = asking.settled(version, &commit(&actor, &group, &topic), COMMIT_CODE)?;
    run.expect.code(&answer, COMMIT_CODE, 0);
    let answer = fetched(run, &mut c, "open", &fetch(&group, &topic))?;
    run.expect.eq("the offset while it is open", answer.int(OFFSET), Some(-1));
    let answer = actor.end(committed)?;
    run.expect.code(&answer, TOP_CODE, 0);
    let wanted = if committed { 5 } else { -1 };
    let answer = fetched(run, &mut c, "ended", &fetch(&group, &topic))?;
    run.expect.eq("the offset behind the end", answer.int(OFFSET), Some(wanted));
    Ok(())
}

fn commit<'a>(actor: &'a Actor, group: &'a str, topic: &'a Topic) -> TxnOffsetCommitRequest<'a> {
    TxnOffsetCommitRequest {
        transactional_id: (&*actor.id).into(),
        group_id: group.into(),
        producer_id: ProducerId(actor.pid),
        producer_epoch: Epoch(actor.epoch),
        generation_id: -1,
        topics: vec![TxnOffsetCommitRequestTopic {
            name: (&*topic.name).into(),
            partitions: vec![TxnOffsetCommitRequestPartition {
                partition_index: PartitionIndex(0),
                committed_offset: 5,
                committed_metadata: Some("note".into()),
                ..TxnOffsetCommitRequestPartition::default()
            }],
            ..TxnOffsetCommitRequestTopic::default()
        }],
        ..TxnOffsetCommitRequest::default()
    }
}

fn fetch<'a>(group: &'a str, topic: &'a Topic) -> OffsetFetchRequest<'a> {
    OffsetFetchRequest {
        group_id: group.into(),
        topics: Some(vec![OffsetFetchRequestTopic {
            name: (&*topic.name).into(),
            partition_indexes: [PartitionIndex(0)].into_iter().collect(),
            ..OffsetFetchRequestTopic::default()
        }]),
        ..OffsetFetchRequest::default()
    }
}

/// Asks for the offset: what is stable, as soon as it is, and before that whatever there is.
fn fetched(
    run: &mut Run,
    conn: &mut Conn,
    note: &str,
    request: &OffsetFetchRequest<'_>,
) -> Result<Answer, Stop> {
    let version = run.newest(ApiKey::OffsetFetch, ONE_GROUP)?;
    let notes = run.notes.clone();
    if version == ONE_GROUP {
        let stable = OffsetFetchRequest { require_stable: true, ..request.clone() };
        let until = Instant::now() + PATIENCE;
        loop {
            let asked = conn.note(&format!("{note}-stable")).send(version, &stable)?;
            let answer = conn.receive(&asked);
            let is_stable = answer.int(COMMIT_CODE) != Some(88);
            if note == "open" {
                run.expect.that("an open transaction is not stable", !is_stable);
            }
            if note == "open" || is_stable || Instant::now() > until {
                notes.exchange(&asked, &answer, false);
                break;
            }
            sleep(Duration::from_millis(20));
        }
    } else {
        sleep(Duration::from_millis(500));
    }
    let asking = Asking { conn, notes: &notes, note };
    asking.settled(version, request, TOP_CODE)
}
