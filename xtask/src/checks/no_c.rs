//! Nothing that the workspace builds, tests included, compiles C or links a C library.
//!
//! The graph is read for every platform. A build script that compiles C without saying so in
//! its dependencies is caught by the other half: the tests run with compilers that only fail.

use super::cargo::cargo;
use super::finding::{self, Finding};
use super::graph::{Graph, Package};
use super::stopwatch::Stopwatch;
use crate::support::{self, Outcome};

/// Packages that exist to drive a C, C++ or assembler tool chain, or to find its products.
const TOOL_CHAINS: &[&str] = &[
    "cc",
    "cmake",
    "bindgen",
    "pkg-config",
    "system-deps",
    "vcpkg",
    "nasm-rs",
    "clang-sys",
    "cxx-build",
    "autotools",
];

/// Packages called `…-sys` that hold declarations or Rust only, each with the reason.
const PURE_SYS: &[(&str, &str)] = &[
    ("linux-raw-sys", "declarations of the kernel's interface; nothing is linked"),
    ("windows-sys", "declarations; the linker reads libraries that come with the target"),
    ("libz-rs-sys", "zlib's interface written in Rust"),
    ("js-sys", "declarations of what a JavaScript engine offers; wasm targets only"),
    ("web-sys", "declarations of what a browser offers; wasm targets only"),
];

/// Packages with a `links` key that link nothing, each with the reason.
const HARMLESS_LINKS: &[(&str, &str)] = &[
    ("rayon-core", "the key only makes sure that one copy of the thread pool exists"),
    ("prettyplease", "the key only passes its version to build scripts"),
    ("wasm-bindgen-shared", "the key only makes sure that one version exists; wasm targets only"),
];

/// `cargo xtask no-c [--build]`: the graph, or with `--build` the test run.
pub(super) fn run(args: &[String]) -> Outcome {
    match args.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => finding::report(findings(&Graph::of_builds(&[])?)),
        ["--build"] => run_tests(),
        _ => Err("usage: cargo xtask no-c [--build]".to_owned()),
    }
}

/// The tests of the workspace under compilers that fail when anyone calls them.
fn run_tests() -> Outcome {
    let watch = Stopwatch::start();
    let mut command = cargo(&["test", "--workspace", "--locked"]);
    support::run(command.env("CC", "false").env("CXX", "false"))?;
    println!("tests under CC=false CXX=false: {}", watch.stop());
    Ok(())
}

/// The packages of a graph that would compile or link C.
pub(super) fn findings(graph: &Graph) -> Vec<Finding> {
    graph.packages.iter().filter_map(|package| judge(graph, package)).collect()
}

fn judge(graph: &Graph, package: &Package) -> Option<Finding> {
    let name = package.name.as_str();
    let named = |list: &[(&str, &str)]| list.iter().any(|(exception, _)| *exception == name);
    let (rule, what) = if TOOL_CHAINS.contains(&name) {
        ("c-tool-chain", "drives a C tool chain".to_owned())
    } else if name.ends_with("-sys") && !named(PURE_SYS) {
        ("sys-package", "is a `-sys` package and not among the pure ones".to_owned())
    } else if let Some(library) = package.links.as_ref().filter(|_| !named(HARMLESS_LINKS)) {
        ("links", format!("links the native library `{library}`"))
    } else {
        return None;
    };
    let text = format!("`{name}` {what}; it is wanted by {}", graph.wanted_by(name));
    Some(Finding::of(format!("{name} {}", package.version), rule, text))
}

#[cfg(test)]
mod tests {
    use super::super::finding::rules;
    use super::super::graph::Kind;
    use super::super::graph::planted::{external, graph, member};
    use super::*;

    #[test]
    fn a_graph_of_rust_passes() {
        let found = findings(&graph([
            member("klamm-wire").uses("nom").tests_with("proptest"),
            external("nom", "8.0.0"),
            external("proptest", "1.9.0").depends("autocfg", Kind::Build),
            external("autocfg", "1.5.0"),
        ]));
        assert_eq!(found, []);
    }

    #[test]
    fn a_compiler_driver_is_found_and_its_user_named() {
        let found = findings(&graph([
            member("klamm-records").tests_with("zstd-safe"),
            external("zstd-safe", "7.2.0").depends("cc", Kind::Build),
            external("cc", "1.2.0"),
        ]));
        assert_eq!(rules(&found), ["c-tool-chain"]);
        assert!(found[0].text.ends_with("wanted by `zstd-safe`"), "{}", found[0].text);
    }

    #[test]
    fn each_tool_chain_driver_is_found() {
        for name in ["cc", "cmake", "bindgen", "pkg-config", "nasm-rs"] {
            assert_eq!(rules(&findings(&graph([external(name, "1.0.0")]))), ["c-tool-chain"]);
        }
    }

    #[test]
    fn a_sys_package_is_found_unless_it_is_named_as_pure() {
        let found = findings(&graph([external("zstd-sys", "2.0.0")]));
        assert_eq!(rules(&found), ["sys-package"]);
        assert_eq!(findings(&graph([external("linux-raw-sys", "0.12.0")])), []);
    }

    #[test]
    fn a_package_that_links_a_library_is_found_unless_it_is_named() {
        let links = |name: &str| Package { links: Some("z".into()), ..external(name, "1.0.0") };
        assert_eq!(rules(&findings(&graph([links("zlib-inside")]))), ["links"]);
        assert_eq!(findings(&graph([links("rayon-core")])), []);
    }
}
