//! Groups: gains that reach every member, in beds and as objects.

use super::flattening::Random;
use super::{assert_found, scene, stem, timeline};
use cupola_model::{FrameIndex, LaneSource, Severity, Timeline};

const MEMBERS: &str = "cupola: 1
stems: {a: {file: a.wav, gain: -1}, b: {file: b.wav}}
groups:
  drums: {gain: -2}
  low: {gain: -3.5}
  other: {gain: 20}
beds:
  - format: 5.1
    groups: [drums]
    routes:
      - {stem: a, to: C, groups: [drums]}
      - {stem: b, to: LFE, gain: -10, lowpass: 120, groups: [low]}
objects:
  - {stem: a, gain: 4, groups: [low, drums], position: {azimuth: 0}}
  - {stem: b, groups: [other], name: o, position: {azimuth: 0}}
  - {stem: b, name: p, groups: [undeclared], position: {azimuth: 0}}
";

fn sources(timeline: &Timeline) -> Vec<LaneSource> {
    timeline.lanes.iter().flat_map(|lane| lane.sources.clone()).collect()
}

#[test]
fn a_member_gets_the_gains_of_all_its_groups_each_once() {
    let timeline = timeline(MEMBERS, &[stem(1, 48_000), stem(1, 48_000)]);
    let gains: Vec<f64> =
        sources(&timeline).iter().map(|source| 20.0 * source.gain.0.log10()).collect();
    // Stem, route or object, and groups, summed by hand.
    let expected = [-1.0 - 2.0, -10.0 - 2.0 - 3.5, -1.0 + 4.0 - 3.5 - 2.0, 20.0, 0.0];
    assert_eq!(gains.len(), expected.len());
    for (gain, expected) in gains.iter().zip(expected) {
        assert!((gain - expected).abs() < 1e-9, "{gains:?}");
    }
    assert!(sources(&timeline).iter().all(|source| source.envelope.is_none()));
}

/// Decibels at a time: still before the first keyframe, then share 3t² − 2t³ or t of the way.
fn twin_db(keys: &[(f64, f64, bool)], seconds: f64) -> f64 {
    let Some(after) = keys.iter().position(|key| key.0 > seconds) else {
        return keys.last().unwrap().1;
    };
    let Some(before) = after.checked_sub(1) else { return 0.0 };
    let ((t0, a, _), (t1, b, smooth)) = (keys[before], keys[after]);
    let t = (seconds - t0) / (t1 - t0);
    a + (b - a) * if smooth { t * t * (3.0 - 2.0 * t) } else { t }
}

#[test]
fn gains_over_time_multiply_within_a_twentieth_of_a_decibel() {
    let text = "cupola: 1
stems: {a: {file: a.wav}}
groups:
  x: {gain: -2, automation: [{at: 0, gain: 0}, {at: 4, gain: -30, curve: smooth}, {at: 9, gain: 3}]}
  y: {automation: [{at: 1, gain: 0}, {at: 6.5, gain: -12}, {at: 7, gain: 6, curve: smooth}]}
objects:
  - {stem: a, groups: [x, y], position: {azimuth: 0}}
  - {stem: a, groups: [y, x], name: b, position: {azimuth: 9}}
  - {stem: a, groups: [y], name: c, position: {azimuth: 9}}
";
    let timeline = timeline(text, &[stem(1, 480_000)]);
    let sources = sources(&timeline);
    let envelopes: Vec<_> = sources.iter().map(|source| source.envelope.clone().unwrap()).collect();
    assert_eq!(envelopes[0], envelopes[1], "the order of groups means nothing");
    assert!((sources[0].gain.0 - 10_f64.powf(-0.1)).abs() < 1e-12);
    let x = [(0.0, 0.0, false), (4.0, -30.0, true), (9.0, 3.0, false)];
    let y = [(1.0, 0.0, false), (6.5, -12.0, false), (7.0, 6.0, true)];
    let mut random = Random(3);
    for _ in 0..5000 {
        let frame = random.below(480_000);
        let seconds = frame as f64 / 48_000.0;
        let db = |i: usize| 20.0 * envelopes[i].gain_at(FrameIndex(frame)).0.log10();
        let (y, x) = (twin_db(&y, seconds), twin_db(&x, seconds));
        assert!((db(0) - (x + y)).abs() <= 0.05, "{seconds} s: {} for {}", db(0), x + y);
        assert!((db(2) - y).abs() <= 0.05, "{seconds} s: {} for {y}", db(2));
    }
    assert!(envelopes[0].points().len() < 60, "{} points", envelopes[0].points().len());
}

#[test]
fn what_is_odd_about_groups_is_said() {
    let frame = |group: &str| {
        format!(
            "cupola: 1\nstems: {{a: {{file: a.wav}}}}\ngroups:\n  {group}\nobjects: [{{stem: a, \
             groups: [drums], position: {{azimuth: 0}}}}]\n"
        )
    };
    let facts = [stem(1, 48_000)];
    let warning =
        |group: &str, rule: &str| assert_found(&frame(group), &facts, rule, Severity::Warning);
    let empty = warning("¦drum: {gain: -2}", "scene.group.empty");
    assert_eq!(empty.hint, "did you mean `drums`?");
    warning(
        "drums: {automation: [{at: 0, gain: 0}, {at: ¦1.5, gain: -3}]}",
        "scene.keyframe.after_end",
    );
    let jump = frame("drums: {automation: [{at: ¦0.5, gain: -3}]}");
    assert_found(&jump, &facts, "scene.keyframe.jump", Severity::Note);
    let twice = frame("drums: {automation: [{at: 0.5, gain: 0}, {at: ¦0.5, gain: -3}]}");
    assert_found(&twice, &facts, "scene.keyframe.twice", Severity::Error);
}

#[test]
fn groups_need_no_entry_to_be_listed() {
    assert_eq!(scene(MEMBERS).groups(), ["drums", "low", "other", "undeclared"]);
}
