//! Topics, made, described and dropped over a producer's connections; and what a check says.
#![cfg(test)]

mod world;

use klamm::admin::{Admin, NewTopic};
use klamm_broker::server::TestCluster;
use world::{cluster, ends, order, producer};

fn topic(name: &str) -> NewTopic {
    let (partitions, replication) = (Some(3), Some(1));
    NewTopic { name: name.to_owned(), partitions, replication, configs: [].into() }
}

#[tokio::test]
async fn a_topic_is_made_described_used_and_dropped() {
    let cluster = cluster(1).await;
    let producer = producer(&cluster, &[]).await;
    let admin = Admin::of(&producer);
    let made = ends(admin.create(&[topic("new"), topic("orders")])).await.unwrap();
    assert!(made[0].1.is_ok(), "{made:?}");
    let error = made[1].1.as_ref().unwrap_err();
    assert_eq!(error.broker_code(), Some(36), "{error}");
    let described = ends(admin.describe(&["new", "nowhere"])).await.unwrap();
    assert_eq!(described[0].1.as_ref().unwrap().partitions.len(), 3);
    assert!(described[1].1.is_err());
    ends(producer.send(klamm::Record::to("new").value("x"))).await.unwrap();
    let dropped = ends(admin.delete(&["new", "nowhere"])).await.unwrap();
    assert!(dropped[0].1.is_ok() && dropped[1].1.is_err(), "{dropped:?}");
}

#[tokio::test]
async fn a_check_says_what_it_went_through() {
    let cluster = TestCluster::builder().nodes(1).topic("orders", 1).start().await.unwrap();
    let producer = producer(&cluster, &[]).await;
    let checked = ends(producer.check(&["orders"])).await.unwrap();
    let steps: Vec<&str> = checked.steps.iter().map(|step| step.what.as_str()).collect();
    let expected = ["a server lets us in", "the topic `orders` is there", "we get a producer id"];
    assert_eq!(steps, expected);
    assert!(ends(producer.check(&["not a name"])).await.is_err());
    ends(producer.send(order("x"))).await.unwrap();
}
