//! Units: rates, instants, spans and gains. An instant and a span never mix by accident.

use std::fmt;
use std::ops::{Add, Sub};

/// Frames per second of a session.
///
/// Legal values are multiples of 100 between 8 000 and 384 000 Hz, so that the 10 ms grid of
/// [`SampleRate::grid_frames`] is a whole number of frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleRate(u32);

impl SampleRate {
    /// 48 kHz, the rate of film, of games and of Atmos masters.
    pub const HZ_48000: Self = Self(48_000);
    /// 96 kHz.
    pub const HZ_96000: Self = Self(96_000);

    /// A rate in Hz, or `None` when it is not a legal session rate.
    ///
    /// ```
    /// use cupola_model::SampleRate;
    /// assert_eq!(SampleRate::new(48_000).map(SampleRate::grid_frames), Some(480));
    /// assert!(SampleRate::new(11_025).is_none());
    /// ```
    pub const fn new(hz: u32) -> Option<Self> {
        if hz >= 8_000 && hz <= 384_000 && hz.is_multiple_of(100) { Some(Self(hz)) } else { None }
    }

    /// The rate in Hz.
    pub const fn hz(self) -> u32 {
        self.0
    }

    /// Frames of the 10 ms grid on which gains are computed and master blocks are cut.
    pub const fn grid_frames(self) -> u32 {
        self.0 / 100
    }

    /// The instant nearest to a time in seconds; negative and non-finite times become frame 0.
    pub fn frame_at(self, seconds: f64) -> FrameIndex {
        // `as` saturates, and maps NaN to zero.
        FrameIndex((seconds * f64::from(self.0)).round() as u64)
    }

    /// A span in seconds.
    pub fn seconds(self, frames: FrameCount) -> f64 {
        frames.0 as f64 / f64::from(self.0)
    }
}

/// An instant: a frame counted from the start of the programme, at the session rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameIndex(pub u64);

/// A span in frames at the session rate.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FrameCount(pub u64);

impl Add<FrameCount> for FrameIndex {
    type Output = Self;
    fn add(self, span: FrameCount) -> Self {
        Self(self.0 + span.0)
    }
}

impl Sub for FrameIndex {
    type Output = FrameCount;
    fn sub(self, earlier: Self) -> FrameCount {
        debug_assert!(earlier <= self, "a span runs forward");
        FrameCount(self.0 - earlier.0)
    }
}

impl fmt::Display for FrameIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for FrameCount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// An amplitude factor; 1 leaves a signal as it is, 0 is silence.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct LinearGain(pub f64);

impl LinearGain {
    /// The gain that changes nothing.
    pub const UNITY: Self = Self(1.0);
    /// Silence, which no decibel value expresses.
    pub const SILENCE: Self = Self(0.0);
}

/// A level difference in decibels: 20 log₁₀ of the amplitude ratio.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
pub struct Decibels(pub f64);

impl From<Decibels> for LinearGain {
    fn from(db: Decibels) -> Self {
        Self(10_f64.powf(db.0 / 20.0))
    }
}

impl From<LinearGain> for Decibels {
    /// Silence becomes minus infinity.
    fn from(gain: LinearGain) -> Self {
        Self(20.0 * gain.0.log10())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn six_decibels_are_about_a_factor_of_two() {
        let gain = LinearGain::from(Decibels(-6.0)).0;
        assert!((gain - 0.501_187_233_6).abs() < 1e-10, "gain was {gain}");
        assert_eq!(Decibels::from(LinearGain::SILENCE).0, f64::NEG_INFINITY);
    }

    #[test]
    fn a_grid_step_is_ten_milliseconds_at_every_usual_rate() {
        for (hz, grid) in [(44_100, 441), (48_000, 480), (88_200, 882), (96_000, 960)] {
            assert_eq!(SampleRate::new(hz).map(SampleRate::grid_frames), Some(grid));
        }
    }
}
