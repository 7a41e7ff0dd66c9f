//! What `show` says against geometry and levels worked out by hand.

use crate::suite::support::Project;
use serde_json::Value;
use std::f64::consts::TAU;

/// Twelve seconds at 120 bpm: bar 4 begins at 6 s. The polar object turns 90° in 9 s, 10° a second.
const SCENE: &str = "
cupola: 1
title: Night
frame_rate: 25
tempo: {bpm: 120, meter: 4/4}
stems:
  tone: {file: tone.wav}
  rest: {file: rest.wav}
  late: {file: tone.wav, play: [{at: 8 s, in: 1 s, out: 3 s, gain: -20}]}
groups:
  keys: {automation: [{at: 2 s, gain: 0}, {at: 4 s, gain: -12}]}
beds:
  - name: Floor
    format: 5.1
    routes:
      - {stem: tone, to: C, gain: -6}
      - {stem: tone, to: LFE, lowpass: 120}
objects:
  - name: Turning
    stem: tone
    gain: -3
    size: 0.2
    groups: [drums, loud]
    position: {azimuth: 0}
    automation: [{at: 0 s, azimuth: 0, gain: 0}, {at: 9 s, azimuth: 90, gain: 0}]
  - {name: Corner, stem: rest, position: {x: 1, y: 1, z: 1}}
  - {name: Grouped, stem: tone, groups: [keys], position: {azimuth: 135}}
  - {name: Late, stem: late, position: {azimuth: -30}}
";

/// A tone of 1 kHz at half of full scale, and silence.
fn project() -> Project {
    let project = Project::new(SCENE);
    let tone = |frame: u32, _| (0.5 * (TAU * f64::from(frame) / 48.0).sin()) as f32;
    project.stem("tone.wav", 1, 576_000, tone);
    project.stem("rest.wav", 1, 576_000, |_, _| 0.0);
    project
}

fn show(project: &Project, at: &[&str]) -> Vec<Value> {
    let mut arguments = vec!["show", "scene.yaml", "--json"];
    at.iter().for_each(|at| arguments.extend(["--at", at]));
    let json = project.run(&arguments).expect(0).json();
    json["instants"].as_array().expect("a list of instants").clone()
}

fn assert_near(found: &Value, wanted: f64, within: f64, what: &str) {
    let number = found.as_f64().unwrap_or_else(|| panic!("{what}: {found} is no number"));
    assert!((number - wanted).abs() <= within, "{what}: found {number}, wanted {wanted}");
}

/// Peak and RMS of a sine of amplitude a half after so many decibels.
fn assert_tone(part: &Value, gain_db: f64) {
    let peak = 20.0 * 0.5_f64.log10() + gain_db;
    assert_near(&part["peak_db"], peak, 0.01, "peak");
    assert_near(&part["rms_db"], peak - 20.0 * 2.0_f64.sqrt().log10(), 0.01, "RMS");
}

#[test]
fn an_object_is_told_by_direction_room_gain_speed_and_level() {
    let shown = &show(&project(), &["3 s"])[0];
    let turning = &shown["objects"][0];
    assert_eq!(turning["name"], "Turning");
    assert_eq!(turning["groups"], serde_json::json!(["drums", "loud"]));
    assert_eq!(turning["written"], "polar");
    // A third of the way to 90° is 30°, where the left front loudspeaker stands: the room's corner.
    assert_near(&turning["azimuth"], 30.0, 0.01, "azimuth");
    for (i, wanted) in [-1.0, 1.0, 0.0].into_iter().enumerate() {
        assert_near(&turning["room"][i], wanted, 0.01, "room");
    }
    assert_near(&turning["degrees_per_second"], 10.0, 0.01, "speed");
    assert_eq!(turning["moving"], true);
    assert_near(&turning["size"], 0.2, 1e-9, "size");
    assert_near(&turning["gain_db"], -3.0, 0.01, "gain");
    assert_tone(turning, -3.0);

    // The upper right front corner is the loudspeaker at −45° and 30° up.
    let corner = &shown["objects"][1];
    assert_eq!((&corner["written"], &corner["moving"]), (&"room".into(), &false.into()));
    assert_near(&corner["azimuth"], -45.0, 1e-9, "azimuth");
    assert_near(&corner["elevation"], 30.0, 1e-9, "elevation");
    assert_eq!((&corner["rms_db"], &corner["peak_db"]), (&Value::Null, &Value::Null), "silence");
}

#[test]
fn gains_of_groups_over_time_are_in_gain_and_level() {
    let [before, middle, after] = &show(&project(), &["1 s", "3 s", "5 s"])[..] else { panic!() };
    for (shown, gain) in [(before, 0.0), (after, -12.0)] {
        assert_near(&shown["objects"][2]["gain_db"], gain, 0.01, "gain of the group");
        assert_tone(&shown["objects"][2], gain);
    }
    // Halfway in decibels, within the 0.05 dB of flattening.
    assert_near(&middle["objects"][2]["gain_db"], -6.0, 0.06, "gain of the group");
}

