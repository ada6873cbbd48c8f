//! The dependency graph as `cargo metadata` tells it.

use std::collections::BTreeSet;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::support;

/// The packages of a resolve, or the members alone when nothing was resolved.
#[derive(Debug, Clone, Default)]
pub(super) struct Graph {
    pub(super) packages: Vec<Package>,
}

/// One package of the graph: what its manifest says.
#[derive(Debug, Clone, Default)]
pub(super) struct Package {
    pub(super) name: String,
    pub(super) version: String,
    pub(super) licence: Option<String>,
    pub(super) rust_version: Option<String>,
    /// The native library that the package links, by its manifest's `links` key.
    pub(super) links: Option<String>,
    pub(super) manifest: String,
    /// A member of the workspace, not something from a registry.
    pub(super) member: bool,
    pub(super) dependencies: Vec<Dependency>,
    pub(super) features: Vec<String>,
}

/// An arrow from a package to another one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Dependency {
    pub(super) name: String,
    pub(super) kind: Kind,
    /// Found by a path, so inside the repository.
    pub(super) inside: bool,
}

/// What a dependency is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Normal,
    Development,
    Build,
}

impl Graph {
    /// Asks cargo; `extra` holds the arguments beyond `metadata --locked --format-version 1`.
    pub(super) fn of_workspace(extra: &[&str]) -> Result<Self, String> {
        let mut command = Command::new("cargo");
        command.current_dir(support::root());
        command.args(["metadata", "--locked", "--format-version", "1"]).args(extra);
        let text = support::output(&mut command)?;
        let json: Value =
            serde_json::from_str(&text).map_err(|e| format!("cargo metadata: {e}"))?;
        Ok(Self { packages: array(&json, "packages").iter().map(Package::from_json).collect() })
    }

    /// The same without packages that no build compiles, on whatever platform.
    ///
    /// The lock file, and so the metadata, names them too where one feature reaches into a
    /// dependency that another one would switch on, as `ring?/alloc` does without `ring`.
    pub(super) fn of_builds(extra: &[&str]) -> Result<Self, String> {
        let graph = Self::of_workspace(extra)?;
        let mut command = Command::new("cargo");
        command.current_dir(support::root());
        command.args(["tree", "--locked", "--workspace", "--target", "all"]);
        command.args(["--edges", "normal,build,dev", "--prefix", "none", "--format", "{p}"]);
        // Only the models are built with it (`cfg(loom)`), and nothing that is shipped or tested.
        command.args(["--prune", "loom"]);
        let text = support::output(command.args(extra))?;
        Ok(graph.only(&text))
    }

    /// The packages that a list of `name v1.2.3 …` names.
    fn only(mut self, list: &str) -> Self {
        let listed: BTreeSet<(&str, &str)> = list.lines().filter_map(name_and_version).collect();
        self.packages.retain(|package| listed.contains(&(&*package.name, &*package.version)));
        self
    }

    pub(super) fn members(&self) -> impl Iterator<Item = &Package> {
        self.packages.iter().filter(|package| package.member)
    }

    /// The names of the packages that have an arrow to `name`, for a finding's sentence.
    pub(super) fn wanted_by(&self, name: &str) -> String {
        let parents = self.packages.iter().filter(|package| {
            package.dependencies.iter().any(|dependency| dependency.name == name)
        });
        let names: Vec<String> = parents.map(|parent| format!("`{}`", parent.name)).collect();
        if names.is_empty() { "nobody".to_owned() } else { names.join(", ") }
    }
}

impl Package {
    fn from_json(json: &Value) -> Self {
        let manifest = text(json, "manifest_path").unwrap_or_default();
        Self {
            name: text(json, "name").unwrap_or_default(),
            version: text(json, "version").unwrap_or_default(),
            licence: text(json, "license"),
            rust_version: text(json, "rust_version"),
            links: text(json, "links"),
            manifest: relative(&manifest),
            member: text(json, "source").is_none(),
            dependencies: array(json, "dependencies").iter().map(Dependency::from_json).collect(),
            features: json
                .get("features")
                .and_then(Value::as_object)
                .map(|features| features.keys().cloned().collect())
                .unwrap_or_default(),
        }
    }

