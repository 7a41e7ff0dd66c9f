//! What findings say to the author: the place they underline, the remedy they name, and advice that
//! would not help here.

use super::{all_findings, assert_found, stem};
use cupola_model::Severity::{self, Error, Warning};

const HEAD: &str = "cupola: 1\ntempo: {bpm: 120}\n";
const REST: &str =
    "stems: {a: {file: a.wav}}\nobjects: [{stem: a, groups: [g], position: {azimuth: 0}}]\n";

/// Rule, severity, marked scene without its head, what is said, and what would mislead.
type Case = (&'static str, Severity, &'static str, &'static str, &'static str);

fn assert_said(cases: &[Case], rest: &str) {
    for (rule, severity, marked, said, misleading) in cases {
        let marked = format!("{HEAD}{marked}{rest}");
        let found = assert_found(&marked, &[stem(1, 480_000)], rule, *severity).to_string();
        assert!(found.contains(said), "{marked}\n{found}");
        assert!(misleading.is_empty() || !found.contains(misleading), "{marked}\n{found}");
    }
}

#[rustfmt::skip]
const TIMES: &[Case] = &[
    ("scene.value.time", Error, "end: ¦bar 2, beat 3\n", "`bar 2 beat 3`", "bar 2."),
    ("scene.value.time", Error, "end: ¦1,5\n", "`1.5`", ""),
    ("scene.value.time", Error, "end: ¦1, 2 and 3\n", "without commas", "did you mean"),
    ("scene.value.range", Error, "end: ¦99999999999999999999999 samples\n", "too late", "not a time"),
    ("scene.value.range", Error, "end: ¦-99999999999999999999999 samples\n", "negative", "not a time"),
    ("scene.value.range", Error, "end: ¦bar 99999999999999999999999\n", "bars 1 to 1000000", "not a time"),
    ("scene.value.range", Error, "end: ¦25:00:00\n", "up to 24:00:00", "24 h"),
    ("scene.value.range", Error, "end: ¦-1 s\n", "0 to 24:00:00", "24 h"),
    ("scene.value.range", Error, "frame_rate: 23.976\nend: ¦23:59:00:00\n", "slower than the clock", "plain number"),
    ("scene.value.range", Error, "frame_rate: 29.97\nend: ¦23:59:00:00\n", "slower than the clock", "plain number"),
    ("scene.edit.outside", Error, "edits: [{repeat: {from: 1, to: ¦11, times: 2}}]\n", "before any edit", "leave `to` away"),
    ("scene.edit.outside", Error, "edits: [{replace: {group: g, from: 1, to: ¦11, with: 0}}]\n", "before any edit", "leave `to` away"),
    ("scene.edit.outside", Error, "edits: [{cut: {from: 1, to: ¦11}}]\n", "leave `to` away", "before any edit"),
    ("scene.version.silent", Warning, "versions: {v: {solo: ¦[]}}\n", "remove `solo`", ""),
];

#[test]
fn times_and_edits_are_explained_by_what_is_wrong_with_them() {
    assert_said(TIMES, REST);
}

/// Of a stem of ten seconds; five bars are ten seconds too.
#[rustfmt::skip]
const PLAYS: &[Case] = &[
    ("scene.play.fade", Error, "{at: 1, length: 1 s, loop: 2, crossfade: ¦2 s}", "cross-fade", ""),
    ("scene.play.fade", Error, "{at: 1, length: 1 s, fade_in: ¦2 s, fade_out: 1 s}", "shorten", ""),
    ("scene.play.fade", Error, "{at: 1, length: 1 s, fade_in: 1 ms, fade_out: ¦1 s}", "shorten", ""),
    ("scene.play.fade", Error, "{at: 1, length: 1 s, loop: 2, every: ¦0.5 s}", "`every`", ""),
    ("scene.value.range", Error, "{at: 1, loop: ¦10000}", "less often", ""),
    ("scene.value.time", Error, "{at: 1, in: ¦00:00:02:00}", "no timecode", ""),
    ("scene.value.time", Error, "{at: 1, out: ¦00:00:02:00}", "no timecode", ""),
];

#[test]
fn a_placement_that_cannot_be_is_shown_at_the_key_at_fault() {
    for (rule, severity, play, said, misleading) in PLAYS {
        let marked = format!(
            "{HEAD}stems: {{a: {{file: a.wav, play: [{play}]}}}}\nobjects: [{{stem: a, position: {{azimuth: 0}}}}]\n"
        );
        let found = assert_found(&marked, &[stem(1, 480_000)], rule, *severity).to_string();
        assert!(
            found.contains(said) && (misleading.is_empty() || !found.contains(misleading)),
            "{found}"
        );
    }
}

