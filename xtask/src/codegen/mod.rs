//! The generator: from the normalised specs to `crates/protocol/src/generated/`.
//!
//! A spec is parsed ([`crate::specs::parse`]), resolved ([`resolve`]: every rule checked, every
//! range clipped) and printed ([`emit`]); `rustfmt` gives the text its shape. The output is
//! committed; `--check` proves that it is what the specs say.

mod defaults;
mod emit;
mod groups;
mod ir;
mod names;
mod resolve;
#[cfg(test)]
mod small_spec;

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::specs;
use crate::support::{self, Outcome};
use emit::Files;

/// Written by hand, and therefore left alone.
const HAND_WRITTEN: &[&str] = &["prelude.rs", "json/prelude.rs"];

/// `cargo xtask codegen [--check]`.
pub(crate) fn run(args: &[String]) -> Outcome {
    let folder = support::root().join("crates/protocol/src/generated");
    let files = generate()?;
    match args {
        [] => write(&folder, &files),
        [flag] if flag == "--check" => check(&folder, &files),
        _ => Err("usage: cargo xtask codegen [--check]".to_owned()),
    }
}

fn generate() -> Result<Files, String> {
    let sources = specs::load()?;
    let mut messages = Vec::new();
    for source in &sources {
        messages.extend(resolve::message(&source.file, &source.message)?);
    }
    let version = format!("kafka-clients {}", specs::version()?);
    let mut files = emit::files(&sources, &messages, &version)?;
    for text in files.values_mut() {
        *text = formatted(text)?;
    }
    Ok(files)
}

fn write(folder: &Path, files: &Files) -> Outcome {
    for stale in present(folder)?.iter().filter(|name| !files.contains_key(*name)) {
        let path = folder.join(stale);
        std::fs::remove_file(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    for (name, text) in files {
        let path = folder.join(name);
        if support::read(&path).ok().as_ref() != Some(text) {
            support::write(&path, text)?;
        }
    }
    let lines: usize = files.values().map(|text| text.lines().count()).sum();
    println!("{} files, {lines} lines", files.len());
    Ok(())
}

fn check(folder: &Path, files: &Files) -> Outcome {
    let stale = findings(folder, files)?;
    if stale.is_empty() {
        println!("{} generated files are what the specs say", files.len());
        return Ok(());
    }
    Err(format!("{}; run `cargo xtask codegen`", stale.join("; ")))
}

/// What differs between the folder and the files that belong there.
fn findings(folder: &Path, files: &Files) -> Result<Vec<String>, String> {
    let unknown = present(folder)?.into_iter().filter(|name| !files.contains_key(name));
    let mut found: Vec<String> = unknown.map(|name| format!("{name} comes from no spec")).collect();
    for (name, text) in files {
        match support::read(&folder.join(name)) {
            Ok(committed) if committed == *text => {}
            Ok(_) => found.push(format!("{name} is not what the specs say")),
            Err(_) => found.push(format!("{name} is missing")),
        }
    }
    Ok(found)
}

/// The names of the generated files that are there.
fn present(folder: &Path) -> Result<Vec<String>, String> {
    let mut names = Vec::new();
    for (prefix, folder) in [("", folder.to_owned()), ("json/", folder.join("json"))] {
        if !folder.exists() {
            continue;
        }
        let files: Vec<PathBuf> = support::files_in(&folder, "rs")?;
        let name =
            |path: &PathBuf| path.file_name().map(|name| name.to_string_lossy().into_owned());
        names.extend(files.iter().filter_map(name).map(|name| format!("{prefix}{name}")));
    }
    names.retain(|name| !HAND_WRITTEN.contains(&name.as_str()));
    names.sort();
    Ok(names)
}

fn formatted(text: &str) -> Result<String, String> {
    let mut child = Command::new("rustfmt")
        .args(["--edition", "2024", "--config-path"])
        .arg(support::root().join(".rustfmt.toml"))
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(|error| format!("cannot start rustfmt: {error}"))?;
    let mut stdin = child.stdin.take().ok_or("rustfmt takes no input")?;
    let input = text.to_owned();
    let feeder = std::thread::spawn(move || stdin.write_all(input.as_bytes()));
    let output = child.wait_with_output().map_err(|error| format!("rustfmt: {error}"))?;
    let fed = feeder.join().map_err(|_| "the thread that feeds rustfmt died")?;
    fed.map_err(|error| format!("rustfmt: {error}"))?;
    if !output.status.success() {
        return Err(format!("rustfmt refused this text:\n{text}"));
    }
    String::from_utf8(output.stdout).map_err(|error| format!("rustfmt: {error}"))
}

#[cfg(test)]
mod tests {
    use super::{Files, findings, write};

    #[test]
    fn a_missing_a_changed_and_a_stray_file_are_each_found() {
        let folder = std::env::temp_dir().join(format!("klamm-codegen-{}", std::process::id()));
        let file = |name: &str| (name.to_owned(), format!("// {name}\n"));
        let files = Files::from([file("a.rs"), file("b.rs"), file("json/c.rs")]);
        write(&folder, &files).unwrap();
        assert!(findings(&folder, &files).unwrap().is_empty());
        std::fs::remove_file(folder.join("a.rs")).unwrap();
        std::fs::write(folder.join("b.rs"), "// edited\n").unwrap();
        std::fs::write(folder.join("json/d.rs"), "// stray\n").unwrap();
        let found = findings(&folder, &files).unwrap();
        std::fs::remove_dir_all(&folder).unwrap();
        assert_eq!(
            found,
            ["json/d.rs comes from no spec", "a.rs is missing", "b.rs is not what the specs say"]
        );
    }
}
