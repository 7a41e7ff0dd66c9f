//! Rules of the house that a compiler does not know.

use std::path::{Path, PathBuf};

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn rust_files(folder: &Path, found: &mut Vec<PathBuf>) {
    for entry in std::fs::read_dir(folder).expect("a readable folder") {
        let path = entry.expect("a readable entry").path();
        if path.is_dir() && path.file_name().is_some_and(|n| n != "target") {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
}

fn all_rust_files() -> Vec<PathBuf> {
    let mut files = Vec::new();
    for folder in ["crates", "layouts", "tests", "benches"] {
        rust_files(&root().join(folder), &mut files);
    }
    assert!(files.len() > 50, "only {} files found", files.len());
    files
}

#[test]
fn every_cited_standard_is_in_the_list_of_references() {
    let references = include_str!("../../crates/model/src/REFERENCES.md");
    let keys: Vec<&str> =
        references.lines().filter_map(|line| line.strip_prefix("| ")?.split(" |").next()).collect();
    for path in all_rust_files() {
        let text = std::fs::read_to_string(&path).expect("source is text");
        for (number, line) in text.lines().enumerate() {
            let Some(comment) = line.find("//").map(|at| &line[at..]) else { continue };
            for cited in comment.split('[').skip(1).filter_map(|rest| rest.split(']').next()) {
                let standard =
                    ["BS.", "AES", "Tech ", "Atmos-ADM"].iter().any(|p| cited.starts_with(p));
                assert!(
                    !standard || keys.iter().any(|key| cited.starts_with(key)),
                    "{}:{}: [{cited}] is not a key of REFERENCES.md",
                    path.display(),
                    number + 1
                );
            }
        }
    }
}

#[test]
fn no_file_outgrows_a_readable_size() {
    for path in all_rust_files() {
        let lines = std::fs::read_to_string(&path).expect("source is text").lines().count();
        assert!(lines <= 600, "{} has {lines} lines; split it", path.display());
    }
}

#[test]
fn the_top_level_holds_only_what_was_agreed() {
    let agreed = [
        "Cargo.toml",
        "Cargo.lock",
        "crates",
        "layouts",
        "scenes",
        "tests",
        "benches",
        "README.md",
        "LICENSE-MIT",
        "LICENSE-APACHE",
        "NOTICE",
        "target",
    ];
    for entry in std::fs::read_dir(root()).expect("a readable folder") {
        let name = entry.expect("a readable entry").file_name().to_string_lossy().into_owned();
        assert!(
            name.starts_with('.') || agreed.contains(&name.as_str()),
            "{name} does not belong there"
        );
    }
}

#[test]
fn every_package_takes_part_in_the_common_lints() {
    for entry in std::fs::read_dir(root().join("crates")).expect("a readable folder") {
        let manifest = entry.expect("a readable entry").path().join("Cargo.toml");
        if let Ok(text) = std::fs::read_to_string(&manifest) {
            assert!(text.contains("[lints]\nworkspace = true"), "{}", manifest.display());
        }
    }
}

/// A rule that a finding makes up as it goes stands in no table.
#[test]
fn findings_name_their_rules_by_constants() {
    let made: Vec<String> =
        ["error", "warning", "note", "new"].map(|kind| format!("Finding::{kind}(")).into();
    for path in
        all_rust_files().iter().filter(|path| path.components().any(|c| c.as_os_str() == "src"))
    {
        let text = std::fs::read_to_string(path).expect("source is text");
        let code = text.split("#[cfg(test)]").next().unwrap_or_default();
        let code: String =
            code.lines().filter(|line| !line.trim_start().starts_with("//")).collect();
        for rest in made.iter().flat_map(|made| code.split(made.as_str()).skip(1)) {
            let start = rest.trim_start();
            let words: String = start.chars().take(40).collect();
            assert!(!start.starts_with('"'), "{}: the rule {words} is not listed", path.display());
        }
    }
}
