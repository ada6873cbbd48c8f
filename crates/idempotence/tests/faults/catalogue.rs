//! The catalogue is complete, and what it says of tests is so.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use crate::table::{FAULTS, Place};

const CITATION: &str = "//= type=test ";

/// Every test of the crate by its name, with the ids it cites.
fn tests_of_the_crate() -> BTreeMap<String, Vec<String>> {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut tests = BTreeMap::new();
    for folder in ["src", "tests"] {
        read_folder(&crate_root.join(folder), &mut tests);
    }
    tests
}

fn read_folder(folder: &Path, tests: &mut BTreeMap<String, Vec<String>>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            read_folder(&path, tests);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            read_file(&fs::read_to_string(&path).unwrap(), tests);
        }
    }
}

/// Notes the functions that a citation stands directly above, but for attributes.
fn read_file(text: &str, tests: &mut BTreeMap<String, Vec<String>>) {
    let mut cited: Vec<String> = Vec::new();
    let mut is_test = false;
    for line in text.lines().map(str::trim_start) {
        if let Some(ids) = line.strip_prefix(CITATION) {
            cited.extend(ids.split([' ', ',']).map(str::to_owned));
        } else if line.starts_with("#[") {
            is_test |= line == "#[test]";
        } else {
            if let Some(name) = line.strip_prefix("fn ").filter(|_| is_test) {
                let name = name.split('(').next().unwrap();
                tests.insert(name.to_owned(), cited);
            }
            (cited, is_test) = (Vec::new(), false);
        }
    }
}

#[test]
fn every_fault_has_a_test_or_an_owner() {
    let numbers: Vec<u32> = FAULTS.iter().map(|fault| fault.0).collect();
    assert_eq!(numbers, Vec::from_iter(1..=108), "each fault once, in order");
    let tests = tests_of_the_crate();
    let mut owned: BTreeMap<&str, Vec<u32>> = BTreeMap::new();
    for fault in FAULTS {
        assert!(!fault.1.is_empty());
        match fault.2 {
            Place::Test(name) => {
                let cited = tests.get(name).unwrap_or_else(|| panic!("no test is named {name}"));
                let id = format!("F{}", fault.0);
                assert!(cited.contains(&id), "{name} does not cite {id}");
            }
            Place::Owner(layer, how) => {
                assert!(!how.is_empty());
                owned.entry(layer).or_default().push(fault.0);
            }
        }
    }
    let others = owned.values().map(Vec::len).sum::<usize>();
    println!("{} faults with a test here, {others} with an owner: {owned:?}", 108 - others);
}

#[test]
fn a_citation_counts_only_directly_above_its_test() {
    let text = "    @F1 F2\n    #[test]\n    #[cfg(unix)]\n    fn a() {\n    }\n\
                @F3\n\n#[test]\nfn b() {}\n@F4\nfn c() {}\n"
        .replace('@', CITATION);
    let mut tests = BTreeMap::new();
    read_file(&text, &mut tests);
    assert_eq!(tests.get("a"), Some(&vec!["F1".to_owned(), "F2".to_owned()]));
    assert_eq!((tests.get("b"), tests.get("c")), (Some(&Vec::new()), None));
}
