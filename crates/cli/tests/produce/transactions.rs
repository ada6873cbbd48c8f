//! Transactions and signals.

use std::io::{Read as _, Write as _};
use std::process::{Child, Command};

use crate::bed::{Bed, Said, cluster, ended};

const ID: [&str; 2] = ["-X", "transactional.id=test"];
/// No record leaves before the transaction ends.
const LINGERS: [&str; 2] = ["-X", "linger.ms=60000"];

#[tokio::test]
async fn transactions_have_as_many_records_as_is_wished() {
    let bed = Bed::of(cluster(), "transactions").await;
    let words = [&["orders", "-v", "--transaction-per", "2"], &ID[..]].concat();
    bed.produced(&words, "a\nb\nc\n").await.is("transactions_of_two");
    let files = [bed.file("one", "d\ne\nf\n"), bed.file("two", "g\n")];
    let words = [&["orders", "-v", "--transaction-per", "file"], &ID[..], &files].concat();
    bed.produced(&words, "").await.is("transactions_of_files");
    assert_eq!(bed.log("orders").len(), 7);
}

#[tokio::test]
async fn a_strict_run_in_one_transaction_is_all_or_nothing() {
    let bed = Bed::of(cluster(), "all_or_nothing").await;
    let words = [&["orders", "-K", ":", "--strict"], &LINGERS[..], &ID].concat();
    bed.produced(&words, "a:1\nb\nc:3\n").await.sorted().is("nothing");
}

/// Sends a signal when the run has printed so many values.
async fn signalled(mut child: Child, signal: &'static str, values: &'static str) -> Said {
    let run = move || {
        let mut input = child.stdin.take().unwrap();
        input.write_all(values.as_bytes()).unwrap();
        let mut seen = vec![0; values.len()];
        child.stdout.as_mut().unwrap().read_exact(&mut seen).unwrap();
        let id = child.id().to_string();
        assert!(Command::new("kill").args([signal, &id]).status().unwrap().success());
        let output = child.wait_with_output().unwrap();
        drop(input);
        output
    };
    Said::of(tokio::task::spawn_blocking(run).await.unwrap())
}

#[tokio::test]
async fn the_first_signal_waits_for_what_was_sent() {
    let bed = Bed::of(cluster(), "signals").await;
    let lingering = ["orders", "-T", "-X", "linger.ms=60000"];
    let said = signalled(bed.started(&lingering), "-INT", "a\nb\n").await;
    assert_eq!(said.code, 130, "{}", said.page());
    assert_eq!(bed.log("orders"), ["NULL=a", "NULL=b"]);
    let said = signalled(bed.started(&lingering), "-TERM", "c\n").await;
    assert_eq!(said.code, 143, "{}", said.page());
    assert_eq!(bed.log("orders").len(), 3);
}

#[tokio::test]
async fn the_second_signal_waits_for_nothing() {
    let bed = Bed::of(cluster(), "impatient").await;
    bed.cluster.inject("produce: on-receipt hang".parse().unwrap());
    let mut child = bed.started(&["orders", "-T"]);
    let run = move || {
        let mut input = child.stdin.take().unwrap();
        input.write_all(b"a\n").unwrap();
        child.stdout.as_mut().unwrap().read_exact(&mut [0; 2]).unwrap();
        // The next one comes when the one before was heard, which nobody tells: until it ends.
        while child.try_wait().unwrap().is_none() {
            let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
            assert!(kill.unwrap().success());
            std::thread::yield_now();
        }
        drop(input);
        child.wait_with_output().unwrap()
    };
    let began = std::time::Instant::now();
    let said = Said::of(tokio::task::spawn_blocking(run).await.unwrap());
    assert_eq!(said.code, 130, "{}", said.page());
    // Far less than a record without an answer is waited for.
    assert!(began.elapsed() < std::time::Duration::from_secs(60), "{}", said.page());
    assert!(said.err.contains("1 given up"), "{}", said.page());
}

#[tokio::test]
async fn a_signal_aborts_the_open_transaction() {
    let bed = Bed::of(cluster(), "aborted").await;
    let words = [&["orders", "-T"], &LINGERS[..], &ID].concat();
    let said = signalled(bed.started(&words), "-INT", "a\n").await;
    said.sorted().is("aborted_by_a_signal");
    let said = ended(bed.started(&[&["orders"], &ID[..]].concat()), b"b\n".to_vec()).await;
    assert_eq!(said.code, 0, "{}", said.page());
}
