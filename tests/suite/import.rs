//! Masters back to scenes: what was written is read back.

use crate::suite::support::{Project, Run, noise};
use serde_json::Value;
use std::fmt::Write;

/// Numbers from 0 to 1, the same ones every time.
struct Dice(u64);

impl Dice {
    fn roll(&mut self) -> f64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as f64 / f64::from(1_u32 << 31)
    }

    fn pick<'a>(&mut self, words: &[&'a str]) -> &'a str {
        words[((self.roll() * words.len() as f64) as usize).min(words.len() - 1)]
    }

    /// A place in the room with three decimals.
    fn place(&mut self) -> String {
        // The outer objects of a pair reach the walls only just.
        let mut coordinate = || self.roll() * 1.38 - 0.69;
        let (x, y, z) = (coordinate(), coordinate(), coordinate());
        format!("x: {x:.3}, y: {y:.3}, z: {z:.3}")
    }

    /// What a keyframe says: all of its lanes or some, with one curve or with one for each lane.
    fn keyframe(&mut self) -> String {
        const CURVES: [&str; 5] = ["linear", "hold", "smooth", "ease-in", "ease-out"];
        let (place, gain, size) = (self.place(), self.roll() * -20.0, self.roll() * 0.5);
        let mut told = vec![place];
        told.extend((self.roll() < 0.8).then(|| format!("gain: {gain:.2}")));
        told.extend((self.roll() < 0.8).then(|| format!("size: {size:.3}")));
        // Some keyframes leave the object where it is.
        if told.len() > 1 && self.roll() < 0.2 {
            told.remove(0);
        }
        let [position, gain, size] = [(); 3].map(|()| self.pick(&CURVES));
        told.push(if self.roll() < 0.5 {
            format!("curve: {position}")
        } else {
            format!("curve: {{position: {position}, gain: {gain}, size: {size}}}")
        });
        told.join(", ")
    }

    /// A scene of room positions: a bed, pairs, and objects that move, fade, grow and step.
    fn scene(&mut self) -> String {
        let mut text = "cupola: 1\ntitle: Dice\nstems:\n  mono: {file: mono.wav}\n  stereo: {file: stereo.wav}\n".to_owned();
        if self.roll() < 0.8 {
            let format = self.pick(&["5.1", "7.1", "7.1.2", "2.0", "7.0.2"]);
            let _ = writeln!(
                text,
                "beds:\n  - format: {format}\n    groups: [ground]\n    routes: [{{stem: stereo, gain: -4}}]"
            );
        }
        text.push_str("objects:\n");
        for number in 0..4 {
            let mode = self.pick(&["off", "near", "mid", "far"]);
            let _ = writeln!(text, "  - name: Object {number}\n    binaural: {mode}");
            text.push_str(match number % 2 {
                0 => "    stem: mono\n",
                _ => "    stem: stereo\n    pair: {width: 0.6}\n",
            });
            let told = self.pick(&[
                "importance: 10",
                "zones: [no-back]",
                "zones: [screen-only, no-heights]",
                "zones: no-heights",
                "snap: true",
                "diffuse: 1",
            ]);
            let _ = writeln!(text, "    {told}");
            let (gain, size) = (self.roll() * -9.0, self.roll() * 0.4);
            let place = self.place();
            let _ = writeln!(
                text,
                "    gain: {gain:.2}\n    size: {size:.3}\n    position: {{{place}}}\n    automation:"
            );
            let mut at = 0.05 + self.roll() * 0.1;
            for _ in 0..3 {
                let keyframe = self.keyframe();
                let _ = writeln!(text, "      - {{at: {at:.4}, {keyframe}}}");
                at += 0.25 + self.roll() * 0.15;
            }
        }
        text
    }
}

fn project(scene: &str) -> Project {
    let project = Project::new(scene);
    project.stem("mono.wav", 1, 48_000, noise);
    project.stem("stereo.wav", 2, 48_000, |frame, channel| noise(frame, channel + 5));
    project
}

/// The samples of a WAV file.
fn samples(project: &Project, name: &str) -> Vec<f32> {
    let reader = hound::WavReader::open(project.path(name)).expect("a WAV file");
    reader.into_samples::<f32>().map(|sample| sample.expect("a sample")).collect()
}

/// The only file of a folder.
fn only_file(project: &Project, folder: &str) -> String {
    let files = project.files(folder);
    assert_eq!(files.len(), 1, "{files:?}");
    format!("{folder}/{}", files[0])
}

