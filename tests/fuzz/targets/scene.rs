//! Any text as a scene and as a layout, any facts for its stems: what comes out is whole, and what
//! is refused has a finding with a place.

#![no_main]

use cupola_model::StemFacts;
use cupola_scene::{RULES, parse_layout, parse_scene};
use libfuzzer_sys::fuzz_target;

/// Facts that depend on the text, so that scenes serve as seeds as they are.
fn facts(state: &mut u64) -> Option<StemFacts> {
    let mut draw = |values: &[u64]| {
        *state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        values[(*state >> 33) as usize % values.len()]
    };
    if draw(&[0, 1, 1, 1, 1, 1, 1, 1]) == 0 {
        return None;
    }
    Some(StemFacts {
        sample_rate: draw(&[0, 1, 44_100, 48_000, 48_000, 4_000_000_000]) as u32,
        channels: draw(&[0, 1, 2, 2, 2, 6, 10, 65_535]) as u16,
        frames: draw(&[0, 1, 480_000, 480_000, u64::MAX]),
        format: String::new(),
        lossy: false,
    })
}

fuzz_target!(|bytes: &[u8]| {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    let layout = parse_layout(text, "layout.yaml");
    assert_eq!(layout.value.is_none(), layout.has_errors());
    let checked = parse_scene(text, "scene.yaml");
    assert_eq!(checked.value.is_none(), checked.has_errors());
    for finding in &checked.findings {
        assert!(RULES.iter().any(|rule| rule.id == finding.rule));
        assert!(finding.place.line > 0 || !finding.place.file.is_empty());
    }
    let Some(scene) = checked.value else { return };
    let mut state = bytes
        .iter()
        .fold(bytes.len() as u64, |sum, b| sum.wrapping_mul(31).wrapping_add(u64::from(*b)));
    let facts: Vec<_> = scene.stems().iter().map(|_| facts(&mut state)).collect();
    let resolved = scene.resolve(&facts);
    if let Some(timeline) = resolved.value {
        timeline.validate().expect("a resolved programme is whole");
    }
});
