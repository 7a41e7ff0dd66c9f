//! What tells two programmes apart, with every difference planted by hand.

use crate::suite::support::{Project, noise};
use serde_json::Value;

const HEAD: &str = "cupola: 1
title: Two
stems: {mono: {file: mono.wav}, other: {file: other.wav}, stereo: {file: stereo.wav}}
beds: [{name: Ground, format: 5.1, routes: [{stem: stereo, gain: -4}]}]
objects:
";
const VOX: &str =
    "  - {name: Vox, stem: mono, groups: [voices], position: {azimuth: 0, elevation: 10}}\n";
const KEYS: &str = "  - {name: Keys, stem: other, size: 0.2, position: {x: -0.5, y: 0.5},
     automation: [{at: 0.25 s, x: -0.5}, {at: 0.5 s, x: 0.5}]}\n";

fn project(objects: &[&str]) -> Project {
    let project = Project::new(&format!("{HEAD}{}", objects.concat()));
    project.stem("mono.wav", 1, 48_000, noise);
    project.stem("other.wav", 1, 48_000, |frame, _| noise(frame, 3));
    project.stem("stereo.wav", 2, 48_000, |frame, channel| noise(frame, channel + 5));
    project
}

/// The rules, subjects and messages of the differences of two scenes.
fn told(project: &Project, second: &str) -> Vec<[String; 3]> {
    project.write("second.yaml", second);
    let json = project.run(&["diff", "scene.yaml", "second.yaml", "--json"]).expect(7).json();
    assert_eq!(json["alike"], false);
    let text = |value: &Value| value.as_str().expect("a text").to_owned();
    let findings = json["findings"].as_array().expect("a list").iter();
    findings.map(|f| ["rule", "subject", "message"].map(|key| text(&f[key]))).collect()
}

#[test]
fn a_scene_is_alike_itself_and_a_room_scene_its_master_and_what_comes_back_of_it() {
    let vox = VOX.replace("azimuth: 0, elevation: 10", "x: 0, y: 1, z: 0.2");
    let project = project(&[&vox, KEYS]);
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    project.run(&["import", "song.wav", "-o", "back"]).expect(0);
    for other in ["scene.yaml", "song.wav", "back/scene.yaml"] {
        let json = project.run(&["diff", "scene.yaml", other, "--json"]).expect(0).json();
        assert_eq!(json["alike"], true, "{json}");
        assert_eq!(json["items"].as_array().map(Vec::len), Some(3));
        assert_eq!(json["tracks"].as_array().map(Vec::len), Some(8));
    }
    // Nothing at all may differ: the 24 bits of the master are told.
    let strict = ["diff", "scene.yaml", "song.wav", "--tolerance", "0"];
    let strict = project.run(&strict).expect(7);
    assert!(strict.stdout.contains("differs from 0.000 s on, by -1"), "{}", strict.stdout);
    project.run(&["diff", "song.wav", "song.wav", "--tolerance", "0"]).expect(0);
    project.run(&["diff", "song.wav", "nowhere.wav"]).expect(3);
    project.run(&["diff", "song.wav", "song.wav", "--tolerance", "-1"]).expect(2);
}

#[test]
fn each_difference_is_told_with_its_figure_and_its_time() {
    let project = project(&[VOX, KEYS]);
    // A third of the way round and up; and where the keys are a quarter second late they are off by as
    // much as they move in that time at their fastest: all of the way from −0.5 to 0.5.
    let vox = VOX.replace("azimuth: 0, elevation: 10", "azimuth: 120, elevation: 10");
    let keys =
        KEYS.replace("0.25 s", "0.5 s").replace("{at: 0.5 s, x: 0.5}", "{at: 0.75 s, x: 0.5}");
    let keys = keys.replace("size: 0.2", "size: 0.3, binaural: far, snap: true, zones: [no-back]");
    let head = HEAD.replace("format: 5.1", "format: 5.1, binaural: near, groups: [low]");
    let found = told(
        &project,
        &format!("{head}{vox}{keys}").replace("title: Two", "title: Two\nframe_rate: 25"),
    );
    let has = |rule: &str, subject: &str, parts: &[&str]| {
        let fits = |[r, s, m]: &&[String; 3]| {
            r == rule && s == subject && parts.iter().all(|part| m.contains(part))
        };
        assert!(found.iter().any(|f| fits(&f)), "no {rule} {parts:?} in {found:#?}");
    };
    // Two thirds of a circle at 10° of elevation: 2 asin(sin 60° cos 10°).
    has("diff.object.moved", "Vox", &["117.05°", "at 0.000 s"]);
    // A whole unit of the room: 2 asin(1/2).
    has(
        "diff.object.moved",
        "Keys",
        &["60.00°", "at 0.500 s", "(0.500 0.500 0.000) -> (-0.500 0.500 0.000)"],
    );
    has("diff.object.size", "Keys", &["0.200 -> 0.300"]);
    has("diff.item.binaural", "Keys", &["mid -> far"]);
    has("diff.object.features", "Keys", &["snap: no -> yes"]);
    has("diff.object.features", "Keys", &["zones: none -> "]);
    has("diff.item.binaural", "Ground", &["mid -> near"]);
    has("diff.item.groups", "Ground", &["none -> low"]);
    has("diff.frame_rate", "programme", &["24 -> 25"]);
    assert_eq!(found.len(), 9, "{found:#?}");
}

