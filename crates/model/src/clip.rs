//! Parts of a stem on the programme's timeline, their fades, and gains that change over time.
//!
//! A stem is usually heard straight through. Where the author places it several times, or cuts the
//! song, it becomes a list of [`Clip`]s: each takes a stretch of the stem's own timeline (frame 0 is
//! where the stem reads from when it is heard straight through, its offset included) to a place in the
//! programme. Clips may overlap, as the two sides of a cross-fade do; where they do they are summed.

use crate::{FrameCount, FrameIndex, LinearGain};
use std::fmt;

/// The course of a fade.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FadeShape {
    /// Straight in amplitude; the two halves of a cross-fade of equal sounds add up to one.
    Linear,
    /// A quarter of a sine; the powers of the two halves of a cross-fade add up to one.
    EqualPower,
}

/// Whether a sound comes or goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FadeDirection {
    /// From silence.
    In,
    /// To silence.
    Out,
}

/// A fade in programme frames. What of it lies outside its clip is not heard: an edit may leave a
/// part of a fade only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fade {
    /// In or out.
    pub direction: FadeDirection,
    /// Course.
    pub shape: FadeShape,
    /// First frame; negative when the programme starts in the middle of it.
    pub start: i64,
    /// Length; 0 is a step at `start`.
    pub length: FrameCount,
}

impl Fade {
    /// Amplitude factor at a frame, 0 to 1. Each frame counts by its middle, so that a fade and its
    /// mirror image have the same values.
    ///
    /// ```
    /// use cupola_model::{Fade, FadeDirection, FadeShape, FrameCount, FrameIndex};
    /// let fade = |direction| Fade { direction, shape: FadeShape::EqualPower, start: 100,
    ///     length: FrameCount(480) };
    /// let (out, into) = (fade(FadeDirection::Out), fade(FadeDirection::In));
    /// for frame in [0, 100, 250, 579, 600].map(FrameIndex) {
    ///     let (a, b) = (out.gain_at(frame), into.gain_at(frame));
    ///     assert!((a * a + b * b - 1.0).abs() < 1e-12);
    /// }
    /// assert_eq!((out.gain_at(FrameIndex(99)), out.gain_at(FrameIndex(580))), (1.0, 0.0));
    /// ```
    pub fn gain_at(&self, frame: FrameIndex) -> f64 {
        let since = frame.0 as i128 - i128::from(self.start);
        let done = if since < 0 {
            0.0
        } else if since >= i128::from(self.length.0) {
            1.0
        } else {
            (since as f64 + 0.5) / self.length.0 as f64
        };
        let share = match self.direction {
            FadeDirection::In => done,
            FadeDirection::Out => 1.0 - done,
        };
        // The ends are exact, whatever a sine makes of them.
        match self.shape {
            FadeShape::EqualPower if share > 0.0 && share < 1.0 => {
                (share * std::f64::consts::FRAC_PI_2).sin()
            }
            _ => share,
        }
    }
}

/// A stretch of a stem at a place of the programme.
#[derive(Clone, Debug, PartialEq)]
pub struct Clip {
    /// First frame in the programme.
    pub at: FrameIndex,
    /// The frame of the stem's own timeline heard there.
    pub from: FrameIndex,
    /// Frames heard, at least 1.
    pub length: FrameCount,
    /// Amplitude factor.
    pub gain: LinearGain,
    /// Fades, multiplied with each other.
    pub fades: Vec<Fade>,
}

impl Clip {
    /// The most clips of one stem that may sound at once; each is read on its own.
    pub const MAX_OVERLAP: usize = 64;

    /// The most clips that sound at one frame, whatever their order.
    pub fn most_at_once(clips: &[Self]) -> usize {
        let mut starts: Vec<u64> = clips.iter().map(|clip| clip.at.0).collect();
        let mut ends: Vec<u64> = clips.iter().map(|clip| clip.end().0).collect();
        starts.sort_unstable();
        ends.sort_unstable();
        let (mut most, mut over) = (0, 0);
        for (started, start) in starts.iter().enumerate() {
            // No clip is empty, so those that are over have started.
            over += ends[over..].iter().take_while(|&end| end <= start).count();
            most = most.max(started + 1 - over);
        }
        most
    }

    /// The frame after the last one in the programme.
    pub fn end(&self) -> FrameIndex {
        FrameIndex(self.at.0.saturating_add(self.length.0))
    }

    /// Amplitude factor at a frame of the programme, 0 outside the clip.
    pub fn gain_at(&self, frame: FrameIndex) -> f64 {
        if frame < self.at || frame >= self.end() {
            return 0.0;
        }
        self.fades.iter().fold(self.gain.0, |gain, fade| gain * fade.gain_at(frame))
    }

    /// Whether every frame has a place in the stem and in the programme, and the gain is one.
    pub(crate) fn is_legal(&self) -> bool {
        self.length.0 > 0
            && self.at.0.checked_add(self.length.0).is_some()
            && self.from.0.checked_add(self.length.0).is_some()
            && (0.0..1e6).contains(&self.gain.0)
    }
}

/// A gain over time: straight lines in amplitude between sparse points, still before the first and
/// after the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    points: Vec<(FrameIndex, LinearGain)>,
}

