//! What objects are told besides place, level and size.

use super::{all_findings, stem, timeline};
use cupola_model::{
    Divergence, HorizontalEdge, ObjectFeatures, PolarPosition, Position, RoomPosition, Screen,
    ScreenEdgeLock, Severity, Snap, Timeline, VerticalEdge, ZoneBox, ZoneSet, Zones,
};

fn objects(keys: &str, position: &str) -> Timeline {
    let text = format!(
        "cupola: 1\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, {keys}, position: {position}}}\n"
    );
    let channels = if keys.contains("pair") { 2 } else { 1 };
    timeline(&text, &[stem(channels, 48_000)])
}

fn features(keys: &str) -> ObjectFeatures {
    let timeline = objects(keys, "{x: 0, y: 1}");
    timeline.objects().next().unwrap().features.clone()
}

#[test]
fn each_key_becomes_the_feature_it_names_and_no_other() {
    let plain = ObjectFeatures::default;
    let zones = |zones| ObjectFeatures { zones, ..plain() };
    let set = |set| Zones { set: Some(set), ..Zones::default() };
    let (min, max) = ([-1.0, -1.0, -1.0], [1.0, -0.5, 0.25]);
    let held = |horizontal, vertical| ObjectFeatures {
        screen_edge: ScreenEdgeLock { horizontal, vertical },
        ..plain()
    };
    let boxes =
        vec![ZoneBox { min, max: [1.0, -0.5, 1.0] }, ZoneBox { min: [-1.0, -1.0, 0.0], max }];
    for (keys, wanted) in [
        ("gain: 0", plain()),
        ("snap: false, zones: [], diffuse: 0, importance: 10", plain()),
        ("snap: true", ObjectFeatures { snap: Some(Snap { within: None }), ..plain() }),
        (
            "snap: {within: 0.5}",
            ObjectFeatures { snap: Some(Snap { within: Some(0.5) }), ..plain() },
        ),
        ("zones: no-back", zones(set(ZoneSet::NoBack))),
        ("zones: [no-sides]", zones(set(ZoneSet::NoSides))),
        ("zones: centre-back", zones(set(ZoneSet::CentreBack))),
        ("zones: surround-only", zones(set(ZoneSet::SurroundOnly))),
        ("zones: no-heights", zones(Zones { no_heights: true, ..Zones::default() })),
        (
            "zones: [no-heights, screen-only]",
            zones(Zones { no_heights: true, ..set(ZoneSet::ScreenOnly) }),
        ),
        (
            "zones: [{y: [-1, -0.5]}, {x: [-1, 1], y: [-1, -0.5], z: [0, 0.25]}]",
            zones(Zones { boxes, ..Zones::default() }),
        ),
        (
            "divergence: {value: 0.5, width: 1.5}",
            ObjectFeatures { divergence: Some(Divergence { value: 0.5, width: 1.5 }), ..plain() },
        ),
        ("diffuse: 0.3", ObjectFeatures { diffuse: 0.3, ..plain() }),
        ("importance: 4", ObjectFeatures { importance: 4, ..plain() }),
        ("head_locked: true", ObjectFeatures { head_locked: true, ..plain() }),
        ("screen_ref: true", ObjectFeatures { screen_ref: true, ..plain() }),
        ("screen_ref: false, screen_edge: []", plain()),
        ("screen_edge: right", held(Some(HorizontalEdge::Right), None)),
        ("screen_edge: [bottom]", held(None, Some(VerticalEdge::Bottom))),
        ("screen_edge: [top, left]", held(Some(HorizontalEdge::Left), Some(VerticalEdge::Top))),
    ] {
        assert_eq!(features(keys), wanted, "{keys}");
    }
}

