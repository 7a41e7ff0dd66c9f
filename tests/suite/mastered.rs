//! Masters where a scene is asked for.

use crate::suite::support::{Project, noise};

/// A bed and objects in the room, one of them moving, all of it what a master can state.
const SCENE: &str = "cupola: 1
title: Straight
stems: {mono: {file: mono.wav}, stereo: {file: stereo.wav}}
beds: [{name: Ground, format: 7.1.2, groups: [music], routes: [{stem: stereo, gain: -4}]}]
objects:
  - {name: Still, stem: mono, gain: -3, size: 0.25, groups: [voices], position: {x: -0.3, y: 0.6, z: 0.4}}
  - {name: Low, stem: mono, gain: -7, position: {x: 0.2, y: 0.1, z: 0}}
";
const MOVING: &str = "  - name: Moving
    stem: mono
    groups: [voices]
    position: {x: -0.9, y: 0.2, z: 0.1}
    automation:
      - {at: 4321 samples, x: -0.9, gain: 0}
      - {at: 33333 samples, x: 0.8, y: -0.4, gain: -9}
";

fn project(scene: &str) -> Project {
    let project = Project::new(scene);
    project.stem("mono.wav", 1, 48_000, noise);
    project.stem("stereo.wav", 2, 48_000, |frame, channel| noise(frame, channel + 5));
    project
}

