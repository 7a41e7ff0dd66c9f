//! Presets and defaults: what a scene with them means, told by the scene without them.

use super::{all_findings, stem, timeline};
use cupola_model::Severity;

const HEAD: &str = "cupola: 1\nend: 10\nstems: {a: {file: a.wav}}\n";

fn same(with: &str, without: &str) {
    let (with, without) = (format!("{HEAD}{with}"), format!("{HEAD}{without}"));
    let facts = [stem(1, 480_000)];
    let (a, b) = (timeline(&with, &facts), timeline(&without, &facts));
    assert_eq!(format!("{a:#?}"), format!("{b:#?}"), "\n{with}\nis not\n{without}");
}

#[test]
fn what_an_object_writes_replaces_what_its_preset_says() {
    same(
        "presets:\n  voice: {groups: [vocals], binaural: near, gain: -3, position: {azimuth: 30}}\n\
         objects:\n  - {stem: a, preset: voice, gain: 1, position: {elevation: 20}}\n",
        "objects:\n  - {stem: a, groups: [vocals], binaural: near, gain: 1, position: {elevation: 20}}\n",
    );
}

#[test]
fn later_presets_win_over_earlier_ones_and_all_over_their_parents() {
    same(
        "presets:\n  base: {gain: -9, size: 0.1, binaural: far}\n  low: {gain: -6, size: 0.2}\n  \
         lead: {extends: [low, base], size: 0.3, position: {azimuth: 0}}\n  last: {position: {azimuth: 5}}\n\
         objects:\n  - {stem: a, preset: [lead, last]}\n",
        // `base` is the later parent of `lead`.
        "objects:\n  - {stem: a, gain: -9, size: 0.3, binaural: far, position: {azimuth: 5}}\n",
    );
}

#[test]
fn a_key_written_here_takes_the_place_of_its_alternative_in_a_preset() {
    same(
        "presets:\n  round: {path: {orbit: {period: 4 s}}, channel: 1}\n\
         objects:\n  - {stem: a, preset: round, position: {azimuth: 9}, fold: mono}\n",
        "objects:\n  - {stem: a, position: {azimuth: 9}, fold: mono}\n",
    );
}

#[test]
fn beds_and_routes_take_presets_too() {
    same(
        "presets:\n  sub: {to: LFE, lowpass: 100, gain: -10}\n  far: {binaural: far, groups: [drums]}\n\
         beds:\n  - {format: 5.1, preset: far, routes: [{stem: a, to: C}, {stem: a, preset: sub}]}\n",
        "beds:\n  - {format: 5.1, binaural: far, groups: [drums], routes: [{stem: a, to: C}, {stem: a, to: LFE, lowpass: 100, gain: -10}]}\n",
    );
}

#[test]
fn each_kind_of_user_takes_the_keys_it_can_have_and_no_others() {
    let role = "presets:\n  base: {groups: [drums], format: 5.1, channel: 1}\n  \
                role: {extends: base, binaural: far, to: C, lowpass: 90, gain: -3, position: {azimuth: 9}}\n";
    let users = "beds:\n  - {preset: role, routes: [{stem: a, preset: role}]}\n\
                 objects: [{stem: a, preset: role}]\n";
    same(
        &format!("{role}{users}"),
        "beds:\n  - {format: 5.1, binaural: far, groups: [drums], routes: [{stem: a, groups: [drums], channel: 1, to: C, lowpass: 90, gain: -3}]}\n\
         objects: [{stem: a, groups: [drums], channel: 1, binaural: far, gain: -3, position: {azimuth: 9}}]\n",
    );
    let unused = |text: &str| {
        let all = all_findings(&format!("{HEAD}{text}"), &[stem(1, 480_000)]);
        let unused = all.into_iter().filter(|f| f.rule == "scene.preset.unused");
        unused.map(|f| (f.place.path, f.severity)).collect::<Vec<_>>()
    };
    assert_eq!(unused(&format!("{role}{users}")), []);
    // Nobody is left who has a format, or a place; of the parent either.
    let note = |path: &str| (path.to_owned(), Severity::Note);
    let route = "beds: [{format: 2.0, routes: [{stem: a, preset: role}]}]\n";
    let expected =
        ["presets.base.format", "presets.role.binaural", "presets.role.position"].map(note);
    assert_eq!(unused(&format!("{role}{route}")), expected);
}

#[test]
fn lanes_that_a_curve_does_not_name_go_by_the_default_curve() {
    let frames =
        "{at: 1, azimuth: 0, gain: 0, size: 0}, {at: 5, azimuth: 90, gain: -9, size: 1, curve: ";
    let object = |curve: &str| {
        format!(
            "objects: [{{stem: a, position: {{azimuth: 0}}, automation: [{frames}{curve}}}]}}]\n"
        )
    };
    let smooth = |with: &str, without: &str| {
        same(&format!("defaults: {{curve: smooth}}\n{}", object(with)), &object(without));
    };
    smooth("{gain: hold}", "{position: smooth, gain: hold, size: smooth}");
    smooth("{position: linear, size: ease-in}", "{position: linear, gain: smooth, size: ease-in}");
    smooth("{}", "smooth");
    same(&object("{gain: hold}"), &object("{position: linear, gain: hold, size: linear}"));
}

