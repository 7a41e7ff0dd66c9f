//! Any text through the formatter: what comes out says the same, has the same comments in the same
//! order, and stays as it is when it is formatted again.

#![no_main]

use cupola_scene::{RULES, format_scene, parse_scene};
use libfuzzer_sys::fuzz_target;

/// A text without the numbers of the lines that it names.
fn without_lines(text: &str) -> String {
    let mut parts = text.split("line ");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, part| {
        text + "line " + part.trim_start_matches(|c: char| c.is_ascii_digit())
    })
}

/// Everything that was found, places apart.
fn said(text: &str) -> Vec<(&'static str, String, String)> {
    let findings = parse_scene(text, "scene.yaml").findings.into_iter();
    let words =
        |f: cupola_model::Finding| (f.rule, without_lines(&f.message), without_lines(&f.found));
    let mut said: Vec<_> = findings.map(words).collect();
    said.sort();
    said
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let checked = format_scene(text, "scene.yaml");
    assert_eq!(checked.value.is_none(), checked.has_errors());
    for finding in &checked.findings {
        assert!(RULES.iter().any(|rule| rule.id == finding.rule));
        assert!(finding.place.line > 0);
    }
    let Some(once) = checked.value else { return };
    assert!(once.is_empty() || once.ends_with('\n'));
    assert!(!once.contains('\r') && !once.starts_with('\u{feff}'));
    assert_eq!(said(text), said(&once));
    assert_eq!(format_scene(&once, "scene.yaml").value.as_ref(), Some(&once), "formatted again");
});