fn samples(project: &Project, folder: &str) -> Vec<f32> {
    let files = project.files(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    let reader = hound::WavReader::open(project.path(folder).join(&files[0])).expect("a WAV file");
    reader.into_samples::<f32>().map(|sample| sample.expect("a sample")).collect()
}

/// Renders a scene or master into a folder of its own.
fn render(project: &Project, input: &str, folder: &str, more: &[&str]) -> Vec<f32> {
    let words = ["render", input, "--to", "7.1.4", "--bits", "32", "-o", folder];
    project.run(&[&words[..], more].concat()).expect(0);
    samples(project, folder)
}

fn residual_db(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let largest = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    20.0 * f64::from(largest).log10()
}

#[test]
fn a_master_renders_as_the_scene_it_came_from_and_as_the_scene_it_becomes() {
    // Still objects leave the 24 bits of the master; what moves has what an import leaves of it.
    for (scene, allowed) in [(SCENE.to_owned(), -100.0), (format!("{SCENE}{MOVING}"), -80.0)] {
        let project = project(&scene);
        project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
        project.run(&["import", "song.wav", "-o", "back"]).expect(0);
        let from_scene = render(&project, "scene.yaml", "a", &[]);
        let straight = render(&project, "song.wav", "b", &[]);
        let imported = render(&project, "back/scene.yaml", "c", &[]);
        let [came, becomes] = [&from_scene, &imported].map(|other| residual_db(&straight, other));
        assert!(came < allowed, "{came} dBFS from the scene it came from");
        assert!(becomes < allowed, "{becomes} dBFS from the scene it becomes");
    }
}

#[test]
fn a_part_of_a_master_is_that_part_of_its_render() {
    let project = project(&format!("{SCENE}{MOVING}"));
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    let whole = render(&project, "song.wav", "whole", &[]);
    let words = ["--from", "7777 samples", "--until", "+20001 samples"];
    let part = render(&project, "song.wav", "part", &words);
    let channels = whole.len() / 48_000;
    let twin = &whole[7777 * channels..(7777 + 20_001) * channels];
    // Gains are computed at the edges too: in the 10 ms there they lie next to the line of the whole.
    let residual = residual_db(&part, twin);
    assert!(residual < -80.0, "{residual}");
    let inner = 480 * channels..(20_001 - 480) * channels;
    assert!(part[inner.clone()] == twin[inner], "not the same bits");
    for (from, until) in [("2 s", "3 s"), ("0.5 s", "1.5 s"), ("0.6 s", "0.5 s"), ("bar 2", "1 s")]
    {
        let words = ["render", "song.wav", "--to", "2.0", "--from", from, "--until", until];
        project.run(&words).expect(2);
    }
}

#[test]
fn groups_of_a_master_add_up_and_what_it_does_not_have_is_named() {
    let project = project(&format!("{SCENE}{MOVING}"));
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    let master = render(&project, "song.wav", "voices", &["--group", "voices"]);
    let scene = render(&project, "scene.yaml", "twin", &["--group", "voices"]);
    let residual = residual_db(&master, &scene);
    assert!(residual < -80.0, "{residual}");
    // Several groups are a file each, which add up.
    let words = ["render", "song.wav", "--to", "7.1.4", "--bits", "32", "-o", "split"];
    project.run(&[&words[..], &["--group", "voices", "--group", "music"]].concat()).expect(0);
    let parts: Vec<Vec<f32>> = project
        .files("split")
        .iter()
        .map(|name| {
            let reader =
                hound::WavReader::open(project.path("split").join(name)).expect("a WAV file");
            reader.into_samples::<f32>().map(|sample| sample.expect("a sample")).collect()
        })
        .collect();
    assert_eq!(parts.len(), 3, "two groups and the rest");
    let sum: Vec<f32> =
        (0..parts[0].len()).map(|n| parts.iter().map(|part| part[n]).sum()).collect();
    let residual = residual_db(&sum, &render(&project, "song.wav", "whole", &[]));
    assert!(residual < -120.0, "{residual}");
    assert!(parts.contains(&master), "a group alone is its file");
    let unknown = ["render", "song.wav", "--to", "2.0", "--group", "drums"];
    let unknown = project.run(&unknown).expect(2);
    assert!(unknown.stderr.contains("it has music, voices"), "{}", unknown.stderr);
    project.run(&["render", "song.wav", "--to", "2.0", "--version", "radio"]).expect(2);
    // Sound alone is no master.
    let sound = project.run(&["render", "mono.wav", "--to", "2.0"]).expect(3);
    assert!(sound.stderr.contains("use it as a stem"), "{}", sound.stderr);
    let over = project.run(&["master", "song.wav", "-o", "song.wav", "--force"]).expect(6);
    assert!(over.stderr.contains("read by this very run"), "{}", over.stderr);
}

#[test]
fn a_master_becomes_a_master_with_the_same_samples_and_words() {
    let project = project(&format!("{SCENE}{MOVING}"));
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    project.run(&["master", "song.wav", "-o", "again.wav"]).expect(0);
    let data = |name: &str| {
        let reader = hound::WavReader::open(project.path(name)).expect("a WAV file");
        reader.into_samples::<i32>().map(|sample| sample.expect("a sample")).collect::<Vec<_>>()
    };
    assert!(data("song.wav") == data("again.wav"), "not the same samples in the same tracks");
    project.run(&["check", "again.wav"]).expect(0);
    project.run(&["master", "song.wav", "-o", "song.atmos"]).expect(0);
    // And from there the same render again, and a part of it, by its own name.
    let straight = render(&project, "song.wav", "adm", &[]);
    let residual = residual_db(&straight, &render(&project, "song.atmos", "damf", &[]));
    assert!(residual < -80.0, "{residual}");
    project.run(&["trim", "song.atmos", "--from", "0.25", "-o", "part.atmos"]).expect(0);
    project.run(&["trim", "song.wav", "--from", "0.25", "-o", "part.wav"]).expect(0);
    project.run(&["diff", "part.wav", "part.atmos"]).expect(0);
    let info = project.run(&["info", "part.atmos"]).expect(0).stdout;
    assert!(info.contains("DAMF") && info.contains("object \"Moving\""), "{info}");
}

#[test]
fn a_master_whose_sound_has_to_be_rounded_anew_says_so() {
    let project = project(SCENE);
    project.run(&["master", "scene.yaml", "--format", "adm-itu", "-o", "plain.wav"]).expect(0);
    let rounded = |file: &str| {
        let run = project.run(&["trim", file, "--from", "0.25", "-o", "part.wav", "--force"]);
        run.expect(0).stderr.contains("rounded to 24 bits anew")
    };
    assert!(!rounded("plain.wav"));
    // The same file with a gain in its text where a blank was.
    let mut bytes = std::fs::read(project.path("plain.wav")).expect("a file");
    let text = b"</audioObject>";
    let at = bytes.windows(text.len()).rposition(|w| w == text).expect("an object");
    let gain = b"<gain>0.5</gain>";
    bytes.splice(at..at, gain.iter().copied());
    let axml = bytes.windows(4).position(|w| w == b"axml").expect("a chunk");
    let size = u32::from_le_bytes(bytes[axml + 4..axml + 8].try_into().expect("a size"));
    bytes[axml + 4..axml + 8].copy_from_slice(&(size + 16).to_le_bytes());
    let whole = bytes.len() as u32 - 8;
    bytes[4..8].copy_from_slice(&whole.to_le_bytes());
    std::fs::write(project.path("quiet.wav"), bytes).expect("a copy");
    assert!(rounded("quiet.wav"));
}
