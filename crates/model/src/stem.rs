//! What a stem is, without opening it again.

use crate::{FrameCount, SampleRate};

/// The facts of an audio file, read from its headers.
#[derive(Clone, Debug, PartialEq)]
pub struct StemFacts {
    /// Frames per second of the file.
    pub sample_rate: u32,
    /// Channels, at least 1.
    pub channels: u16,
    /// Frames in the file, exact to the sample.
    pub frames: u64,
    /// Container and codec in words, for example `WAV, 24-bit PCM`.
    pub format: String,
    /// Whether the codec threw sound away.
    pub lossy: bool,
}

/// Where on the timeline a stem starts; negative values cut its head.
///
/// Which clock counts matters when the file's rate is not the session's: 100 samples of a
/// 44.1 kHz file are not a whole number of samples at 48 kHz.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StemOffset {
    /// Samples at the file's own rate, applied before conversion.
    FileFrames(i64),
    /// Frames at the session rate, applied after conversion.
    SessionFrames(i64),
}

impl StemOffset {
    /// Starts with the programme.
    pub const NONE: Self = Self::SessionFrames(0);
}

impl StemFacts {
    /// Length at the session rate: ⌈frames · session / file⌉, so that no sample is lost.
    ///
    /// ```
    /// # use cupola_model::{SampleRate, StemFacts};
    /// let facts = StemFacts { sample_rate: 44_100, channels: 2, frames: 1_323_000,
    ///     format: String::new(), lossy: false };
    /// assert_eq!(facts.frames_at(SampleRate::HZ_48000).0, 1_440_000);
    /// ```
    pub fn frames_at(&self, session: SampleRate) -> FrameCount {
        FrameCount(convert_length(self.frames, self.sample_rate, session))
    }

    /// The frame after the stem's last one on the timeline, its offset included.
    pub fn end_at(&self, session: SampleRate, offset: StemOffset) -> FrameCount {
        match offset {
            StemOffset::FileFrames(n) => FrameCount(convert_length(
                self.frames.saturating_add_signed(n),
                self.sample_rate,
                session,
            )),
            StemOffset::SessionFrames(n) => {
                FrameCount(self.frames_at(session).0.saturating_add_signed(n))
            }
        }
    }
}

fn convert_length(frames: u64, from_hz: u32, to: SampleRate) -> u64 {
    let exact = u128::from(frames) * u128::from(to.hz());
    u64::try_from(exact.div_ceil(u128::from(from_hz.max(1)))).unwrap_or(u64::MAX)
}
