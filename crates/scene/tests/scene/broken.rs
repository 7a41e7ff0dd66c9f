//! Texts that are no scene at all: each is refused with a place, without a panic, in time.

use super::{assert_found, stem, unmark};
use cupola_model::Severity;
use cupola_scene::parse_scene;
use std::time::{Duration, Instant};

/// Text with the place of the first finding marked, and its rule.
const TEXTS: &[(&str, &str)] = &[
    ("¦", "scene.yaml.syntax"),
    ("¦# only a comment\n", "scene.yaml.syntax"),
    ("¦hello", "scene.value.type"),
    ("¦- cupola: 1\n", "scene.value.type"),
    ("¦title: x\n", "scene.key.missing"),
    ("cupola: 1\nstems:\n\t¦a: 1\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: a¦: b\n", "scene.yaml.syntax"),
    ("cupola: 1\nstems: {a: {file: a.wav}\n¦objects: []\n", "scene.yaml.syntax"),
    ("cupola: 1\nstems:\n  a: {file: x}\n ¦b: {file: y}\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: a¦\0b\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: ¦*nobody\n", "scene.yaml.syntax"),
    ("cupola: 1\nstems: &a {x: ¦*a}\n", "scene.yaml.syntax"),
    ("cupola: 1\n¦---\ncupola: 1\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: a\n¦title: b\n", "scene.key.duplicate"),
    ("cupola: 1\ntitle: !word ¦x\n", "scene.yaml.tag"),
    ("cupola: 1\nstems: {a: {file: a.wav, ¦file: b.wav}}\n", "scene.key.duplicate"),
    ("cupola: 1\nstems: {a: {file: a.wav}, ¦a: {file: b.wav}}\n", "scene.key.duplicate"),
    ("cupola: 1\nöüß: 1, ¦: 2\n", "scene.yaml.syntax"),
];

#[test]
fn every_broken_text_is_refused_at_its_place() {
    for (marked, rule) in TEXTS {
        let (text, line, column) = unmark(marked);
        let checked = parse_scene(&text, "s.yaml");
        assert!(checked.value.is_none(), "{marked:?} was accepted");
        let found = &checked.findings[0];
        assert_eq!(found.rule, *rule, "{marked:?}: {found}");
        let place = (found.place.line, found.place.column);
        assert_eq!(place, (line, column), "{marked:?}: {found}");
        assert!(!found.hint.is_empty() || !found.allowed.is_empty() || !found.found.is_empty());
    }
}

#[test]
fn a_repeated_key_is_shown_with_its_path_and_its_first_line() {
    let text = "cupola: 1\nstems:\n  a:\n    file: a.wav\n    ¦file: b.wav\n";
    let found = assert_found(text, &[], "scene.key.duplicate", Severity::Error);
    assert_eq!(found.place.path, "stems.a.file");
    assert!(found.hint.contains("line 4"), "{found}");
}

/// The time a text of any content may take; debug builds on busy machines get ten times as much.
fn refused_in_time(text: &str, rule: &str) {
    let start = Instant::now();
    let checked = parse_scene(text, "s.yaml");
    let took = start.elapsed();
    assert!(checked.value.is_none(), "it was accepted");
    assert!(checked.findings.iter().any(|f| f.rule == rule), "{:?}", checked.findings.first());
    assert!(checked.findings.iter().all(|f| !f.place.file.is_empty()));
    assert!(checked.findings.len() <= 1001);
    assert!(took < Duration::from_secs(10), "it took {took:?}");
}

#[test]
fn what_is_too_much_is_refused_in_time() {
    let bomb: String = (0..9)
        .map(|i| format!("a{}: &a{} [{}]\n", i + 1, i + 1, vec![format!("*a{i}"); 10].join(",")))
        .collect();
    refused_in_time(&format!("a0: &a0 [x]\n{bomb}"), "scene.yaml.limit");
    let chain: String = (0..50_000).map(|i| format!("a{}: &a{} [*a{i}]\n", i + 1, i + 1)).collect();
    refused_in_time(&format!("a0: &a0 [x]\n{chain}"), "scene.yaml.limit");
    let merges: String = (0..2000).map(|i| format!("m{i}: {{<<: [*b, *b]}}\n")).collect();
    let base: String = (0..1000).map(|i| format!("k{i}: x, ")).collect();
    refused_in_time(&format!("b: &b {{{base}}}\n{merges}"), "scene.yaml.limit");
    refused_in_time(&format!("a: {}", "[".repeat(5_000_000)), "scene.yaml.syntax");
    let blocks: String = (0..1000).map(|i| format!("{}a:\n", " ".repeat(i))).collect();
    refused_in_time(&blocks, "scene.yaml.limit");
    refused_in_time(&"x".repeat(11 * 1024 * 1024), "scene.yaml.limit");
}