#[test]
fn defaults_hold_for_objects_and_groups_that_do_not_say_otherwise() {
    same(
        "defaults: {size: 0.2, curve: smooth, binaural: far}\ngroups: {g: {automation: [{at: 0, gain: 0}, {at: 4, gain: -9}]}}\n\
         presets: {small: {size: 0}}\nobjects:\n  - {stem: a, groups: [g], position: {azimuth: 0}, automation: [{at: 1, azimuth: 0}, {at: 5, azimuth: 90}, {at: 6, azimuth: 0, curve: hold}]}\n  \
         - {name: b, stem: a, preset: small, position: {azimuth: 0}}\n",
        "groups: {g: {automation: [{at: 0, gain: 0, curve: smooth}, {at: 4, gain: -9, curve: smooth}]}}\n\
         objects:\n  - {stem: a, size: 0.2, binaural: far, groups: [g], position: {azimuth: 0}, automation: [{at: 1, azimuth: 0, curve: smooth}, {at: 5, azimuth: 90, curve: smooth}, {at: 6, azimuth: 0, curve: hold}]}\n  \
         - {name: b, stem: a, size: 0, binaural: far, position: {azimuth: 0}}\n",
    );
}

#[test]
fn anchors_and_merge_keys_work_inside_presets_and_beside_them() {
    same(
        "presets:\n  base: &base {gain: -3, position: {azimuth: 10}}\n  wide: {<<: *base, size: 0.5}\n\
         objects:\n  - {<<: {binaural: near}, stem: a, preset: wide}\n  - {<<: *base, name: b, stem: a, preset: base}\n",
        "objects:\n  - {stem: a, binaural: near, gain: -3, size: 0.5, position: {azimuth: 10}}\n  - {name: b, stem: a, gain: -3, position: {azimuth: 10}}\n",
    );
}

#[track_caller]
fn finds(text: &str, rule: &str, place: &str, words: &str) {
    let findings = all_findings(&format!("{HEAD}{text}"), &[stem(1, 480_000)]);
    let found = findings.iter().find(|f| f.rule == rule);
    let found = found.unwrap_or_else(|| panic!("no {rule} in {findings:#?}")).to_string();
    assert!(found.contains(place) && found.contains(words), "{found}");
}

#[test]
fn wrong_presets_are_refused_where_they_stand() {
    let object = "objects: [{stem: a, position: {azimuth: 0}, preset: p}]\n";
    let with = |preset: &str| format!("presets:\n  {preset}\n{object}");
    finds(&with("q: {gain: 1}"), "scene.preset.unknown", ":6:", "allowed q");
    finds(&with("p: {gian: 1}"), "scene.key.unknown", ":5:7", "`gain`");
    finds(&with("p: {name: x}"), "scene.key.unknown", ":5:7", "presets.p.name");
    finds(&with("p: {lowpass: 100}"), "scene.preset.unused", ":5:7", "routes have it");
    finds(&with("p: {extends: p}"), "scene.preset.cycle", ":5:3", "p extends p");
    let circle = "p: {extends: q}\n  q: {extends: [r]}\n  r: {extends: p}";
    finds(&with(circle), "scene.preset.cycle", ":5:3", "p extends q extends r extends p");
    finds(&with("p: {gain: 1}\n  unused: {gain: 2}"), "scene.preset.unused", ":6:3", "unused");
}

#[test]
fn what_one_mistake_brings_about_is_told_once() {
    let found = |text: &str| all_findings(&format!("{HEAD}{text}"), &[stem(1, 480_000)]);
    // Whatever the preset would have given is not missed.
    let all = found("objects: [{stem: a, preset: p}]\n");
    assert_eq!((all[0].rule, all.len()), ("scene.preset.unknown", 1), "{all:#?}");
    let two = "objects:\n  - {stem: a, preset: p, position: {azimuth: 0}}\n  - {stem: a, name: b, preset: p, position: {azimuth: 9}}\n";
    let all = found(&format!("presets: {{p: {{gain: loud}}}}\n{two}"));
    assert_eq!((all[0].rule, all.len()), ("scene.value.number", 1), "{all:#?}");
    let all = found(&format!("presets: {{p: {{gian: 1}}}}\n{two}"));
    assert_eq!((all[0].rule, all.len()), ("scene.key.unknown", 1), "{all:#?}");
}

#[test]
fn presets_without_end_are_refused_in_time() {
    let chain: String = (0..50_000).map(|i| format!("  p{i}: {{extends: p{}}}\n", i + 1)).collect();
    let keys: String = (0..50_000).map(|i| format!("k{i}: 1, ")).collect();
    let heirs: String = (0..50_000).map(|i| format!("  p{i}: {{extends: p}}\n")).collect();
    for (what, text, rule) in [
        ("a chain", format!("presets:\n{chain}"), "scene.yaml.limit"),
        ("many heirs", format!("presets:\n  p: {{{keys}}}\n{heirs}"), "scene.key.unknown"),
    ] {
        let start = std::time::Instant::now();
        let all = all_findings(&format!("{HEAD}{text}"), &[None]);
        let took = start.elapsed();
        assert!(all.iter().any(|f| f.rule == rule), "{what}: {:#?}", all.first());
        assert!(took.as_secs() < 10, "{what} took {took:?}");
    }
}
