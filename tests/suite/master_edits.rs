//! Masters cut, set and written in other formats without a scene.

use crate::suite::support::{Project, noise};

const SCENE: &str = "cupola: 1
title: Edited
stems: {mono: {file: mono.wav}, stereo: {file: stereo.wav}}
beds: [{name: Ground, format: 7.1.2, groups: [music], routes: [{stem: stereo, gain: -4}, {stem: mono, to: LFE}]}]
objects:
  - {name: Still, stem: mono, gain: -3, size: 0.25, groups: [voices], position: {x: -0.3, y: 0.6, z: 0.4}}
  - name: Moving
    stem: mono
    binaural: near
    position: {x: -0.9, y: 0.2, z: 0.1}
    automation: [{at: 4321 samples, x: -0.9, gain: 0}, {at: 43333 samples, x: 0.8, y: -0.4, gain: -9}]
";

fn project() -> Project {
    let project = Project::new(SCENE);
    project.stem("mono.wav", 1, 48_000, noise);
    project.stem("stereo.wav", 2, 48_000, |frame, channel| noise(frame, channel + 5));
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    project
}

fn samples(project: &Project, name: &str) -> Vec<i32> {
    let reader = hound::WavReader::open(project.path(name)).expect("a WAV file");
    assert_eq!(reader.spec().channels, 12);
    reader.into_samples::<i32>().map(|sample| sample.expect("a sample")).collect()
}

/// All settings of a master, one a line.
fn settings(project: &Project, name: &str) -> String {
    project.run(&["set", name]).expect(0).stdout
}

#[test]
fn a_cut_master_has_the_same_samples_movement_and_settings() {
    let project = project();
    let words = ["set", "song.wav", "trim.5.1=-1.5/0/-3", "downmix.stereo=lo-ro", "-o", "told.wav"];
    project.run(&words).expect(0);
    let words = ["trim", "told.wav", "--from", "10007 samples", "--until", "+20011 samples"];
    let run = project.run(&[&words[..], &["-o", "part.wav"]].concat()).expect(0);
    assert!(!run.stderr.contains("import."), "{}", run.stderr);
    let (whole, part) = (samples(&project, "song.wav"), samples(&project, "part.wav"));
    assert!(part == whole[10_007 * 12..(10_007 + 20_011) * 12]);
    project.run(&["check", "part.wav"]).expect(0);
    // What starts later starts later on the clock, too.
    let told = settings(&project, "told.wav").replace("start=00:00:00:00", "start=10007 samples");
    assert_eq!(settings(&project, "part.wav"), told);
    assert!(settings(&project, "part.wav").contains("trim.5.1=-1.5/0/-3\n"));
    // The same part of the scene is the same programme.
    let words = ["master", "scene.yaml", "--from", "10007 samples", "--until", "+20011 samples"];
    project.run(&[&words[..], &["-o", "twin.wav"]].concat()).expect(0);
    let told = ["trim.5.1=-1.5/0/-3", "downmix.stereo=lo-ro", "-o", "twin.wav", "--force"];
    project.run(&[&["set", "twin.wav"][..], &told].concat()).expect(0);
    project.run(&["diff", "part.wav", "twin.wav"]).expect(0);
    // Not beyond it, not over what is there, and not of a scene.
    for (words, code) in [
        (["trim", "song.wav", "--from", "2", "-o", "x.wav"], 2),
        (["trim", "song.wav", "--from", "0.5", "-o", "told.wav"], 6),
        (["trim", "scene.yaml", "--from", "0.5", "-o", "x.wav"], 2),
        (["trim", "song.wav", "--from", "0.5", "-o", "song.wav"], 6),
    ] {
        project.run(&words).expect(code);
    }
    assert!(!project.path("x.wav").exists());
}

