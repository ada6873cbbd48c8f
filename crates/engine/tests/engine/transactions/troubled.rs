//! Transactions that meet failures, other instances, and coordinators that are not there.

use std::time::Duration;

use klamm_broker::faults::{CoordinatorKind, CoordinatorTrouble};
use klamm_engine::Call;
use klamm_engine::idempotence::{CallError, Done, Fatal, Reason};
use klamm_wire::ErrorCode;

use super::{BOTH, Stage};

const SECOND: Duration = Duration::from_secs(1);

#[test]
fn a_record_that_failed_leaves_nothing_but_to_abort() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        stage.append(tag, 1, "a");
        stage.inject("produce partition 0: before-append error MESSAGE_TOO_LARGE times 1");
        let sent = stage.append(tag, 0, "b");
        let failure = stage.world.deliver(sent).unwrap_err();
        assert_eq!(failure.reason, Reason::Refused(ErrorCode::MESSAGE_TOO_LARGE), "{version}");
        let refused = Err(CallError::MustAbort(failure.reason));
        assert_eq!(stage.commit(), refused, "{version}");
        assert_eq!(stage.send_offsets(1), refused, "{version}");
        assert_eq!(stage.abort(), Ok(Done::Aborted), "{version}");

        let tag = stage.begin();
        stage.append(tag, 0, "c");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        stage.world.settle();
        assert_eq!(stage.committed(), [vec!["c".to_owned()], vec![], vec![]], "{version}");
    }
}

#[test]
fn a_record_that_fails_while_the_commit_waits_for_it_fails_the_commit() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        stage.inject("produce: before-append error TOPIC_AUTHORIZATION_FAILED times 1");
        stage.append(tag, 0, "a");
        let reason = Reason::Refused(ErrorCode::TOPIC_AUTHORIZATION_FAILED);
        assert_eq!(stage.commit(), Err(CallError::MustAbort(reason)), "{version}");
        assert_eq!(stage.abort(), Ok(Done::Aborted), "{version}");
        assert_eq!(stage.committed()[0], Vec::<String>::new(), "{version}");
    }
}

#[test]
fn another_instance_under_the_same_name_ends_this_one() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        let sent = stage.append(tag, 0, "a");
        assert!(stage.world.deliver(sent).is_ok());
        stage.another_instance_begins();
        let sent = stage.append(tag, 0, "b");
        assert!(stage.world.deliver(sent).is_err());
        // What a partition says may be an old story; the coordinator has the last word.
        assert!(stage.commit().is_err(), "{version}");
        let fenced = Err(CallError::Fatal(Fatal::Fenced));
        assert_eq!(stage.abort(), fenced, "{version}");
        assert_eq!(stage.world.call(Call::BeginTxn), fenced, "{version}");
        assert_eq!(stage.committed()[0], Vec::<String>::new(), "{version}");
    }
}

#[test]
fn coordinators_may_move_be_away_or_read_their_state() {
    use CoordinatorTrouble::{Loading, Moved, NotAvailable};
    for version in BOTH {
        for trouble in [Loading, Moved, NotAvailable] {
            let mut stage = Stage::ready(version);
            let tag = stage.begin();
            stage.append(tag, 0, "a");
            for kind in [CoordinatorKind::Transactions, CoordinatorKind::Groups] {
                let now = stage.world.now;
                stage.world.brokers.trouble_coordinators(now, kind, trouble, 2 * SECOND);
            }
            let sent = stage.send_offsets(5);
            assert_eq!(sent, Ok(Done::OffsetsSent), "{version} {trouble:?}");
            let now = stage.world.now;
            let kind = CoordinatorKind::Transactions;
            stage.world.brokers.trouble_coordinators(now, kind, trouble, 2 * SECOND);
            assert_eq!(stage.commit(), Ok(Done::Committed), "{version} {trouble:?}");
            assert_eq!(stage.committed()[0], ["a"], "{version} {trouble:?}");
            assert_eq!(stage.group_offsets(), [5, 6, 7], "{version} {trouble:?}");
        }
    }
}

