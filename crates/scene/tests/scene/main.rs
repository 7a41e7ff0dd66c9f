//! Tests of the scene language through its public face; expected places come from marked texts,
//! expected positions from geometry written out again.

#![allow(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod ambisonics;
mod broken;
mod edits;
mod features;
mod flattening;
mod formatting;
mod formatting_random;
mod groups;
mod guide;
mod includes;
mod layouts;
mod limits;
mod meaning;
mod movement;
mod pairs;
mod paths;
mod plays;
mod presets;
mod properties;
mod schema;
mod split;
mod suspects;
mod table;
mod thinning;
mod times;
mod versions;
mod words;

use cupola_model::{Finding, Object, Severity, StemFacts, Timeline};
use cupola_scene::{Scene, parse_scene};

/// A stem of this many channels and frames at 48 kHz.
fn stem(channels: u16, frames: u64) -> Option<StemFacts> {
    Some(StemFacts { sample_rate: 48_000, channels, frames, format: String::new(), lossy: false })
}

/// The scene of a text that must be right.
fn scene(text: &str) -> Scene {
    let checked = parse_scene(text, "s.yaml");
    let shown: Vec<_> = checked.findings.iter().map(ToString::to_string).collect();
    checked.value.unwrap_or_else(|| panic!("{text}\n{shown:#?}"))
}

/// The programme of a text and stems that must fit.
fn timeline(text: &str, facts: &[Option<StemFacts>]) -> Timeline {
    let resolved = scene(text).resolve(facts);
    let shown: Vec<_> = resolved.findings.iter().map(ToString::to_string).collect();
    resolved.value.unwrap_or_else(|| panic!("{text}\n{shown:#?}"))
}

/// The only object of a scene of one mono stem that lasts a minute.
fn object(body: &str) -> Object {
    let text =
        format!("cupola: 1\nstems: {{a: {{file: a.wav}}}}\nobjects:\n  - {{stem: a, {body}}}\n");
    timeline(&text, &[stem(1, 2_880_000)]).objects().next().unwrap().clone()
}

/// Takes the mark `¦` out of a text; returns the text and the line and column of the mark.
fn unmark(marked: &str) -> (String, u32, u32) {
    let before = marked.split('¦').next().unwrap();
    let line = before.matches('\n').count() as u32 + 1;
    let column = before.rsplit('\n').next().unwrap().chars().count() as u32 + 1;
    (marked.replace('¦', ""), line, column)
}

/// All findings of reading a text and, when that works, of resolving it.
fn all_findings(text: &str, facts: &[Option<StemFacts>]) -> Vec<Finding> {
    let checked = parse_scene(text, "s.yaml");
    let mut findings = checked.findings;
    if let Some(scene) = checked.value {
        findings.extend(scene.resolve(facts).findings);
    }
    findings
}

/// Asserts that a marked text has one finding of this rule and severity, at the mark.
fn assert_found(
    marked: &str,
    facts: &[Option<StemFacts>],
    rule: &str,
    severity: Severity,
) -> Finding {
    let (text, line, column) = unmark(marked);
    let findings = all_findings(&text, facts);
    let shown: Vec<_> = findings.iter().map(ToString::to_string).collect();
    let found: Vec<_> = findings.iter().filter(|f| f.rule == rule).collect();
    let [one] = found[..] else { panic!("{marked}\nwanted one {rule}, found {shown:#?}") };
    assert_eq!((one.place.line, one.place.column), (line, column), "{marked}\n{shown:#?}");
    assert_eq!(one.severity, severity, "{marked}\n{shown:#?}");
    one.clone()
}