#[test]
fn a_part_of_plain_adm_is_plain_adm_and_a_lost_first_action_is_told() {
    let project = project();
    let words = ["master", "scene.yaml", "--format", "adm-itu", "-o", "plain.wav"];
    project.run(&words).expect(0);
    let cut = ["--from", "10007 samples", "--until", "+20011 samples"];
    project.run(&[&["trim", "plain.wav"][..], &cut, &["-o", "part.wav"]].concat()).expect(0);
    let kind = project.run(&["info", "part.wav"]).expect(0).stdout;
    assert!(!kind.contains("Atmos"), "{kind}");
    let bytes = std::fs::read(project.path("part.wav")).expect("a file");
    assert!(!bytes.windows(4).any(|id| id == b"dbmd"));
    let twin = ["-o", "twin.wav"];
    project.run(&[&words[..4], &cut, &twin].concat()).expect(0);
    project.run(&["diff", "part.wav", "twin.wav"]).expect(0);
    let refused = project.run(&["trim", "plain.wav", "--from", "0.1", "-o", "x.atmos"]).expect(2);
    assert!(refused.stderr.contains("plain ADM"), "{}", refused.stderr);
    // 0.2 s before a cut at 0.3 s, and 0.1 s behind one at 0.1 s.
    project.run(&["set", "song.wav", "first_action=00:00:00.2", "-o", "told.wav"]).expect(0);
    let run = project.run(&["trim", "told.wav", "--from", "0.3", "-o", "late.wav", "--json"]);
    let late = run.expect(0).stdout;
    assert!(late.contains("master.first_action") && late.contains("0.100 s before"), "{late}");
    assert!(settings(&project, "late.wav").contains("first_action=00:00:00.00000\n"));
    let run = project.run(&["trim", "told.wav", "--from", "0.1", "-o", "soon.wav", "--json"]);
    assert!(!run.expect(0).stdout.contains("master.first_action"));
    assert!(settings(&project, "soon.wav").contains("first_action=00:00:00.10000\n"));
}

#[test]
fn of_two_objects_of_one_name_each_is_set_by_its_track() {
    let project = project();
    let scene = std::fs::read_to_string(project.path("scene.yaml")).expect("the scene");
    project.write("twins.yaml", &scene.replace("name: Moving", "name: Still"));
    project.run(&["master", "twins.yaml", "-o", "twins.wav"]).expect(0);
    let before = settings(&project, "twins.wav");
    let keys: Vec<&str> =
        before.lines().filter_map(|line| line.strip_prefix("binaural.#")).collect();
    assert_eq!(keys.len(), 2, "{before}");
    let numbers: Vec<&str> = keys.iter().filter_map(|key| key.split('=').next()).collect();
    let words = ["set", "twins.wav", "binaural.Still=off", "-o", "x.wav"];
    let refused = project.run(&words).expect(2).stderr;
    for number in &numbers {
        assert!(refused.contains(&format!("binaural.#{number}")), "{refused}");
    }
    let second = format!("binaural.#{}=off", numbers[1]);
    project.run(&["set", "twins.wav", &second, "-o", "told.wav"]).expect(0);
    let after = settings(&project, "told.wav");
    let changed: Vec<_> = after.lines().filter(|line| !before.contains(line)).collect();
    assert_eq!(changed, [second.as_str()]);
    project.run(&["set", "twins.wav", "binaural.#99=off", "-o", "x.wav"]).expect(2);
}