/// Why points are not an envelope; the number is the index of the point at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum EnvelopeError {
    /// There is no point.
    Empty,
    /// The point is not later than the one before it.
    NotRising(usize),
    /// The gain is negative, not finite or above 120 dB.
    OutOfRange(usize),
}

impl fmt::Display for EnvelopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an envelope needs at least one point"),
            Self::NotRising(i) => write!(f, "point {i} is not later than the point before it"),
            Self::OutOfRange(i) => write!(f, "point {i} has a gain out of range"),
        }
    }
}

impl std::error::Error for EnvelopeError {}

impl Envelope {
    /// Checks the points.
    pub fn new(points: Vec<(FrameIndex, LinearGain)>) -> Result<Self, EnvelopeError> {
        if points.is_empty() {
            return Err(EnvelopeError::Empty);
        }
        for (i, (frame, gain)) in points.iter().enumerate() {
            if i > 0 && *frame <= points[i - 1].0 {
                return Err(EnvelopeError::NotRising(i));
            }
            if !(0.0..1e6).contains(&gain.0) {
                return Err(EnvelopeError::OutOfRange(i));
            }
        }
        Ok(Self { points })
    }

    /// The points, in time order; at least one.
    pub fn points(&self) -> &[(FrameIndex, LinearGain)] {
        &self.points
    }

    /// The gain at a frame. Found by search; a loop over frames keeps its own place in
    /// [`Envelope::points`].
    ///
    /// ```
    /// use cupola_model::{Envelope, FrameIndex, LinearGain};
    /// let points = vec![(FrameIndex(100), LinearGain(1.0)), (FrameIndex(300), LinearGain(0.0))];
    /// let envelope = Envelope::new(points)?;
    /// assert_eq!([0, 100, 150, 300, 999].map(|f| envelope.gain_at(FrameIndex(f)).0),
    ///     [1.0, 1.0, 0.75, 0.0, 0.0]);
    /// # Ok::<(), cupola_model::EnvelopeError>(())
    /// ```
    pub fn gain_at(&self, frame: FrameIndex) -> LinearGain {
        let next = self.points.partition_point(|(at, _)| *at <= frame);
        let Some(before) = next.checked_sub(1) else { return self.points[0].1 };
        let (start, a) = self.points[before];
        let Some((end, b)) = self.points.get(next) else { return a };
        let t = (frame - start).0 as f64 / (*end - start).0 as f64;
        LinearGain(a.0 + (b.0 - a.0) * t)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fade(direction: FadeDirection, shape: FadeShape, start: i64, length: u64) -> Fade {
        Fade { direction, shape, start, length: FrameCount(length) }
    }

    #[test]
    fn the_halves_of_a_linear_cross_fade_add_up_to_one() {
        let out = fade(FadeDirection::Out, FadeShape::Linear, -3, 11);
        let into = fade(FadeDirection::In, FadeShape::Linear, -3, 11);
        for frame in (0..20).map(FrameIndex) {
            assert!((out.gain_at(frame) + into.gain_at(frame) - 1.0).abs() < 1e-12, "{frame}");
        }
    }

    #[test]
    fn a_fade_is_its_mirror_image_backwards() {
        for shape in [FadeShape::Linear, FadeShape::EqualPower] {
            let into = fade(FadeDirection::In, shape, 10, 100);
            let out = fade(FadeDirection::Out, shape, 10, 100);
            for i in 0..120 {
                let mirror = FrameIndex(119 - i);
                let difference = into.gain_at(FrameIndex(i)) - out.gain_at(mirror);
                assert!(difference.abs() < 1e-12, "frame {i}");
            }
        }
    }

    #[test]
    fn a_fade_without_length_is_a_step() {
        let step = fade(FadeDirection::Out, FadeShape::EqualPower, 5, 0);
        assert_eq!([4, 5, 6].map(|f| step.gain_at(FrameIndex(f))), [1.0, 0.0, 0.0]);
    }

    #[test]
    fn a_clip_is_silent_outside_itself_and_multiplies_its_fades() {
        let clip = Clip {
            at: FrameIndex(100),
            from: FrameIndex(0),
            length: FrameCount(10),
            gain: LinearGain(0.5),
            fades: vec![
                fade(FadeDirection::In, FadeShape::Linear, 100, 10),
                fade(FadeDirection::Out, FadeShape::Linear, 100, 10),
            ],
        };
        assert_eq!([99, 110].map(|f| clip.gain_at(FrameIndex(f))), [0.0, 0.0]);
        // The middle of frame 102 lies a quarter of the way into both fades.
        assert!((clip.gain_at(FrameIndex(102)) - 0.5 * 0.25 * 0.75).abs() < 1e-12);
    }

    #[test]
    fn unusable_envelopes_are_refused() {
        let point = |frame, gain| (FrameIndex(frame), LinearGain(gain));
        assert_eq!(Envelope::new(vec![]), Err(EnvelopeError::Empty));
        let twice = vec![point(5, 1.0), point(5, 1.0)];
        assert_eq!(Envelope::new(twice), Err(EnvelopeError::NotRising(1)));
        assert_eq!(Envelope::new(vec![point(5, -0.1)]), Err(EnvelopeError::OutOfRange(0)));
        assert_eq!(Envelope::new(vec![point(5, f64::NAN)]), Err(EnvelopeError::OutOfRange(0)));
    }
}