#[test]
fn answers_may_be_lost_in_every_step() {
    let apis = [
        "init-producer-id",
        "add-partitions-to-txn",
        "add-offsets-to-txn",
        "txn-offset-commit",
        "produce",
        "end-txn",
    ];
    for version in BOTH {
        for api in apis {
            let mut stage = Stage::new(version);
            stage.inject(&format!("{api}: after-append drop-connection times 1"));
            assert_eq!(stage.world.call(Call::InitTxn), Ok(Done::Initialized), "{version} {api}");
            let tag = stage.begin();
            stage.append(tag, 0, "a");
            assert_eq!(stage.send_offsets(5), Ok(Done::OffsetsSent), "{version} {api}");
            assert_eq!(stage.commit(), Ok(Done::Committed), "{version} {api}");
            let tag = stage.begin();
            stage.append(tag, 0, "b");
            assert_eq!(stage.commit(), Ok(Done::Committed), "{version} {api}");
            stage.world.settle();
            assert_eq!(stage.committed()[0], ["a", "b"], "{version} {api}");
            assert_eq!(stage.group_offsets(), [5, 6, 7], "{version} {api}");
        }
    }
}

#[test]
fn answers_that_are_no_answers_are_asked_for_again() {
    let apis = ["init-producer-id", "add-partitions-to-txn", "txn-offset-commit", "end-txn"];
    for version in BOTH {
        for api in apis {
            let mut stage = Stage::new(version);
            stage.inject(&format!("{api}: answering garble-body times 1"));
            assert_eq!(stage.world.call(Call::InitTxn), Ok(Done::Initialized), "{version} {api}");
            let tag = stage.begin();
            stage.append(tag, 0, "a");
            assert_eq!(stage.send_offsets(5), Ok(Done::OffsetsSent), "{version} {api}");
            assert_eq!(stage.commit(), Ok(Done::Committed), "{version} {api}");
            stage.world.settle();
            assert_eq!(stage.committed()[0], ["a"], "{version} {api}");
        }
    }
}

#[test]
fn a_commit_without_an_answer_is_resumed_by_the_same_call() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        stage.append(tag, 0, "a");
        stage.inject("end-txn: before-append hang times 1");
        let told = stage.start(Call::Commit, SECOND);
        assert_eq!(stage.told(&told), Err(CallError::CommitUnknown), "{version}");
        assert_eq!(stage.abort(), Err(CallError::IllegalState), "{version}");
        assert!(stage.is_refused(tag));
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        let tag = stage.begin();
        stage.append(tag, 0, "b");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
        stage.world.settle();
        assert_eq!(stage.committed()[0], ["a", "b"], "{version}");
    }
}

#[test]
fn an_initialisation_that_took_too_long_may_be_made_again() {
    for version in BOTH {
        let mut stage = Stage::new(version);
        stage.inject("init-producer-id: before-append hang times 1");
        let told = stage.start(Call::InitTxn, SECOND);
        assert_eq!(stage.told(&told), Err(CallError::TimedOut), "{version}");
        assert_eq!(stage.world.call(Call::InitTxn), Ok(Done::Initialized), "{version}");
        let tag = stage.begin();
        stage.append(tag, 0, "a");
        assert_eq!(stage.commit(), Ok(Done::Committed), "{version}");
    }
}

#[test]
fn a_producer_that_closes_aborts_what_nobody_committed() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        let sent = stage.append(tag, 0, "a");
        assert!(stage.world.deliver(sent).is_ok());
        assert_eq!(stage.world.call(Call::Close), Ok(Done::Closed), "{version}");
        assert_eq!(stage.world.call(Call::Commit), Err(CallError::Closed), "{version}");
        assert_eq!(stage.committed()[0], Vec::<String>::new(), "{version}");
    }
}

#[test]
fn a_producer_that_is_dropped_answers_every_call() {
    for version in BOTH {
        let mut stage = Stage::ready(version);
        let tag = stage.begin();
        let sent = stage.append(tag, 0, "a");
        let told = stage.start(Call::Commit, 60 * SECOND);
        stage.world.engine.abandon(stage.world.now);
        assert_eq!(stage.told(&told), Err(CallError::Closed), "{version}");
        assert!(sent.result().unwrap().is_err(), "{version}");
        stage.world.pass(SECOND);
        assert_eq!(stage.committed()[0], Vec::<String>::new(), "{version}");
    }
}
