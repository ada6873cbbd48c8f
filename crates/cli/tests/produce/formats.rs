//! Every kind of input, to what it becomes in the log.

use crate::bed::{Bed, Following, cluster};

#[tokio::test]
async fn lines_become_values_in_their_order() {
    let bed = Bed::of(cluster(), "lines").await;
    let lines: String = (0..20_000).map(|line| format!("line {line}\n")).collect();
    let said = bed.produced(&["orders"], &lines).await;
    assert_eq!(said.code, 0, "{}", said.err);
    let wanted: Vec<_> = (0..20_000).map(|line| format!("NULL=line {line}")).collect();
    assert_eq!(bed.log("orders"), wanted);
}

#[tokio::test]
async fn keys_headers_and_nulls_are_what_was_typed() {
    let bed = Bed::of(cluster(), "keys").await;
    let words = ["orders", "-K", "\\t", "-H", "a=1", "-H", "n", "-H", "a=", "-Z", "-z", "zstd"];
    let said = bed.produced(&words, "k\tv\nl\t\n\tnull\n").await;
    assert_eq!(said.code, 0, "{}", said.err);
    let headers = "{a:1} {n:NULL} {a:}";
    let wanted = ["k=v", "l=NULL", "NULL=null"].map(|record| format!("{record} {headers}"));
    assert_eq!(bed.log("orders"), wanted);
}

#[tokio::test]
async fn a_broken_object_in_the_middle_costs_itself_alone() {
    let bed = Bed::of(cluster(), "json").await;
    let good = |number: i32| format!("{{\"key\":\"{number}\",\"value\":null}}\n");
    let head: String = (0..500).map(good).collect();
    let tail: String = (500..1000).map(good).collect();
    let file = bed.file("orders.ndjson", format!("{head}{{\"key\":\"x\", value}}\n{tail}"));
    let said = bed.produced(&["orders", "--input", "json", file], "").await;
    said.is("broken_object");
    let wanted: Vec<_> = (0..1000).map(|number| format!("{number}=NULL")).collect();
    assert_eq!(bed.log("orders"), wanted);
}

#[tokio::test]
async fn files_of_every_kind_are_read() {
    let bed = Bed::of(cluster(), "kinds").await;
    for (format, bytes) in [
        ("whole", &b"all\nof it"[..]),
        ("csv", b"id,value,header.h\n7,\"a,\n\"\"b\",x\n"),
        ("hex", b"00 ff\n"),
        ("framed-u32", b"\0\0\0\x02hi"),
    ] {
        let file = bed.file(format, bytes);
        let mut words = vec!["orders", "--input", format, file];
        if format == "csv" {
            words.extend(["--columns", "key=id,value=value,header.h=header.h"]);
        }
        let said = bed.produced(&words, "").await;
        assert_eq!(said.code, 0, "{}", said.err);
    }
    let wanted = ["NULL=all\\nof it", "7=a,\\n\\\"b {h:x}", "NULL=\\x00\\xff", "NULL=hi"];
    assert_eq!(bed.log("orders"), wanted);
}

#[tokio::test]
async fn records_go_to_the_topics_that_they_name() {
    let bed = Bed::of(cluster().topic("payments", 3), "named").await;
    let input = "{\"topic\":\"orders\",\"value\":\"o\"}\n\
                 {\"topic\":\"payments\",\"partition\":2,\"value\":\"p\"}\n";
    let words = ["--topics-from-input", "--input", "json"];
    let said = bed.produced(&words, input).await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!((bed.log("orders").len(), bed.cluster.log("payments", 2).len()), (1, 1));
}

#[tokio::test]
async fn a_count_ends_the_run_and_a_repetition_prolongs_it() {
    let bed = Bed::of(cluster(), "count").await;
    let file = bed.file("three", "a\nb\nc\n");
    let said = bed.produced(&["orders", file, "--repeat", "3", "-c", "7"], "").await;
    assert_eq!(said.code, 0, "{}", said.err);
    assert_eq!(bed.log("orders").len(), 7);
}

#[tokio::test]
async fn a_file_that_is_followed_is_read_as_it_grows_and_is_rotated() {
    let bed = Bed::of(cluster(), "followed").await;
    let file = bed.file("app.log", "one\ntwo\n");
    let mut run = Following::start(&bed, &["orders", "--follow", file, "-c", "4"]);
    assert_eq!(run.acknowledged(2).await, [0, 1]);
    bed.file("app.log.1", "");
    bed.rename("app.log", "app.log.1");
    bed.file("app.log", "three\n");
    assert_eq!(run.acknowledged(1).await, [2]);
    bed.append("app.log", "four\nfive\n");
    assert_eq!(run.acknowledged(1).await, [3]);
    assert_eq!(run.code().await, 0, "the fourth record is the last one asked for");
    assert_eq!(bed.log("orders"), ["NULL=one", "NULL=two", "NULL=three", "NULL=four"]);
}
