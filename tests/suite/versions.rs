//! Versions and parts of a programme, from the command line to the files.

use super::support::{Project, noise};

const SCENE: &str = "cupola: 1
title: Song
tempo: {bpm: 120}
stems: {drums: {file: drums.wav}, lead: {file: lead.wav}}
beds: [{format: 2.0, routes: [{stem: drums, to: L, groups: [drums]}]}]
objects: [{stem: lead, groups: [vocals], position: {speaker: Rtf}}]
versions:
  instrumental: {label: INST, mute: [vocals]}
  radio: {edits: [{cut: {from: bar 2, to: bar 3}}], title: 'Song: Radio'}
  quiet: {gain: {drums: -6}}
outputs: [{speakers: 7.1.4, bits: 32}]
";

const FRAMES: u32 = 288_000;

fn project(scene: &str) -> Project {
    let project = Project::new(scene);
    project.stem("drums.wav", 1, FRAMES, |frame, _| noise(frame, 0));
    project.stem("lead.wav", 1, FRAMES, |frame, _| noise(frame, 1));
    project
}

/// The channels of a file.
fn read(project: &Project, name: &str) -> Vec<Vec<f32>> {
    let mut reader = hound::WavReader::open(project.path(name)).expect("a render");
    let channels = usize::from(reader.spec().channels);
    let samples: Vec<f32> = reader.samples().map(Result::unwrap).collect();
    (0..channels).map(|c| samples.iter().skip(c).step_by(channels).copied().collect()).collect()
}

#[test]
fn a_version_is_rendered_under_its_label() {
    let project = project(SCENE);
    project.run(&["build", "scene.yaml", "--version", "instrumental"]).expect(0);
    assert_eq!(project.files("out"), ["Song_INST_7.1.4.wav"]);
    let inst = read(&project, "out/Song_INST_7.1.4.wav");
    let wanted: Vec<f32> = (0..FRAMES).map(|frame| noise(frame, 0)).collect();
    assert!(inst[0] == wanted, "the drums are not what they were");
    assert!(inst[1..].iter().flatten().all(|sample| *sample == 0.0), "the vocals are heard");
}

#[test]
fn all_versions_are_built_beside_the_scene_itself() {
    let project = project(SCENE);
    let run = project.run(&["build", "scene.yaml", "--all-versions", "--json"]).expect(0);
    let names = [
        "Song- Radio_radio_7.1.4.wav",
        "Song_7.1.4.wav",
        "Song_INST_7.1.4.wav",
        "Song_quiet_7.1.4.wav",
    ];
    assert_eq!(project.files("out"), names);
    let frames = |i: usize| run.json()["outputs"][i]["frames"].as_u64().unwrap();
    // At 120 bpm a bar has 96 000 frames.
    assert_eq!([0, 1, 2, 3].map(frames), [288_000, 288_000, 192_000, 288_000]);
    let [whole, quiet] = ["Song_7.1.4.wav", "Song_quiet_7.1.4.wav"]
        .map(|name| read(&project, &format!("out/{name}")));
    for (a, b) in whole[0].iter().zip(&quiet[0]) {
        assert!((a * 10_f32.powf(-0.3) - b).abs() < 1e-6);
    }
    assert_eq!(whole[1..], quiet[1..]);
}

#[test]
fn an_unknown_version_is_a_mistake_of_the_command_line() {
    let project = project(SCENE);
    for command in ["check", "build"] {
        let run = project.run(&[command, "scene.yaml", "--version", "instrumentl"]).expect(2);
        for word in ["instrumentl", "instrumental, radio, quiet", "did you mean"] {
            assert!(run.stderr.contains(word), "{word} is missing in {}", run.stderr);
        }
    }
    let none = project.run(&["master", "scene.yaml", "-o", "m.wav", "--version", "x"]).expect(2);
    assert!(none.stderr.contains("no version called x"), "{}", none.stderr);
    assert!(project.files("out").is_empty() && !project.path("m.wav").exists());
}

#[test]
fn the_program_still_says_which_version_it_is() {
    let run = project(SCENE).run(&["--version"]).expect(0);
    assert!(run.stdout.starts_with("cupola ") && run.stdout.contains('.'), "{}", run.stdout);
}

#[test]
fn a_check_tells_of_every_version() {
    let project = project(SCENE);
    let run = project.run(&["check", "scene.yaml", "--all-versions", "--json"]).expect(0);
    let versions = run.json()["versions"].as_array().unwrap().clone();
    let told: Vec<_> =
        versions.iter().map(|v| (v["name"].as_str().unwrap(), v["frames"].as_u64())).collect();
    assert_eq!(
        told,
        [("instrumental", Some(288_000)), ("radio", Some(192_000)), ("quiet", Some(288_000))]
    );
    assert!(run.stderr.contains("(radio): no errors"), "{}", run.stderr);
    let one = project.run(&["check", "scene.yaml", "--version", "radio", "--json"]).expect(0);
    assert_eq!(one.json()["frames"].as_u64(), Some(192_000));
    let broken = SCENE.replace("to: bar 3", "to: bar 30");
    project.write("scene.yaml", &broken);
    let broken = project.run(&["check", "scene.yaml", "--version", "radio"]).expect(4);
    assert!(broken.stderr.contains("scene.yaml:9:"), "{}", broken.stderr);
    project.run(&["check", "scene.yaml"]).expect(0);
}

#[test]
fn a_part_of_the_programme_is_what_it_is_in_the_whole() {
    let project = project(SCENE);
    let to = ["render", "scene.yaml", "--to", "7.1.4", "--bits", "32"];
    project.run(&[&to[..], &["-o", "whole"]].concat()).expect(0);
    let part = ["-o", "part", "--from", "bar 2", "--until", "+1.5 beats"];
    project.run(&[&to[..], &part[..]].concat()).expect(0);
    let [whole, part] =
        ["whole", "part"].map(|folder| read(&project, &format!("{folder}/Song_7.1.4.wav")));
    for (whole, part) in whole.iter().zip(&part) {
        assert_eq!(part.len(), 36_000);
        assert!(whole[96_000..132_000] == part[..], "it is not the same sound");
    }
    for (from, word) in [("bar", "not a time"), ("7 s", "ends before this"), ("-1", "negative")] {
        let run = project.run(&[&to[..], &["--from", from]].concat()).expect(2);
        assert!(run.stderr.contains("--from") && run.stderr.contains(word), "{}", run.stderr);
    }
}