fn show(project: &Project, scene: &str, at: &[&str]) -> Run {
    let mut words = vec!["show", scene, "--json"];
    words.extend(at.iter().flat_map(|at| ["--at", *at]));
    project.run(&words).expect(0)
}

fn number(value: &Value) -> f64 {
    value.as_f64().expect("a number")
}

/// The residual of two renders against full scale in dB.
fn residual_db(a: &[f32], b: &[f32]) -> f64 {
    assert_eq!(a.len(), b.len());
    let largest = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f32::max);
    20.0 * f64::from(largest).log10()
}

#[test]
fn an_adm_bwf_of_room_positions_comes_back_as_the_same_sound_and_the_same_places() {
    comes_back("song.wav", Dice(11));
}

/// Its numbers have ten decimals, as those of the ADM BWF, and its frames none that are missing.
#[test]
fn a_damf_of_room_positions_comes_back_as_the_same_sound_and_the_same_places() {
    comes_back("song.atmos", Dice(12));
}

fn comes_back(file: &str, mut dice: Dice) {
    let (mut round, mut thrown) = (0, 0);
    while round < 2 {
        let project = project(&dice.scene());
        let master = project.run(&["master", "scene.yaml", "-o", file]).expect(0);
        if master.stderr.contains("master.points.close") {
            // A master cannot state it, which it says; nothing brings it back.
            thrown += 1;
            assert!(thrown < 12, "no scene that a master can state");
            continue;
        }
        round += 1;
        let report = project.run(&["import", file, "-o", "back", "--json"]).expect(0).json();
        assert_eq!(report["findings"].as_array().map(Vec::len), Some(0), "{report}");
        for (scene, folder) in [("scene.yaml", "a"), ("back/scene.yaml", "b")] {
            project
                .run(&["render", scene, "--to", "7.1.4", "--bits", "32", "-o", folder])
                .expect(0);
        }
        let (a, b) = (only_file(&project, "a"), only_file(&project, "b"));
        let residual = residual_db(&samples(&project, &a), &samples(&project, &b));
        assert!(residual < -100.0, "round {round}: {residual} dBFS");
        let at = ["0", "0.11", "0.2345", "0.4", "0.55", "0.7", "0.99"];
        let documents = ["scene.yaml", "back/scene.yaml"].map(|s| show(&project, s, &at).json());
        let [there, back] = documents.each_ref().map(|d| d["instants"].as_array().expect("a list"));
        for (there, back) in there.iter().zip(back) {
            let objects = |instant: &Value| instant["objects"].as_array().cloned().expect("a list");
            let (there, back) = (objects(there), objects(back));
            assert_eq!(there.len(), back.len());
            for (a, b) in there.iter().zip(&back) {
                assert_eq!(a["name"], b["name"]);
                for i in 0..3 {
                    let off = number(&a["room"][i]) - number(&b["room"][i]);
                    // 0.1° at the walls.
                    assert!(off.abs() < 0.001_7, "round {round}: {a} {b}");
                }
                // The object's own gain is in the sound of the master.
                assert!((number(&a["size"]) - number(&b["size"])).abs() < 0.002);
            }
        }
    }
}

