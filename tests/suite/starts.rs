//! When a programme starts on the clock of its session, and the settings of DAMF masters.

use crate::suite::support::{Project, noise};
use std::process::Command;

const SCENE: &str = "cupola: 1
title: Reel
frame_rate: 25
start_timecode: 01:00:00:00
stems: {mono: {file: mono.wav}, stereo: {file: stereo.wav}}
beds: [{name: Ground, format: 5.1, groups: [music], routes: [{stem: stereo}]}]
objects:
  - {name: Still, stem: mono, position: {x: -0.3, y: 0.6, z: 0.4}}
  - {name: Moving, stem: mono, position: {x: -1, y: 0}, automation: [{at: 0.1, x: -1, y: 0}, {at: 0.8, x: 1, y: 0}]}
";

fn project() -> Project {
    let project = Project::new(SCENE);
    project.stem("mono.wav", 1, 48_000, noise);
    project.stem("stereo.wav", 2, 48_000, |frame, channel| noise(frame, channel + 5));
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    project.run(&["master", "scene.yaml", "-o", "song.atmos"]).expect(0);
    project
}

fn settings(project: &Project, name: &str) -> String {
    project.run(&["set", name]).expect(0).stdout
}

fn text(project: &Project, name: &str) -> String {
    std::fs::read_to_string(project.path(name)).expect("a text")
}

/// The time reference that another reader finds in the file.
fn time_reference(project: &Project, name: &str) -> String {
    let words = ["-v", "error", "-show_entries", "format_tags=time_reference", "-of", "csv=p=0"];
    let out = Command::new("ffprobe").args(words).arg(project.path(name)).output();
    let out = out.expect("ffprobe runs");
    String::from_utf8(out.stdout).expect("a text").trim().to_owned()
}

#[test]
fn a_start_timecode_goes_into_masters_and_comes_back_and_moves_with_a_cut() {
    let project = project();
    // An hour of frames at 48 kHz.
    assert_eq!(time_reference(&project, "song.wav"), "172800000");
    assert!(text(&project, "song.atmos").contains("\n    offset: 3600.0\n"));
    for name in ["song.wav", "song.atmos"] {
        project.run(&["import", name, "-o", "back", "--force"]).expect(0);
        assert!(text(&project, "back/scene.yaml").contains("\nstart_timecode: 01:00:00:00\n"));
        project.run(&["diff", "scene.yaml", name]).expect(0);
        project.run(&["check", name]).expect(0);
        let info = project.run(&["info", name]).expect(0).stdout;
        assert!(info.contains("starts at 01:00:00:00\n"), "{info}");
    }
    // One frame of picture later, and 7 samples.
    let cut = ["--from", "1927 samples", "-o"];
    project.run(&[&["trim", "song.wav"][..], &cut, &["cut.wav"]].concat()).expect(0);
    project.run(&[&["trim", "song.atmos"][..], &cut, &["cut.atmos"]].concat()).expect(0);
    assert_eq!(time_reference(&project, "cut.wav"), "172801927");
    assert!(settings(&project, "cut.atmos").contains("start=172801927 samples\n"));
    let run = project.run(&["import", "cut.wav", "-o", "part"]).expect(0);
    assert!(run.stderr.contains("7 samples after"), "{}", run.stderr);
    assert!(text(&project, "part/scene.yaml").contains("\nstart_timecode: 01:00:00:01\n"));
    // The same part of the scene starts at the same time.
    project.run(&["master", "scene.yaml", "--from", "1927 samples", "-o", "twin.wav"]).expect(0);
    project.run(&["diff", "twin.wav", "cut.atmos"]).expect(0);
    let told = project.run(&["diff", "twin.wav", "song.wav"]).expect(7).stdout;
    assert!(told.contains("start: 01:00:00:01 and 7 samples -> 01:00:00:00"), "{told}");
}

