//! Paths that cannot be gone, and how paths and keyframes share an object.

use super::{assert_found, object, stem, timeline};
use cupola_model::{FrameIndex, Severity};

/// Marked paths and their rules.
const WRONG: &[(&str, &str)] = &[
    ("path: ¦{}", "scene.key.missing"),
    (
        "path: ¦{orbit: {period: 1}, line: {duration: 1, from: {azimuth: 0}, to: {azimuth: 1}}}",
        "scene.key.conflict",
    ),
    ("path: {¦orbits: {period: 1}}", "scene.key.unknown"),
    ("path: {orbit: ¦{elevation: 3}}", "scene.key.missing"),
    ("path: {orbit: {period: ¦-1 s}}", "scene.value.time"),
    ("path: {orbit: {period: ¦bar 9}}", "scene.value.time"),
    ("path: {orbit: {period: ¦8 bars}}", "scene.time.no_tempo"),
    ("path: {orbit: {period: 1, repeats: 2, until: ¦5}}", "scene.key.conflict"),
    ("path: {orbit: {period: 1, repeats: ¦100001}}", "scene.value.range"),
    ("path: {orbit: {period: 1, elevation: ¦3, radius: 1}}", "scene.position.mixed"),
    ("path: {orbit: ¦{period: 1, x: 0.5, radius: 0.6}}", "scene.path.outside"),
    ("path: {arc: ¦{duration: 1, from: {azimuth: 90}, to: {azimuth: -90}}}", "scene.path.opposite"),
    ("path: {arc: ¦{duration: 1, from: {x: 0, y: 1}, to: {x: 1}}}", "scene.position.mixed"),
    ("path: {line: {duration: 1, from: {x: 0, y: 1}, to: {azimuth: ¦1}}}", "scene.position.mixed"),
    ("path: {line: ¦{duration: 1, from: {azimuth: 1}}}", "scene.key.missing"),
    ("path: {line: {duration: 1, from: ¦{x: 1}, to: {x: 1, y: 1}}}", "scene.key.missing"),
    ("path: {spiral: ¦{duration: 1, from: {azimuth: 1}, to: {azimuth: 2}}}", "scene.key.missing"),
    (
        "path: {spiral: ¦{duration: 1, turns: 1, from: {x: 1, y: 1}, to: {x: 0, y: 0}}}",
        "scene.path.outside",
    ),
    ("path: {orbit: {period: 1}}, position: ¦{azimuth: 0}", "scene.key.conflict"),
    ("path: {orbit: {period: 1}}, automation: [{at: ¦0, azimuth: 0}]", "scene.key.conflict"),
];

#[test]
fn paths_that_cannot_be_gone_are_refused_at_their_place() {
    for (body, rule) in WRONG {
        let text = format!(
            "cupola: 1\nend: 9\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, {body}}}\n"
        );
        assert_found(&text, &[stem(1, 10)], rule, Severity::Error);
    }
}

#[test]
fn more_cycles_than_fit_are_refused_in_time() {
    for path in [
        "orbit: {period: 1 samples}",
        "orbit: {period: 1e-9}",
        "orbit: {period: 0.001 beats, start: bar 2}",
    ] {
        let text = format!(
            "cupola: 1\nend: 24:00:00\ntempo: {{bpm: 999}}\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - ¦{{stem: a, path: {{{path}}}}}\n"
        );
        let begin = std::time::Instant::now();
        assert_found(&text, &[stem(1, 10)], "scene.limit.points", Severity::Error);
        assert!(begin.elapsed().as_secs() < 5, "{path} took {:?}", begin.elapsed());
    }
}

#[test]
fn gain_and_size_go_their_own_way_beside_a_path() {
    let object = object(
        "path: {orbit: {period: 10 s, elevation: 20}}, size: 0.2, automation: [{at: 0, gain: 0}, {at: 20, gain: -20, size: 0.5}]",
    );
    let state = object.automation.state_at(FrameIndex(480_000 + 120_000));
    let polar = state.position.to_polar();
    assert!((polar.azimuth_deg - 90.0).abs() <= 0.25 && polar.elevation_deg == 20.0, "{polar:?}");
    assert!((20.0 * state.gain.0.log10() + 12.5).abs() <= 0.05, "{state:?}");
}

#[test]
fn a_pair_goes_along_a_path_together_and_is_told_of_the_walls() {
    let text = "cupola: 1
stems: {a: {file: a.wav}}
objects:
  - {stem: a, pair: ¦{width: 1}, path: {orbit: {period: 2 s, radius: 0.9}}}
";
    assert_found(text, &[stem(2, 48_000)], "scene.pair.clipped", Severity::Note);
    let text = text.replace('¦', "").replace("0.9", "0.5");
    let timeline = timeline(&text, &[stem(2, 96_000)]);
    for frame in (0..96_000).step_by(991) {
        let x = timeline
            .objects()
            .map(|o| o.automation.state_at(FrameIndex(frame)).position.to_room().x);
        let x: Vec<_> = x.collect();
        assert!((x[1] - x[0] - 1.0).abs() <= 0.01, "{x:?} at {frame}");
    }
}
