//! The programmes of `cupola-adm`'s tests, with something to hear on every lane.

use cupola_model::{PlanarBlock, Timeline};

#[path = "../../../adm/tests/programmes/mod.rs"]
mod timelines;

pub(crate) use timelines::all;

/// A quiet tone on every lane, each at a frequency of its own.
pub(crate) fn tones(timeline: &Timeline) -> PlanarBlock {
    let frames = usize::try_from(timeline.length.0).expect("short programmes");
    let mut block = PlanarBlock::new(timeline.lanes.len(), frames);
    for (lane, samples) in block.iter_mut().enumerate() {
        let step = (0.01 + lane as f64 * 0.001) * std::f64::consts::TAU;
        for (frame, sample) in samples.iter_mut().enumerate() {
            let value = 0.1 * (frame as f64 * step).sin();
            #[expect(clippy::cast_possible_truncation, reason = "samples are f32")]
            let narrow = value as f32;
            *sample = narrow;
        }
    }
    block
}
