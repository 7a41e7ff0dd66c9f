//! 118 objects, 128 tracks, and what else a master asks for.

use super::{assert_found, stem};
use cupola_model::Severity;

fn scene_of(head: &str, objects: usize, pairs: usize, mark_at: usize) -> String {
    let mut text =
        format!("cupola: 1\n{head}stems: {{m: {{file: m.wav}}, s: {{file: s.wav}}}}\nobjects:\n");
    for i in 0..objects + pairs {
        let mark = if i == mark_at { "¦" } else { "" };
        let body = if i < pairs { "stem: s, pair: {width: 10}" } else { "stem: m" };
        text += &format!("  - {mark}{{name: Part {i}, {body}, position: {{azimuth: 0}}}}\n");
    }
    text
}

#[test]
fn the_119th_object_is_refused_and_pairs_are_named() {
    let facts = [stem(1, 10), stem(2, 10)];
    let found =
        assert_found(&scene_of("", 115, 2, 116), &facts, "scene.limit.objects", Severity::Error);
    assert_eq!((found.found.as_str(), found.allowed.as_str()), ("119", "at most 118"));
    assert!(found.hint.contains("Part 0, Part 1;"), "{found}");
    let right = scene_of("", 114, 2, 999);
    assert_eq!(super::timeline(&right, &facts).lanes.len(), 118);
}

#[test]
fn without_a_master_too_many_objects_are_only_warned_of() {
    let text = scene_of("outputs: [{speakers: 5.1}]\n", 119, 0, 118);
    assert_found(&text, &[stem(1, 10), None], "scene.limit.objects", Severity::Warning);
}

#[test]
fn tracks_of_beds_and_objects_count_together() {
    let two_beds = "beds: [{format: 7.1.2}, {format: 2.0}]\n";
    let facts = [stem(1, 10), stem(2, 10)];
    let text = scene_of(two_beds, 117, 0, 116);
    let found = assert_found(&text, &facts, "scene.limit.tracks", Severity::Error);
    assert_eq!(found.found, "12 of beds and 117 of objects");
    assert_eq!(super::timeline(&scene_of(two_beds, 116, 0, 999), &facts).lanes.len(), 128);
    // Padding counts: 10 + 2 tracks where 2 + 2 were written.
    let padded = "pad_bed: 7.1.2\nbeds: [{format: 2.0}, {format: 2.0}]\n";
    assert_found(&scene_of(padded, 117, 0, 116), &facts, "scene.limit.tracks", Severity::Error);
    let beds =
        format!("cupola: 1\nbeds:\n{}  - ¦{{format: 7.1.2}}\n", "  - {format: 7.1.2}\n".repeat(12));
    assert_found(&beds, &[], "scene.limit.tracks", Severity::Error);
}

#[test]
fn a_master_needs_48_or_96_kilohertz_and_may_want_ten_bed_tracks() {
    let text = "cupola: 1\nsample_rate: 44100\nstems: {a: {file: a.wav}}\nbeds: [{format: 2.0, routes: [{stem: a}]}]\noutputs:\n  - ¦{master: adm-bwf}\n";
    assert_found(text, &[stem(2, 10)], "scene.master.sample_rate", Severity::Error);
    let right = text.replace("44100", "96000");
    assert_found(&right, &[stem(2, 10)], "scene.master.bed", Severity::Note);
    let padded = right.replace('¦', "").replace("stems:", "pad_bed: 7.1.2\nstems:");
    let findings = super::all_findings(&padded, &[stem(2, 10)]);
    assert!(findings.is_empty(), "{findings:#?}");
}
