//! Transactions: each ends as a whole, whoever stopped waiting for it.

use klamm::{GroupMember, Offset};

use crate::world::{LONG, cluster, committed, ends, order, polled, producer};

const ID: (&str, &str) = ("transactional.id", "dropped");

fn group() -> GroupMember {
    let (generation, member, instance) = (-1, String::new(), None);
    GroupMember { group: "readers".to_owned(), generation, member, instance }
}

fn offset() -> Offset {
    let (topic, metadata) = ("orders".to_owned(), None);
    Offset { topic, partition: 0, offset: 1, leader_epoch: -1, metadata }
}

#[tokio::test]
async fn a_begin_that_is_dropped_anywhere_leaves_no_transaction_open() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    for polls in 0..6 {
        drop(polled(producer.begin(), polls).await);
        let transaction = ends(producer.begin()).await.unwrap();
        ends(transaction.send(order("x"))).await.unwrap();
        ends(transaction.commit()).await.unwrap();
    }
    assert_eq!(committed(&cluster, "orders", 0), ["x"; 6]);
}

#[tokio::test]
async fn a_commit_that_was_polled_and_dropped_goes_on() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID, ("linger.ms", "80000")]).await;
    for polls in 0..6 {
        let transaction = ends(producer.begin()).await.unwrap();
        let text = polls.to_string();
        drop(ends(transaction.enqueue(order(&text))).await.unwrap());
        drop(polled(transaction.commit(), polls).await);
    }
    // It waits for the last one.
    ends(ends(producer.begin()).await.unwrap().abort()).await.unwrap();
    assert_eq!(committed(&cluster, "orders", 0), ["1", "2", "3", "4", "5"]);
}

#[tokio::test]
async fn an_abort_that_is_dropped_aborts_all_the_same() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    for polls in 0..6 {
        let transaction = ends(producer.begin()).await.unwrap();
        ends(transaction.send(order("aborted"))).await.unwrap();
        drop(polled(transaction.abort(), polls).await);
    }
    let transaction = ends(producer.begin()).await.unwrap();
    ends(transaction.send(order("committed"))).await.unwrap();
    ends(transaction.commit()).await.unwrap();
    assert_eq!(committed(&cluster, "orders", 0), ["committed"]);
}

#[tokio::test]
async fn sends_of_a_transaction_that_are_dropped_are_in_it_once_or_not_at_all() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    let transaction = ends(producer.begin()).await.unwrap();
    for polls in 0..6 {
        let texts = [format!("{polls} send"), format!("{polls} all"), format!("{polls} enqueue")];
        drop(polled(transaction.send(order(&texts[0])), polls).await);
        drop(polled(transaction.send_all([order(&texts[1])]), polls).await);
        drop(polled(transaction.enqueue(order(&texts[2])), polls).await);
    }
    ends(transaction.commit()).await.unwrap();
    let found = committed(&cluster, "orders", 0);
    let expected = (1..6).flat_map(|polls| ["send", "all", "enqueue"].map(|it| (polls, it)));
    let expected: Vec<String> = expected.map(|(polls, it)| format!("{polls} {it}")).collect();
    // All but those that were never polled; the first had to wait for their topic.
    assert!(found.is_sorted_by_key(|value| expected.iter().position(|it| it == value)));
    assert!(expected.iter().filter(|it| it.as_str() > "3").all(|it| found.contains(it)));
    assert!(found.iter().all(|value| !value.starts_with('0')), "{found:?}");
}

#[tokio::test]
async fn offsets_that_were_dropped_half_way_can_be_aborted() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[ID]).await;
    for polls in 0..6 {
        let transaction = ends(producer.begin()).await.unwrap();
        ends(transaction.send(order("aborted"))).await.unwrap();
        drop(polled(transaction.send_offsets(&group(), &[offset()]), polls).await);
        ends(transaction.abort()).await.unwrap();
    }
    let transaction = ends(producer.begin()).await.unwrap();
    ends(transaction.send(order("committed"))).await.unwrap();
    ends(transaction.send_offsets(&group(), &[offset()])).await.unwrap();
    ends(transaction.commit()).await.unwrap();
    ends(producer.close(LONG)).await.unwrap();
    assert_eq!(committed(&cluster, "orders", 0), ["committed"]);
}
