//! Transactions over a cluster in this process: all of their records, or none.
#![cfg(test)]

mod world;

use klamm::{ErrorKind, Fate, GroupMember, Offset, Producer, Record};
use klamm_broker::server::TestCluster;
use world::{LONG, cluster, committed, ends, order, producer};

const ID: (&str, &str) = ("transactional.id", "tests");

fn group() -> GroupMember {
    GroupMember {
        group: "readers".to_owned(),
        generation: -1,
        member: String::new(),
        instance: None,
    }
}

async fn of_version(version: i16) -> TestCluster {
    let builder = TestCluster::builder().nodes(1).topic("orders", 2);
    builder.transaction_version(version).start().await.unwrap()
}

#[tokio::test]
async fn a_transaction_commits_in_both_generations() {
    for version in [1, 2] {
        let cluster = of_version(version).await;
        let producer = producer(&cluster, &[ID]).await;
        for n in 0..3 {
            let text = n.to_string();
            let transaction = ends(producer.begin()).await.unwrap();
            ends(transaction.send(order(&text).partition(0))).await.unwrap();
            drop(ends(transaction.enqueue(order(&text).partition(1))).await.unwrap());
            let offset = Offset {
                topic: "orders".to_owned(),
                partition: 0,
                offset: n,
                leader_epoch: -1,
                metadata: None,
            };
            ends(transaction.send_offsets(&group(), &[offset])).await.unwrap();
            ends(transaction.commit()).await.unwrap();
        }
        ends(producer.close(LONG)).await.unwrap();
        for partition in [0, 1] {
            assert_eq!(committed(&cluster, "orders", partition), ["0", "1", "2"], "{version}");
        }
    }
}

#[tokio::test]
async fn an_abort_ends_a_transaction_and_another_can_begin() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    let transaction = ends(producer.begin()).await.unwrap();
    ends(transaction.send(order("never seen"))).await.unwrap();
    ends(transaction.abort()).await.unwrap();
    let transaction = ends(producer.begin()).await.unwrap();
    ends(transaction.send(order("seen"))).await.unwrap();
    ends(transaction.commit()).await.unwrap();
    assert_eq!(committed(&cluster, "orders", 0), ["seen"]);
}

#[tokio::test]
async fn two_transactions_at_once_are_refused() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    let transaction = ends(producer.begin()).await.unwrap();
    let error = ends(producer.begin()).await.unwrap_err();
    assert_eq!((error.kind(), error.is_fatal()), (ErrorKind::IllegalState, false));
    assert!(error.to_string().contains("another transaction"), "{error}");
    ends(transaction.send(order("unharmed"))).await.unwrap();
    ends(transaction.commit()).await.unwrap();
    assert_eq!(committed(&cluster, "orders", 0), ["unharmed"]);
    ends(ends(producer.begin()).await.unwrap().commit()).await.unwrap();
}

#[tokio::test]
async fn of_two_who_begin_at_once_one_waits_for_no_one_and_the_other_is_refused() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    for _ in 0..10 {
        let (one, other) = ends(async { tokio::join!(producer.begin(), producer.begin()) }).await;
        let (begun, refused) = if one.is_ok() { (one, other) } else { (other, one) };
        assert_eq!(refused.unwrap_err().kind(), ErrorKind::IllegalState);
        ends(begun.unwrap().abort()).await.unwrap();
    }
}

#[tokio::test]
async fn a_dropped_transaction_is_aborted_and_the_next_begin_waits_for_that() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    for _ in 0..3 {
        let transaction = ends(producer.begin()).await.unwrap();
        drop(ends(transaction.enqueue(order("dropped"))).await.unwrap());
        drop(transaction);
    }
    let transaction = ends(producer.begin()).await.unwrap();
    ends(transaction.send(order("kept"))).await.unwrap();
    ends(transaction.commit()).await.unwrap();
    assert_eq!(committed(&cluster, "orders", 0), ["kept"]);
}

#[tokio::test]
async fn records_outside_of_a_transaction_are_refused() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    let error = ends(producer.send(order("x"))).await.unwrap_err();
    assert_eq!((error.kind(), error.fate()), (ErrorKind::IllegalState, Fate::NotWritten));
}

#[tokio::test]
async fn a_producer_without_an_id_gives_out_no_transactions() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let error = ends(producer.begin()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::IllegalState);
    assert!(error.to_string().contains("transactional.id"), "{error}");
}

