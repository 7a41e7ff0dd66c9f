//! Any bytes as the `axml` of a master: always an answer, and never an endless one.

#![no_main]

use cupola_adm::{Essence, FindingList, TrackIds, check_axml, rules};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let essence = Essence { sample_rate: 48_000, channels: 11, bits: 24, frames: 4_800 };
    let rows = [TrackIds {
        uid: "ATU_00000001".into(),
        track_format: "AT_00011001_01".into(),
        pack_format: "AP_00011001".into(),
    }];
    let findings = check_axml(bytes, Some(&essence), Some(&rows)).expect("memory does not fail");
    let most = rules::RULES.len() * (1 + FindingList::KEPT_PER_RULE as usize);
    assert!(findings.len() <= most, "{} findings", findings.len());
    assert!(findings.iter().all(|f| !f.hint.is_empty()), "a finding without remedy");
});
