//! Texts that are no scene at all: each is refused with a place, without a panic, in time.

use super::{assert_found, stem, unmark};
use cupola_model::Severity;
use cupola_scene::parse_scene;
use std::time::{Duration, Instant};

/// Text with the place of the first finding marked, and its rule.
#[rustfmt::skip]
const TEXTS: &[(&str, &str)] = &[
    ("¦", "scene.yaml.syntax"),
    ("¦# only a comment\n", "scene.yaml.syntax"),
    ("¦hello", "scene.value.type"),
    ("¦- cupola: 1\n", "scene.value.type"),
    ("¦title: x\n", "scene.key.missing"),
    ("cupola: 1\nstems:\n¦\ta: 1\n", "scene.yaml.syntax"),
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
    // Syntax.
    ("cupola: 1\nobjects: ¦]\n", "scene.yaml.syntax"),
    ("cupola: 1\nobjects: ¦[a, b\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: ¦\"open\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: ¦'open\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: ¦\"a \\q b\"\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: ¦@home\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: ¦`home`\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: ¦%home\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: a\n  b¦: c\n", "scene.yaml.syntax"),
    ("cupola: 1\n  title¦: a\n", "scene.yaml.syntax"),
    ("cupola: 1\n- ¦a\n", "scene.yaml.syntax"),
    ("cupola: 1\nobjects:\n  - a\n ¦- b\n", "scene.yaml.syntax"),
    ("cupola: 1\n¦title \nartist: b\n", "scene.yaml.syntax"),
    ("cupola: 1\nobjects: [{stem: a position¦: b}]\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: ¦a\u{7}b\n", "scene.yaml.syntax"),
    ("cupola: 1\n...\n¦cupola: 1\n", "scene.yaml.syntax"),
    ("¦%YAML 3.0\n---\nx: 1\n", "scene.yaml.syntax"),
    ("cupola: 1\nx: ¦& 1\n", "scene.yaml.syntax"),
    ("cupola: 1\ntitle: &a ¦&b x\n", "scene.yaml.syntax"),
    ("cupola: 1\n¦\ttitle: x\n", "scene.yaml.syntax"),
    ("cupola: 1\nstems:\n  a: {file: a.wav}\n¦\tb: {file: b.wav}\n", "scene.yaml.syntax"),
    ("\u{feff}cupola: 1\r\nstems:\r\n¦\ta: 1\r\n", "scene.yaml.syntax"),
    ("¦\0", "scene.yaml.syntax"),
    // Shape.
    ("¦7", "scene.value.type"),
    ("¦[cupola, 1]", "scene.value.type"),
    ("¦~", "scene.value.empty"),
    ("¦{}", "scene.key.missing"),
    ("¦Cupola: 1\n", "scene.key.missing"),
    ("cupola: ¦{}\n", "scene.value.type"),
    ("cupola: ¦1.0\n", "scene.version"),
    ("¦cupola:\n", "scene.value.empty"),
    ("cupola: 1\n? ¦[a, b]\n: c\n", "scene.value.type"),
    ("cupola: 1\n¦{a: b}: c\n", "scene.value.type"),
    ("cupola: 1\nobjects: [¦null]\n", "scene.value.empty"),
    ("cupola: 1\nobjects: [¦[]]\n", "scene.value.type"),
    ("cupola: 1\nbeds: [{format: 5.1, routes: [¦drums]}]\n", "scene.value.type"),
    ("cupola: 1\n<<: ¦7\n", "scene.value.type"),
    ("cupola: 1\n<<: [¦a]\n", "scene.value.type"),
    ("cupola: 1\nstems: !!map ¦{}\n", "scene.yaml.tag"),
    ("cupola: 1\ntitle: !!str ¦x\n", "scene.yaml.tag"),
    // Names and references.
    ("cupola: 1\nstems: {¦'': {file: a.wav}}\n", "scene.value.empty"),
    ("cupola: 1\nstems: {¦\"a\\tb\": {file: a.wav}}\n", "scene.value.text"),
    ("cupola: 1\nstems: {a: {file: a.wav}}\nobjects: [{stem: ¦b, position: {azimuth: 0}}]\n", "scene.stem.unknown"),
    ("cupola: 1\nstems: {a: {file: a.wav}}\nobjects: [{stem: a, position: {azimuth: 0}, ¦Name: x}]\n", "scene.key.unknown"),
    ("cupola: 1\n¦Stems: {}\n", "scene.key.unknown"),
    ("cupola: 1\n¦null: x\n", "scene.key.unknown"),
    ("cupola: 1\n¦tempos: {bpm: 120}\n", "scene.key.unknown"),
    // Order and meaning.
    ("cupola: 1\ntempo: [{bpm: 120}, {at: bar 9, bpm: 90}, {at: ¦bar 5, bpm: 80}]\n", "scene.tempo.order"),
    ("cupola: 1\ntempo: [{at: ¦bar 2, bpm: 120}]\n", "scene.tempo.order"),
    ("cupola: 1\ntempo: {bpm: 120, ramp: ¦true}\n", "scene.key.conflict"),
    ("cupola: 1\ntempo: ¦[]\n", "scene.value.empty"),
    ("cupola: 1\nframe_rate: 29.97df\nstart_timecode: ¦01:01:00;00\n", "scene.value.timecode"),
    ("cupola: 1\nend: ¦24:00:01\n", "scene.value.range"),
    ("cupola: 1\nend: ¦25:00:00\n", "scene.value.range"),
    ("cupola: 1\nend: ¦0\n", "scene.programme.length"),
    ("cupola: 1\nend: ¦99999999999999999999999999 samples\n", "scene.value.range"),
    ("cupola: 1\nend: ¦1e300\n", "scene.value.range"),
    ("cupola: 1\nend: ¦bar 5\n", "scene.time.no_tempo"),
    ("cupola: 1\ntempo: {bpm: 120}\nend: ¦bar 0\n", "scene.value.range"),
    ("cupola: 1\ntempo: {bpm: 120}\nend: ¦bar 2 beat 5\n", "scene.value.range"),
    ("cupola: 1\noutputs: [{speakers: 5.1}, ¦{speakers: '5.1'}]\n", "scene.output.twice"),
    ("¦cupola: 1\n", "scene.programme.empty"),
];