    /// The folder of the manifest, relative to the root.
    pub(super) fn folder(&self) -> &str {
        self.manifest.trim_end_matches("Cargo.toml").trim_end_matches('/')
    }
}

impl Dependency {
    fn from_json(json: &Value) -> Self {
        let kind = match text(json, "kind").as_deref() {
            Some("dev") => Kind::Development,
            Some("build") => Kind::Build,
            _ => Kind::Normal,
        };
        let inside = text(json, "path").is_some();
        Self { name: text(json, "name").unwrap_or_default(), kind, inside }
    }
}

fn name_and_version(line: &str) -> Option<(&str, &str)> {
    let mut words = line.split(' ');
    Some((words.next()?, words.next()?.strip_prefix('v')?))
}

fn relative(path: &str) -> String {
    let path = Path::new(path);
    path.strip_prefix(support::root()).unwrap_or(path).to_string_lossy().replace('\\', "/")
}

fn text(json: &Value, key: &str) -> Option<String> {
    json.get(key).and_then(Value::as_str).map(str::to_owned)
}

fn array<'a>(json: &'a Value, key: &str) -> &'a [Value] {
    json.get(key).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}

/// A small language for planted graphs.
#[cfg(test)]
pub(super) mod planted {
    use super::*;

    pub(in super::super) fn member(name: &str) -> Package {
        let manifest = format!("crates/{name}/Cargo.toml");
        Package { member: true, manifest, ..external(name, "0.1.0") }
    }

    pub(in super::super) fn external(name: &str, version: &str) -> Package {
        Package {
            name: name.to_owned(),
            version: version.to_owned(),
            licence: Some("MIT OR Apache-2.0".to_owned()),
            ..Package::default()
        }
    }

    pub(in super::super) fn graph(packages: impl IntoIterator<Item = Package>) -> Graph {
        Graph { packages: packages.into_iter().collect() }
    }

    impl Package {
        pub(in super::super) fn uses(self, name: &str) -> Self {
            self.depends(name, Kind::Normal)
        }

        pub(in super::super) fn tests_with(self, name: &str) -> Self {
            self.depends(name, Kind::Development)
        }

        pub(in super::super) fn depends(mut self, name: &str, kind: Kind) -> Self {
            let inside = name == "klamm" || name == "xtask" || name.starts_with("klamm-");
            self.dependencies.push(Dependency { name: name.to_owned(), kind, inside });
            self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::planted::{external, graph, member};
    use super::*;

    #[test]
    fn only_packages_that_are_built_stay_in_the_graph() {
        let list = "klamm-wire v0.1.0 (/a/crates/wire)\nnom v8.0.0\nnom v8.0.0 (*)\n\n";
        let both = [external("nom", "8.0.0"), external("nom", "7.0.0")];
        let rest = [member("klamm-wire"), external("ring", "0.17.0")];
        let built = graph(both.into_iter().chain(rest)).only(list);
        let named = |package: &Package| format!("{} {}", package.name, package.version);
        let names: Vec<String> = built.packages.iter().map(named).collect();
        assert_eq!(names, ["nom 8.0.0", "klamm-wire 0.1.0"]);
    }

    #[test]
    fn a_package_is_read_from_what_cargo_prints() {
        let json = serde_json::json!({
            "name": "a", "version": "1.2.3", "license": "MIT", "rust_version": "1.60",
            "links": "z", "source": null, "manifest_path": "elsewhere/a/Cargo.toml",
            "features": {"default": [], "all": ["default"]},
            "dependencies": [
                {"name": "b", "kind": null, "path": "elsewhere/b"},
                {"name": "c", "kind": "dev"},
                {"name": "d", "kind": "build"},
            ],
        });
        let package = Package::from_json(&json);
        assert!(package.member);
        assert_eq!(package.folder(), "elsewhere/a");
        assert_eq!(package.features.len(), 2);
        let arrows: Vec<(&str, Kind, bool)> =
            package.dependencies.iter().map(|d| (d.name.as_str(), d.kind, d.inside)).collect();
        let expected =
            [("b", Kind::Normal, true), ("c", Kind::Development, false), ("d", Kind::Build, false)];
        assert_eq!(arrows, expected);
    }
}
