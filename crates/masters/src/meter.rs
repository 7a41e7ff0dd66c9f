//! What was written: peaks, and what did not fit.

use crate::MastersError;
use cupola_model::{Decibels, FrameCount, FrameIndex};
use std::path::Path;

/// What one channel of a file held.
#[derive(Clone, Debug, PartialEq)]
pub struct ChannelReport {
    /// Name of the channel.
    pub name: String,
    /// Largest magnitude before it was held at full scale; 1 is full scale.
    pub peak: f32,
    /// Samples beyond full scale. Always 0 for float files, which hold them.
    ///
    /// A sample of exactly ±1 is full scale and not counted, although +1 is stored one step lower.
    pub clipped: u64,
    /// The first of them.
    pub first_clip: Option<FrameIndex>,
}

/// What a file holds.
#[derive(Clone, Debug, PartialEq)]
pub struct FileReport {
    /// The channels, in file order.
    pub channels: Vec<ChannelReport>,
    /// Length.
    pub frames: FrameCount,
    /// Size of the file.
    pub bytes: u64,
}

impl FileReport {
    /// Largest magnitude of all channels; 1 is full scale.
    pub fn peak(&self) -> f32 {
        self.channels.iter().fold(0.0, |peak, channel| peak.max(channel.peak))
    }

    /// The gain (negative) that would have avoided clipping; `None` when nothing clipped.
    ///
    /// ```
    /// use cupola_masters::{ChannelReport, FileReport};
    /// use cupola_model::{FrameCount, FrameIndex};
    /// let left = ChannelReport { name: "L".into(), peak: 2.0, clipped: 1, first_clip: Some(FrameIndex(7)) };
    /// let report = FileReport { channels: vec![left], frames: FrameCount(100), bytes: 344 };
    /// let gain = report.gain_without_clipping().ok_or("it clips")?;
    /// assert!((gain.0 + 6.0206).abs() < 1e-4);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn gain_without_clipping(&self) -> Option<Decibels> {
        let clips = self.channels.iter().any(|channel| channel.clipped > 0);
        clips.then(|| Decibels(-20.0 * f64::from(self.peak()).log10()))
    }
}

/// The bits of 1.0 without its sign. Magnitudes of floats order like their bits.
const FULL_SCALE: u32 = 1.0_f32.to_bits();
/// The bits of infinity; whatever is not a number lies above.
const INFINITE: u32 = f32::INFINITY.to_bits();

/// Gathers the report of one file.
#[derive(Debug)]
pub(crate) struct Meter {
    channels: Vec<ChannelReport>,
    /// Whether samples beyond full scale are lost.
    clips: bool,
}

/// A sample that is not a number.
#[derive(Debug, PartialEq)]
pub(crate) struct NotFinite {
    channel: String,
    frame: FrameIndex,
    value: f32,
}

impl NotFinite {
    /// As the error of a file.
    pub(crate) fn in_file(self, path: &Path) -> MastersError {
        let Self { channel, frame, value } = self;
        MastersError::NotFinite { path: path.to_owned(), channel, frame, value }
    }
}

impl Meter {
    pub(crate) fn new(names: impl Iterator<Item = String>, clips: bool) -> Self {
        let silent = |name| ChannelReport { name, peak: 0.0, clipped: 0, first_clip: None };
        Self { channels: names.map(silent).collect(), clips }
    }

    /// Takes the next samples of a channel; the first of them is at `start`.
    pub(crate) fn take(
        &mut self,
        channel: usize,
        start: FrameIndex,
        samples: &[f32],
    ) -> Result<(), NotFinite> {
        let magnitude = |sample: &f32| sample.to_bits() & !(1 << 31);
        let peak = samples.iter().fold(0, |peak, sample| magnitude(sample).max(peak));
        let report = &mut self.channels[channel];
        if peak >= INFINITE {
            let bad = samples.iter().position(|s| !s.is_finite()).expect("a peak has a place");
            let frame = start + FrameCount(bad as u64);
            return Err(NotFinite { channel: report.name.clone(), frame, value: samples[bad] });
        }
        report.peak = report.peak.max(f32::from_bits(peak));
        if self.clips && peak > FULL_SCALE {
            let over = |sample: &&f32| magnitude(sample) > FULL_SCALE;
            report.clipped += samples.iter().filter(over).count() as u64;
            let first = samples.iter().position(|sample| over(&sample));
            let first = first.map(|index| start + FrameCount(index as u64));
            report.first_clip = report.first_clip.or(first);
        }
        Ok(())
    }

    pub(crate) fn finish(self, frames: FrameCount, bytes: u64) -> FileReport {
        FileReport { channels: self.channels, frames, bytes }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn metered(clips: bool, blocks: &[&[f32]]) -> ChannelReport {
        let mut meter = Meter::new(["L".to_owned()].into_iter(), clips);
        let mut start = FrameIndex(0);
        for block in blocks {
            meter.take(0, start, block).unwrap();
            start = start + FrameCount(block.len() as u64);
        }
        meter.finish(FrameCount(start.0), 0).channels.remove(0)
    }

    #[test]
    fn clipped_samples_are_counted_and_the_first_one_is_named() {
        let report = metered(true, &[&[0.5, -1.0, 1.0], &[0.0, -1.5, 1.25, 0.0], &[1.0001]]);
        assert_eq!((report.peak, report.clipped), (1.5, 3));
        assert_eq!(report.first_clip, Some(FrameIndex(4)));
    }

    #[test]
    fn full_scale_itself_does_not_clip_and_float_files_never_do() {
        assert_eq!(metered(true, &[&[1.0, -1.0]]).clipped, 0);
        let float = metered(false, &[&[3.0, -4.0]]);
        assert_eq!((float.peak, float.clipped, float.first_clip), (4.0, 0, None));
    }

    #[test]
    fn what_is_not_a_number_is_refused_with_its_place() {
        for bad in [f32::NAN, -f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let mut meter = Meter::new(["L".to_owned(), "R".to_owned()].into_iter(), false);
            let error = meter.take(1, FrameIndex(100), &[0.0, 0.0, bad, 0.0]).unwrap_err();
            assert_eq!((error.channel.as_str(), error.frame), ("R", FrameIndex(102)));
            assert_eq!(error.value.to_bits(), bad.to_bits());
        }
    }
}
