//! Pictures made by the program: which file, which kind, and what is refused.

use crate::suite::support::{Project, Run, noise};

const SCENE: &str = "
cupola: 1
title: Night
tempo: {bpm: 120, meter: 4/4}
stems:
  a: {file: a.wav}
objects:
  - {name: One & only, stem: a, position: {azimuth: 30, elevation: 0}}
";

/// Three seconds: a bar and a half.
fn project() -> Project {
    let project = Project::new(SCENE);
    project.stem("a.wav", 1, 144_000, noise);
    project
}

fn written(project: &Project, run: &Run) -> String {
    let json = run.json();
    let output = &json["outputs"][0];
    let path = output["path"].as_str().expect("a path");
    let text = std::fs::read_to_string(project.path(path)).expect("the file");
    assert_eq!(output["bytes"], text.len());
    text
}

#[test]
fn a_view_is_a_page_in_the_folder_of_the_outputs_unless_a_file_is_named() {
    let project = project();
    let run = project.run(&["view", "scene.yaml", "--json"]).expect(0);
    assert!(written(&project, &run).starts_with("<!doctype html>"));
    assert_eq!(project.files("out"), ["Night_view.html"]);
    let run = project.run(&["view", "scene.yaml", "-o", "night.SVG", "--json"]).expect(0);
    let svg = written(&project, &run);
    assert!(svg.starts_with("<svg") && svg.contains("One &amp; only"), "{svg}");
}

#[test]
fn an_instant_is_given_in_the_words_of_the_scene_and_shown_in_all_of_them() {
    let project = project();
    let arguments = ["view", "scene.yaml", "-o", "at.svg", "--json", "--at", "bar 2 beat 1.5"];
    let svg = written(&project, &project.run(&arguments).expect(0));
    // Four beats and a half of half a second: 2.25 s, and six pictures of 24 a second after 2 s.
    for words in ["0:00:02.250", "bar 2 beat 1.50", "00:00:02:06"] {
        assert!(svg.contains(words), "{words}");
    }
}

#[test]
fn other_endings_times_after_the_end_and_unknown_layouts_are_usage_errors() {
    let project = project();
    let refused = |arguments: &[&str], words: &[&str]| {
        let run = project.run(&[&["view", "scene.yaml"], arguments].concat()).expect(2);
        assert!(words.iter().all(|w| run.stderr.contains(w)), "{}", run.stderr);
    };
    refused(&["-o", "night.png"], &["night.png", ".svg", ".html"]);
    refused(&["-o", "night"], &[".svg"]);
    refused(&["--at", "bar 3"], &["found 4.000 s", "allowed 0 to below 3.000 s", "bar 2"]);
    refused(&["--at", "soon"], &["found soon", "bar 9 beat 2.5"]);
    refused(&["--layout", "7.1.5"], &["7.1.4"]);
    assert_eq!(project.files("out"), [""; 0]);
}

#[test]
fn a_view_replaces_its_own_file_and_no_other_without_force() {
    let project = project();
    project.run(&["view", "scene.yaml", "-o", "mine.svg"]).expect(0);
    project.run(&["view", "scene.yaml", "-o", "mine.svg", "--at", "1 s"]).expect(0);
    project.write("theirs.svg", "precious");
    let run = project.run(&["view", "scene.yaml", "-o", "theirs.svg"]).expect(6);
    assert!(run.stderr.contains("--force"), "{}", run.stderr);
    assert_eq!(std::fs::read_to_string(project.path("theirs.svg")).unwrap(), "precious");
    project.run(&["view", "scene.yaml", "-o", "theirs.svg", "--force"]).expect(0);
    assert_ne!(std::fs::read_to_string(project.path("theirs.svg")).unwrap(), "precious");
}
