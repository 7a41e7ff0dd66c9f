//! Beds of ambisonic components.

use super::{all_findings, assert_found, stem, timeline};
use cupola_model::{AmbisonicBed, BinauralMode, Item, Severity};
use cupola_scene::{ItemSound, compose};

/// A scene with one such bed, of stems `a` and `b`.
fn text(bed: &str) -> String {
    format!("cupola: 1\nstems:\n  a: {{file: a.wav}}\n  b: {{file: b.wav}}\nbeds:\n  - {bed}\n")
}

fn bed(body: &str, channels: [u16; 2]) -> (AmbisonicBed, Vec<Vec<(String, u16)>>) {
    let facts = channels.map(|count| stem(count, 48_000));
    let timeline = timeline(&text(body), &facts);
    timeline.validate().unwrap();
    let source = |lane: &cupola_model::Lane| {
        let of = |s: &cupola_model::LaneSource| (timeline.stems[s.stem.0].name.clone(), s.channel);
        lane.sources.iter().map(of).collect()
    };
    let lanes = timeline.lanes.iter().map(source).collect();
    let Item::Ambisonic(bed) = &timeline.items[0] else { panic!("an ambisonic bed") };
    (bed.clone(), lanes)
}

fn numbers(bed: &AmbisonicBed) -> Vec<usize> {
    bed.channels.iter().map(|channel| channel.number).collect()
}

#[test]
fn a_stem_of_all_components_is_a_bed_of_its_order() {
    for (format, channels, scale, order) in [
        ("ambix", 4, "SN3D", 1),
        ("ambix", 64, "SN3D", 7),
        ("n3d", 16, "N3D", 3),
        ("fuma", 9, "FuMa", 2),
    ] {
        let body = format!(
            "{{name: Air, format: {format}, binaural: far, groups: [g], routes: [{{stem: a}}]}}"
        );
        let (bed, lanes) = bed(&body, [channels, 1]);
        assert_eq!((bed.name.as_str(), bed.scale.name(), bed.order()), ("Air", scale, order));
        assert_eq!((bed.binaural, bed.groups.as_slice()), (BinauralMode::Far, &["g".into()][..]));
        assert_eq!(numbers(&bed), (0..usize::from(channels)).collect::<Vec<_>>());
        let of: Vec<u16> = lanes.iter().map(|lane| lane[0].1).collect();
        // FuMa has W X Y Z R S T U V where the numbers have W Y Z X V T R S U.
        let expected = match format {
            "fuma" => vec![0, 2, 3, 1, 8, 6, 4, 5, 7],
            _ => (0..channels).collect(),
        };
        assert_eq!(of, expected, "{format}");
    }
}

#[test]
fn components_may_come_one_by_one_and_need_not_all_be_there() {
    let (bed, lanes) = bed(
        "{format: ambix, routes: [{stem: a, to: [X, W]}, {stem: b, to: ACN5}, {stem: a, channel: 2, to: Y}]}",
        [2, 1],
    );
    assert_eq!(numbers(&bed), [0, 1, 3, 5]);
    let of = |stem: &str, channel| vec![(stem.to_owned(), channel)];
    assert_eq!(lanes, [of("a", 1), of("a", 1), of("a", 0), of("b", 0)]);
}

