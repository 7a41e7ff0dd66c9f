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
    let run = project.run(&["check", "scene.yaml", "--json"]).expect(0);
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
    for arguments in [
        &["check", "scene.yaml"][..],
        &["check", "scene.yaml", "--version", "radio"],
        &["build", "scene.yaml", "--all-versions"],
    ] {
        let broken = project.run(arguments).expect(4);
        assert_eq!(broken.stderr.matches("scene.yaml:9:").count(), 1, "{}", broken.stderr);
        assert!(project.files("out").is_empty(), "no version was made before all are known");
    }
    project.run(&["build", "scene.yaml"]).expect(0);
}

#[test]
fn what_a_version_causes_elsewhere_names_the_version_once() {
    // The short version ends before the last keyframe, whose place is in the object.
    let late = "position: {speaker: Rtf}, automation: [{at: 5 s, gain: -3}]";
    let scene = SCENE.replace("position: {speaker: Rtf}", late);
    let project = project(&scene.replace("gain: {drums: -6}", "end: 2 s"));
    let run = project.run(&["check", "scene.yaml", "--json"]).expect(0);
    let findings = run.json()["findings"].as_array().unwrap().clone();
    let after: Vec<_> =
        findings.iter().filter(|f| f["rule"] == "scene.keyframe.after_end").collect();
    assert_eq!(after.len(), 1, "{findings:#?}");
    let message = after[0]["message"].as_str().unwrap();
    assert!(message.starts_with("in version quiet: "), "{message}");
    assert_eq!(after[0]["place"]["line"], 6);
}

#[test]
fn a_version_and_a_group_can_be_shown_and_drawn() {
    let project = project(SCENE);
    let lead_at = |more: &[&str]| {
        let at = ["show", "scene.yaml", "--at", "1", "--json"];
        let shown = project.run(&[&at[..], more].concat()).expect(0).json();
        shown["instants"][0]["objects"][0]["rms_db"].as_f64()
    };
    assert!(lead_at(&[]).is_some() && lead_at(&["--group", "vocals"]).is_some());
    for silent in [["--version", "instrumental"], ["--group", "drums"]] {
        assert_eq!(lead_at(&silent), None, "{silent:?} does not silence the lead");
    }
    project.run(&["view", "scene.yaml", "--version", "instrumental"]).expect(0);
    assert_eq!(project.files("out"), ["Song_INST_view.html"]);
    let run = project.run(&["view", "scene.yaml", "--group", "choir"]).expect(2);
    assert!(run.stderr.contains("no group called choir"), "{}", run.stderr);
}

#[test]
fn a_part_of_the_programme_is_what_it_is_in_the_whole() {
    let project = project(SCENE);
    let to = ["render", "scene.yaml", "--to", "7.1.4", "--bits", "32"];
    project.run(&[&to[..], &["-o", "whole"]].concat()).expect(0);
    let part = ["-o", "part", "--from", "bar 2", "--until", "+1.5 beats"];
    project.run(&[&to[..], &part[..]].concat()).expect(0);
    let [whole, part] =
        ["whole/Song_7.1.4.wav", "part/Song_2s-2.75s_7.1.4.wav"].map(|name| read(&project, name));
    for (whole, part) in whole.iter().zip(&part) {
        assert_eq!(part.len(), 36_000);
        assert!(whole[96_000..132_000] == part[..], "it is not the same sound");
    }
    for (from, word) in [("bar", "not a time"), ("7 s", "ends before this"), ("-1", "negative")] {
        let run = project.run(&[&to[..], &["--from", from]].concat()).expect(2);
        assert!(run.stderr.contains("--from") && run.stderr.contains(word), "{}", run.stderr);
    }
}

#[test]
fn bars_of_an_edited_version_are_not_guessed() {
    let project = project(SCENE);
    let render = ["render", "scene.yaml", "--to", "2.0", "--version", "radio"];
    let run = project.run(&[&render[..], &["--from", "bar 3"]].concat()).expect(2);
    for words in ["--from: bars are those of the song before its edits", "found bar 3", "12.5 s"] {
        assert!(run.stderr.contains(words), "{words}\n{}", run.stderr);
    }
    // The tempo stays, so two bars are two bars; the version ends 4 s after its start.
    let part = ["--from", "1 s", "--until", "+1 bars", "--json"];
    let run = project.run(&[&render[..], &part].concat()).expect(0);
    assert_eq!(run.json()["outputs"][0]["frames"], 96_000);
    let ramp = SCENE.replace("{bpm: 120}", "[{bpm: 120}, {at: bar 3, bpm: 90}]");
    project.write("scene.yaml", &ramp);
    project.run(&[&render[..], &part].concat()).expect(2);
}

#[test]
fn no_selection_replaces_the_files_of_another() {
    let scene = SCENE.replace("label: INST", "label: drums");
    let project = project(&scene);
    let render = ["render", "scene.yaml", "--to", "2.0"];
    for more in [
        &[][..],
        &["--from", "1 s", "--until", "2.5 s"],
        &["--until", "2.5 s"],
        &["--from", "1 s"],
        &["--group", "drums"],
        &["--group", "vocals"],
        &["--version", "instrumental"],
    ] {
        project.run(&[&render[..], more].concat()).expect(0);
    }
    let names = [
        "Song_0s-2.5s_2.0.wav",
        "Song_1s-2.5s_2.0.wav",
        "Song_1s-end_2.0.wav",
        "Song_2.0.wav",
        "Song_drums_2.0.wav",
        "Song_group-drums_2.0.wav",
        "Song_vocals_2.0.wav",
    ];
    assert_eq!(project.files("out"), names);
}
