//! `cupola fmt`: files in place, checks, stdin, and what is refused.

use crate::suite::support::{Project, Run, cupola};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const UNTIDY: &str = "# a song\ncupola:   1\nstems:\n- {file:   a.wav}   # one\n";
const TIDY: &str = "# a song\ncupola: 1\nstems:\n  - {file: a.wav}  # one\n";

fn read(project: &Project, name: &str) -> String {
    std::fs::read_to_string(project.path(name)).expect("a readable file")
}

fn with_stdin(arguments: &[&str], input: &str) -> Run {
    let mut child = Command::new(env!("CARGO_BIN_EXE_cupola"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the program starts");
    let mut stdin = child.stdin.take().expect("a pipe");
    let written = stdin.write_all(input.as_bytes());
    // One that refuses its arguments may end before it reads.
    let ended = written.as_ref().is_err_and(|error| error.kind() == ErrorKind::BrokenPipe);
    assert!(written.is_ok() || ended, "{written:?}");
    drop(stdin);
    let output = child.wait_with_output().expect("the program ends");
    Run {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
    }
}

#[test]
fn files_are_rewritten_in_place_and_those_that_changed_are_named() {
    let project = Project::new(UNTIDY);
    project.write("tidy.yaml", TIDY);
    let run = project.run(&["fmt", "scene.yaml", "tidy.yaml"]).expect(0);
    assert_eq!(run.stdout, "scene.yaml\n2 files, 1 changed\n");
    assert_eq!(read(&project, "scene.yaml"), TIDY);
    let run = project.run(&["fmt", "scene.yaml", "tidy.yaml", "--json"]).expect(0);
    let json = run.json();
    assert_eq!((&json["command"], &json["check"]), (&"fmt".into(), &false.into()));
    assert_eq!(json["files"][0]["path"], "scene.yaml");
    assert_eq!(json["files"][0]["changed"], false, "a second run changes nothing");
    assert_eq!(project.files(""), ["scene.yaml", "tidy.yaml"], "no temporary file is left");
}

#[test]
fn check_writes_nothing_and_shows_the_first_line_that_would_change() {
    let project = Project::new(UNTIDY);
    let run = project.run(&["fmt", "--check", "scene.yaml"]).expect(7);
    let expected = "scene.yaml:2\n  - cupola:   1\n  + cupola: 1\n1 file, 1 would change\n";
    assert_eq!(run.stdout, expected);
    assert_eq!(read(&project, "scene.yaml"), UNTIDY);
    let json = project.run(&["fmt", "--check", "scene.yaml", "--json"]).expect(7).json();
    let difference = &json["files"][0]["first_difference"];
    assert_eq!((&difference["line"], &difference["after"]), (&2.into(), &"cupola: 1".into()));
    project.write("scene.yaml", &TIDY.replace('\n', "\r\n"));
    let run = project.run(&["fmt", "--check", "scene.yaml"]).expect(7);
    assert!(run.stdout.contains("  - # a song␍\n"), "{}", run.stdout);
    project.write("scene.yaml", TIDY);
    project.run(&["fmt", "--check", "scene.yaml"]).expect(0);
}

#[test]
fn stdin_goes_to_stdout() {
    let run = with_stdin(&["fmt", "-"], UNTIDY).expect(0);
    assert_eq!((run.stdout.as_str(), run.stderr.as_str()), (TIDY, ""));
    assert_eq!(with_stdin(&["fmt", "-", "--quiet"], UNTIDY).expect(0).stdout, TIDY);
    let run = with_stdin(&["fmt", "-", "--json"], UNTIDY).expect(0);
    assert_eq!(run.json()["text"], TIDY);
    assert!(with_stdin(&["fmt", "-", "--check"], UNTIDY).expect(7).stdout.contains("<stdin>:2"));
    let run = with_stdin(&["fmt", "-"], "a: [").expect(4);
    assert!(run.stdout.is_empty() && run.stderr.contains("<stdin>:1"), "{}", run.stderr);
    with_stdin(&["fmt", "-", "scene.yaml"], UNTIDY).expect(2);
}

#[test]
fn what_is_no_scene_is_refused_and_nothing_is_written() {
    let project = Project::new(UNTIDY);
    project.stem("a.wav", 1, 10, |_, _| 0.0);
    std::fs::write(project.path("latin.yaml"), b"title: \xe9t\xe9\n").expect("a writable folder");
    std::fs::create_dir(project.path("folder")).expect("a writable folder");
    for (name, word) in
        [("a.wav", "sound"), ("latin.yaml", "UTF-8"), ("folder", "folder"), ("no.yaml", "opened")]
    {
        let run = project.run(&["fmt", "scene.yaml", name]).expect(3);
        assert!(run.stderr.contains(word), "{name}: {}", run.stderr);
    }
    project.write("broken.yaml", "cupola: 1\nstems: {a: 1\n");
    project.write("also.yaml", "cupola: 1\n\tstems: 1\n");
    let run = project.run(&["fmt", "scene.yaml", "broken.yaml", "also.yaml"]).expect(4);
    for place in ["broken.yaml:2:8", "also.yaml:2"] {
        assert!(run.stderr.contains(place), "{place} is missing: {}", run.stderr);
    }
    assert_eq!(read(&project, "scene.yaml"), UNTIDY);
    project.run(&["fmt"]).expect(2);
}

#[test]
fn every_scene_and_layout_here_is_formatted() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = vec![root.join("scenes"), root.join("layouts")];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).expect("a readable folder") {
            let path = entry.expect("a readable entry").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "yaml") {
                files.push(path.to_string_lossy().into_owned());
            }
        }
    }
    assert!(files.len() > 15, "only {} files were found", files.len());
    let words: Vec<&str> =
        ["fmt", "--check"].into_iter().chain(files.iter().map(String::as_str)).collect();
    cupola(root, &words).expect(0);
}
