//! The import: from the released clients jar to normalised files, and the pin that proves which.

use std::path::{Path, PathBuf};
use std::process::Command;

use sha2::{Digest, Sha256};

use super::{folder, model::Message, parse, print};
use crate::maven;
use crate::support::{self, Outcome};

const RULE: &str = "\
rule: every common/message/*.json of the jar, one file per message under messages/; names, types,
  versions, nullability, tags, defaults, keys, flexible ranges, ignorable marks, entity types and
  listeners are kept; comments and descriptions are not; keys and fields stand in a fixed order
command: cargo xtask specs import
";

/// What `protocol-specs/VERSION` pins: a release and the checksum of its jar.
pub(crate) struct Pin {
    pub(crate) version: String,
    sha256: String,
}

impl Pin {
    fn path() -> PathBuf {
        support::root().join("protocol-specs/VERSION")
    }

    pub(crate) fn read() -> Result<Self, String> {
        let text = support::read(&Self::path())?;
        let value = |key: &str| {
            let line = text.lines().find_map(|line| line.strip_prefix(key)?.strip_prefix(": "));
            line.map(str::to_owned).ok_or_else(|| format!("protocol-specs/VERSION has no `{key}`"))
        };
        let artifact = value("artifact")?;
        let version = artifact.rsplit(':').next().unwrap_or_default().to_owned();
        Ok(Self { version, sha256: value("sha256")? })
    }

    fn write(&self, files: usize) -> Outcome {
        let head = format!(
            "artifact: org.apache.kafka:kafka-clients:{}\nsha256: {}\nfiles: {files}\n",
            self.version, self.sha256
        );
        support::write(&Self::path(), &(head + RULE))
    }
}

/// Imports a release; the pinned one must have the pinned checksum.
pub(super) fn run(version: &str) -> Outcome {
    let (messages, sha256) = release(version)?;
    if let Ok(pin) = Pin::read()
        && pin.version == version
        && pin.sha256 != sha256
    {
        return Err(format!("the jar of {version} has SHA-256 {sha256}, pinned is {}", pin.sha256));
    }
    let folder = folder();
    if folder.exists() {
        std::fs::remove_dir_all(&folder).map_err(|e| format!("{}: {e}", folder.display()))?;
    }
    for message in &messages {
        let path = folder.join(format!("{}.json", message.name));
        support::write(&path, &print::message(message))?;
    }
    Pin { version: version.to_owned(), sha256 }.write(messages.len())?;
    println!("{} messages of {version} written to protocol-specs/messages", messages.len());
    Ok(())
}

/// The messages of a release, by name, and the SHA-256 of its jar.
pub(super) fn release(version: &str) -> Result<(Vec<Message>, String), String> {
    let work = support::root().join("target/specs").join(version);
    maven::fetch(&[&format!("org.apache.kafka:kafka-clients:{version}")], &work.join("lib"))?;
    let jar = work.join("lib").join(format!("kafka-clients-{version}.jar"));
    let bytes = std::fs::read(&jar).map_err(|error| format!("{}: {error}", jar.display()))?;
    let sha256 = Sha256::digest(&bytes).iter().map(|byte| format!("{byte:02x}")).collect();
    unpack(&jar, &work)?;
    let mut files = support::files_in(&work.join("common/message"), "json")?;
    files.sort();
    let messages = files.iter().map(|path| {
        let file = path.file_name().unwrap_or_default().to_string_lossy();
        parse::message(&file, &support::read(path)?)
    });
    Ok((messages.collect::<Result<_, _>>()?, sha256))
}

/// Takes the specs out of the jar with the JDK's own tool: Maven cannot run without a JDK.
fn unpack(jar: &Path, into: &Path) -> Outcome {
    support::run(Command::new("jar").arg("xf").arg(jar).arg("common/message").current_dir(into))
}