#[test]
fn ten_megabytes_of_mistakes_are_refused_in_time() {
    let start = "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n";
    let line = "  - {stm: b, stem: bb, position: {azimut: 200}, gain: x}\n";
    let text = start.to_owned() + &line.repeat(10_000_000 / line.len());
    refused_in_time(&text, "scene.findings.more");
    let many: String = (0..300_000).map(|i| format!("  k{i}: {{file: x}}\n")).collect();
    refused_in_time(&format!("cupola: 1\nstems:\n{many}"), "scene.programme.empty");
}

#[test]
fn a_byte_order_mark_and_windows_line_ends_change_nothing() {
    let text =
        "cupola: 1\nstems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, position: {azimuth: 30}}\n";
    let windows = format!("\u{feff}{}", text.replace('\n', "\r\n"));
    let facts = [stem(1, 100)];
    let plain = super::timeline(text, &facts);
    assert_eq!(super::timeline(&windows, &facts), plain);
    let bad = "\u{feff}cupola: 1\r\ntitle: x\r\nends: ¦3\r\n";
    let (bad, ..) = unmark(bad);
    let found = &parse_scene(&bad, "s.yaml").findings[0];
    assert_eq!((found.place.line, found.place.column), (3, 1), "{found}");
    assert_eq!(found.hint, "did you mean `end`?");
}

#[test]
fn anchors_aliases_and_merge_keys_work() {
    let text = "cupola: 1
stems: {a: {file: a.wav}, b: {file: b.wav}}
objects:
  - &usual {stem: a, position: {azimuth: 30, elevation: 10}, size: 0.2}
  - {<<: *usual, stem: b, name: Other}
";
    let timeline = super::timeline(text, &[stem(1, 100), stem(1, 100)]);
    let objects: Vec<_> = timeline.objects().collect();
    assert_eq!(objects[1].name, "Other");
    assert_eq!(objects[0].automation, objects[1].automation);
    assert_ne!(timeline.lanes[0].sources[0].stem, timeline.lanes[1].sources[0].stem);
}

#[test]
fn a_decimal_comma_is_recognised_in_both_styles() {
    let flow = "cupola: 1\nstems: {a: {file: a.wav, gain: -1,¦5}}\n";
    let found = assert_found(flow, &[], "scene.key.unknown", Severity::Error);
    assert!(found.hint.contains("with a point"), "{found}");
    let block = "cupola: 1\nstems:\n  a:\n    file: a.wav\n    gain: ¦-1,5\n";
    let found = assert_found(block, &[], "scene.value.number", Severity::Error);
    assert_eq!(found.hint, "did you mean `-1.5`?");
}

#[test]
fn findings_read_like_sentences() {
    let text = "cupola: 1\nstems: {drums: {file: d.wav}}\nobjects:\n  - {stem: drum, position: {azimuth: 200}, sise: 1}\n";
    let shown: Vec<_> =
        parse_scene(text, "s.yaml").findings.iter().map(ToString::to_string).collect();
    assert_eq!(
        shown,
        [
            "s.yaml:4:12 objects[0].stem: error: there is no such stem: found drum, allowed drums; did you mean `drums`? [scene.stem.unknown]",
            "s.yaml:4:38 objects[0].position.azimuth: error: azimuth is out of range: found 200, allowed -180 to 180; did you mean -160? [scene.value.range]",
            "s.yaml:4:44 objects[0].sise: error: there is no such key here: found sise, allowed name, stem, position, gain, size, binaural, groups, automation, path, channel, fold, pair; did you mean `size`? [scene.key.unknown]",
        ]
    );
}
