//! The arrows between rooms are those of the map in `crates/README.md`, no more.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

type Arrows = BTreeMap<String, BTreeSet<String>>;

fn room(package: &str) -> Option<&str> {
    package.strip_prefix("cupola-").or((package == "cupola").then_some("cupola"))
}

/// The rows of the table under "Rooms and arrows".
fn map() -> Arrows {
    let text = include_str!("../../crates/README.md");
    let names = |cell: &str| -> BTreeSet<String> {
        cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
    };
    text.lines()
        .skip_while(|line| !line.starts_with("| room "))
        .skip(2)
        .take_while(|line| line.starts_with('|'))
        .map(|line| {
            let cells: Vec<_> = line.split('|').collect();
            let room = names(cells[1]).pop_first().expect("every row names a room");
            (room, names(cells[3]))
        })
        .collect()
}

/// The arrows cargo sees: normal and build dependencies between our packages.
fn reality() -> Arrows {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo runs");
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo speaks JSON");
    let packages = metadata["packages"].as_array().expect("a list of packages");
    packages
        .iter()
        .map(|package| {
            let uses = package["dependencies"].as_array().expect("a list of dependencies");
            let uses = uses
                .iter()
                .filter(|d| d["kind"].as_str() != Some("dev"))
                .filter_map(|d| room(d["name"].as_str()?).map(str::to_owned));
            let name = package["name"].as_str().and_then(room).expect("one of our packages");
            (name.to_owned(), uses.collect())
        })
        .collect()
}

#[test]
fn every_arrow_between_rooms_is_in_the_map() {
    let map = map();
    let reality = reality();
    assert!(reality.len() >= 11, "cargo metadata lists only {:?}", reality.keys());
    for (name, uses) in &reality {
        let allowed =
            map.get(name).unwrap_or_else(|| panic!("room {name} is missing from crates/README.md"));
        for used in uses {
            assert!(
                allowed.contains(used),
                "{name} uses {used}; the map in crates/README.md has no such arrow"
            );
        }
    }
    for name in map.keys() {
        assert!(reality.contains_key(name), "the map names a room that does not exist: {name}");
    }
}