#[test]
fn what_is_wrong_with_a_field_is_said_where_it_is() {
    for (body, channels, rule) in [
        ("{format: ambix, routes: [¦{stem: a}]}", 5, "scene.route.target"),
        ("{format: ambix, routes: [¦{stem: a}]}", 1, "scene.route.target"),
        ("{format: fuma, routes: [¦{stem: a}]}", 25, "scene.route.target"),
        ("{format: n3d, routes: [{stem: a, to: ¦[W, Y]}]}", 3, "scene.route.target"),
        ("{format: n3d, routes: [¦{stem: a, channel: 1}]}", 4, "scene.route.target"),
        ("{format: n3d, routes: [{stem: a, to: ¦L}]}", 1, "scene.bed.label"),
        ("{format: n3d, routes: [{stem: a, to: ¦ACN64}]}", 1, "scene.bed.label"),
        ("{format: n3d, routes: [{stem: a, to: ¦ACN-1}]}", 1, "scene.bed.label"),
        ("{format: fuma, routes: [{stem: a, to: ¦ACN16}]}", 1, "scene.bed.label"),
        ("{format: ambix, routes: [{stem: a, to: [W, ¦ACN0]}]}", 2, "scene.key.duplicate"),
        ("{format: ambix, routes: [{stem: a, to: ¦[]}]}", 1, "scene.value.empty"),
        ("{format: ambix, routes: [{stem: a, to: ¦{W: -3}}]}", 1, "scene.value.type"),
        ("{format: ambix, routes: [{stem: a, split: ¦7.1.4}]}", 12, "scene.route.split"),
        ("{format: 5.1, routes: [{stem: a, to: ¦W}]}", 1, "scene.bed.label"),
    ] {
        let body = text(body).replace("  b: {file: b.wav}\n", "");
        assert_found(&body, &[stem(channels, 48_000)], rule, Severity::Error);
    }
    let nothing = "cupola: 1\nend: 1 s\nbeds:\n  - ¦{format: ambix}\n";
    assert_found(nothing, &[], "scene.route.target", Severity::Error);
}

#[test]
fn what_is_muted_stays_a_component_that_is_silent() {
    let text = text("{format: ambix, groups: [air], routes: [{stem: a}]}")
        + "objects: [{stem: b, position: {azimuth: 0}}]\nversions: {dry: {mute: [air]}}\n";
    let facts = [4, 1].map(|count| stem(count, 48_000));
    let mut scene = super::scene(&text);
    scene.choose_version("dry").unwrap();
    let timeline = scene.resolve(&facts).value.unwrap();
    assert_eq!(
        timeline.lanes.iter().map(|lane| lane.sources.len()).collect::<Vec<_>>(),
        [0, 0, 0, 0, 1]
    );
}

#[test]
fn a_padded_scene_pads_its_bed_of_loudspeakers() {
    let text = text("{format: ambix, routes: [{stem: a}]}")
        .replace("stems:", "pad_bed: 7.1.2\nstems:")
        + "  - {format: 5.1, routes: [{stem: b, to: C}]}\n";
    let facts = [4, 1].map(|count| stem(count, 48_000));
    let timeline = timeline(&text, &facts);
    let tracks: Vec<usize> = timeline.items.iter().map(|item| item.tracks().count()).collect();
    assert_eq!(tracks, [4, 10]);
}

#[test]
fn a_field_that_is_written_as_a_scene_is_read_again_as_it_was() {
    let facts = [4, 1].map(|count| stem(count, 48_000));
    let body = "{name: Air, format: n3d, binaural: near, groups: [g], routes: [{stem: a, to: [W, X, ACN15, Y]}]}";
    let before = timeline(&text(body), &facts);
    for gains in [[1.0; 4], [1.0, 0.5, 1.0, 0.25]] {
        let gains: Vec<_> = gains.map(cupola_model::LinearGain).into();
        let sound = ItemSound { stem: "air".into(), file: "air.wav".into(), gains: gains.clone() };
        let composed = compose(&before, &[sound], "", 0.0);
        assert!(all_findings(&composed.text, &facts[..1]).is_empty(), "{}", composed.text);
        let after = timeline(&composed.text, &facts[..1]);
        assert_eq!(after.items, before.items, "{}", composed.text);
        for ((number, lane), gain) in (0..).zip(&after.lanes).zip(gains) {
            let source = &lane.sources[0];
            assert_eq!((lane.sources.len(), source.channel), (1, number));
            assert!((source.gain.0 - gain.0).abs() < 1e-6, "{}", composed.text);
        }
    }
}