#[test]
fn a_programme_that_starts_late_on_its_clock_starts_so_where_the_file_says_nothing_else() {
    let project = project();
    project.write("plain.yaml", &SCENE.replace("start_timecode: 01:00:00:00\n", ""));
    project.run(&["master", "plain.yaml", "--format", "adm-itu", "-o", "zero.wav"]).expect(0);
    let zero = std::fs::read(project.path("zero.wav")).expect("a file");
    let told = |start: &str, end: &str| {
        let mut text = zero.clone();
        for (attribute, was, is) in
            [("start", "00:00:00.00000", start), ("end", "00:00:01.00000", end)]
        {
            let (was, is) = (format!(" {attribute}=\"{was}\""), format!(" {attribute}=\"{is}\""));
            let at = text.windows(was.len()).position(|window| window == was.as_bytes());
            let at = at.expect("the programme comes first");
            text[at..at + was.len()].copy_from_slice(is.as_bytes());
        }
        std::fs::write(project.path("told.wav"), text).expect("a file");
        project.run(&["import", "told.wav", "-o", "back", "--force"]).expect(0)
    };
    let run = told("02:00:00.00000", "02:00:01.00000");
    assert!(run.stderr.contains("import.repair.programme.start"), "{}", run.stderr);
    assert!(text(&project, "back/scene.yaml").contains("\nstart_timecode: 02:00:00:00\n"));
    // A time that no day has is none.
    told("99:00:00.00000", "99:00:01.00000");
    assert!(!text(&project, "back/scene.yaml").contains("start_timecode"));
    // The file knows best.
    project.run(&["set", "told.wav", "start=03:00:00:00", "-o", "both.wav"]).expect(0);
    let run = project.run(&["import", "both.wav", "-o", "back", "--force"]).expect(0);
    assert!(run.stderr.contains("import.repair.programme.start"), "{}", run.stderr);
    assert!(text(&project, "back/scene.yaml").contains("\nstart_timecode: 03:00:00:00\n"));
}

#[test]
fn renders_say_when_they_start_and_where_nothing_is_said_they_say_nothing() {
    let project = project();
    let to = [
        "--bits",
        "32",
        "--to",
        "5.1",
        "--to",
        "binaural",
        "--to",
        "stereo:loro",
        "--to",
        "ambix1",
    ];
    let render = |scene: &str, more: &[&str], folder: &str| -> Vec<String> {
        let words =
            [&["render", scene][..], &to, &["-o", folder, "--json", "--quiet"], more].concat();
        let json = project.run(&words).expect(0).json();
        let outputs = json["outputs"].as_array().expect("a list").clone();
        let paths = outputs.iter().map(|o| o["path"].as_str().expect("a path").to_owned());
        paths.collect()
    };
    for (scene, folder) in [("scene.yaml", "a"), ("song.wav", "b")] {
        for path in render(scene, &[], folder) {
            assert_eq!(time_reference(&project, &path), "172800000", "{path}");
        }
        // A part starts later, to the sample.
        for path in render(scene, &["--from", "1927 samples"], folder) {
            assert_eq!(time_reference(&project, &path), "172801927", "{path}");
        }
    }
    project.write("plain.yaml", &SCENE.replace("start_timecode: 01:00:00:00\n", ""));
    let (timed, plain) = (render("scene.yaml", &[], "c"), render("plain.yaml", &[], "d"));
    for (timed, plain) in timed.iter().zip(&plain) {
        let [timed, plain] =
            [timed, plain].map(|path| std::fs::read(project.path(path)).expect("a file"));
        assert!(!plain.windows(4).any(|id| id == b"bext"));
        // The same sound, and a chunk of 602 bytes behind it.
        assert_eq!(timed.len(), plain.len() + 8 + 602);
        assert_eq!(timed[8..plain.len()], plain[8..]);
    }
}

