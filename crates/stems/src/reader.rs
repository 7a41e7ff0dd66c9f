//! Frames on the timeline of the session.

use crate::convert::Converted;
use crate::frames::{Decode, FileFrames, Frames, Shifted, split};
use crate::open::{Opened, open};
use crate::{StemError, probe};
use cupola_model::{PlanarBlock, SampleRate, StemFacts, StemOffset};
use std::fmt;
use std::ops::Range;
use std::path::Path;

/// An open stem that delivers its sound in order, at the session's rate, from the first frame of
/// the programme on, or from wherever [`seek`](Self::seek) goes.
///
/// A stereo stem takes less than 1 MB at the usual rates.
pub struct StemReader {
    facts: StemFacts,
    frames: Box<dyn Frames>,
}

impl fmt::Debug for StemReader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StemReader").field("facts", &self.facts).finish_non_exhaustive()
    }
}

impl StemReader {
    /// Opens a stem. An offset in file frames moves it before the conversion, exactly; one in
    /// session frames moves it afterwards. The sound ends at [`StemFacts::end_at`].
    pub fn open(path: &Path, offset: StemOffset, session: SampleRate) -> Result<Self, StemError> {
        let facts = probe(path)?.facts;
        Self::of(open(path)?, path, &facts, offset, session)
    }

    /// A reader of a file whose facts are known.
    pub(crate) fn of(
        opened: Opened,
        path: &Path,
        facts: &StemFacts,
        offset: StemOffset,
        session: SampleRate,
    ) -> Result<Self, StemError> {
        let decoder: Box<dyn Decode> = match opened {
            Opened::Wav(wav) => Box::new(wav),
            Opened::Coded(coded) => Box::new(coded),
        };
        let channels = usize::from(facts.channels);
        let (file_shift, session_shift) = split(offset);
        let file = FileFrames::new(path.into(), decoder, channels, facts.frames);
        let mut frames: Box<dyn Frames> = Box::new(Shifted::new(Box::new(file), file_shift));
        if facts.sample_rate != session.hz() {
            let length = facts.end_at(session, StemOffset::FileFrames(file_shift)).0;
            let from_hz = facts.sample_rate;
            frames = Box::new(Converted::new(path, frames, channels, from_hz, session, length)?);
        }
        let frames = Box::new(Shifted::new(frames, session_shift));
        Ok(Self { facts: facts.clone(), frames })
    }

    /// The facts of the file.
    pub fn facts(&self) -> &StemFacts {
        &self.facts
    }

    /// Channels, 1 to [`crate::MAX_CHANNELS`].
    pub fn channels(&self) -> usize {
        usize::from(self.facts.channels)
    }

    /// Makes this session frame of the stem, its offset included, the next one that is read. What is
    /// read then has the bits that reading from the start would have delivered there; beyond the end
    /// it is silence.
    ///
    /// WAV, AIFF, CAF, FLAC and ALAC are entered at the frame. Other codecs, whose sound depends on
    /// all that came before, are decoded up to it: from where they stand, or from the start when
    /// that lies behind. A converted stem converts one block more.
    pub fn seek(&mut self, frame: u64) -> Result<(), StemError> {
        self.frames.seek(frame)
    }

    /// Fills the frames `range` of every channel with the next frames of the stem; silence before
    /// it starts and after it ends. The samples do not depend on how the ranges are cut.
    ///
    /// # Panics
    /// When the block does not have the stem's channels or `range` reaches beyond it.
    pub fn read(&mut self, block: &mut PlanarBlock, range: Range<usize>) -> Result<(), StemError> {
        assert_eq!(block.channels(), self.channels(), "a block with the channels of the stem");
        assert!(range.end <= block.frames(), "a range inside the block");
        let mut at = range.start;
        while at < range.end {
            let count = self.frames.ready()?.min(range.end - at);
            if count == 0 {
                break;
            }
            for channel in 0..self.channels() {
                let samples = &self.frames.channel(channel)[..count];
                block.channel_mut(channel)[at..at + count].copy_from_slice(samples);
            }
            self.frames.consume(count);
            at += count;
        }
        for channel in 0..self.channels() {
            block.channel_mut(channel)[at..range.end.max(at)].fill(0.0);
        }
        Ok(())
    }
}
