//! The programs that meet here: the one that sends, the command line, and the judge in Java.

use std::ffi::OsString;
use std::process::Command;

use super::wish::{Producer, Wish};
use crate::kafka::home;
use crate::kafka::program::Program;
use crate::kafka::release::Release;
use crate::support::{self, Outcome};

/// Mebibytes for the judge, or for Java's producer.
const MEMORY: &str = "-Xmx1g";

pub(super) struct Programs {
    /// Sends records that follow from a seed.
    pub(super) sender: Program,
    /// Words in front of the sender's arguments.
    pub(super) sender_words: &'static [&'static str],
    pub(super) klamm: Option<Program>,
    pub(super) judge: Program,
}

impl Programs {
    /// Builds what is needed; the judge must show first that it finds faults.
    pub(super) fn build(wish: &Wish) -> Result<Self, String> {
        let judge = judge()?;
        match wish.producer {
            Producer::Java => {
                let (sender, sender_words) = (judge.clone(), &["control"][..]);
                Ok(Self { sender, sender_words, klamm: None, judge })
            }
            Producer::Klamm => {
                let (sender, klamm) = Program::example_and_klamm(("klamm", "soak"), wish.profile)?;
                Ok(Self { sender, sender_words: &[], klamm: Some(klamm), judge })
            }
        }
    }
}

fn judge() -> Result<Program, String> {
    Release::V4_3.fetch(&home())?;
    let (classes, jars) = (home().join("produced"), home().join("4.3.1/jars/*"));
    compile(&classes, &jars)?;
    let path = std::env::join_paths([&classes, &jars]);
    let path = path.map_err(|error| format!("there is no such class path: {error}"))?;
    let silent = "-Dorg.slf4j.simpleLogger.defaultLogLevel=error";
    let mut words: Vec<OsString> = [MEMORY, silent, "-cp"].map(OsString::from).to_vec();
    words.extend([path, "produced.Main".into()]);
    let judge = Program::java(words);
    support::output(&mut judge.command(&["self-test"]))?;
    Ok(judge)
}

fn compile(classes: &std::path::Path, jars: &std::path::Path) -> Outcome {
    let mut javac = Command::new("javac");
    // Without the jars' own oddities: their manifests name jars that nobody needs.
    javac.args(["-Xlint:all,-path,-classfile", "-Werror", "-encoding", "UTF-8", "-d"]);
    javac.arg(classes).arg("-cp").arg(jars);
    let mut sources = support::files_in(&support::root().join("xtask/java/produced"), "java")?;
    sources.sort();
    support::run(javac.args(sources))
}