#[test]
fn every_broken_text_is_refused_at_its_place() {
    let mut wrong = Vec::new();
    for (marked, rule) in TEXTS {
        let (text, line, column) = unmark(marked);
        let checked = parse_scene(&text, "s.yaml");
        assert!(checked.value.is_none(), "{marked:?} was accepted");
        let found = checked.findings.iter().find(|f| f.severity == Severity::Error).unwrap();
        if (found.rule, found.place.line, found.place.column) != (rule, line, column) {
            wrong.push(format!("{marked:?} wants {rule} at {line}:{column}: {found}"));
        }
        assert!(!found.hint.is_empty() || !found.allowed.is_empty() || !found.found.is_empty());
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn a_repeated_key_is_shown_with_its_path_and_its_first_line() {
    let text = "cupola: 1\nstems:\n  a:\n    file: a.wav\n    ¦file: b.wav\n";
    let found = assert_found(text, &[], "scene.key.duplicate", Severity::Error);
    assert_eq!(found.place.path, "stems.a.file");
    assert!(found.hint.contains("line 4"), "{found}");
}

/// A text of any content takes less than a second (`benches/scene.rs`); what takes ten times as long,
/// even on a busy machine, does not end.
const IN_TIME: Duration = Duration::from_secs(10);

/// What is wrong with the refusal of a text, if anything.
fn fault(text: &str, rule: &str) -> Option<String> {
    let start = Instant::now();
    let checked = parse_scene(text, "s.yaml");
    let took = start.elapsed();
    if checked.value.is_some() {
        return Some("it was accepted".to_owned());
    }
    let first = checked.findings.iter().find(|f| f.severity == Severity::Error).unwrap();
    assert!(checked.findings.len() <= 1001);
    assert!(checked.findings.iter().all(|f| !f.place.file.is_empty()));
    if took > IN_TIME {
        Some(format!("it took {took:?}"))
    } else if first.place.line == 0 || first.place.column == 0 {
        Some(format!("there is no place: {first}"))
    } else if checked.findings.iter().all(|f| !f.rule.starts_with(rule)) {
        Some(format!("not {rule} but {first}"))
    } else {
        None
    }
}

/// Texts that are too long to write out: what is wrong, the text, and a rule it must break.
#[rustfmt::skip]
fn large() -> Vec<(&'static str, String, &'static str)> {
    const HEAD: &str = "cupola: 1\nstems: {a: {file: a.wav}}\n";
    const OBJECT: &str = "objects:\n  - stem: a\n    position: {azimuth: 0}\n";
    let repeat = |line: &str, bytes: usize| line.repeat(bytes / line.len());
    let numbered = |count: usize, line: &dyn Fn(usize) -> String| -> String {
        (0..count).map(line).collect()
    };
    let tenfold = |i: usize| vec![format!("*a{i}"); 10].join(",");
    let nested = numbered(1000, &|i| format!("{}a:\n", " ".repeat(i)));
    vec![
        ("an alias bomb", format!("a0: &a0 [x]\n{}", numbered(9, &|i| format!("a{}: &a{} [{}]\n", i + 1, i + 1, tenfold(i)))), "scene.yaml.limit"),
        ("an alias bomb of mappings", format!("a0: &a0 {{x: 1}}\n{}", numbered(30, &|i| format!("a{}: &a{} {{l: *a{i}, r: *a{i}}}\n", i + 1, i + 1))), "scene.yaml.limit"),
        ("a chain of aliases", format!("a0: &a0 [x]\n{}", numbered(50_000, &|i| format!("a{}: &a{} [*a{i}]\n", i + 1, i + 1))), "scene.yaml.limit"),
        ("merges of merges", format!("b: &b {{{}}}\n{}", numbered(1000, &|i| format!("k{i}: x, ")), numbered(2000, &|i| format!("m{i}: {{<<: [*b, *b]}}\n"))), "scene.yaml.limit"),
        ("five million brackets", format!("a: {}", "[".repeat(5_000_000)), "scene.yaml.syntax"),
        ("five million braces", format!("a: {}", "{".repeat(5_000_000)), "scene.yaml.syntax"),
        ("a thousand levels", nested, "scene.yaml.limit"),
        ("levels of one line", format!("a: {}", "- ".repeat(100_000)), "scene.yaml.syntax"),
        ("more than ten megabytes", "x".repeat(11 * 1024 * 1024), "scene.yaml.limit"),
        ("one scalar of ten megabytes", format!("cupola: 1\ntitle: {}\n", "x".repeat(10_000_000)), "scene.value.text"),
        ("one quoted scalar of ten megabytes", format!("cupola: \"{}\"\n", "x".repeat(10_000_000)), "scene.version"),
        ("a key of ten megabytes", format!("cupola: 1\n? {}\n: x\n", "k".repeat(10_000_000)), "scene.key.unknown"),
        ("ten megabytes of empty lines", format!("{}title: x", "\n".repeat(10_000_000)), "scene.key.missing"),
        ("ten megabytes of comments", repeat("# a comment\n", 10_000_000), "scene.yaml.syntax"),
        ("ten megabytes of spaces", " ".repeat(10_000_000), "scene.yaml.syntax"),
        ("ten megabytes of tabs", format!("cupola: 1\n{}x: 1", "\t".repeat(10_000_000)), "scene.yaml.syntax"),
        ("ten megabytes of zeros", "\0".repeat(10_000_000), "scene.yaml.syntax"),
        ("five megabytes of mistakes", format!("{HEAD}objects:\n{}", repeat("  - {stm: b, stem: bb, position: {azimut: 200}, gain: x}\n", 5_000_000)), "scene.findings.more"),
        ("ten megabytes of values", format!("{HEAD}objects:\n{}", repeat("  - {stm: b, stem: bb, position: {azimut: 200}, gain: x}\n", 10_000_000)), "scene.yaml.limit"),
        ("ten megabytes of one repeated key", format!("cupola: 1\n{}", repeat("title: x\n", 10_000_000)), "scene.yaml.limit"),
        ("300 000 stems", format!("cupola: 1\nstems:\n{}", numbered(300_000, &|i| format!("  k{i}: {{file: x}}\n"))), "scene.limit.stems"),
        ("300 000 unknown keys", format!("cupola: 1\n{}", numbered(300_000, &|i| format!("k{i}: x\n"))), "scene.findings.more"),
        ("200 000 unknown stems", format!("{HEAD}objects:\n{}", repeat("  - {stem: q, position: {azimuth: 0}}\n", 8_000_000)), "scene.findings.more"),
        ("keyframes all at one time", format!("{HEAD}{OBJECT}    automation:\n{}", repeat("      - {at: 1, azimuth: 0}\n", 5_000_000)), "scene.keyframe.twice"),
        ("a number of a megabyte", format!("{HEAD}end: {}\n", "9".repeat(1_000_000)), "scene.value.time"),
        ("a fraction of a megabyte", format!("{HEAD}end: 0.{}1\n", "0".repeat(1_000_000)), "scene.programme.length"),
        ("windows lines and a late tab", format!("\u{feff}cupola: 1\r\n{}\tx: 1\r\n", repeat("# a comment\r\n", 5_000_000)), "scene.yaml.syntax"),
    ]
}

#[test]
fn what_is_too_much_is_refused_in_time() {
    let faults = large().into_iter().filter_map(|(name, text, rule)| {
        fault(&text, rule).map(|fault| format!("{name}: {fault}"))
    });
    let faults: Vec<_> = faults.collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// `TEXTS`, the large ones, and the files that judge the schema, whose places are asked for here.
#[test]
fn more_than_a_hundred_and_fifty_broken_scenes_are_refused_each_with_a_place() {
    let judged = super::schema::files("broken");
    for (path, text) in &judged {
        assert_eq!(fault(text, "scene."), None, "{path}");
    }
    assert!(TEXTS.len() + large().len() + judged.len() >= 150);
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
            "s.yaml:4:44 objects[0].sise: error: there is no such key here: found sise, allowed name, stem, preset, position, gain, size, snap, zones, divergence, diffuse, importance, head_locked, screen_ref, screen_edge, remove, binaural, groups, automation, path, channel, fold, pair; did you mean `size`? [scene.key.unknown]",
        ]
    );
}

#[test]
fn an_error_is_never_left_out_for_a_thousand_warnings() {
    let groups: String = (0..1100).map(|i| format!("  g{i}: {{gain: 1}}\n")).collect();
    let text = format!(
        "cupola: 1\nstems: {{a: {{file: a.wav}}}}\ngroups:\n{groups}sample_rate: 44100\nobjects: \
         [{{stem: a, position: {{azimuth: 0}}}}]\noutputs: [{{master: adm-bwf}}]\n"
    );
    let findings = super::all_findings(&text, &[stem(1, 48_000)]);
    let of = |severity| findings.iter().filter(|f| f.severity == severity).count();
    assert_eq!(of(Severity::Error), 1, "the sample rate of the master");
    assert!(findings.len() <= 1001 && findings.last().unwrap().rule == "scene.findings.more");
}
