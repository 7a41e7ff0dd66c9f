//! Any bytes as the root of a DAMF master: what it lists becomes items, or an error.

#![no_main]

use cupola_damf::{RootText, Sound, read_programme, read_root};
use cupola_model::{Finding, SampleRate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut sink = |finding: Finding| assert!(!finding.hint.is_empty(), "{finding}");
    let Ok(root) = read_root(bytes, "S.atmos", &mut sink) else { return };
    let sound = Sound { sample_rate: SampleRate::HZ_48000, channels: 3, frames: 48_000 };
    let events = b"sampleRate: 48000\nevents:\n  - {ID: 10, samplePos: 0, pos: [0, 1, 0]}\n";
    let programme = read_programme(&root, || Ok(&events[..]), "S", sound, &mut sink)
        .expect("events that are right");
    let lanes = programme.items.iter().map(|item| item.tracks().count());
    assert_eq!(lanes.sum::<usize>(), programme.lanes.len(), "every lane belongs to one item");
    for source in programme.lanes.iter().flat_map(|lane| &lane.sources) {
        assert!(source.0 < sound.channels, "{source:?}");
    }
    let Ok(mut text) = RootText::read(&String::from_utf8_lossy(bytes)) else { return };
    if text.set("fps", "25").is_ok() {
        assert_eq!(text.word("fps"), Some("25"));
        read_root(text.text().as_bytes(), "S.atmos", &mut sink).expect("still a root");
    }
    let trims = [None, Some([0.0, -1.5, 3.0, 1.0, -0.25]), None, None, None, None, None, None, None];
    if text.set_trims(&trims).is_ok() {
        assert_eq!(text.trims(), trims);
    }
});