#[test]
fn settings_change_and_not_a_byte_beside_them() {
    let project = project();
    let before = settings(&project, "song.wav");
    for line in
        ["frame_rate=24\n", "first_action=none\n", "downmix.5.1=direct\n", "trim.7.1.4=auto\n"]
    {
        assert!(before.contains(line), "{before}");
    }
    let words = [
        "set",
        "song.wav",
        "trim.2.0=0/0/0",
        "trim.7.1.4=-3/1.5/-6/0.5/-1",
        "downmix.5.1=room-balance",
        "downmix.stereo=lt-rt",
        "downmix.phase=90",
        "first_action=01:00:00.5",
        "frame_rate=29.97df",
        "binaural=far",
        "binaural.Still=off",
        "-o",
        "new.wav",
        "--json",
    ];
    let json = project.run(&words).expect(0).json();
    assert_eq!(json["settings"].as_array().map(Vec::len), Some(10), "{json}");
    let after = settings(&project, "new.wav");
    for line in [
        "trim.2.0=0/0/0\n",
        "trim.7.1.4=-3/1.5/-6/0.5/-1\n",
        "trim.5.1=auto\n",
        "downmix.5.1=room-balance\n",
        "downmix.stereo=lt-rt\n",
        "downmix.phase=90\n",
        "first_action=01:00:00.50000\n",
        "frame_rate=29.97df\n",
        "binaural.Ground=far\n",
        "binaural.Moving=far\n",
        "binaural.Still=off\n",
    ] {
        assert!(after.contains(line), "{line} is not in {after}");
    }
    let [old, new] =
        ["song.wav", "new.wav"].map(|n| std::fs::read(project.path(n)).expect("a file"));
    let dbmd = old.windows(4).rposition(|w| w == b"dbmd").expect("a chunk");
    assert_eq!(old.len(), new.len());
    assert_eq!(old[..dbmd + 8], new[..dbmd + 8]);
    assert_ne!(old[dbmd..], new[dbmd..]);
    // The LFE stays as it was: off, in the fourth of the twelve modes at the end of segment 10.
    let segment = dbmd + 8 + 356 + 3;
    assert_eq!(new[segment + 142 + 12 + 3], 0x80);
    // A trim of nothing by hand: no flag, no decibels, and 0x80 twice.
    assert_eq!(
        new[segment + 7..segment + 7 + 15],
        [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x80, 0x80]
    );
    project.run(&["check", "new.wav"]).expect(0);
    // Back again, in place, it is the file it was.
    let words = [
        "set",
        "new.wav",
        "trim.2.0=auto",
        "trim.7.1.4=auto",
        "downmix.5.1=direct",
        "downmix.stereo=none",
        "downmix.phase=none",
        "first_action=none",
        "frame_rate=24",
        "binaural=mid",
        "binaural.Moving=near",
        "-o",
        "new.wav",
    ];
    project.run(&words).expect(6);
    project.run(&[&words[..], &["--force"]].concat()).expect(0);
    assert!(std::fs::read(project.path("new.wav")).expect("a file") == old);
}

#[test]
fn what_cannot_be_set_is_refused_with_what_can() {
    let project = project();
    for (change, part) in [
        ("colour=red", "known are frame_rate, first_action"),
        ("frame_rate=23", "23.976"),
        ("trim.5.1=loud", "auto, or dB"),
        ("trim.5.1=0/0/0/2/0", "auto, or dB"),
        ("trim.5.1=nan/0/0", "auto, or dB"),
        ("trim.9.1.6=auto", "trim.7.1.4"),
        ("downmix.stereo=mono", "lo-ro"),
        ("binaural=loud", "near"),
        ("binaural.Nobody=near", "Ground, Still, Moving"),
        ("first_action=24:00:00", "less than 24 hours"),
        ("first_action=1:2", "less than 24 hours"),
        ("start=01:00:00:24", "frames 00 to 23"),
        ("start=25:00:00", "less than 24 hours"),
        ("start=bar 2", "less than 24 hours"),
        ("trim", "KEY"),
    ] {
        let run = project.run(&["set", "song.wav", change, "-o", "x.wav"]);
        let stderr = run.expect(2).stderr;
        assert!(stderr.contains(part) || part == "KEY", "{change}: {stderr}");
    }
    project.run(&["set", "song.wav", "frame_rate=25"]).expect(2);
    project.run(&["set", "scene.yaml", "frame_rate=25", "-o", "x.wav"]).expect(2);
    let plain = ["master", "song.wav", "--format", "adm-itu", "-o", "plain.wav"];
    project.run(&plain).expect(0);
    let none = project.run(&["set", "plain.wav", "frame_rate=25", "-o", "x.wav"]).expect(2);
    assert!(none.stderr.contains("`dbmd` is missing"), "{}", none.stderr);
    assert!(!project.path("x.wav").exists());
    project.run(&["retime", "song.wav", "--fps", "25", "-o", "25.wav"]).expect(0);
    assert!(settings(&project, "25.wav").contains("frame_rate=25\n"));
    project.run(&["retime", "song.wav", "-o", "x.wav"]).expect(2);
}

