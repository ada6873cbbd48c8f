//! Transactions that end as they should, and calls that have no place.

use std::time::Duration;

use klamm_batching::Tag;
use klamm_batching::slot::Why;
use klamm_engine::Call;
use klamm_engine::idempotence::{CallError, Done, Fate, Reason};

use super::{BOTH, Stage};

const MINUTE: Duration = Duration::from_secs(60);
const NOTHING: [Vec<String>; 3] = [const { Vec::new() }; 3];

fn values(values: [&[&str]; 3]) -> [Vec<String>; 3] {
    values.map(|of_one| of_one.iter().map(|value| (*value).to_owned()).collect())
}

#[test]
fn what_was_committed_is_there_and_what_was_aborted_is_not() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        let sent = [stage.append(tag, 0, "a"), stage.append(tag, 1, "b")];
        assert_eq!(stage.committed(), NOTHING);
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        for one in sent {
            assert!(one.result().unwrap().is_ok());
        }

        let tag = stage.begin();
        let sent = stage.append(tag, 0, "c");
        assert!(stage.world.deliver(sent).is_ok());
        assert_eq!(stage.abort(), Ok(Done::Aborted), "{version}");

        let tag = stage.begin();
        stage.append(tag, 2, "d");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        stage.world.settle();
        assert_eq!(stage.committed(), values([&["a"], &["b"], &["d"]]), "{version}");
    }
}

#[test]
fn many_transactions_follow_one_another() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let mut expected: [Vec<String>; 3] = NOTHING;
        for round in 0..60_i32 {
            let tag = stage.begin();
            let partition = round % 3;
            let value = format!("{round}");
            stage.append(tag, partition, &value);
            if round % 4 == 3 {
                assert_eq!(stage.abort(), Ok(Done::Aborted), "{version} {round}");
            } else {
                assert_eq!(stage.commit(), Ok(Done::Committed), "{version} {round}");
                expected[partition.cast_unsigned() as usize].push(value);
            }
        }
        stage.world.settle();
        assert_eq!(stage.committed(), expected, "{version}");
    }
}

#[test]
fn a_transaction_without_records_ends_as_well() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        stage.begin();
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        stage.begin();
        assert_eq!(stage.abort(), Ok(Done::Aborted), "{version}");
        let tag = stage.begin();
        stage.append(tag, 0, "a");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
    }
}

#[test]
fn records_that_were_not_sent_are_aborted_unwritten() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        let sent = stage.append(tag, 0, "a");
        assert_eq!(stage.abort(), Ok(Done::Aborted), "{version}");
        let failure = stage.world.deliver(sent).unwrap_err();
        assert_eq!((failure.reason, failure.fate), (Reason::Aborted, Fate::NotWritten));
    }
}

#[test]
fn offsets_count_when_their_transaction_does() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        stage.append(tag, 0, "a");
        assert_eq!(stage.send_offsets(10), Ok(Done::OffsetsSent), "{version}");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        assert_eq!(stage.group_offsets(), [10, 11, 12], "{version}");

        stage.begin();
        assert_eq!(stage.send_offsets(20), Ok(Done::OffsetsSent), "{version}");
        assert_eq!(stage.abort(), Ok(Done::Aborted), "{version}");
        assert_eq!(stage.group_offsets(), [10, 11, 12], "{version}");

        stage.begin();
        assert_eq!(stage.send_offsets(30), Ok(Done::OffsetsSent), "{version}");
        assert_eq!(stage.send_offsets(40), Ok(Done::OffsetsSent), "{version}");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        assert_eq!(stage.group_offsets(), [40, 41, 42], "{version}");
    }
}

#[test]
fn calls_out_of_place_change_nothing() {
    for version in BOTH {
        let mut stage = Stage::new(version);
        for call in [Call::BeginTxn, Call::Commit, Call::Abort, super::stage::offsets(1)] {
            assert_eq!(stage.world.call(call), Err(CallError::IllegalState));
        }
        assert_eq!(stage.world.call(Call::InitTxn), Ok(Done::Initialized));
        assert_eq!(stage.world.call(Call::InitTxn), Err(CallError::IllegalState));
        let tag = stage.begin();
        stage.append(tag, 0, "a");
        assert_eq!(stage.world.call(Call::BeginTxn), Err(CallError::IllegalState));
        stage.append(tag, 0, "b");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        assert_eq!(stage.commit(), Err(CallError::IllegalState));
        stage.world.settle();
        assert_eq!(stage.committed()[0], ["a", "b"]);
    }
}

#[test]
fn a_commit_that_has_no_place_leaves_the_transaction_writable() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        let offsets = stage.start(super::stage::offsets(1), MINUTE);
        assert_eq!(stage.commit(), Err(CallError::IllegalState), "{version}");
        stage.append(tag, 0, "a");
        assert_eq!(stage.told(&offsets), Ok(Done::OffsetsSent), "{version}");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        stage.world.settle();
        assert_eq!(stage.committed()[0], ["a"], "{version}");
    }
}

#[test]
fn offsets_on_their_way_do_not_keep_a_transaction_from_being_aborted() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        stage.append(tag, 0, "a");
        let offsets = stage.start(super::stage::offsets(1), MINUTE);
        assert_eq!(stage.abort(), Ok(Done::Aborted), "{version}");
        let told = stage.told(&offsets);
        assert_eq!(told, Err(CallError::MustAbort(Reason::Aborted)), "{version}");
        let tag = stage.begin();
        stage.append(tag, 0, "b");
        assert_eq!(stage.send_offsets(5), Ok(Done::OffsetsSent), "{version}");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        assert_eq!(stage.group_offsets(), [5, 6, 7], "{version}");
        assert_eq!(stage.committed()[0], ["b"], "{version}");
    }
}

#[test]
fn a_transaction_is_not_committed_without_a_record_that_was_refused() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        stage.append(tag, 0, "a");
        stage.world.engine.send_refused(stage.world.now, Tag(tag.0));
        let refused = Err(CallError::MustAbort(Reason::NotEncoded));
        assert_eq!(stage.commit(), refused, "{version}");
        assert_eq!(stage.abort(), Ok(Done::Aborted), "{version}");
        let next = stage.begin();
        stage.world.engine.send_refused(stage.world.now, Tag(tag.0));
        stage.append(next, 0, "b");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
    }
}

#[test]
fn records_find_no_place_outside_of_their_transaction() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        assert_eq!(stage.append_outside().unwrap_err(), Why::NotInTransaction);
        let tag = stage.begin();
        assert_eq!(stage.append_outside().unwrap_err(), Why::NotInTransaction);
        stage.append(tag, 0, "a");
        assert_eq!(stage.commit(), Ok(Done::Committed));
        assert_eq!(stage.append_outside().unwrap_err(), Why::NotInTransaction);
        assert!(stage.is_refused(tag));
        let next = stage.begin();
        assert!(stage.is_refused(tag));
        stage.append(next, 0, "b");
        assert_eq!(stage.commit(), Ok(Done::Committed));
        stage.world.settle();
        assert_eq!(stage.committed()[0], ["a", "b"]);
    }
}