#[test]
fn the_start_of_a_finished_master_is_set_and_taken_back() {
    let project = project();
    let before = std::fs::read(project.path("song.wav")).expect("a file");
    let set = |from: &str, change: &str, to: &str| {
        project.run(&["set", from, change, "-o", to]).expect(0);
    };
    // One that has the chunk has the time in it changed, eight bytes and no more.
    set("song.wav", "start=10:00:00:05", "ten.wav");
    assert_eq!(time_reference(&project, "ten.wav"), (36_000 * 48_000 + 5 * 1920).to_string());
    let after = std::fs::read(project.path("ten.wav")).expect("a file");
    assert_eq!(before.len(), after.len());
    assert!(before.iter().zip(&after).filter(|(a, b)| a != b).count() <= 8);
    // One that has none gets one behind all that is there.
    project.write("plain.yaml", &SCENE.replace("start_timecode: 01:00:00:00\n", ""));
    for format in ["adm-bwf", "adm-itu"] {
        let file = format!("{format}.wav");
        project.run(&["master", "plain.yaml", "--format", format, "-o", &file]).expect(0);
        let plain = std::fs::read(project.path(&file)).expect("a file");
        assert!(!plain.windows(4).any(|id| id == b"bext"));
        let told = format!("{format}-told.wav");
        set(&file, "start=3600", &told);
        assert_eq!(time_reference(&project, &told), "172800000");
        let new = std::fs::read(project.path(&told)).expect("a file");
        assert_eq!(new[8..plain.len()], plain[8..]);
        assert_eq!(new[4..8], (new.len() as u32 - 8).to_le_bytes());
        let json = project.run(&["info", &told, "--json"]).expect(0).json();
        assert_eq!(json["repairs"].as_array().map(Vec::len), Some(0), "{json}");
    }
    project.run(&["diff", "song.wav", "adm-bwf-told.wav"]).expect(0);
    project.run(&["check", "adm-bwf-told.wav"]).expect(0);
}

#[test]
fn settings_of_a_damf_change_in_its_texts_and_nowhere_else() {
    let project = project();
    let words = [
        "set",
        "song.atmos",
        "start=02:00:00:00",
        "first_action=00:00:02",
        "frame_rate=24",
        "downmix.stereo=pro-logic-ii",
        "downmix.phase=90",
        "downmix.5.1=room-balance",
        "trim.5.1=-1.5/0/-3",
        "trim.7.1.4=0/0/0/0.5/-1",
        "binaural=far",
        "binaural.Still=near",
        "-o",
        "told.atmos",
        "--json",
    ];
    let json = project.run(&words).expect(0).json();
    assert_eq!(json["settings"].as_array().map(Vec::len), Some(11), "{json}");
    let after = settings(&project, "told.atmos");
    for line in [
        "start=02:00:00:00\n",
        "first_action=00:00:02.00000\n",
        "frame_rate=24\n",
        "downmix.stereo=pro-logic-ii\n",
        "trim.5.1=-1.5/0/-3\n",
        "trim.7.1.4=0/0/0/0.5/-1\n",
        "trim.2.0=auto\n",
        "binaural.Ground=far\n",
        "binaural.Moving=far\n",
        "binaural.Still=near\n",
    ] {
        assert!(after.contains(line), "{line} is not in {after}");
    }
    let root = text(&project, "told.atmos");
    for line in [
        "    metadata: told.atmos.metadata\n    audio: told.atmos.audio\n",
        "    offset: 7200.0\n    fps: 24\n",
        "    ffoa: 7202.0\n",
        "    downmixType_5to2: LtRt_PLII\n    51-to-20_LsRs90degPhaseShift: true\n    warpMode: warping\n",
        "      SomeSurroundsNoHeights:\n        centerTrim: -1.5\n",
    ] {
        assert!(root.contains(line), "{line} is not in\n{root}");
    }
    project.run(&["check", "told.atmos"]).expect(0);
    let bytes = |name: &str| std::fs::read(project.path(name)).expect("a file");
    assert!(bytes("song.atmos.audio") == bytes("told.atmos.audio"));
    // The LFE keeps its mode.
    let lfe = text(&project, "told.atmos.metadata");
    let lfe = &lfe[lfe.find("ID: 3\n").expect("the LFE")..];
    assert!(lfe[..lfe.find("- ID").expect("another")].contains("binauralRenderMode: off"));
    // An ADM BWF made of it says the same, and a DAMF made of that again.
    for (from, to) in [("told.atmos", "adm.wav"), ("adm.wav", "again.atmos")] {
        project.run(&["master", from, "-o", to]).expect(0);
        assert_eq!(settings(&project, to), after, "{to}");
        project.run(&["diff", "told.atmos", to]).expect(0);
    }
    // Back again, in place, the texts say what they said.
    let words = [
        "set",
        "told.atmos",
        "start=01:00:00:00",
        "first_action=none",
        "frame_rate=25",
        "downmix.stereo=lo-ro",
        "downmix.phase=0",
        "downmix.5.1=direct",
        "trim.5.1=auto",
        "trim.7.1.4=auto",
        "binaural=mid",
        "-o",
        "told.atmos",
    ];
    project.run(&words).expect(6);
    project.run(&[&words[..], &["--force"]].concat()).expect(0);
    let named = |text: String| text.replace("told.atmos", "song.atmos");
    assert_eq!(named(text(&project, "told.atmos")), text(&project, "song.atmos"));
    assert_eq!(text(&project, "told.atmos.metadata"), text(&project, "song.atmos.metadata"));
    // What DAMF has no word for is refused with what it has.
    for (change, part) in [
        ("downmix.stereo=direct", "lo-ro, lt-rt, pro-logic-ii"),
        ("trim.5.1=loud", "auto, or dB"),
        ("colour=red", "known are frame_rate"),
        ("binaural.Nobody=near", "Ground, Still, Moving"),
    ] {
        let run = project.run(&["set", "song.atmos", change, "-o", "x.atmos"]).expect(2);
        assert!(run.stderr.contains(part), "{change}: {}", run.stderr);
    }
    project
        .run(&[
            "retime",
            "song.atmos",
            "--fps",
            "29.97df",
            "--start",
            "01:00:00;00",
            "-o",
            "df.atmos",
        ])
        .expect(0);
    // 107 892 frames of 1001/30000 s end nearest to frame 172 799 827 of the sound.
    assert!(text(&project, "df.atmos").contains("    offset: 3599.996395833\n    fps: 29.97df\n"));
    assert!(!project.path("x.atmos").exists());
}