#[test]
fn bed_channels_have_their_own_gains_and_the_low_pass_of_the_lfe() {
    let shown = &show(&project(), &["3 s"])[0];
    let bed = &shown["beds"][0];
    assert_eq!((&bed["name"], &bed["format"]), (&"Floor".into(), &"5.1".into()));
    let channels = bed["channels"].as_array().unwrap();
    let channel = |label: &str| channels.iter().find(|c| c["label"] == label).expect("a channel");
    assert_eq!(channel("L")["rms_db"], Value::Null);
    assert_eq!(channel("Ls")["room"], serde_json::json!([-1.0, -1.0, 0.0]));
    assert_tone(channel("C"), -6.0);
    // 24 dB an octave from 120 Hz: |H| = 1 / (1 + (f/fc)^4).
    let gain = -20.0 * (1.0 + (1000.0_f64 / 120.0).powi(4)).log10();
    let lfe = channel("LFE");
    let rms = 20.0 * (0.5 / 2.0_f64.sqrt()).log10() + gain;
    assert_near(&lfe["rms_db"], rms, 0.2, "RMS of the LFE");
    assert_eq!(lfe["room"], Value::Null, "an LFE stands nowhere");
}

#[test]
fn a_stem_placed_on_the_timeline_is_heard_where_it_plays() {
    let [before, inside, edge] = &show(&project(), &["7 s", "9 s", "10 s"])[..] else { panic!() };
    assert_eq!(before["objects"][3]["rms_db"], Value::Null);
    assert_tone(&inside["objects"][3], -20.0);
    // It ends at 10 s: half of the 400 ms are silent.
    let rms = 20.0 * (0.5_f64 / 2.0).log10() - 20.0;
    assert_near(&edge["objects"][3]["rms_db"], rms, 0.1, "RMS across the end");
}

#[test]
fn instants_are_told_in_seconds_frames_timecode_and_bars() {
    let project = project();
    for (i, shown) in show(&project, &["bar 4", "6", "0:06", "00:00:06:00"]).iter().enumerate() {
        assert_eq!(shown["frame"], 288_000, "form {i}");
        assert_eq!(shown["seconds"], 6.0);
        assert_eq!(shown["timecode"], "00:00:06:00");
        assert_eq!((&shown["bar"], &shown["beat"]), (&4.into(), &1.0.into()));
    }
    let words = project.run(&["show", "scene.yaml", "--at", "bar 4 beat 2.5"]).expect(0).stdout;
    for word in
        ["6.750 s", "frame 324000", "00:00:06:18", "bar 4 beat 2.5", "Turning", "67.5", "LFE"]
    {
        assert!(words.contains(word), "{word} is missing:\n{words}");
    }
}

#[test]
fn times_after_the_end_and_words_that_are_no_time_are_refused() {
    let project = project();
    let run = project.run(&["show", "scene.yaml", "--at", "1 s", "--at", "12 s"]).expect(2);
    for word in ["12 s", "found 12.000 s", "allowed 0 to below 12.000 s"] {
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
    assert!(run.stdout.is_empty(), "nothing is shown when one time is wrong: {}", run.stdout);
    project.run(&["show", "scene.yaml", "--at", "noon"]).expect(2);
    let empty = project.run(&["show", "scene.yaml", "--at", ""]).expect(2).stderr;
    assert!(empty.contains("--at needs an instant, such as --at 12.5"), "{empty}");
    let comma = project.run(&["show", "scene.yaml", "--at", "1,5"]).expect(2).stderr;
    assert!(comma.contains("did you mean `1.5`?") && !comma.contains("+2 bars"), "{comma}");
    project.run(&["show", "scene.yaml"]).expect(2);
    project.run(&["show", "scene.yaml", "--at", "11.999 s"]).expect(0);
}

#[test]
fn bars_of_a_cut_song_are_not_guessed() {
    let project = project();
    project.write("cut.yaml", &format!("{SCENE}edits: [{{cut: {{from: bar 2, to: bar 3}}}}]\n"));
    let run = project.run(&["show", "cut.yaml", "--at", "bar 4"]).expect(2);
    assert!(run.stderr.contains("before its edits"), "{}", run.stderr);
    let shown = project.run(&["show", "cut.yaml", "--json", "--at", "3 s"]).expect(0).json();
    let shown = &shown["instants"][0];
    assert_eq!((&shown["bar"], &shown["beat"]), (&Value::Null, &Value::Null));
    // The cut takes away 2 s, so that 3 s is 5 s of the song: five ninths of the way to 90°.
    assert_near(&shown["objects"][0]["azimuth"], 50.0, 0.01, "azimuth");
}

#[test]
fn how_loud_an_object_is_includes_its_own_automation() {
    let project = project();
    project.write(
        "scene.yaml",
        "cupola: 1
stems: {tone: {file: tone.wav}}
objects: [{stem: tone, position: {azimuth: 0}, gain: -3, automation: [{at: 2 s, gain: 0}, {at: 4 s, gain: -12}]}]
",
    );
    for (shown, gain) in show(&project, &["1 s", "4 s"]).iter().zip([-3.0, -15.0]) {
        assert_near(&shown["objects"][0]["gain_db"], gain, 0.01, "gain");
        assert_tone(&shown["objects"][0], gain);
    }
}
