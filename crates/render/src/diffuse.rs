//! The bus of what is decorrelated, and the delay of what is not.

use crate::decorrelate::{DELAY_FRAMES, Decorrelator, filters};
use cupola_model::{Layout, PlanarBlock};

/// The diffuse shares of all objects, a channel a loudspeaker, and what becomes of them.
#[derive(Debug)]
pub(crate) struct DiffuseBus {
    block: usize,
    input: PlanarBlock,
    /// `None` for an LFE, which no object reaches.
    filters: Vec<Option<Decorrelator>>,
    delays: Vec<Delay>,
}

/// Frames of the direct sound on hold, in front of a tile.
#[derive(Debug)]
struct Delay(Vec<f32>);

impl DiffuseBus {
    /// Frames by which everything lags behind.
    pub(crate) const LATENCY_FRAMES: usize = DELAY_FRAMES;

    /// A bus for tiles of at most so many frames, whole blocks each.
    pub(crate) fn new(layout: &Layout, block: usize, tile: usize) -> Self {
        let speakers = layout.speakers();
        let filter = |taps: &Vec<f64>| Decorrelator::new(taps, block);
        Self {
            block,
            input: PlanarBlock::new(speakers.len(), tile),
            filters: filters(layout)
                .iter()
                .zip(speakers)
                .map(|(taps, speaker)| (!speaker.lfe).then(|| filter(taps)))
                .collect(),
            delays: speakers.iter().map(|_| Delay(vec![0.0; DELAY_FRAMES + tile])).collect(),
        }
    }

    /// The channels of the bus for a tile of so many frames, silent.
    pub(crate) fn open(&mut self, frames: usize) -> [&mut [f32]; Layout::MAX_SPEAKERS] {
        let mut channels = self.input.iter_mut().map(|channel| {
            channel[..frames].fill(0.0);
            &mut channel[..frames]
        });
        std::array::from_fn(|_| channels.next().unwrap_or_default())
    }

    /// Delays the direct sound of a tile and adds what the bus holds, decorrelated.
    pub(crate) fn close(&mut self, out: &mut [&mut [f32]]) {
        let Self { block, input, filters, delays } = self;
        for (channel, out) in out.iter_mut().enumerate() {
            delays[channel].pass(out);
            let Some(filter) = &mut filters[channel] else { continue };
            let diffuse = &input.channel(channel)[..out.len()];
            for (diffuse, out) in diffuse.chunks(*block).zip(out.chunks_mut(*block)) {
                filter.add(diffuse, out);
            }
        }
    }
}

impl Delay {
    fn pass(&mut self, signal: &mut [f32]) {
        let (frames, held) = (signal.len(), &mut self.0);
        held[DELAY_FRAMES..DELAY_FRAMES + frames].copy_from_slice(signal);
        signal.copy_from_slice(&held[..frames]);
        held.copy_within(frames..frames + DELAY_FRAMES, 0);
    }
}