#[test]
fn plain_adm_comes_back_as_the_scene_polar_positions_and_all() {
    let polar = "  - name: Round
    stem: mono
    head_locked: true
    position: {azimuth: 20, elevation: 10}
    automation:
      - {at: 0.1 s, azimuth: 20, gain: 0}
      - {at: 0.4 s, azimuth: 140, elevation: 50, gain: -6}
      - {at: 0.6 s, azimuth: -140, curve: hold}
";
    let project =
        Project::new(&format!("{SCENE}{polar}").replace("binaural: near", "binaural: mid"));
    project.stem("mono.wav", 1, 48_000, noise);
    project.stem("stereo.wav", 2, 48_000, |frame, channel| noise(frame, channel + 5));
    let words = ["master", "scene.yaml", "--format", "adm-itu", "-o", "plain.wav", "--json"];
    let json = project.run(&words).expect(0).json();
    assert_eq!(json["outputs"][0]["kind"], "adm-itu");
    let lost =
        |f: &&serde_json::Value| f["rule"].as_str().is_some_and(|r| r.starts_with("master."));
    assert_eq!(json["findings"].as_array().into_iter().flatten().find(lost), None);
    let told = project.run(&["diff", "scene.yaml", "plain.wav"]);
    assert_eq!(told.code, 0, "{}", told.stdout);
    project.run(&["import", "plain.wav", "-o", "back", "--strict"]).expect(0);
    let back = std::fs::read_to_string(project.path("back/scene.yaml")).expect("a scene");
    assert_eq!(back.matches("    head_locked: true\n").count(), 1, "{back}");
    // An Atmos master has no polar positions, and no render of the two is the same.
    let info = project.run(&["info", "plain.wav"]).expect(0).stdout;
    for part in ["bed \"Ground\" 7.1.2, tracks 1 to 10", "azimuth -140 to 140", "size 0.25"] {
        assert!(info.contains(part), "{part} is not in\n{info}");
    }
}

#[test]
fn two_masters_differ_in_what_they_are_set_to() {
    let project = project();
    let changes = ["downmix.stereo=lt-rt", "trim.5.1=-6/-6/-6", "first_action=00:00:00.5"];
    project.run(&[&["set", "song.wav"][..], &changes, &["-o", "told.wav"]].concat()).expect(0);
    let run = project.run(&["diff", "song.wav", "told.wav"]).expect(7);
    for line in [
        "downmix.stereo: ",
        " -> lt-rt",
        "trim.5.1: auto -> -6/-6/-6",
        "first_action: none -> 00:00:00.5",
    ] {
        assert!(run.stdout.contains(line), "{line} is not in {}", run.stdout);
    }
    // An ADM BWF need not say what becomes of stereo, a DAMF has to: what is done without a word.
    project.run(&["master", "scene.yaml", "-o", "scene.atmos"]).expect(0);
    project.run(&["diff", "song.wav", "scene.atmos"]).expect(0);
}

#[test]
fn a_copy_keeps_its_kind_and_a_cut_master_gets_nothing_behind_its_end() {
    let project = project();
    project.run(&["master", "song.wav", "-o", "song.atmos"]).expect(0);
    for (from, to, word) in [("song.wav", "x.atmos", ".wav"), ("song.atmos", "x.wav", ".atmos")] {
        for words in
            [["set", from, "frame_rate=25", "-o", to], ["retime", from, "--fps=25", "-o", to]]
        {
            let run = project.run(&words).expect(2);
            assert!(run.stderr.contains(&format!("name it with {word}")), "{}", run.stderr);
            assert!(!project.path(to).exists());
        }
    }
    let bytes = std::fs::read(project.path("song.wav")).expect("a file");
    std::fs::write(project.path("cut.wav"), &bytes[..bytes.len() - 20]).expect("a file");
    let run = project.run(&["set", "cut.wav", "start=1", "-o", "x.wav"]).expect(6);
    assert!(run.stderr.contains("the end of the file is missing"), "{}", run.stderr);
    std::fs::write(project.path("half.wav"), &bytes[..bytes.len() / 2]).expect("a file");
    for words in [&["render", "half.wav", "--to", "2.0"][..], &["import", "half.wav"]] {
        let run = project.run(&[words, &["-o", "x"]].concat()).expect(3);
        assert!(run.stderr.contains("the end of the file is missing"), "{}", run.stderr);
    }
    for words in [
        ["set", "nosuch.wav", "start=1"],
        ["trim", "nosuch.wav", "--from=1"],
        ["retime", "nosuch.wav", "--fps=24"],
    ] {
        let run = project.run(&[&words[..], &["-o", "x.wav"]].concat()).expect(3);
        assert!(run.stderr.contains("No such file"), "{}", run.stderr);
    }
    let run = project.run(&["set", "song.wav", "start=1", "start=2", "-o", "x.wav"]).expect(2);
    assert!(run.stderr.contains("set twice"), "{}", run.stderr);
}
