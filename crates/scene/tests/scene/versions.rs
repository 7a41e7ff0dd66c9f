//! Versions: who is heard, how loud, what is cut, and what it is called.

use super::{assert_found, scene, stem, timeline};
use cupola_model::{Severity, StemFacts, Timeline};

const SONG: &str = "cupola: 1
title: Ode
end: 10 s
stems: {a: {file: a.wav}, b: {file: b.wav}, c: {file: c.wav}}
beds:
  - name: Music
    format: 2.0
    groups: [music]
    routes:
      - {stem: a, to: L, groups: [drums]}
      - {stem: b, to: R, gain: -1}
objects:
  - {stem: c, name: Lead, groups: [vocals, front], gain: -2, position: {azimuth: 0}}
  - {stem: c, name: front, groups: [vocals], position: {azimuth: 0}}
  - {stem: c, name: FX, position: {azimuth: 0}}
edits: [{cut: {from: 1 s, to: 2 s}}]
versions:
  instrumental: {label: INST, mute: [vocals]}
  tv: {solo: [drums, vocals], mute: [front]}
  one: {solo: [FX], gain: {FX: -3, Music: 2, drums: -4, vocals: 1, Lead: 5}}
  radio: {label: RADIO, title: Ode (Radio), edits: [], end: 3 s}
  short: {edits: [{keep: {to: 4 s}}]}
outputs: [{speakers: 2.0}]
";

fn facts() -> Vec<Option<StemFacts>> {
    vec![stem(1, 480_000); 3]
}

fn version(name: &str) -> Timeline {
    let mut scene = scene(SONG);
    scene.choose_version(name).unwrap();
    scene.resolve(&facts()).value.unwrap()
}

/// The gain of every lane in dB; nothing for silence.
fn gains(timeline: &Timeline) -> Vec<Option<f64>> {
    let db = |gain: f64| (20.0 * gain.log10() * 1e6).round() / 1e6;
    timeline.lanes.iter().map(|lane| lane.sources.first().map(|s| db(s.gain.0))).collect()
}

#[test]
fn solo_comes_first_then_mute_then_gains() {
    let all = [Some(0.0), Some(-1.0), Some(-2.0), Some(0.0), Some(0.0)];
    assert_eq!(gains(&timeline(SONG, &facts())), all);
    assert_eq!(gains(&version("instrumental")), [all[0], all[1], None, None, all[4]]);
    // `front` is a group, so it means its member and not the object of that name.
    assert_eq!(gains(&version("tv")), [all[0], None, None, all[3], None]);
    let mut louder = scene(&SONG.replace("solo: [FX], ", ""));
    louder.choose_version("one").unwrap();
    let louder = louder.resolve(&facts()).value.unwrap();
    assert_eq!(gains(&louder), [-2.0, 1.0, 4.0, 1.0, -3.0].map(Some));
    assert_eq!(gains(&version("one")), [None, None, None, None, Some(-3.0)]);
    for name in ["instrumental", "tv", "one"] {
        assert_eq!(version(name).lanes.len(), 5, "tracks stay");
        assert_eq!(version(name).length.0, 432_000, "the edits of the scene stay");
    }
}

#[test]
fn a_version_has_its_own_title_end_and_edits() {
    let radio = version("radio");
    assert_eq!((radio.title.as_str(), radio.length.0), ("Ode (Radio)", 144_000));
    assert!(radio.stems.iter().all(|stem| stem.clips.is_none()));
    assert_eq!(version("short").length.0, 192_000);
    let mut scene = scene(SONG);
    assert_eq!(scene.versions(), ["instrumental", "tv", "one", "radio", "short"]);
    assert_eq!(scene.chosen_version(), None);
    let unknown = scene.choose_version("radoi").unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "the scene has no version called radoi; it has instrumental, tv, one, radio, short; did you \
         mean `radio`?"
    );
    scene.choose_version("radio").unwrap();
    assert_eq!(scene.chosen_version(), Some("RADIO"));
}

#[test]
fn a_group_alone_of_a_version_is_what_both_leave() {
    let mut scene = scene(SONG);
    scene.choose_version("tv").unwrap();
    scene.keep_share(&["vocals"], 0).unwrap();
    let both = scene.resolve(&facts()).value.unwrap();
    assert_eq!(gains(&both), [None, None, None, Some(0.0), None]);
}

#[test]
fn the_edits_of_a_version_are_held_to_the_song_when_it_is_chosen() {
    let text = SONG.replace("to: 4 s", "to: 11 s");
    assert!(scene(&text).resolve(&facts()).value.is_some());
    let mut short = scene(&text);
    short.choose_version("short").unwrap();
    let findings = short.resolve(&facts()).findings;
    let outside: Vec<_> = findings.iter().filter(|f| f.rule == "scene.edit.outside").collect();
    assert_eq!((outside.len(), outside[0].place.line), (1, 22));
}

#[test]
fn wrong_versions_are_refused_with_their_place() {
    let error = |versions: &str, rule: &str| {
        let text = format!("{}versions:\n  {versions}\n", SONG.split("versions:").next().unwrap());
        assert_found(&text, &facts(), rule, Severity::Error)
    };
    let unknown = error("v: {mute: [¦vocal]}", "scene.name.unknown");
    assert_eq!(unknown.hint, "did you mean `vocals`?");
    assert!(unknown.allowed.contains("drums") && unknown.allowed.contains("Lead"), "{unknown}");
    let twice = error("v: {label: INST}\n  ¦inst: {}", "scene.output.twice");
    assert!(twice.hint.contains("line 18"), "{twice}");
    error("v: {edits: [{cut: {from: 9 s, to: ¦8 s}}]}", "scene.edit.region");
}

#[test]
fn the_objects_of_a_split_stem_go_with_their_bed() {
    let text = "cupola: 1
stems: {pad: {file: pad.wav}, lead: {file: lead.wav}}
beds: [{name: Atmos, format: 5.1, routes: [{stem: pad, split: 7.1.4}]}]
objects: [{name: Lead, stem: lead, position: {azimuth: 0}}]
versions: {m: {mute: [Atmos]}, g: {gain: {Atmos: -20}}, s: {solo: [Atmos]}}
outputs: [{speakers: 7.1.4}]
";
    let facts = [stem(12, 48_000), stem(1, 48_000)];
    let gains = |version: &str| -> Vec<(bool, f64)> {
        let mut scene = super::scene(text);
        scene.choose_version(version).unwrap();
        let timeline = scene.resolve(&facts).value.unwrap();
        let of_pad = |lane: usize| lane != 6;
        let gain = |lane: usize| timeline.lanes[lane].sources.first().map_or(0.0, |s| s.gain.0);
        (0..timeline.lanes.len()).map(|lane| (of_pad(lane), gain(lane))).collect()
    };
    // Six bed channels of the pad, the lead, and six objects of the pad.
    assert_eq!(gains("m").len(), 13);
    for (version, pad, lead) in [("m", 0.0, 1.0), ("g", 0.1, 1.0), ("s", 1.0, 0.0)] {
        for (of_pad, gain) in gains(version) {
            let wanted = if of_pad { pad } else { lead };
            assert!((gain - wanted).abs() < 1e-12, "{version}: {gain}, not {wanted}");
        }
    }
}
