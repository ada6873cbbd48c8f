//! Runs in which a careless producer spoils a log.
//!
//! If the broker let none of them happen, it could not judge a careful producer.

use klamm_wire::ErrorCode;

use super::{
    Cluster, Coordinator, Generation, Identity, PartitionLog, Produce, Reach, Replica, Rules,
    Sender, Stamp, TxnState, Verdict, read_committed, read_uncommitted,
};

const OUT_OF_ORDER: Verdict = Verdict::rejected(ErrorCode::OUT_OF_ORDER_SEQUENCE_NUMBER);

/// A log and the hand of a producer that sends one record at a time.
struct Run {
    log: PartitionLog,
    rules: Rules,
}

impl Run {
    fn new(rules: Rules) -> Self {
        Self { log: PartitionLog::new(), rules }
    }

    fn send(&mut self, content: u32, epoch: i64, first: i64) -> Verdict {
        let sender = Sender::Idempotent(Stamp { pid: 1, epoch, first });
        self.log.append(&Produce { sender, records: 1, content }, &self.rules)
    }

    fn records(&self) -> Vec<u32> {
        read_uncommitted(&self.log)
    }
}

//= type=test B7 a fresh producer, whose first batch was refused for its size, say
#[test]
fn renumbering_a_batch_in_flight_writes_it_twice() {
    let mut run = Run::new(Rules::BEFORE_3_6);
    run.send(1, 0, 1);
    run.send(1, 1, 0);
    assert_eq!(run.records(), [1, 1]);
}

//= type=test B9 the window after a restart
#[test]
fn renumbering_what_may_be_in_the_log_writes_it_twice() {
    let mut run = Run::new(Rules::BEFORE_3_6);
    run.send(0, 0, 0);
    run.send(1, 0, 1);
    run.log.restart();
    assert_eq!(run.send(0, 0, 0), OUT_OF_ORDER);
    run.send(0, 1, 0);
    assert_eq!(run.records(), [0, 1, 0]);
}

//= type=test B5 fewer batches than are in doubt
#[test]
fn a_window_of_two_is_too_small_for_three_in_doubt() {
    let mut run = Run::new(Rules { window: 2, ..Rules::BEFORE_3_6 });
    for content in 0..3 {
        run.send(content, 0, i64::from(content));
    }
    assert_eq!(run.send(0, 0, 0), OUT_OF_ORDER);
    run.send(0, 1, 0);
    assert_eq!(run.records(), [0, 1, 2, 0]);
}

//= type=test B7 the order of the first batches
#[test]
fn two_first_batches_in_flight_can_lose_the_first() {
    let mut run = Run::new(Rules::BEFORE_3_6);
    assert_eq!(run.send(1, 0, 1), Verdict::appended(0));
    assert_eq!(run.send(0, 0, 0), OUT_OF_ORDER);
    assert_eq!(run.records(), [1]);
    let mut run = Run::new(Rules::SINCE_4_5);
    assert_eq!(run.send(1, 0, 1), OUT_OF_ORDER);
    assert_eq!(run.send(0, 0, 0), Verdict::appended(0));
}

//= type=test B20 nobody can help
#[test]
fn lost_state_lets_even_an_unchanged_retry_in_again() {
    let mut run = Run::new(Rules::BEFORE_3_6);
    run.send(0, 0, 0);
    run.log.expire_producers();
    run.send(0, 0, 0);
    assert_eq!(run.records(), [0, 0]);
}

//= type=test B14 the copy that arrives in the next transaction
#[test]
fn an_old_commit_tears_the_next_transaction_of_generation_one() {
    let parts = [0, 1].map(|part| Replica { node: 1, part });
    let mut cluster = Cluster::new(Rules::SINCE_3_6, &parts);
    let mut coordinator = Coordinator::new(Rules::SINCE_3_6, Generation::Tv1, 100);
    let who = coordinator.init_producer_id(None).expect("the first producer");
    let write = |cluster: &mut Cluster, coordinator: &mut Coordinator, part: usize| {
        let to = parts[part];
        coordinator.add_partitions(who, &[to.part]);
        cluster.produce_in_transaction(to, &opening(who, to.part), coordinator).code
    };
    coordinator.add_partitions(who, &[7]);
    coordinator.end_txn(Generation::Tv1, who, true).expect("the first commit");
    coordinator.complete(&mut cluster);

    assert_eq!(write(&mut cluster, &mut coordinator, 0), ErrorCode::NONE);
    coordinator.end_txn(Generation::Tv1, who, true).expect("the copy of the first commit");
    coordinator.complete(&mut cluster);
    assert_eq!(write(&mut cluster, &mut coordinator, 1), ErrorCode::NONE);
    coordinator.end_txn(Generation::Tv1, who, false).expect("an abort");
    coordinator.complete(&mut cluster);

    assert_eq!(coordinator.state(), Some(TxnState::CompleteAbort));
    let visible = parts.map(|to| cluster.log(to.part).map(committed));
    assert_eq!(visible, [Some(vec![0]), Some(vec![])]);
}

fn committed(log: &PartitionLog) -> Vec<u32> {
    read_committed(log, Reach::LastStableOffset)
}

/// The first batch of the identity for a partition.
fn opening(who: Identity, content: u32) -> Produce {
    let stamp = Stamp { pid: who.pid, epoch: who.epoch, first: 0 };
    Produce { sender: Sender::Transactional(stamp, Generation::Tv1), records: 1, content }
}
