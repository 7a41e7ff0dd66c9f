//! Every example scene checks clean and renders without clipping.

use crate::suite::support::cupola;
use std::path::{Path, PathBuf};

fn scenes() -> Vec<PathBuf> {
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join("scenes")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.ends_with("scene.yaml") {
                found.push(path);
            }
        }
    }
    found.sort();
    assert!(found.len() >= 10, "only {found:?}");
    found
}

#[test]
fn every_example_checks_without_warning() {
    for scene in scenes() {
        let run =
            cupola(Path::new("."), &["check", &scene.display().to_string(), "--json"]).expect(0);
        for finding in run.json()["findings"].as_array().expect("findings") {
            assert_eq!(finding["severity"], "note", "{}: {finding}", scene.display());
        }
    }
}

#[test]
fn every_example_builds_with_headroom() {
    for scene in scenes() {
        let out = tempfile::tempdir().expect("a temporary folder");
        let folder = out.path().display().to_string();
        let scene_name = scene.display().to_string();
        let run =
            cupola(Path::new("."), &["build", &scene_name, "-o", &folder, "--json"]).expect(0);
        for output in run.json()["outputs"].as_array().expect("outputs") {
            let peak = output["peak_db"].as_f64().expect("a peak");
            assert!(
                (-40.0..-1.0).contains(&peak),
                "{scene_name}: {} peaks at {peak} dBFS",
                output["path"]
            );
        }
    }
}

#[test]
fn the_scene_in_the_readme_is_a_right_scene() {
    let readme = include_str!("../../README.md");
    let scene = readme.split("```yaml\n").nth(1).and_then(|rest| rest.split("```").next());
    let checked = cupola_scene::parse_scene(scene.expect("a scene in the README"), "README.md");
    assert!(checked.value.is_some() && checked.findings.is_empty(), "{:#?}", checked.findings);
}
