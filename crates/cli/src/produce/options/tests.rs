//! What command lines mean.

#![cfg(test)]

use super::*;
use crate::doctor::secrets::tests::Scripted;

fn read(line: &str) -> Result<Options, Complaint> {
    let words: Vec<&str> = line.split_whitespace().collect();
    Options::read(&words, &mut Scripted::default())
}

fn complaint(line: &str) -> Complaint {
    read(line).err().unwrap()
}

#[test]
fn the_letters_of_kcat_mean_what_they_mean_there() {
    let line = "-b a:1 -t orders -p3 -k key -H a=1 -H b -H c= -Z -zgzip -c 7 -X acks=1 -F f -T -q \
                -v -D ; -l one two";
    let options = read(line).unwrap();
    assert_eq!(options.connecting.servers.as_deref(), Some("a:1"));
    assert_eq!(options.connecting.files, ["f"]);
    let properties: Vec<_> = options.connecting.properties.iter().map(|(name, _)| name).collect();
    assert_eq!(properties, ["compression.type", "acks"]);
    let Sending { target, partition, key, headers, count, .. } = options.sending;
    assert_eq!(target, Some(Target::Topic("orders".to_owned())));
    assert_eq!((partition, count), (Some(3), Some(7)));
    assert_eq!(key.as_deref(), Some(&b"key"[..]));
    let wanted = [("a", Some("1")), ("b", None), ("c", Some(""))];
    let wanted = wanted.map(|(key, value)| (key.into(), value.map(Into::into)));
    assert_eq!(headers, wanted);
    assert!(options.reading.splitting.empty_is_null && options.reading.delimiter == b";");
    let Telling { tee, is_quiet, is_verbose, .. } = options.telling;
    assert!(tee && is_quiet && is_verbose);
    assert_eq!(options.reads.inputs, ["one", "two"]);
}

#[test]
fn the_first_word_is_the_topic_unless_another_one_is_named() {
    let options = read("orders").unwrap();
    assert_eq!(options.sending.target, Some(Target::Topic("orders".to_owned())));
    assert_eq!(options.reads.inputs, ["-"]);
    let options = read("--topics-from-input --input json a b").unwrap();
    assert_eq!(options.sending.target, Some(Target::Named));
    assert_eq!(options.reads.inputs, ["a", "b"]);
}

#[test]
fn delimiters_have_escapes_and_several_bytes() {
    let reading = read(r"t -D \r\n -K \t\x00").unwrap().reading;
    assert_eq!(reading.delimiter, b"\r\n");
    assert_eq!(reading.splitting.key_delimiter.unwrap().needle(), b"\t\0");
}

#[test]
fn what_makes_no_sense_is_refused_in_words() {
    for (line, wanted) in [
        ("", "there is no topic: klamm produce TOPIC"),
        (
            "t --input yaml",
            "--input cannot be `yaml`: it is one of lines, whole, json, csv, hex, framed-u32",
        ),
        ("t -p -2", "--partition cannot be `-2`"),
        ("t -p x", "--partition cannot be `x`"),
        ("t --rate 0", "--rate cannot be `0`"),
        ("t --rate NaN", "--rate cannot be `NaN`"),
        ("t -k a -K b", "-k and -K exclude each other: -K reads a key from every line"),
        (
            "t --input csv -K b",
            "-K is for --input lines and hex; in json and csv a key stands by itself",
        ),
        ("t --topics-from-input", "--topics-from-input needs --input json or csv"),
        ("t --repeat 2", "--repeat needs files: standard input can be read once"),
        ("t - -", "standard input can be read once"),
        ("t --transaction-per 0", "--transaction-per cannot be `0`: it is file, run or a number"),
        (
            "t -T --output json",
            "-T and --output json exclude each other: both print on standard output",
        ),
        ("t -X hunter2-MARKER", "-X is written NAME=VALUE"),
        ("t --separator ab", "--separator is one byte, and no quote or end of line"),
        (
            "t -z brotli",
            "--compression cannot be `brotli`: it is one of none, gzip, snappy, lz4, zstd",
        ),
        ("t --colums a", "there is no option `--colums`"),
    ] {
        assert_eq!(complaint(line), wanted, "{line}");
    }
}

#[test]
fn a_secret_on_the_command_line_is_warned_of_and_not_repeated() {
    let options = read("t -X sasl.password=hunter2-MARKER").unwrap();
    let warning = options.warnings.join("\n");
    assert!(warning.contains("`sasl.password`") && !warning.contains("MARKER"), "{warning}");
    assert!(!format!("{options:?}").contains("MARKER"));
    assert!(read("t -X sasl.password=env:SECRET").unwrap().warnings.is_empty());
}

#[test]
fn a_file_that_is_followed_stands_alone_and_has_no_end() {
    for (line, wanted) in [
        ("t --follow", "--follow needs one file"),
        ("t --follow a b", "--follow needs one file"),
        ("t --follow a --repeat 2", "--follow never meets the end of a file"),
        ("t --follow a --input whole", "--follow never meets the end of a file"),
        ("t --follow a --transaction-per 9", "--follow makes no transactions"),
    ] {
        let refused = read(line).unwrap_err();
        assert!(refused.starts_with(wanted), "{line}: {refused}");
    }
    assert!(read("t --follow a -c 9").unwrap().reads.follow);
}

#[test]
fn every_option_of_the_help_is_understood() {
    for option in help::options(USAGE) {
        let values = ["1", "a=b", "json", "none", "key=a", "file", ","];
        let values: &[&str] = if option.value.is_some() { &values } else { &[""] };
        let is_understood = values.iter().any(|value| {
            let mut options = Options::default();
            options.connecting.take(option.name(), value) == Ok(true)
                || options.sending.take(option.name(), value) == Ok(true)
                || options.telling.take(option.name(), value) == Ok(true)
                || options.reading.take(option.name(), value) == Ok(true)
        });
        let is_elsewhere = ["--property", "--repeat", "--follow"].contains(&option.name());
        assert!(is_understood || is_elsewhere, "{}", option.name());
    }
}
