//! The level of every track around an instant, without reading what comes before.

use crate::JobError;
use crate::pump::unfit;
use crate::show::Level;
use cupola_model::{FrameCount, FrameIndex, Lane, LaneSource, PlanarBlock, StemIndex, Timeline};
use cupola_render::LaneMixer;
use cupola_stems::{StemError, UseReader};
use rayon::prelude::*;
use std::ops::Range;

/// Length of the window in grid steps of 10 ms, the instant in its middle.
const WINDOW_STEPS: u64 = 40;
/// What is read before it, so that low-pass filters have settled.
const SETTLE_STEPS: u64 = 25;

/// RMS and peak of every track in the 400 ms around a frame, less where the programme starts or ends.
pub(crate) fn levels(
    timeline: &Timeline,
    readers: &mut [UseReader],
    at: FrameIndex,
) -> Result<Vec<Level>, JobError> {
    let step = u64::from(timeline.sample_rate.grid_frames());
    let start = at.0.saturating_sub(WINDOW_STEPS / 2 * step);
    let end = at.0.saturating_add(WINDOW_STEPS / 2 * step).min(timeline.length.0);
    let first = start.saturating_sub(SETTLE_STEPS * step);
    let stems: Vec<PlanarBlock> = readers
        .par_iter_mut()
        .zip(&timeline.stems)
        .map(|(reader, stem)| sound(reader, first..end).map_err(|e| unfit(&stem.name, &e)))
        .collect::<Result<_, _>>()?;
    let lanes = mix(timeline, &stems, first..end)?;
    let settled = (start - first) as usize;
    Ok(lanes.iter().map(|samples| level(&samples[settled..])).collect())
}

fn level(samples: &[f32]) -> Level {
    let power: f64 = samples.iter().map(|s| f64::from(*s) * f64::from(*s)).sum();
    Level {
        rms: (power / samples.len().max(1) as f64).sqrt(),
        peak: samples.iter().fold(0.0, |most, s| most.max(s.abs())),
    }
}

/// What a stem sounds like in these frames of the programme.
fn sound(reader: &mut UseReader, frames: Range<u64>) -> Result<PlanarBlock, StemError> {
    let length = (frames.end - frames.start) as usize;
    let mut block = PlanarBlock::new(reader.channels(), length);
    reader.seek(frames.start)?;
    reader.read(&mut block, 0..length)?;
    Ok(block)
}

/// The tracks in these frames. A mixer starts at the start of a programme, so it is given one that
/// starts here: each source is a stem of its own, with its envelope already in it.
fn mix(
    timeline: &Timeline,
    stems: &[PlanarBlock],
    frames: Range<u64>,
) -> Result<PlanarBlock, JobError> {
    let length = (frames.end - frames.start) as usize;
    let (mut uses, mut blocks, mut lanes) = (Vec::new(), Vec::new(), Vec::new());
    for lane in &timeline.lanes {
        let mut sources = Vec::new();
        for source in &lane.sources {
            let mut block = PlanarBlock::new(1, length);
            let out = block.channel_mut(0);
            out.copy_from_slice(stems[source.stem.0].channel(usize::from(source.channel)));
            if let Some(envelope) = &source.envelope {
                for (i, sample) in out.iter_mut().enumerate() {
                    let gain = envelope.gain_at(FrameIndex(frames.start + i as u64)).0;
                    *sample = (f64::from(*sample) * gain) as f32;
                }
            }
            let mut stem = timeline.stems[source.stem.0].clone();
            (stem.clips, stem.cuts, stem.facts.channels) = (None, None, 1);
            let index = StemIndex(uses.len());
            uses.push(stem);
            blocks.push(block);
            sources.push(LaneSource { stem: index, channel: 0, envelope: None, ..source.clone() });
        }
        lanes.push(Lane { sources });
    }
    let here = Timeline {
        length: FrameCount(frames.end - frames.start),
        stems: uses,
        lanes,
        ..timeline.clone()
    };
    let mut mixer = LaneMixer::new(&here).map_err(|e| JobError::Internal(e.to_string()))?;
    let mut mixed = PlanarBlock::new(here.lanes.len(), length);
    mixer.process(&blocks, &mut mixed);
    Ok(mixed)
}
