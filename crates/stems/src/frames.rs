//! Sound on its way from a file to a block: sources that hand out ready frames.

use crate::StemError;
use cupola_model::StemOffset;
use std::path::PathBuf;

/// A sequence of frames, taken in pieces of whatever size is ready.
pub(crate) trait Frames: Send {
    /// How many frames are ready, at least 1; 0 at the end.
    fn ready(&mut self) -> Result<usize, StemError>;

    /// The ready frames of a channel.
    fn channel(&self, index: usize) -> &[f32];

    /// Drops ready frames.
    fn consume(&mut self, frames: usize);

    /// Makes this frame, counted from the first of all, the next one; nothing is ready beyond the
    /// end. What follows has the bits that reading from the start would have delivered.
    fn seek(&mut self, frame: u64) -> Result<(), StemError>;
}

/// What decodes a file.
pub(crate) trait Decode: Send {
    /// Replaces the planes by the next piece of sound and returns its frames; 0 at the end.
    fn next_piece(&mut self, planes: &mut Vec<Vec<f32>>) -> Result<usize, StemError>;

    /// Whether the file could hold what is no finite number; whole numbers never are.
    fn may_hold_any_number(&self) -> bool {
        true
    }

    /// Goes to a piece that starts at this frame of the file, or before it where the codec has no
    /// way to start there, and returns the frame it starts at.
    fn go_to(&mut self, frame: u64) -> Result<u64, StemError>;
}

/// The frames of a file, exactly as many as its facts promise, all of them finite.
pub(crate) struct FileFrames {
    file: PathBuf,
    decoder: Box<dyn Decode>,
    planes: Vec<Vec<f32>>,
    /// File frame of the first sample in `planes`.
    first: u64,
    /// Frames in `planes`, and how many of them are consumed.
    held: usize,
    start: usize,
    promised: u64,
    at_end: bool,
}

impl FileFrames {
    pub(crate) fn new(
        file: PathBuf,
        decoder: Box<dyn Decode>,
        channels: usize,
        frames: u64,
    ) -> Self {
        Self {
            file,
            decoder,
            planes: vec![Vec::new(); channels],
            first: 0,
            held: 0,
            start: 0,
            promised: frames,
            at_end: false,
        }
    }

    /// File frame after the piece in `planes`.
    fn decoded(&self) -> u64 {
        self.first + self.held as u64
    }

    /// Replaces the piece in `planes` by the next one.
    fn decode(&mut self) -> Result<(), StemError> {
        let count = self.decoder.next_piece(&mut self.planes)?;
        debug_assert!(self.planes.iter().all(|p| p.len() == count), "whole frames");
        (self.first, self.held, self.start) = (self.decoded(), count, 0);
        if self.decoder.may_hold_any_number() {
            self.check_finite()?;
        }
        let (promised, found) = (self.promised, self.decoded());
        if found > promised {
            return Err(StemError::Long { file: self.file.clone(), promised });
        }
        self.at_end = count == 0;
        if self.at_end && found < promised {
            return Err(StemError::Short { file: self.file.clone(), found, promised });
        }
        Ok(())
    }

    fn check_finite(&self) -> Result<(), StemError> {
        if self.planes.iter().all(|plane| all_finite(plane)) {
            return Ok(());
        }
        let (at, channel) = self
            .planes
            .iter()
            .enumerate()
            .filter_map(|(c, plane)| Some((plane.iter().position(|x| !x.is_finite())?, c)))
            .min()
            .expect("one of the planes holds such a sample");
        let frame = self.first + at as u64;
        Err(StemError::NotFinite { file: self.file.clone(), channel: channel + 1, frame })
    }
}

impl Frames for FileFrames {
    fn ready(&mut self) -> Result<usize, StemError> {
        while self.start == self.held && !self.at_end {
            self.decode()?;
        }
        Ok(self.held - self.start)
    }

    fn channel(&self, index: usize) -> &[f32] {
        &self.planes[index][self.start..self.held]
    }

    fn consume(&mut self, frames: usize) {
        self.start += frames;
    }

    fn seek(&mut self, frame: u64) -> Result<(), StemError> {
        self.at_end = frame >= self.promised;
        if self.at_end {
            self.start = self.held;
            return Ok(());
        }
        if !(self.first..self.decoded()).contains(&frame) {
            (self.first, self.held, self.start) = (self.decoder.go_to(frame)?, 0, 0);
            debug_assert!(self.first <= frame, "a decoder stops at the frame or before it");
        }
        while self.decoded() <= frame {
            self.decode()?;
        }
        self.start = at_most(self.held, frame - self.first);
        Ok(())
    }
}

/// Without a branch per sample: the bits of a finite number are below those of infinity.
fn all_finite(samples: &[f32]) -> bool {
    let largest = samples.iter().fold(0, |most, x| most.max(x.to_bits() & 0x7FFF_FFFF));
    largest < f32::INFINITY.to_bits()
}

static SILENCE: [f32; 4096] = [0.0; 4096];

/// Frames that start later, after silence, or earlier, with their head cut off.
pub(crate) struct Shifted {
    inner: Box<dyn Frames>,
    by: i64,
    silence_left: u64,
    cut_left: u64,
}

impl Shifted {
    /// Starts `inner` at frame `by`; negative values cut its head.
    pub(crate) fn new(inner: Box<dyn Frames>, by: i64) -> Self {
        let silence_left = u64::try_from(by).unwrap_or(0);
        Self { inner, by, silence_left, cut_left: if by < 0 { by.unsigned_abs() } else { 0 } }
    }
}

impl Frames for Shifted {
    fn ready(&mut self) -> Result<usize, StemError> {
        if self.silence_left > 0 {
            return Ok(at_most(SILENCE.len(), self.silence_left));
        }
        while self.cut_left > 0 {
            let count = at_most(self.inner.ready()?, self.cut_left);
            if count == 0 {
                return Ok(0);
            }
            self.inner.consume(count);
            self.cut_left -= count as u64;
        }
        self.inner.ready()
    }

    fn channel(&self, index: usize) -> &[f32] {
        if self.silence_left > 0 {
            &SILENCE[..at_most(SILENCE.len(), self.silence_left)]
        } else {
            self.inner.channel(index)
        }
    }

    fn consume(&mut self, frames: usize) {
        if self.silence_left > 0 {
            self.silence_left -= frames as u64;
        } else {
            self.inner.consume(frames);
        }
    }

    fn seek(&mut self, frame: u64) -> Result<(), StemError> {
        self.silence_left = u64::try_from(self.by).unwrap_or(0).saturating_sub(frame);
        self.cut_left = 0;
        let by = self.by.unsigned_abs();
        let at = if self.by < 0 { frame.saturating_add(by) } else { frame.saturating_sub(by) };
        self.inner.seek(at)
    }
}

/// The smaller of a count in memory and a length.
pub(crate) fn at_most(count: usize, length: u64) -> usize {
    usize::try_from(length).map_or(count, |length| length.min(count))
}

/// The two parts of an offset: before the conversion (file frames), after it (session frames).
pub(crate) fn split(offset: StemOffset) -> (i64, i64) {
    match offset {
        StemOffset::FileFrames(n) => (n, 0),
        StemOffset::SessionFrames(n) => (0, n),
    }
}
