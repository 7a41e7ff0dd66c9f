//! Any bytes as anybody's ADM: items that make a timeline, or an error.

#![no_main]

use cupola_adm::{ImportEssence, ReadLimits, TrackIds, import};
use cupola_model::SampleRate;
use libfuzzer_sys::fuzz_target;

const LIMITS: ReadLimits = ReadLimits { depth: 16, event_bytes: 4_096, kept_bytes: 65_536 };

fuzz_target!(|bytes: &[u8]| {
    let row = |track: u16| {
        let ids = TrackIds {
            uid: format!("ATU_{track:08x}"),
            track_format: format!("AT_0001{track:04x}_01"),
            pack_format: "AP_00010003".into(),
        };
        (track, ids)
    };
    let odd = bytes.len() % 2 == 1;
    let essence = ImportEssence {
        sample_rate: SampleRate::HZ_48000,
        channels: 6,
        frames: 48_000,
        atmos: odd,
        chna: odd.then(|| (1..=6).map(row).collect()),
    };
    let Ok(import) = import(bytes, &essence, LIMITS) else { return };
    let lanes = import.items.iter().map(|item| item.tracks().count());
    assert_eq!(lanes.sum::<usize>(), import.lanes.len(), "every lane belongs to one item");
    for source in import.lanes.iter().flat_map(|lane| &lane.sources) {
        assert!(source.0 < essence.channels && source.1.0.is_finite(), "{source:?}");
    }
    assert!(import.findings.iter().all(|f| !f.hint.is_empty()), "a finding without remedy");
});
