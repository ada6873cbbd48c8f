//! Maven artifacts: the reference's jars, fetched by Maven itself.
//!
//! Maven knows the user's mirrors and proxies, so nothing here names a repository.

use std::io::ErrorKind;
use std::path::Path;
use std::process::Command;

use crate::support::{Outcome, read, write};

/// Pinned, so that a later plugin cannot change what ends up in the folder.
const COPY_DEPENDENCIES: &str =
    "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies";

/// Written last, so that its presence means that every jar named by the project file is there.
const STAMP: &str = "complete";

/// Copies artifacts, given as `group:artifact:version`, and what they need at run time into `dir`.
///
/// A second call with the same coordinates finds the jars in place and does not start Maven.
pub(crate) fn fetch(coordinates: &[&str], dir: &Path) -> Outcome {
    let project = project_file(coordinates)?;
    let stamp = dir.join(STAMP);
    if read(&stamp).is_ok_and(|stamped| stamped == project) {
        return Ok(());
    }
    if dir.exists() {
        std::fs::remove_dir_all(dir)
            .map_err(|error| format!("cannot empty {}: {error}", dir.display()))?;
    }
    let file = dir.join("pom.xml");
    write(&file, &project)?;
    run_maven(&file, dir)?;
    write(&stamp, &project)
}

fn run_maven(file: &Path, dir: &Path) -> Outcome {
    let mut command = Command::new("mvn");
    command.args(["--quiet", "--batch-mode", "--file"]).arg(file).arg(COPY_DEPENDENCIES);
    command.arg(format!("-DoutputDirectory={}", dir.display())).arg("-DincludeScope=runtime");
    // Whoever starts a cluster reads its addresses from our output; Maven's words are not for it.
    command.stdout(std::io::stderr());
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} ended with {status}")),
        Err(error) if error.kind() == ErrorKind::NotFound => {
            Err("Maven is missing: install it so that `mvn` is on the PATH".to_owned())
        }
        Err(error) => Err(format!("cannot start {command:?}: {error}")),
    }
}

/// A project that only depends: Maven copies dependencies of projects, not of coordinates.
fn project_file(coordinates: &[&str]) -> Result<String, String> {
    let dependencies: Result<String, String> = coordinates.iter().map(|c| dependency(c)).collect();
    Ok(format!(
        "<project xmlns=\"http://maven.apache.org/POM/4.0.0\">\n\
         <modelVersion>4.0.0</modelVersion>\n\
         <groupId>klamm</groupId><artifactId>fetched</artifactId><version>1</version>\n\
         <dependencies>\n{}</dependencies>\n</project>\n",
        dependencies?
    ))
}

fn dependency(coordinates: &str) -> Result<String, String> {
    let mut parts = coordinates.split(':');
    let (Some(group), Some(artifact), Some(version), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(format!("`{coordinates}` is not of the form group:artifact:version"));
    };
    Ok(format!(
        "<dependency><groupId>{group}</groupId><artifactId>{artifact}</artifactId>\
         <version>{version}</version></dependency>\n"
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_project_file_names_each_coordinate_as_a_dependency() {
        let file = project_file(&["some.group:thing:1.2", "other:part:3"]).unwrap();
        assert!(file.contains("<artifactId>thing</artifactId><version>1.2</version>"));
        assert!(file.contains("<groupId>other</groupId><artifactId>part</artifactId>"));
    }

    #[test]
    fn coordinates_of_another_form_are_refused() {
        assert!(project_file(&["group:artifact"]).is_err());
        assert!(project_file(&["group:artifact:jar:1.0"]).is_err());
    }
}