#[test]
fn names_groups_modes_and_gains_come_back() {
    let project = project(
        "cupola: 1
title: Kept
frame_rate: 25
stems: {mono: {file: mono.wav}, stereo: {file: stereo.wav}}
beds: [{name: Ground, format: 7.1.2, binaural: far, groups: [music], routes: [{stem: stereo}]}]
objects:
  - {name: 'Vox: \"lead\"', stem: mono, binaural: near, groups: [vocals], position: {x: 1, y: 1}}
  - {name: No, stem: mono, binaural: off, position: {x: -1, y: 0.5, z: 1},
     automation: [{at: 0, gain: -6}, {at: 0.5, gain: -6}, {at: 0.6, gain: -30}, {at: 0.8, gain: -inf}]}
",
    );
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    project.run(&["import", "song.wav", "-o", "back"]).expect(0);
    let text = std::fs::read_to_string(project.path("back/scene.yaml")).expect("a scene");
    for part in [
        "frame_rate: 25\n",
        "  - name: Ground\n    format: 7.1.2\n    groups: [music]\n    binaural: far\n",
        "  - name: \"Vox: \\\"lead\\\"\"\n    stem: vox_lead\n    groups: [vocals]\n    binaural: near\n",
        "    position: {x: 1, y: 1}\n",
        "  - name: \"No\"\n",
        "{at: 0 s, gain: -6}",
        "{at: 0.5 s, gain: -6}",
        "{at: 0.8 s, gain: -inf}",
    ] {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    // What the faders of an object said is heard the same, within 0.01 dB.
    let render = |scene: &str, folder: &str| {
        project.run(&["render", scene, "--to", "7.1.4", "--bits", "32", "-o", folder]).expect(0);
        samples(&project, &only_file(&project, folder))
    };
    let residual = residual_db(&render("scene.yaml", "a"), &render("back/scene.yaml", "b"));
    // 0.25 · 10^(−6/20) · 0.01 dB of difference is −77 dBFS.
    assert!(residual < -77.0, "{residual}");
    project.run(&["check", "back/scene.yaml"]).expect(0);
    // Once more through the loop nothing changes any more.
    project.run(&["master", "back/scene.yaml", "-o", "again.wav"]).expect(0);
    project.run(&["import", "again.wav", "-o", "third"]).expect(0);
    let third = std::fs::read_to_string(project.path("third/scene.yaml")).expect("a scene");
    let named_after_file = |line: &&str| line.starts_with("# ") || line.starts_with("title: ");
    let rest = |text: &str| {
        text.lines().filter(|line| !named_after_file(line)).collect::<Vec<_>>().join("\n")
    };
    assert_eq!(rest(&text), rest(&third));
}

#[test]
fn nothing_is_written_over_and_nothing_is_left_half_written() {
    let project = project(
        "cupola: 1\nstems: {mono: {file: mono.wav}}\nobjects: [{stem: mono, position: {x: 0, y: 1}}]\n",
    );
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    std::fs::create_dir(project.path("mine")).expect("a folder");
    project.write("mine/notes.txt", "mine");
    let refused = project.run(&["import", "song.wav", "-o", "mine"]).expect(6);
    assert!(refused.stderr.contains("not empty"), "{}", refused.stderr);
    assert_eq!(project.files("mine"), ["notes.txt"]);
    project.run(&["import", "song.wav", "-o", "mine", "--force"]).expect(0);
    assert_eq!(project.files("mine"), ["notes.txt", "scene.yaml", "stems"]);
    assert_eq!(project.files("mine/stems"), ["mono.wav"]);
    // Sound without ADM, and no sound at all.
    for (file, folder) in [("mono.wav", "x"), ("scene.yaml", "y"), ("nowhere.wav", "z")] {
        let run = project.run(&["import", file, "-o", folder]).expect(3);
        assert!(run.stderr.contains(file), "{}", run.stderr);
        assert!(!project.path(folder).exists(), "{folder}");
    }
    let whole = std::fs::read(project.path("song.wav")).expect("the master");
    std::fs::write(project.path("cut.wav"), &whole[..whole.len() / 2]).expect("a copy");
    project.run(&["import", "cut.wav", "-o", "half"]).expect(3);
    let left: Vec<_> = project.files(".").into_iter().filter(|n| n.contains(".tmp")).collect();
    assert_eq!(left, [""; 0]);
    project.run(&["import", "song.wav", "-o", "w", "--thin", "-1"]).expect(2);
}

#[test]
fn faults_of_a_master_are_repaired_under_names_and_refused_when_asked() {
    let project = project(
        "cupola: 1\nstems: {mono: {file: mono.wav}}\nobjects: [{name: One, stem: mono, position: {x: 0, y: 1}}]\n",
    );
    project.run(&["master", "scene.yaml", "-o", "song.wav"]).expect(0);
    project.run(&["import", "song.wav", "-o", "fine", "--strict"]).expect(0);
    let mut bytes = std::fs::read(project.path("song.wav")).expect("the master");
    // The identifier of the UID in `chna`, so that axml's has no row.
    let at = bytes.windows(4).rposition(|w| w == b"chna").expect("a chunk");
    let uid = at + 8 + 4 + 2;
    assert_eq!(&bytes[uid..uid + 12], b"ATU_00000001");
    bytes[uid + 11] = b'7';
    std::fs::write(project.path("fault.wav"), &bytes).expect("a copy");
    let json = project.run(&["import", "fault.wav", "-o", "mended", "--json"]).expect(0).json();
    let rules: Vec<_> = json["findings"].as_array().into_iter().flatten().collect();
    assert_eq!(rules.len(), 1, "{json}");
    assert_eq!(rules[0]["rule"], "import.repair.chna.row");
    assert_eq!(rules[0]["subject"], "atu_00000001");
    assert!(rules[0]["hint"].is_string());
    let one = samples_i24(&project, "mended/stems/One.wav");
    assert_eq!(one, samples_i24(&project, "fine/stems/One.wav"));
    let refused = project.run(&["import", "fault.wav", "-o", "strict", "--strict"]).expect(3);
    assert!(refused.stderr.contains("import.repair.chna.row"), "{}", refused.stderr);
    assert!(!project.path("strict").exists());
}

fn samples_i24(project: &Project, name: &str) -> Vec<i32> {
    let reader = hound::WavReader::open(project.path(name)).expect("a WAV file");
    assert_eq!(reader.spec().bits_per_sample, 24);
    reader.into_samples::<i32>().map(|sample| sample.expect("a sample")).collect()
}

#[test]
fn features_come_back_as_the_keys_they_were() {
    let told = [
        "    zones: [centre-back, no-heights]\n",
        "    snap: true\n    zones: [no-sides]\n    diffuse: 1\n",
        "    snap: true\n",
    ];
    let objects = told.iter().enumerate().map(|(i, told)| {
        format!(
            "  - name: Object {i}\n    stem: mono\n    position: {{x: 0.5, y: 0.2, z: 0}}\n{told}"
        )
    });
    let project = project(&format!(
        "cupola: 1\nstems: {{mono: {{file: mono.wav}}}}\nobjects:\n{}",
        objects.collect::<String>()
    ));
    for file in ["song.wav", "song.atmos"] {
        project.run(&["master", "scene.yaml", "-o", file]).expect(0);
        project.run(&["import", file, "-o", "back", "--strict", "--force"]).expect(0);
        let text = std::fs::read_to_string(project.path("back/scene.yaml")).expect("a scene");
        for told in told {
            assert!(text.contains(told), "{file}: {told} is not in\n{text}");
        }
    }
}

#[test]
fn a_damf_is_checked_and_its_faults_are_refused_when_asked() {
    let project = project(
        "cupola: 1\nframe_rate: 25\nstems: {mono: {file: mono.wav}}\nbeds: [{format: 5.1, routes: [{stem: mono, to: C}]}]\nobjects: [{name: One, stem: mono, groups: [fx], binaural: near, position: {x: 0, y: 1}}]\n",
    );
    project.run(&["master", "scene.yaml", "-o", "song.atmos"]).expect(0);
    let checked = project.run(&["check", "song.atmos", "--json"]).expect(0).json();
    assert_eq!((&checked["form"], &checked["tracks"]), (&"DAMF".into(), &7.into()), "{checked}");
    assert_eq!(checked["findings"].as_array().map(Vec::len), Some(0), "{checked}");
    project.run(&["import", "song.atmos", "-o", "back", "--strict"]).expect(0);
    let text = std::fs::read_to_string(project.path("back/scene.yaml")).expect("a scene");
    for part in
        ["title: song\n", "frame_rate: 25\n", "format: 5.1\n", "groups: [fx]\n", "binaural: near\n"]
    {
        assert!(text.contains(part), "{part} is not in\n{text}");
    }
    let one = samples_i24(&project, "back/stems/One.wav");
    assert!(one.iter().any(|sample| *sample != 0));
    // An event out of order and a size of the sound that lies.
    let events = std::fs::read_to_string(project.path("song.atmos.metadata")).expect("events");
    let late = "  - ID: 10\n    samplePos: 9000\n    gain: 0\n  - ID: 10\n    samplePos: 8000\n    gain: 0\n";
    project.write("song.atmos.metadata", &(events.clone() + late));
    let run = project.run(&["check", "song.atmos"]).expect(7);
    let line = events.lines().count() + 4;
    assert!(run.stderr.contains(&format!("song.atmos.metadata:{line}:1")), "{}", run.stderr);
    assert!(run.stderr.contains("damf.events.order"), "{}", run.stderr);
    let json = project.run(&["import", "song.atmos", "-o", "mended", "--json"]).expect(0).json();
    assert_eq!(json["findings"][0]["rule"], "damf.events.order");
    assert_eq!(one, samples_i24(&project, "mended/stems/One.wav"));
    project.run(&["import", "song.atmos", "-o", "strict", "--strict"]).expect(3);
    std::fs::remove_file(project.path("song.atmos.audio")).expect("a file");
    let gone = project.run(&["import", "song.atmos", "-o", "gone"]).expect(3);
    assert!(gone.stderr.contains("song.atmos.audio"), "{}", gone.stderr);
}