#[test]
fn a_start_is_read_at_the_rate_that_is_set_with_it_and_late_in_the_longest_day() {
    let project = project();
    for order in [["start=01:00:00:00", "frame_rate=25"], ["frame_rate=25", "start=01:00:00:00"]] {
        let words = [&["set", "song.wav"][..], &order, &["-o", "told.wav", "--force"]].concat();
        project.run(&words).expect(0);
        assert_eq!(time_reference(&project, "told.wav"), "172800000", "{order:?}");
    }
    // Of timecode at 23.976 a day lasts 86 486.4 s.
    let words = ["set", "song.wav", "frame_rate=23.976", "start=23:59:59:23", "-o", "late.wav"];
    project.run(&words).expect(0);
    project.run(&["master", "late.wav", "-o", "late.atmos"]).expect(0);
    for name in ["late.wav", "late.atmos"] {
        assert!(settings(&project, name).contains("start=23:59:59:23\n"), "{name}");
    }
    assert!(text(&project, "late.atmos").contains("offset: 86486.35"));
    let run = project.run(&["diff", "late.wav", "late.atmos"]).expect(0);
    assert!(!run.stderr.contains("none of a day"), "{}", run.stderr);
}

#[test]
fn timecodes_of_a_master_count_from_its_start_as_those_of_a_scene_do() {
    let project = project();
    for file in ["scene.yaml", "song.wav"] {
        let command = if file == "song.wav" { "trim" } else { "master" };
        let output = format!("{command}.wav");
        let words = [command, file, "--from", "01:00:00:05", "-o", &output];
        project.run(&words).expect(0);
    }
    project.run(&["diff", "master.wav", "trim.wav"]).expect(0);
    let run = project.run(&["trim", "song.wav", "--from", "00:00:00:05", "-o", "x.wav"]).expect(2);
    assert!(run.stderr.contains("01:00:00:00"), "{}", run.stderr);
}
