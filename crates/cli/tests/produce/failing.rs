//! What goes wrong, and how it is told.

use klamm_broker::cluster::Listener;
use klamm_broker::faults::Fault;
use klamm_broker::security::Sasl;
use klamm_broker::security::sasl::{Credentials, Iterations, Mechanism};
use klamm_broker::server::TestCluster;

use crate::bed::{Bed, cluster};

#[tokio::test]
async fn a_file_that_cannot_be_read_does_not_go_unnoticed() {
    let bed = Bed::of(cluster(), "unreadable").await;
    let file = bed.file("there", "a\n");
    bed.produced(&["orders", "missing", file, "."], "").await.is("unreadable_file");
    assert_eq!(bed.log("orders"), ["NULL=a"]);
    let said = bed.produced(&["orders", "--strict", "missing", file], "").await;
    assert_eq!(said.code, 1);
    assert_eq!(bed.log("orders"), ["NULL=a"]);
}

#[tokio::test]
async fn what_makes_no_sense_is_refused_before_anything_is_sent() {
    let bed = Bed::of(cluster(), "usage").await;
    bed.produced(&["orders", "-X", "lingr.ms=5"], "a\n").await.is("bad_property");
    bed.produced(&["orders", "-X", "linger.ms=soon"], "a\n").await.is("bad_value");
    bed.produced(&["orders", "--colums", "a"], "a\n").await.is("bad_option");
    bed.produced(&["orders", "--transaction-per", "2"], "a\n").await.is("no_transactional_id");
    assert!(bed.log("orders").is_empty());
}

#[tokio::test]
async fn records_that_fail_are_told_by_their_lines_and_the_others_are_written() {
    let bed = Bed::of(cluster(), "mixed").await;
    let long = "x".repeat(2 << 20);
    let input = format!("a\n{long}\nb\n");
    bed.produced(&["orders"], &input).await.is("too_long_for_a_batch");
    assert_eq!(bed.log("orders"), ["NULL=a", "NULL=b"]);
    let said = bed.produced(&["orders", "--output", "json"], &input).await;
    said.sorted().is("too_long_for_a_batch_json");
    bed.produced(&["orders", "-p", "7"], "a\n").await.is("no_such_partition");
}

#[tokio::test]
async fn every_kind_of_failure_in_one_run_is_told_by_its_place_and_costs_no_other_record() {
    let bed = Bed::of(cluster(), "every_kind").await;
    let long = "x".repeat(2 << 20);
    let good = |value: &str| format!("{{\"value\":\"{value}\"}}\n");
    let first = [&good("a"), "{\"value\":\n", &good("b")].concat();
    let second = [&good("c"), &good(&long), "{\"value\":\"d\",\"partition\":7}\n"].concat();
    let first = bed.file("first.ndjson", first + &good("e"));
    let second = bed.file("second.ndjson", second + &good("f"));
    let words = ["orders", "--input", "json", first, "missing", second];
    let said = bed.produced(&words, "").await;
    assert_eq!(said.code, 1, "{}", said.page());
    for place in ["first.ndjson:2: ", "missing: ", "second.ndjson:2: ", "second.ndjson:3: "] {
        let told = said.err.lines().filter(|line| line.starts_with(place)).count();
        assert_eq!(told, 1, "{place}{}", said.page());
    }
    let good = ["a", "b", "e", "c", "f"].map(|value| format!("NULL={value}"));
    assert_eq!(bed.log("orders"), good);
}

#[tokio::test]
async fn a_refusal_of_the_broker_is_told_with_its_code() {
    let fault: Fault = "produce: before-append error INVALID_RECORD".parse().unwrap();
    let bed = Bed::of(cluster().fault(fault), "refused").await;
    bed.produced(&["orders"], "a\nb\n").await.is("refused");
    bed.produced(&["orders", "--output", "json"], "a\n").await.is("refused_json");
}

#[tokio::test]
async fn nobody_there_and_no_topic_end_in_their_own_ways() {
    let builder = TestCluster::builder().nodes(1);
    let bed = Bed::of(builder.settings(|settings| settings.topics.auto_create = false), "no").await;
    let said = bed.produced(&["orders", "-X", "max.block.ms=500"], "a\n").await;
    assert_eq!(said.code, 1, "{}", said.page());
    assert!(said.err.contains("the topic `orders` is not there"), "{}", said.page());
    let gone = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let words = ["orders", "-X", "max.block.ms=500", "-b", &gone.to_string()];
    let said = bed.produced(&words, "a\n").await;
    assert_eq!(said.code, 4, "{}", said.page());
}

#[tokio::test]
async fn a_wrong_password_ends_in_a_way_of_its_own() {
    let credentials = Credentials::new(1, Iterations::MIN).with_user("alice", "right");
    let sasl = Sasl::new(credentials).with_mechanisms(vec![Mechanism::Plain]);
    let bed = Bed::of(cluster().sasl(sasl), "password").await;
    let servers = bed.cluster.bootstrap_of(Listener::SaslPlain);
    let mut words = vec!["orders", "-b", &servers, "-X", "security.protocol=SASL_PLAINTEXT"];
    words.extend(["-X", "sasl.mechanism=PLAIN", "-X", "sasl.username=alice"]);
    words.extend(["-X", "sasl.password=wrong-MARKER"]);
    let said = bed.produced(&words, "a\n").await;
    assert_eq!(said.code, 3, "{}", said.page());
    assert!(said.err.contains("=env:NAME") && !said.page().contains("MARKER"), "{}", said.page());
}
