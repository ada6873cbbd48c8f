//! The package of a stranger who sends one record, with default features.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

pub(crate) const NAME: &str = "hello-producer";
/// The profile for a small program, as README.md tells it.
pub(crate) const PROFILE: &str = "small";

/// The quickstart without the cluster that the example starts when there is none.
const PROGRAM: &str = r#"
use std::time::Duration;

use klamm::{Producer, Record, blocking};

fn main() -> Result<(), klamm::Error> {
    let servers = std::env::args().nth(1).unwrap_or_default();
    let producer = blocking::Producer::build(Producer::builder().bootstrap(&servers))?;
    let orders = producer.topic("orders")?;
    let acked = producer.send(Record::to(&orders).key("customer 7").value("two of those"))?;
    producer.close(Duration::from_secs(10))?;
    println!("acknowledged: {acked}");
    Ok(())
}
"#;

/// Writes the package into a folder there: where it lies. Its dependencies are those that `root`
/// has locked.
pub(crate) fn write(root: &Path, folder: &Path) -> io::Result<PathBuf> {
    let package = folder.join(NAME);
    fs::create_dir_all(package.join("src"))?;
    let klamm = root.join("crates/producer").display().to_string();
    let manifest = format!(
        "[package]\nname = \"{NAME}\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n\
         [dependencies]\nklamm = {{ path = {klamm:?} }}\n\n\
         [profile.release]\nstrip = true\n\n\
         [profile.{PROFILE}]\ninherits = \"release\"\nopt-level = \"s\"\nlto = \"fat\"\n\
         codegen-units = 1\npanic = \"abort\"\n\n[workspace]\n"
    );
    fs::write(package.join("Cargo.toml"), manifest)?;
    fs::write(package.join("src/main.rs"), PROGRAM)?;
    fs::copy(root.join("Cargo.lock"), package.join("Cargo.lock"))?;
    Ok(package)
}
