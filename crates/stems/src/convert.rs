//! Conversion to the session rate, exactly aligned and of exact length.
//!
//! The one place that knows rubato. Its FFT resampler delays by half an FFT block, counted in
//! output frames and rounded down. A block of an even number of smallest blocks makes that half a
//! whole number on both sides, so cutting it off leaves frame 0 of the file on frame 0 of the
//! session; any other choice leaves stems up to a frame apart.

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

/// Frames of another rate at the session's.
pub(crate) struct Converted {
    inner: Box<dyn Frames>,
    resampler: Fft<f32>,
    input: Vec<Vec<f32>>,
    output: Vec<Vec<f32>>,
    /// The part of `output` not yet consumed.
    start: usize,
    end: usize,
    /// Output frames of delay still to be cut off.
    delay_left: usize,
    /// Output frames still to be delivered, the ready ones not counted.
    frames_left: u64,
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
            start: 0,
            end: 0,
            delay_left: resampler.output_delay(),
            frames_left: frames,
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

    fn convert_block(&mut self) {
        let channels = self.input.len();
        let (frames_in, frames_out) = (self.input[0].len(), self.output[0].len());
        let fits = "the buffers have the size the resampler asked for";
        let input = SequentialSliceOfVecs::new(&self.input, channels, frames_in).expect(fits);
        let mut output =
            SequentialSliceOfVecs::new_mut(&mut self.output, channels, frames_out).expect(fits);
        self.resampler.process_into_buffer(&input, &mut output, None).expect(fits);
    }
}

impl Frames for Converted {
    fn ready(&mut self) -> Result<usize, StemError> {
        while self.start == self.end && self.frames_left > 0 {
            self.fill_input()?;
            self.convert_block();
            let frames_out = self.output[0].len();
            self.start = self.delay_left.min(frames_out);
            self.delay_left -= self.start;
            self.end = self.start + at_most(frames_out - self.start, self.frames_left);
            self.frames_left -= (self.end - self.start) as u64;
        }
        Ok(self.end - self.start)
    }

    fn channel(&self, index: usize) -> &[f32] {
        &self.output[index][self.start..self.end]
    }

    fn consume(&mut self, frames: usize) {
        self.start += frames;
    }
}

fn greatest_common_divisor(a: u32, b: u32) -> u32 {
    if b == 0 { a } else { greatest_common_divisor(b, a % b) }
}
