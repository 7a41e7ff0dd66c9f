//! A song that goes through a low-pass before it is cut.

use crate::StemError;
use crate::clips::{Source, UseReader};
use cupola_model::{Cuts, Envelope, FrameIndex, LowPass, PlanarBlock, SampleRate};
use std::ops::Range;
use std::sync::Arc;

/// Frames of the song read at once on the way to a frame.
const PIECE_FRAMES: usize = 1024;

/// A song with a gain over time and a low-pass on every channel. Wherever reading starts, the filter has
/// heard as much of what comes before as it can remember.
pub(crate) struct Filtered {
    song: UseReader,
    filter: Filter,
    /// What the filter remembers, in frames.
    memory: u64,
    piece: PlanarBlock,
}

struct Filter {
    envelope: Option<Arc<Envelope>>,
    /// One a channel.
    filters: Vec<LowPass>,
    /// The frame of the song that comes next.
    frame: u64,
}

impl Filtered {
    pub(crate) fn new(song: UseReader, cuts: &Cuts, session: SampleRate) -> Self {
        let channels = song.channels();
        let filters = vec![LowPass::new(cuts.low_pass_hz, session); channels];
        Self {
            filter: Filter { envelope: cuts.envelope.clone(), filters, frame: 0 },
            song,
            memory: LowPass::memory(cuts.low_pass_hz, session),
            piece: PlanarBlock::new(channels, PIECE_FRAMES),
        }
    }
}

impl Filter {
    #[expect(clippy::cast_possible_truncation, reason = "a filtered sample is a sample")]
    fn process(&mut self, block: &mut PlanarBlock, range: Range<usize>) {
        for (channel, filter) in self.filters.iter_mut().enumerate() {
            let samples = &mut block.channel_mut(channel)[range.clone()];
            for (frame, sample) in (self.frame..).zip(samples) {
                let gain = self.envelope.as_ref().map_or(1.0, |e| e.gain_at(FrameIndex(frame)).0);
                *sample = filter.next(gain * f64::from(*sample)) as f32;
            }
        }
        self.frame += (range.end - range.start) as u64;
    }
}

impl Source for Filtered {
    fn seek(&mut self, frame: u64) -> Result<(), StemError> {
        let Self { song, filter, memory, piece } = self;
        filter.filters.iter_mut().for_each(LowPass::reset);
        filter.frame = frame.saturating_sub(*memory);
        song.seek(filter.frame)?;
        while filter.frame < frame {
            let left = usize::try_from(frame - filter.frame).unwrap_or(usize::MAX);
            let count = left.min(PIECE_FRAMES);
            song.read(piece, 0..count)?;
            filter.process(piece, 0..count);
        }
        Ok(())
    }

    fn read(&mut self, block: &mut PlanarBlock, range: Range<usize>) -> Result<(), StemError> {
        self.song.read(block, range.clone())?;
        self.filter.process(block, range);
        Ok(())
    }
}