#[tokio::test]
async fn a_transaction_with_a_failed_record_must_be_aborted() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    let transaction = ends(producer.begin()).await.unwrap();
    let fault = cluster.inject("produce: before-append error POLICY_VIOLATION".parse().unwrap());
    ends(transaction.send(order("bad"))).await.unwrap_err();
    cluster.withdraw(fault);
    for _ in 0..3 {
        let late = ends(transaction.send(order("late"))).await.unwrap_err();
        assert_eq!((late.kind(), late.fate()), (ErrorKind::IllegalState, Fate::NotWritten));
        let tried = ends(transaction.enqueue(order("late"))).await.unwrap();
        assert_eq!(ends(tried).await.unwrap_err().fate(), Fate::NotWritten);
    }
    let failed = ends(transaction.commit()).await.unwrap_err();
    assert!(failed.error().requires_abort(), "{failed}");
    assert_eq!(failed.error().broker_code(), Some(44), "{failed}");
    ends(failed.into_transaction().unwrap().abort()).await.unwrap();
    let transaction = ends(producer.begin()).await.unwrap();
    ends(transaction.send(order("good"))).await.unwrap();
    ends(transaction.commit()).await.unwrap();
    assert_eq!(world::values(&cluster, "orders", 0).iter().filter(|it| *it == "late").count(), 0);
    assert_eq!(committed(&cluster, "orders", 0), ["good"]);
}

#[tokio::test]
async fn a_transaction_is_not_committed_without_a_record_that_was_refused() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    let transaction = ends(producer.begin()).await.unwrap();
    ends(transaction.send(order("x").partition(7))).await.unwrap_err();
    let failed = ends(transaction.commit()).await.unwrap_err();
    assert_eq!(failed.error().kind(), ErrorKind::TransactionAborted);
    ends(failed.into_transaction().unwrap().abort()).await.unwrap();
}

#[tokio::test]
async fn a_commit_out_of_time_goes_on_when_it_is_called_again() {
    let cluster = cluster(1).await;
    let settings = [ID, ("max.block.ms", "400"), ("request.timeout.ms", "200")];
    let producer = producer(&cluster, &settings).await;
    let transaction = ends(producer.begin()).await.unwrap();
    ends(transaction.send(order("x"))).await.unwrap();
    let hang = cluster.inject("end-txn: on-receipt hang".parse().unwrap());
    let failed = ends(transaction.commit()).await.unwrap_err();
    assert_eq!(failed.error().kind(), ErrorKind::TimedOut, "{failed}");
    cluster.withdraw(hang);
    let mut transaction = failed.into_transaction();
    while let Some(again) = transaction {
        let ended = ends(again.commit()).await;
        transaction = ended.err().and_then(klamm::EndError::into_transaction);
    }
    ends(ends(producer.begin()).await.unwrap().commit()).await.unwrap();
}

#[tokio::test]
async fn a_second_producer_with_the_same_id_fences_the_first() {
    for version in [1, 2] {
        let cluster = of_version(version).await;
        let first = producer(&cluster, &[ID]).await;
        let transaction = ends(first.begin()).await.unwrap();
        ends(transaction.send(order("old").partition(0))).await.unwrap();
        let second = producer(&cluster, &[ID]).await;
        let failed = ends(transaction.commit()).await.unwrap_err();
        assert_eq!(failed.error().kind(), ErrorKind::Fenced, "{version}: {failed}");
        assert!(failed.error().is_fatal() && failed.into_transaction().is_none());
        let error = ends(first.begin()).await.unwrap_err();
        assert!(error.is_fatal() && error.kind() == ErrorKind::Fenced, "{version}: {error}");
        let transaction = ends(second.begin()).await.unwrap();
        ends(transaction.send(order("new").partition(0))).await.unwrap();
        ends(transaction.commit()).await.unwrap();
        assert_eq!(committed(&cluster, "orders", 0), ["new"], "{version}");
    }
}

#[tokio::test]
async fn a_fenced_producer_that_writes_is_told_why_and_the_abort_says_that_it_is_over() {
    for version in [1, 2] {
        let cluster = of_version(version).await;
        let first = producer(&cluster, &[ID]).await;
        let transaction = ends(first.begin()).await.unwrap();
        ends(transaction.send(order("old").partition(0))).await.unwrap();
        let _second = producer(&cluster, &[ID]).await;
        let error = ends(transaction.send(order("late").partition(0))).await.unwrap_err();
        assert_eq!((error.fate(), error.broker_code()), (Fate::NotWritten, Some(47)), "{error}");
        let failed = ends(transaction.commit()).await.unwrap_err();
        let error = failed.error();
        assert!(error.requires_abort() && error.broker_code() == Some(47), "{error}");
        assert!(error.to_string().contains("same transactional id"), "{error}");
        let failed = ends(failed.into_transaction().unwrap().abort()).await.unwrap_err();
        assert_eq!(failed.error().kind(), ErrorKind::Fenced, "{version}: {failed}");
        assert!(failed.error().is_fatal());
        assert!(committed(&cluster, "orders", 0).is_empty(), "{version}");
    }
}

#[tokio::test]
async fn the_blocking_face_has_transactions() {
    let cluster = cluster(1).await;
    let bootstrap = cluster.bootstrap();
    let work = tokio::task::spawn_blocking(move || {
        let builder = Producer::builder().bootstrap(&bootstrap).set(ID.0, ID.1);
        let producer = klamm::blocking::Producer::build(builder).unwrap();
        let transaction = producer.begin().unwrap();
        transaction.send(Record::to("orders").value("x")).unwrap();
        transaction.commit().unwrap();
        producer.begin().unwrap().abort().unwrap();
        producer.close(LONG).unwrap();
    });
    ends(work).await.unwrap();
}
