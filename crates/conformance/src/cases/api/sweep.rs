//! API-02: every advertised version of each API that a producer uses.

use std::thread::sleep;
use std::time::{Duration, Instant};

use klamm_protocol::ApiKey;
use klamm_protocol::add_offsets_to_txn::AddOffsetsToTxnRequest;
use klamm_protocol::add_partitions_to_txn::AddPartitionsToTxnRequest;
use klamm_protocol::add_partitions_to_txn::request::AddPartitionsToTxnTransaction;
use klamm_protocol::api_versions::ApiVersionsRequest;
use klamm_protocol::create_topics::CreateTopicsRequest;
use klamm_protocol::describe_cluster::DescribeClusterRequest;
use klamm_protocol::end_txn::EndTxnRequest;
use klamm_protocol::find_coordinator::FindCoordinatorRequest;
use klamm_protocol::sasl_handshake::SaslHandshakeRequest;
use klamm_protocol::txn_offset_commit::TxnOffsetCommitRequest;
use klamm_wire::{Epoch, ErrorCode, ProducerId};

use crate::answer::Answer;
use crate::batch::Batch;
use crate::case::{Outcome, Stop};
use crate::conn::Conn;
use crate::requests::{self, TOP_CODE};
use crate::run::Run;

/// How long a broker may take to have producer ids.
const PATIENCE: Duration = Duration::from_secs(10);
const PAUSE: Duration = Duration::from_millis(50);
/// From here on AddPartitionsToTxn carries several transactions and is for brokers.
const BATCHED_ADD: i16 = 4;
/// From here on FindCoordinator carries several keys.
const BATCHED_FIND: i16 = 4;

pub(super) fn every_version(run: &mut Run) -> Outcome {
    simple(run)?;
    await_producer_ids(run)?;
    sweep(run, ApiKey::InitProducerId, |c, version| c.ask(version, &requests::producer_id()))?;
    let id = run.name("txn");
    find_coordinator(run, &id)?;
    transactional(run, &id)?;
    // Last, since it needs a topic, which not every broker can make.
    produce(run)
}

/// Before its first producer id a broker asks the controller for some, and says 14.
fn await_producer_ids(run: &mut Run) -> Outcome {
    let mut conn = run.connect()?.unrecorded();
    let until = Instant::now() + PATIENCE;
    while Instant::now() < until {
        let answer = conn.ask(0, &requests::producer_id())?;
        if answer.code(TOP_CODE) != Some(ErrorCode::COORDINATOR_LOAD_IN_PROGRESS) {
            break;
        }
        sleep(PAUSE);
    }
    Ok(())
}

/// Asks each version on a connection of its own.
fn sweep(
    run: &mut Run,
    key: ApiKey,
    ask: impl Fn(&mut Conn, i16) -> Result<Answer, Stop>,
) -> Outcome {
    let Some(versions) = run.can().usable(key) else {
        run.expect.remark(format!("{} is not advertised", key.name()));
        return Ok(());
    };
    for version in versions.iter() {
        let mut c = run.connect()?.brief();
        let answer = ask(&mut c, version)?;
        run.expect.answered(&answer);
        if let Some(reply) = answer.reply() {
            let what = format!("bytes behind {} v{version}", key.name());
            run.expect.eq(&what, reply.trailing, 0);
        }
    }
    Ok(())
}

fn simple(run: &mut Run) -> Outcome {
    sweep(run, ApiKey::ApiVersions, |c, version| {
        let request = ApiVersionsRequest {
            client_software_name: if version < 3 { "" } else { "client" }.into(),
            client_software_version: if version < 3 { "" } else { "1" }.into(),
            ..ApiVersionsRequest::default()
        };
        c.ask(version, &request)
    })?;
    sweep(run, ApiKey::Metadata, |c, version| c.ask(version, &requests::metadata(&[])))?;
    sweep(run, ApiKey::SaslHandshake, |c, version| {
        let request = SaslHandshakeRequest { mechanism: "PLAIN".into() };
        c.ask(version, &request)
    })?;
    sweep(run, ApiKey::CreateTopics, |c, version| c.ask(version, &CreateTopicsRequest::default()))?;
    sweep(run, ApiKey::DescribeCluster, |c, version| {
        c.ask(version, &DescribeClusterRequest::default())
    })
}

fn produce(run: &mut Run) -> Outcome {
    let topic = run.topic("orders", 1)?;
    let batch = Batch::of(&["a"]).build()?.bytes();
    let request = requests::produce(&topic, &[(0, batch)]);
    sweep(run, ApiKey::Produce, |c, version| c.ask(version, &request))
}

fn find_coordinator(run: &mut Run, id: &str) -> Outcome {
    sweep(run, ApiKey::FindCoordinator, |c, version| {
        let mut request = FindCoordinatorRequest::default();
        if version < BATCHED_FIND {
            request.key = id.to_owned().into();
        } else {
            request.coordinator_keys = vec![id.to_owned().into()];
        }
        request.key_type = i8::from(version > 0);
        c.ask(version, &request)
    })
}

fn transactional(run: &mut Run, id: &str) -> Outcome {
    let name = || id.to_owned().into();
    let (pid, epoch) = (ProducerId(1), Epoch(0));
    sweep(run, ApiKey::AddPartitionsToTxn, |c, version| {
        let request = if version < BATCHED_ADD { add_alone(id) } else { add_batched(id) };
        c.ask(version, &request)
    })?;
    sweep(run, ApiKey::AddOffsetsToTxn, |c, version| {
        let request = AddOffsetsToTxnRequest {
            transactional_id: name(),
            producer_id: pid,
            producer_epoch: epoch,
            group_id: name(),
            ..AddOffsetsToTxnRequest::default()
        };
        c.ask(version, &request)
    })?;
    sweep(run, ApiKey::EndTxn, |c, version| {
        let request = EndTxnRequest {
            transactional_id: name(),
            producer_id: pid,
            producer_epoch: epoch,
            ..EndTxnRequest::default()
        };
        c.ask(version, &request)
    })?;
    sweep(run, ApiKey::TxnOffsetCommit, |c, version| {
        let request = TxnOffsetCommitRequest {
            transactional_id: name(),
            group_id: name(),
            producer_id: pid,
            producer_epoch: epoch,
            ..TxnOffsetCommitRequest::default()
        };
        c.ask(version, &request)
    })
}

fn add_alone(id: &str) -> AddPartitionsToTxnRequest<'static> {
    AddPartitionsToTxnRequest {
        v3_and_below_transactional_id: id.to_owned().into(),
        v3_and_below_producer_id: ProducerId(1),
        ..AddPartitionsToTxnRequest::default()
    }
}

fn add_batched(id: &str) -> AddPartitionsToTxnRequest<'static> {
    AddPartitionsToTxnRequest {
        transactions: vec![AddPartitionsToTxnTransaction {
            transactional_id: id.to_owned().into(),
            producer_id: ProducerId(1),
            ..AddPartitionsToTxnTransaction::default()
        }],
        ..AddPartitionsToTxnRequest::default()
    }
}
