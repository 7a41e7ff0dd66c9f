//! Any bytes as the events of a DAMF master: the movement of its objects, or an error.

#![no_main]

use cupola_damf::{Sound, read_programme, read_root, set_modes};
use cupola_model::{BinauralMode, Finding, Item, SampleRate};
use libfuzzer_sys::fuzz_target;

const ROOT: &str = "version: 0.5.1\npresentations:\n  - type: home\n    metadata: m\n    audio: a\n    fps: 24\n    \
                    bedInstances:\n      - channels:\n          - channel: L\n            ID: 0\n          - \
                    channel: R\n            ID: 1\n    objects:\n      - ID: 10\n      - ID: 11\n";

fuzz_target!(|bytes: &[u8]| {
    let mut sink = |finding: Finding| assert!(!finding.hint.is_empty(), "{finding}");
    let root = read_root(ROOT.as_bytes(), "S.atmos", &mut sink).expect("a root that is right");
    let sound = Sound { sample_rate: SampleRate::HZ_48000, channels: 4, frames: 480_000 };
    let Ok(programme) = read_programme(&root, || Ok(bytes), "S", sound, &mut sink) else { return };
    let (mut changed, modes) = (Vec::new(), [(0, BinauralMode::Near), (10, BinauralMode::Far)]);
    // A second list of events, which is passed over, may be refused here.
    if set_modes(bytes, &modes.into(), &mut changed).is_ok() {
        read_programme(&root, || Ok(&changed[..]), "S", sound, &mut sink).expect("still events");
    }
    assert_eq!((programme.items.len(), programme.lanes.len()), (3, 4));
    for item in &programme.items {
        if let Item::Object(object) = item {
            let last = object.automation.points().last().expect("a point");
            // A ramp may lead beyond the end.
            assert!(last.frame.0 < sound.frames + 57_600_000, "{last:?}");
        }
    }
    for (_, gain, _) in programme.lanes.iter().flat_map(|lane| &lane.sources) {
        assert!((0.0..1e6).contains(&gain.0), "{gain:?}");
    }
});