#[test]
fn the_screen_of_a_scene_is_the_usual_one_unless_it_says_otherwise() {
    let screen = |keys: &str| {
        let text = format!(
            "cupola: 1\n{keys}\nstems: {{a: {{file: a.wav}}}}\nobjects: [{{stem: a, position: {{azimuth: 0}}}}]\n"
        );
        timeline(&text, &[stem(1, 48_000)]).screen
    };
    let polar = |a, e| Position::Polar(PolarPosition::on_sphere(a, e));
    let usual = Screen { aspect_ratio: 1.78, centre: polar(0.0, 0.0), width: 58.0 };
    assert_eq!((screen(""), screen("screen: {}")), (usual, usual));
    let wanted = Screen { centre: polar(5.0, -10.0), width: 40.0, ..usual };
    assert_eq!(screen("screen: {position: {azimuth: 5, elevation: -10}, width: 40}"), wanted);
    let centre = Position::Room(RoomPosition { x: 0.0, y: 1.0, z: 0.25 });
    let wanted = Screen { aspect_ratio: 2.39, centre, width: 1.5 };
    let room = "screen: {position: {x: 0, y: 1, z: 0.25}, width: 1.5, aspect: 2.39}";
    assert_eq!(screen(room), wanted);
}

#[test]
fn a_screen_around_the_listener_is_refused_at_its_place() {
    for screen in [
        "{position: {azimuth: 180}}",
        "{position: {elevation: 80}}",
        "{position: {x: 0, y: -1}, width: 1}",
    ] {
        let text = format!(
            "cupola: 1\nscreen: {screen}\nstems: {{a: {{file: a.wav}}}}\nobjects: [{{stem: a, position: {{azimuth: 0}}}}]\n"
        );
        let findings = all_findings(&text, &[stem(1, 48_000)]);
        let finding = findings.iter().find(|f| f.rule == "scene.screen");
        let place = finding.map(|f| (f.place.line, f.place.column));
        assert_eq!(place, Some((2, 9)), "{screen}: {findings:?}");
    }
}

#[test]
fn both_objects_of_a_pair_have_the_features_and_a_width_is_degrees_for_directions() {
    let timeline = objects(
        "pair: {width: 60}, snap: true, divergence: {value: 1, width: 120}",
        "{azimuth: 0}",
    );
    let all: Vec<_> = timeline.objects().map(|o| &o.features).collect();
    assert_eq!(all.len(), 2);
    for features in all {
        assert_eq!(features.snap, Some(Snap::default()));
        assert_eq!(features.divergence, Some(Divergence { value: 1.0, width: 120.0 }));
    }
}

#[test]
fn wrong_zones_are_refused_with_what_was_probably_meant() {
    for (zones, rule, said) in [
        ("no-bakc", "scene.value.word", "did you mean `no-back`?"),
        ("[screen-only, no-back]", "scene.key.conflict", "no-heights beside it"),
        ("[{}]", "scene.value.empty", "{y: [-1, -0.5]}"),
        ("[{a: [0, 1]}]", "scene.key.unknown", "x, y, z"),
        ("[{x: [0, 1, 2]}]", "scene.value.type", "[-1, -0.5]"),
        ("[{x: 0.5}]", "scene.value.type", "[-1, -0.5]"),
        ("[{x: [0.5, 0]}]", "scene.value.range", "did you mean [0, 0.5]?"),
        ("[[no-back]]", "scene.value.type", "no-heights"),
    ] {
        let text = format!(
            "cupola: 1\nstems: {{a: {{file: a.wav}}}}\nobjects: [{{stem: a, zones: {zones}, position: {{azimuth: 0}}}}]\n"
        );
        let findings = all_findings(&text, &[stem(1, 48_000)]);
        let errors: Vec<_> = findings.iter().filter(|f| f.severity == Severity::Error).collect();
        let finding = errors.first().unwrap_or_else(|| panic!("{zones} is accepted"));
        assert_eq!(finding.rule, rule, "{zones}: {findings:?}");
        assert!(finding.to_string().contains(said), "{zones}: {finding}");
    }
    let many = vec!["{y: [0, 1]}"; 101].join(", ");
    let text = format!(
        "cupola: 1\nstems: {{a: {{file: a.wav}}}}\nobjects: [{{stem: a, zones: [{many}], position: {{azimuth: 0}}}}]\n"
    );
    assert!(all_findings(&text, &[stem(1, 48_000)]).iter().any(|f| f.rule == "scene.value.range"));
}