#[test]
fn paths_after_the_end_are_warned_of_and_those_that_end_with_it_are_not() {
    let way = "from: {azimuth: 90}, to: {azimuth: -60}";
    let found = |path: &str| {
        let text = format!(
            "{HEAD}stems: {{a: {{file: a.wav}}}}\nobjects: [{{stem: a, path: {{{path}}}}}]\n"
        );
        if text.contains('¦') {
            assert_found(&text, &[stem(1, 480_000)], "scene.keyframe.after_end", Warning).found
        } else {
            let all = all_findings(&text, &[stem(1, 480_000)]);
            assert!(all.iter().all(|f| f.rule != "scene.keyframe.after_end"), "{text}\n{all:#?}");
            String::new()
        }
    };
    // The stem is ten seconds, five bars.
    assert_eq!(found(&format!("line: {{start: ¦10 s, duration: 1 s, {way}}}")), "10.000 s");
    assert_eq!(found("orbit: {start: ¦bar 7, period: 1 s}"), "12.000 s");
    assert_eq!(found(&format!("arc: {{start: 9 s, duration: ¦1.5 s, {way}}}")), "10.500 s");
    assert_eq!(
        found(&format!("spiral: {{duration: 4 s, turns: 1, repeats: ¦3, {way}}}")),
        "12.000 s"
    );
    assert_eq!(found(&format!("line: {{duration: 4 s, until: ¦bar 8, {way}}}")), "14.000 s");
    for right in [
        format!("line: {{start: 9 s, duration: 1 s, {way}}}"),
        format!("arc: {{duration: 4 s, until: bar 6, {way}}}"),
        "orbit: {period: 3 s, start: 9.9 s}".to_owned(),
        format!("pendulum: {{period: 30 s, {way}}}"),
    ] {
        found(&right);
    }
}

#[test]
fn a_file_to_be_included_is_not_taken_for_a_scene_without_its_first_key() {
    for (text, shared) in [
        ("tempo: {bpm: 120}\npresets: {p: {gain: -3}}\n", true),
        ("stems: {a: {file: a.wav}}\n", true),
        ("stems: {a: {file: a.wav}}\nobjects: [{stem: a, position: {azimuth: 0}}]\n", true),
        ("title: x\nstems: {a: {file: a.wav}}\n", false),
        ("outputs: [{speakers: 2.0}]\n", false),
        ("titel: x\n", false),
    ] {
        let all = all_findings(text, &[None]);
        let missing: Vec<_> = all.iter().filter(|f| f.message == "`cupola` is missing").collect();
        let [one] = missing[..] else { panic!("{text}\n{all:#?}") };
        assert!(one.hint.starts_with("add `cupola: 1`"), "{text}\n{one}");
        assert_eq!(one.hint.contains("the song that includes it"), shared, "{text}\n{one}");
    }
}

#[test]
fn a_pair_of_degrees_at_a_loudspeaker_is_told_that_it_stands_in_the_room() {
    let text = "stems: {a: {file: a.wav}}\nobjects: [{stem: a, position: {speaker: Ltf}, pair: {width: ¦60}}]\n";
    let facts = [stem(2, 480_000)];
    let found = assert_found(&format!("{HEAD}{text}"), &facts, "scene.value.range", Error);
    assert!(found.hint.contains("place in the room, as that of a loudspeaker"), "{found}");
}

/// Marked heads that are no YAML or lack a value, and what is said.
#[rustfmt::skip]
const SLIPS: &[(&str, &str, &str)] = &[
    ("scene.yaml.syntax", "title: My¦: song\n", "`title: \"My: song\"`"),
    ("scene.yaml.syntax", "title: My¦: song # the third\n", "`title: \"My: song\"`"),
    ("scene.yaml.syntax", "title: x\n  artist¦: y\n", "check indentation"),
    ("scene.yaml.syntax", "¦title:X\n", "a blank belongs after the colon: `title: …`"),
    ("scene.yaml.syntax", "groups: {g¦:{gain: 1}}\n", "a blank belongs after the colon: `g: …`"),
    ("scene.key.unknown", "¦tempo:{bpm: 120}\n", "a blank belongs after the colon: `tempo: …`"),
    ("scene.yaml.syntax", "title: a¦\0b\n", "save it as UTF-8"),
    ("scene.value.empty", "¦title: #1\n", "`#` starts a comment"),
    ("scene.value.empty", "tempo: {bpm: 120}\nartist: x\n¦title:   # none yet\n", "`#` starts a comment"),
    ("scene.value.empty", "¦title:\n# none yet\n", "write one or remove"),
    ("scene.key.unknown", "tempo: {¦bpm:120}\n", "a blank belongs after the colon: `bpm: 120`"),
];

#[test]
fn common_slips_in_yaml_get_plain_remedies() {
    for (rule, marked, said) in SLIPS {
        let marked = format!("cupola: 1\n{marked}{REST}");
        let (text, line, column) = super::unmark(&marked);
        let all = all_findings(&text, &[stem(1, 480_000)]);
        let found = all.iter().find(|f| f.rule == *rule);
        let found = found.unwrap_or_else(|| panic!("{marked}\n{all:#?}"));
        assert!(found.to_string().contains(said), "{marked}\n{found}");
        assert_eq!((found.place.line, found.place.column), (line, column), "{marked}\n{found}");
    }
    // UTF-16 without a mark is UTF-8 as far as its bytes go.
    let wide: String = "cupola: 1\n".chars().flat_map(|c| [c, '\0']).collect();
    let all = all_findings(&wide, &[None]);
    assert!(all[0].hint.contains("UTF-16"), "{all:#?}");
}

#[test]
fn a_comment_is_looked_for_in_no_time() {
    let keys: String = (0..50_000).map(|i| format!("k{i}: , ")).collect();
    let start = std::time::Instant::now();
    all_findings(&format!("cupola: 1\ntempo: {{{keys}}}\n"), &[None]);
    assert!(start.elapsed().as_secs() < 5, "{:?}", start.elapsed());
}
