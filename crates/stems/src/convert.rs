//! Conversion to the session rate, exactly aligned and of exact length.
//!
//! The one place that knows rubato. Its FFT resampler delays by half an FFT block, counted in
//! output frames and rounded down. A block of an even number of smallest blocks makes that half a
//! whole number on both sides, so cutting it off leaves frame 0 of the file on frame 0 of the
//! session; any other choice leaves stems up to a frame apart.
//!
//! A block of output is made of its block of input and of the one before it, which overlaps into it,
//! and of nothing else. Converting the one before and throwing it away is therefore all it takes to
//! start anywhere with the bits of a conversion from the start.

use crate::StemError;
use crate::frames::{Frames, at_most};
use audioadapter_buffers::direct::SequentialSliceOfVecs;
use cupola_model::SampleRate;
use rubato::{Fft, FixedSync, Resampler, WindowFunction};
use std::path::Path;

/// Frames a block should have on its shorter side: long enough for a cutoff near the edge of the
/// band (21.8 kHz from 44.1 kHz), short enough for the cache.
const WANTED_FRAMES: u32 = 1024;

/// Largest term of the reduced ratio of two rates. 44.1 to 48 kHz is 160/147, pull-downs by
/// 1000/1001 from 44.1 kHz stay below 8000; more would need megabytes a channel.
const MAX_TERM: u32 = 16_384;

/// Longer than any programme, and far from where sums of frames overflow.
const MAX_LENGTH: u64 = 1 << 62;

/// Frames of another rate at the session's.
pub(crate) struct Converted {
    inner: Box<dyn Frames>,
    resampler: Fft<f32>,
    input: Vec<Vec<f32>>,
    output: Vec<Vec<f32>>,
    /// Number of the next block; `output` holds the one before it.
    next_block: u64,
    /// The part of `output` not yet consumed, and the session frame it starts at.
    start: usize,
    end: usize,
    position: u64,
    /// Output frames of delay, less than a block.
    delay: u64,
    /// Session frames in all.
    length: u64,
}

impl Converted {
    /// Converts `inner`, which ends by itself, to `frames` frames at `to`.
    pub(crate) fn new(
        file: &Path,
        inner: Box<dyn Frames>,
        channels: usize,
        from_hz: u32,
        to: SampleRate,
        frames: u64,
    ) -> Result<Self, StemError> {
        let divisor = greatest_common_divisor(from_hz, to.hz());
        let (up, down) = (to.hz() / divisor, from_hz / divisor);
        let refused = || StemError::NoConversion {
            file: file.into(),
            from_hz,
            to_hz: to.hz(),
            up,
            down,
            allowed: MAX_TERM,
        };
        if up.max(down) > MAX_TERM {
            return Err(refused());
        }
        let blocks = WANTED_FRAMES.div_ceil(up.min(down)).next_multiple_of(2);
        let (chunk_in, chunk_out) = ((down * blocks) as usize, (up * blocks) as usize);
        let resampler = Fft::new_custom(
            from_hz as usize,
            to.hz() as usize,
            chunk_in,
            1,
            channels,
            WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .map_err(|_| refused())?;
        assert_eq!(
            (resampler.input_frames_next(), resampler.output_frames_next()),
            (chunk_in, chunk_out),
            "the resampler takes blocks of the size asked for"
        );
        Ok(Self {
            inner,
            input: vec![vec![0.0; chunk_in]; channels],
            output: vec![vec![0.0; chunk_out]; channels],
            next_block: 0,
            start: 0,
            end: 0,
            position: 0,
            delay: resampler.output_delay() as u64,
            length: frames.min(MAX_LENGTH),
            resampler,
        })
    }

    /// Fills the input with the next frames, and with silence after the last.
    fn fill_input(&mut self) -> Result<(), StemError> {
        let wanted = self.input[0].len();
        let mut at = 0;
        while at < wanted {
            let count = self.inner.ready()?.min(wanted - at);
            if count == 0 {
                break;
            }
            for (channel, plane) in self.input.iter_mut().enumerate() {
                plane[at..at + count].copy_from_slice(&self.inner.channel(channel)[..count]);
            }
            self.inner.consume(count);
            at += count;
        }
        for plane in &mut self.input {
            plane[at..].fill(0.0);
        }
        Ok(())
    }

    /// Replaces `output` by the next block.
    fn convert_block(&mut self) -> Result<(), StemError> {
        self.fill_input()?;
        let channels = self.input.len();
        let (frames_in, frames_out) = (self.input[0].len(), self.output[0].len());
        let fits = "the buffers have the size the resampler asked for";
        let input = SequentialSliceOfVecs::new(&self.input, channels, frames_in).expect(fits);
        let mut output =
            SequentialSliceOfVecs::new_mut(&mut self.output, channels, frames_out).expect(fits);
        self.resampler.process_into_buffer(&input, &mut output, None).expect(fits);
        self.next_block += 1;
        Ok(())
    }

    /// Hands out `output` from the session frame `position` on, which lies in it.
    fn hand_out(&mut self) {
        let frames_out = self.output[0].len();
        let before = (self.next_block - 1) * frames_out as u64;
        self.start = at_most(frames_out, self.position + self.delay - before);
        self.end = at_most(frames_out, self.length + self.delay - before);
    }
}

impl Frames for Converted {
    fn ready(&mut self) -> Result<usize, StemError> {
        if self.start == self.end && self.position < self.length {
            self.convert_block()?;
            self.hand_out();
        }
        Ok(self.end - self.start)
    }

    fn channel(&self, index: usize) -> &[f32] {
        &self.output[index][self.start..self.end]
    }

    fn consume(&mut self, frames: usize) {
        self.start += frames;
        self.position += frames as u64;
    }

    fn seek(&mut self, frame: u64) -> Result<(), StemError> {
        self.position = frame;
        if frame >= self.length {
            self.start = self.end;
            return Ok(());
        }
        let block = (frame + self.delay) / self.output[0].len() as u64;
        if self.next_block != block + 1 {
            if self.next_block != block {
                self.next_block = block.saturating_sub(1);
                self.inner.seek(self.next_block.saturating_mul(self.input[0].len() as u64))?;
                self.resampler.reset();
            }
            while self.next_block <= block {
                self.convert_block()?;
            }
        }
        self.hand_out();
        Ok(())
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