#[test]
fn items_are_told_by_name_then_by_sound_whatever_its_gain_then_by_number() {
    let pad = "  - {name: Pad, stem: stereo, channel: left, position: {x: 1, y: 0}}\n";
    let project = project(&[VOX, KEYS, pad]);
    // Renamed, 3 dB softer and somewhere else in the list; another sound at the place of the pad.
    let keys = KEYS.replace("name: Keys", "name: Piano, gain: -3");
    let new = "  - {name: New, stem: stereo, channel: right, position: {x: 1, y: 0}}\n";
    let last = "  - {name: Last, stem: mono, position: {x: 1, y: 0}}\n";
    let found = told(&project, &format!("{HEAD}{keys}{VOX}{new}{last}"));
    let of = |rule: &str| -> Vec<&[String; 3]> { found.iter().filter(|f| f[0] == rule).collect() };
    let renamed = of("diff.item.renamed");
    assert_eq!(renamed.len(), 2, "{found:#?}");
    assert_eq!((&*renamed[0][1], &*renamed[0][2]), ("Keys", "renamed to Piano, the same sound"));
    assert_eq!((&*renamed[1][1], &*renamed[1][2]), ("Pad", "renamed to New, the same number"));
    let added = of("diff.item.added");
    assert_eq!((added.len(), &*added[0][1]), (1, "Last"));
    let sound = of("diff.sound");
    assert_eq!(sound.len(), 2, "{found:#?}");
    assert!(sound[0][1] == "Keys" && sound[0][2].contains("-3.00 dB of gain leave"), "{sound:?}");
    assert_eq!(sound[1][1], "Pad");
    assert_eq!(found.len(), 5, "{found:#?}");
    // The table for people has the same.
    let table = project.run(&["diff", "scene.yaml", "second.yaml"]).expect(7).stdout;
    for part in ["paired: 2 by name, 1 by sound, 1 by number", "+  Last", "5 differences"] {
        assert!(table.contains(part), "{table}");
    }
}

#[test]
fn the_first_frame_that_differs_and_a_shorter_programme_are_found() {
    let project = project(&[VOX]);
    project.stem(
        "late.wav",
        1,
        36_000,
        |frame, channel| {
            if frame == 30_000 { 0.5 } else { noise(frame, channel) }
        },
    );
    let second = format!("{HEAD}{VOX}").replace("mono.wav", "late.wav");
    project.write("second.yaml", &second);
    let json = project.run(&["diff", "scene.yaml", "second.yaml", "--json"]).expect(7).json();
    let vox = json["tracks"].as_array().expect("a list").iter().find(|t| t["name"] == "Vox");
    let vox = vox.expect("a track");
    assert_eq!(vox["first_frame"], 30_000);
    assert_eq!(vox["first_seconds"], 0.625);
    project.write("short.yaml", &format!("end: 0.5 s\n{HEAD}{VOX}"));
    let json = project.run(&["diff", "scene.yaml", "short.yaml", "--json"]).expect(7).json();
    assert_eq!(json["findings"][0]["message"], "length: 48000 frames -> 24000 frames");
    let first = |track: &Value| track["first_frame"].as_u64();
    let tracks = json["tracks"].as_array().expect("a list");
    // Four channels of the bed that carry nothing are alike.
    assert_eq!(tracks.iter().filter_map(first).collect::<Vec<_>>(), [24_000; 3]);
}

#[test]
fn a_gain_that_never_changes_is_a_part_of_the_sound_wherever_it_stands() {
    let project = project(&[KEYS]);
    let keys = KEYS.replace("[{at: 0.25 s", "[{at: 0, x: -0.5, gain: -6}, {at: 0.25 s");
    let keyed = format!("{HEAD}{keys}");
    let quiet = format!("{HEAD}{}", KEYS.replace("name: Keys", "name: Keys, gain: -6"));
    project.write("keyed.yaml", &keyed);
    project.write("quiet.yaml", &quiet);
    project.run(&["diff", "keyed.yaml", "quiet.yaml"]).expect(0);
    project.run(&["master", "keyed.yaml", "-o", "keyed.atmos"]).expect(0);
    project.run(&["import", "keyed.atmos", "-o", "back"]).expect(0);
    project.run(&["diff", "keyed.atmos", "back/scene.yaml"]).expect(0);
    // It is still told when it differs.
    assert_eq!(told(&project, &quiet)[0][0], "diff.sound");
}
