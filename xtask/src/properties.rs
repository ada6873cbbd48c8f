//! Lists what other clients can be told, as they say it themselves, for `crates/config`.
//!
//! Java's list comes out of its own classes, librdkafka's out of the table that it prints of its
//! own properties and that its source distribution holds, at the version that `xtask/foreign`
//! pins.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

use crate::support::{self, Outcome};
use crate::vectors::reference;

const USAGE: &str = "usage: cargo xtask properties";
const FOLDER: &str = "crates/config/data";
const JAVA: &str = "java-producer.tsv";
const LIBRDKAFKA: &str = "librdkafka.tsv";

/// Stands for a `|` within a cell.
const BAR: &str = "\u{1}";

/// `cargo xtask properties`.
pub(crate) fn run(args: &[String]) -> Outcome {
    if !args.is_empty() {
        return Err(USAGE.to_owned());
    }
    let folder = support::root().join(FOLDER);
    let java = folder.join(JAVA);
    reference::run(&["properties", &java.display().to_string()])?;
    let (version, table) = librdkafka()?;
    let lines = rows(&support::read(&table)?)?;
    support::write(&folder.join(LIBRDKAFKA), &format!("{}{lines}", heading(&version)))
}

fn heading(version: &str) -> String {
    format!(
        "# Properties of librdkafka, from the table that it prints (rdkafka-sys {version}).\n\
         # Remade by `cargo xtask properties`.\n\
         # name\tscope\tfor\ttype\tdefault\trange\talias of\n"
    )
}

/// The version of librdkafka's package that the foreign workspace pins, and its table.
fn librdkafka() -> Result<(String, PathBuf), String> {
    let manifest = support::root().join("xtask/foreign/Cargo.toml");
    let mut cargo = Command::new("cargo");
    cargo.args(["metadata", "--locked", "--format-version", "1", "--manifest-path"]).arg(manifest);
    let text = support::output(&mut cargo)?;
    let metadata: Value = serde_json::from_str(&text).map_err(|error| error.to_string())?;
    let packages = metadata.get("packages").and_then(Value::as_array);
    let is_it = |package: &&Value| text_of(package, "name") == Some("rdkafka-sys");
    let found = packages.and_then(|packages| packages.iter().find(is_it));
    let place = |package: &Value| {
        let version = text_of(package, "version")?.to_owned();
        let folder = Path::new(text_of(package, "manifest_path")?).parent()?;
        Some((version, folder.join("librdkafka/CONFIGURATION.md")))
    };
    found.and_then(place).ok_or_else(|| "xtask/foreign does not use rdkafka-sys".to_owned())
}

fn text_of<'a>(value: &'a Value, name: &str) -> Option<&'a str> {
    value.get(name).and_then(Value::as_str)
}

/// The table's rows as lines with columns, in the order of their names.
fn rows(table: &str) -> Result<String, String> {
    let mut scope = "";
    let mut lines = Vec::new();
    for line in table.lines() {
        match line {
            _ if line.starts_with("## Global") => scope = "client",
            _ if line.starts_with("## Topic") => scope = "topic",
            _ if line.starts_with("---") || line.starts_with("Property ") => {}
            _ => lines.extend(row(&line.replace("\\|", BAR), scope)?),
        }
    }
    lines.sort();
    if lines.is_empty() {
        Err("librdkafka's table is empty".to_owned())
    } else {
        Ok(lines.concat())
    }
}

fn row(line: &str, scope: &str) -> Result<Option<String>, String> {
    let Some((name, rest)) = line.split_once('|') else { return Ok(None) };
    let columns: Vec<&str> = rest.splitn(5, '|').map(str::trim).collect();
    let [who, range, default, _importance, about] = columns.as_slice() else {
        return Err(format!("`{line}` has other columns"));
    };
    let kind = about.rsplit_once("*Type: ").map_or("", |(_, kind)| kind.trim_end_matches('*'));
    let alias = about.strip_prefix("Alias for `").and_then(|rest| rest.split_once('`'));
    let alias = alias.map_or("", |(alias, _)| alias);
    let who = match *who {
        "P" => "producers",
        "C" => "consumers",
        _ => "both",
    };
    let cells = [name.trim(), scope, who, kind, default, range, alias];
    let cells = cells.map(|cell| if cell.is_empty() { "-" } else { cell });
    Ok(Some(format!("{}\n", cells.join("\t").replace(BAR, "|"))))
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: &str = "# Configuration properties\n## Global configuration properties\n\n\
        Property | C/P | Range | Default | Importance | Description\n\
        ---------|-----|-------|--------:|------------|------------\n\
        b.long   |  P  | 1 .. 9 |      5 | low | How | long. <br>*Type: integer*\n\
        ## Topic configuration properties\n\
        a.short  |  *  |        |        | low | Alias for `b.long`: How. <br>*Type: string*\n";

    #[test]
    fn rows_of_the_table_become_lines_in_the_order_of_names() {
        let expected = "a.short\ttopic\tboth\tstring\t-\t-\tb.long\n\
                        b.long\tclient\tproducers\tinteger\t5\t1 .. 9\t-\n";
        assert_eq!(rows(TABLE).unwrap(), expected);
    }

    #[test]
    fn a_table_of_another_shape_is_refused() {
        assert!(rows("a | b\n").is_err());
        assert!(rows("").is_err());
    }
}
