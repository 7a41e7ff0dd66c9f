//! Any bytes as an ADM document: what is kept stays within the limits.

#![no_main]

use cupola_adm::{ReadLimits, read_summary};
use libfuzzer_sys::fuzz_target;

const LIMITS: ReadLimits = ReadLimits { depth: 16, event_bytes: 4_096, kept_bytes: 65_536 };

fuzz_target!(|bytes: &[u8]| {
    let Ok(summary) = read_summary(bytes, LIMITS) else { return };
    let mut kept = 0;
    for programme in &summary.programmes {
        kept += programme.id.len() + programme.name.len();
        kept += programme.start.len() + programme.end.len();
    }
    for content in &summary.contents {
        kept += content.id.len() + content.name.len();
    }
    for object in &summary.objects {
        kept += object.id.len() + object.name.len();
        kept += object.speaker_labels.iter().map(String::len).sum::<usize>();
    }
    assert!(kept <= LIMITS.kept_bytes, "{kept} bytes kept");
    // The shortest block element has 18 bytes or more: `<audioBlockFormat/>`.
    assert!(summary.blocks <= bytes.len() as u64 / 18, "blocks out of nothing");
});
