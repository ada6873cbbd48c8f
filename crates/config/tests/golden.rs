//! What people read when a configuration is refused, or not taken as they meant it.
//!
//! A golden file holds blocks: a family, the lines of a configuration, and after `>` what is said
//! about it, wrapped.
#![cfg(test)]

use klamm_config::{Config, Family, Options, Source};

const WIDTH: usize = 96;

/// What is said about the configuration of a block.
type Saying = fn(Result<Config, klamm_config::ConfigError>) -> Vec<String>;

#[test]
fn every_refusal_reads_as_it_was_written() {
    let saying: Saying = |read| match read {
        Ok(_) => vec!["accepted".to_owned()],
        Err(error) => vec![error.to_string()],
    };
    compare(("refusals.txt", include_str!("golden/refusals.txt")), saying);
}

#[test]
fn every_warning_reads_as_it_was_written() {
    let saying: Saying = |read| match read {
        Ok(config) if config.warnings().is_empty() => vec!["nothing".to_owned()],
        Ok(config) => config.warnings().iter().map(ToString::to_string).collect(),
        Err(error) => vec![format!("refused: {error}")],
    };
    compare(("warnings.txt", include_str!("golden/warnings.txt")), saying);
}

fn compare(golden: (&str, &str), saying: Saying) {
    let blocks: Vec<String> = golden.1.split("\n\n").map(|block| said(block, saying)).collect();
    let actual = blocks.join("\n\n") + "\n";
    assert_same(&actual, golden);
}

fn assert_same(actual: &str, (file, golden): (&str, &str)) {
    if actual != golden && std::env::var_os("KLAMM_BLESS").is_some() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/golden/");
        std::fs::write(format!("{folder}{file}"), actual).unwrap();
    }
    assert!(actual == golden, "set KLAMM_BLESS to write {file} anew:\n{actual}");
}

/// A block as it should be.
fn said(block: &str, saying: Saying) -> String {
    let given: Vec<&str> = block.lines().take_while(|line| !line.starts_with('>')).collect();
    let (family, lines) = given.split_first().unwrap();
    let family = match *family {
        "java" => Family::Java,
        "librdkafka" => Family::Librdkafka,
        "detect" => Family::Detect,
        other => panic!("no family is called {other}"),
    };
    let text: String = lines.iter().map(|line| format!("{}\n", line.trim_start())).collect();
    let servers = Source::pairs([("bootstrap.servers", "kafka:9092")]);
    let sources = [servers, Source::text("client.properties", &text).unwrap()];
    let read = Config::load(sources, &Options::default().family(family));
    let sayings = saying(read).into_iter().map(|saying| wrapped(&saying));
    [given.join("\n")].into_iter().chain(sayings).collect::<Vec<_>>().join("\n")
}

fn wrapped(text: &str) -> String {
    let mut lines = vec![String::from(">")];
    for word in text.split(' ') {
        if lines.last().unwrap().chars().count() + word.chars().count() >= WIDTH {
            lines.push(String::from(">  "));
        }
        let line = lines.last_mut().unwrap();
        line.push(' ');
        line.push_str(word);
    }
    lines.join("\n")
}
