//! What is probably not meant: each finding with a scene that has it and one beside it that has not.

use super::{all_findings, assert_found, stem};
use cupola_model::Severity::{self, Warning};

/// A marked scene with the finding, and what to replace in it so that it has none.
#[rustfmt::skip]
const CASES: &[(&str, &str, &str, &str)] = &[
    ("scene.stem.wet_dry", "stems: {Lead Dry: {file: 1.wav}, ¦lead_wet: {file: 2.wav}}\nobjects: [{stem: Lead Dry, position: {azimuth: 0}}, {stem: lead_wet, position: {azimuth: 9}}]\n", "lead_wet", "bass_wet"),
    ("scene.stem.wet_dry", "stems: {a: {file: x/Song_LeadVoxWet_v1.wav}, ¦b: {file: Song_LeadVoxDry_v1.wav}}\nobjects: [{stem: a, position: {azimuth: 0}}, {stem: b, position: {azimuth: 9}}]\n", "VoxDry", "VoxDouble"),
    ("scene.stem.wet_dry", "stems: {lead wet: {file: 1.wav}, ¦lead FX return: {file: 2.wav}}\nobjects: [{stem: lead wet, position: {azimuth: 0}}, {stem: lead FX return, position: {azimuth: 9}}]\n", "lead wet", "lead dry"),
    ("scene.object.silent", "stems: {a: {file: a.wav}}\nobjects:\n  - ¦{stem: a, gain: -inf, position: {azimuth: 0}}\n", "-inf", "-99"),
    ("scene.object.silent", "stems: {a: {file: a.wav, gain: -60}}\nobjects:\n  - ¦{stem: a, gain: -41, position: {azimuth: 0}}\n", "-41", "-40"),
    ("scene.object.silent", "stems: {a: {file: a.wav}}\nobjects:\n  - ¦{stem: a, gain: 3, position: {azimuth: 0}, automation: [{at: 0, gain: -inf}, {at: 1 s, gain: -104}]}\n", "-104", "-103"),
    ("scene.object.silent", "stems: {a: {file: a.wav}}\ngroups: {g: {gain: -inf}}\nobjects:\n  - ¦{stem: a, groups: [g], position: {azimuth: 0}}\n", "groups: [g]", "groups: [h]"),
    ("scene.object.twice", "stems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, position: {azimuth: 0}}\n  - ¦{stem: a, name: b, gain: -3, position: {azimuth: 0}}\n", "gain: -3, position: {azimuth: 0}", "position: {azimuth: 1}"),
    ("scene.object.twice", "stems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, channel: 1, position: {x: 0, y: 1}, automation: [{at: 1 s, x: 1}]}\n  - ¦{stem: a, name: b, channel: 1, position: {x: 0, y: 1}, automation: [{at: 1 s, x: 1}]}\n", "name: b, channel: 1, position: {x: 0, y: 1}, automation: [{at: 1 s, x: 1}]", "name: b, channel: 1, position: {x: 0, y: 1}, automation: [{at: 2 s, x: 1}]"),
    ("scene.object.twice", "stems: {a: {file: a.wav}}\nobjects:\n  - {stem: a, path: {orbit: {period: 8 s}}}\n  - ¦{stem: a, name: b, path: {orbit: {period: 8 s}}}\n", "name: b, path: {orbit: {period: 8 s}}", "name: b, path: {orbit: {period: 9 s}}"),
    ("scene.stem.reference", "reference: stems/ref.wav\nstems: {a: {file: a.wav}, ¦b: {file: ./stems/ref.wav}}\nbeds: [{format: 2.0, routes: [{stem: a, to: L}, {stem: b, to: R}]}]\n", "./stems/ref.wav", "./ref.wav"),
    ("scene.bed.full_mix", "title: Ode\nstems: {drums: {file: Ode_Drums.wav}, all: {file: Ode_StereoMix_v2.wav}}\nbeds: [{format: 2.0, routes: [{stem: drums, to: L}, ¦{stem: all, to: R}]}]\n", "Ode_StereoMix", "Ode_BassMix"),
    ("scene.bed.full_mix", "stems: {drums: {file: x.wav}, bass: {file: z.wav}, 2mix: {file: y.wav}}\nbeds: [{format: 2.0, routes: [{stem: drums, to: L}, ¦{stem: 2mix, to: R}, {stem: bass, to: R}]}]\n", "2mix", "keys"),
];

#[test]
fn each_suspicion_is_told_where_it_stands_and_not_beside_it() {
    let facts = [stem(1, 480_000), stem(1, 480_000), stem(1, 480_000)];
    for (rule, marked, from, to) in CASES {
        let marked = format!("cupola: 1\n{marked}");
        let found = assert_found(&marked, &facts, rule, Warning);
        assert!(!found.hint.is_empty() && !found.subject.is_empty(), "{found}");
        assert!(marked.contains(from), "{from} is not in\n{marked}");
        let right = marked.replace('¦', "").replace(from, to);
        let still = all_findings(&right, &facts);
        assert!(still.iter().all(|f| f.rule != *rule), "{right}\n{still:#?}");
        assert!(still.iter().all(|f| f.severity != Severity::Error), "{right}\n{still:#?}");
    }
}

#[test]
fn a_mix_alone_in_its_bed_and_a_stem_that_is_not_placed_are_nothing_to_warn_of() {
    let facts = [stem(2, 480_000), stem(2, 480_000)];
    for text in [
        "cupola: 1\nstems: {mix: {file: mix.wav}}\nbeds: [{format: 2.0, routes: [{stem: mix}]}]\n",
        "cupola: 1\nreference: ref.wav\nstems: {mix: {file: ref.wav}, a: {file: a.wav}}\nbeds: [{format: 2.0, routes: [{stem: a}]}]\n",
        "cupola: 1\nstems: {lead dry: {file: 1.wav}, lead wet: {file: 2.wav}}\nbeds: [{format: 2.0, routes: [{stem: lead wet}]}]\n",
    ] {
        let rules: Vec<_> = all_findings(text, &facts).iter().map(|f| f.rule).collect();
        let known = ["scene.stem.unused", "scene.master.bed"];
        assert!(rules.iter().all(|rule| known.contains(rule)), "{text}\n{rules:#?}");
    }
}
