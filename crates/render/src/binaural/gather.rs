//! Many sources into a few lines: the loop the time of fast quality goes into.
//!
//! For [`STEP`] frames of six lines the sums stay in registers while all sources go by, each with its
//! own weights. Weights stay the same for so many frames; what moves goes up and down a stair. Every sum
//! is taken in the order of the sources, a product and a sum, never fused, so that every CPU and every
//! width of a vector gives the same bits.

use super::basis::COMPONENTS;
use fearless_simd::{Level, Simd, dispatch, f32x8, f32x16, prelude::*};
use std::ops::Range;

/// Frames that keep their weights.
pub(super) const STEP: usize = 16;

/// Lines that are summed at a time: with their sums and what is added to them they fill sixteen registers of
/// eight values.
const GROUP: usize = 6;

/// Sources that are taken at a time, so that their weights stay at hand.
const BATCH: usize = 32;

/// A weight for each component, left ear's and right ear's.
pub(super) type Weights = [[f32; COMPONENTS]; 2];

/// What a source adds to the lines during some frames.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    /// Number of the source.
    pub(super) voice: usize,
    /// Whole frames by which it is late at each ear.
    pub(super) late: [usize; 2],
    /// Weights at the first frame.
    pub(super) from: Weights,
    /// What they grow by every [`STEP`] frames, and whether they do.
    pub(super) slope: Weights,
    pub(super) grows: bool,
}

/// The lines of both ears' components, left ear's first.
#[derive(Debug)]
pub(super) struct Lines {
    samples: Vec<f32>,
    length: usize,
}

impl Lines {
    /// Silent ones of so many frames.
    pub(super) fn new(length: usize) -> Self {
        Self { samples: vec![0.0; 2 * COMPONENTS * length], length }
    }

    /// Frames of a line.
    pub(super) fn frames(&self) -> usize {
        self.length
    }

    /// The line of an ear's component.
    pub(super) fn line(&self, ear: usize, component: usize) -> &[f32] {
        &self.samples[(ear * COMPONENTS + component) * self.length..][..self.length]
    }

    /// All lines in turn.
    pub(super) fn iter_mut(&mut self) -> impl Iterator<Item = &mut [f32]> {
        self.samples.chunks_exact_mut(self.length)
    }

    /// Adds sources to these frames of the lines. `heard` shows the frames of a part that an ear hears,
    /// as many of them.
    pub(super) fn add<'a>(
        &mut self,
        level: Level,
        frames: Range<usize>,
        parts: &[Part],
        heard: impl Fn(&Part, usize) -> &'a [f32],
    ) {
        for batch in parts.chunks(BATCH) {
            let mut windows = [[Window::default(); 2]; BATCH];
            for (windows, part) in windows.iter_mut().zip(batch) {
                for (ear, window) in windows.iter_mut().enumerate() {
                    *window = heard(part, ear)[..frames.len()].as_chunks();
                }
            }
            let windows = &windows[..batch.len()];
            dispatch!(level, simd => self.add_batch(simd, frames.clone(), batch, windows));
        }
    }

    #[inline(always)]
    fn add_batch<S: Simd>(
        &mut self,
        simd: S,
        frames: Range<usize>,
        batch: &[Part],
        windows: &[[Window<'_>; 2]],
    ) {
        let mut room = [[[0.0; COMPONENTS]; 2]; BATCH];
        let now = &mut room[..batch.len()];
        let grows = batch.iter().any(|part| part.grows);
        for step in 0..frames.len() / STEP {
            if grows || step == 0 {
                grow(simd, batch, step, now);
            }
            let at = frames.start + step * STEP;
            for ear in 0..2 {
                for first in (0..COMPONENTS).step_by(GROUP) {
                    self.add_group(simd, at, [ear, first, step], windows, now);
                }
            }
        }
        let rest = frames.len() % STEP;
        if rest > 0 {
            grow(simd, batch, frames.len() / STEP, now);
            self.add_rest(frames.end - rest, windows, now);
        }
    }

    /// Adds a step of all sources to six lines of an ear.
    #[inline(always)]
    fn add_group<S: Simd>(
        &mut self,
        simd: S,
        at: usize,
        [ear, first, step]: [usize; 3],
        windows: &[[Window<'_>; 2]],
        weights: &[Weights],
    ) {
        let start = (ear * COMPONENTS + first) * self.length + at;
        let place = |n: usize| start + n * self.length..start + n * self.length + STEP;
        let mut sums: [f32x16<S>; GROUP] =
            std::array::from_fn(|n| f32x16::from_slice(simd, &self.samples[place(n)]));
        for (windows, weights) in windows.iter().zip(weights) {
            let heard = f32x16::from_slice(simd, &windows[ear].0[step]);
            let weights = &weights[ear][first..first + GROUP];
            for n in 0..GROUP {
                sums[n] += f32x16::splat(simd, weights[n]) * heard;
            }
        }
        for (n, sum) in sums.into_iter().enumerate() {
            sum.store_slice(&mut self.samples[place(n)]);
        }
    }

    /// Adds the frames after the last whole step.
    fn add_rest(&mut self, at: usize, windows: &[[Window<'_>; 2]], weights: &[Weights]) {
        for (windows, weights) in windows.iter().zip(weights) {
            for (number, line) in self.samples.chunks_exact_mut(self.length).enumerate() {
                let (ear, component) = (number / COMPONENTS, number % COMPONENTS);
                let weight = weights[ear][component];
                for (sum, heard) in line[at..].iter_mut().zip(windows[ear].1) {
                    *sum += weight * heard;
                }
            }
        }
    }
}

/// Whole steps and the rest.
type Window<'a> = (&'a [[f32; STEP]], &'a [f32]);

/// The weights in the middle of a step.
#[inline(always)]
fn grow<S: Simd>(simd: S, batch: &[Part], step: usize, now: &mut [Weights]) {
    let steps = f32x8::splat(simd, step as f32 + 0.5);
    for (now, part) in now.iter_mut().zip(batch) {
        let (from, slope) = (part.from.as_flattened(), part.slope.as_flattened());
        for (n, now) in now.as_flattened_mut().chunks_exact_mut(8).enumerate() {
            let from = f32x8::from_slice(simd, &from[8 * n..8 * n + 8]);
            let slope = f32x8::from_slice(simd, &slope[8 * n..8 * n + 8]);
            (from + steps * slope).store_slice(now);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::Dice;

    /// One frame after the other.
    fn slow(lines: &mut Lines, frames: Range<usize>, parts: &[Part], sound: &[Vec<f32>]) {
        let length = lines.length;
        for part in parts {
            for (number, line) in lines.samples.chunks_mut(length).enumerate() {
                let (ear, k) = (number / COMPONENTS, number % COMPONENTS);
                for n in 0..frames.len() {
                    let steps = (n / STEP) as f32 + 0.5;
                    let grown = std::hint::black_box(steps * part.slope[ear][k]);
                    let weight = part.from[ear][k] + grown;
                    let heard = sound[part.voice][100 + n - part.late[ear]];
                    line[frames.start + n] += std::hint::black_box(weight * heard);
                }
            }
        }
    }

    #[test]
    fn every_vector_width_gives_the_bits_of_one_frame_after_the_other() {
        let mut dice = Dice(21);
        let mut roll = || dice.roll(-1.0, 1.0) as f32;
        for (sources, frames) in [(1, 0..16), (3, 7..71), (40, 33..180), (70, 0..5)] {
            let sound: Vec<Vec<f32>> =
                (0..sources).map(|_| (0..400).map(|_| roll()).collect()).collect();
            let mut weights = || std::array::from_fn(|_| std::array::from_fn(|_| roll()));
            let part = |voice: usize| {
                let grows = voice % 3 == 1;
                let slope = if grows { weights() } else { [[0.0; COMPONENTS]; 2] };
                let late = [voice * 7 % 50, voice * 13 % 60];
                Part { voice, late, from: weights(), slope, grows }
            };
            let parts: Vec<Part> = (0..sources).map(part).collect();
            let mut wanted = Lines::new(200);
            wanted.samples.iter_mut().enumerate().for_each(|(n, v)| *v = (n as f32).sin());
            let start = wanted.samples.clone();
            slow(&mut wanted, frames.clone(), &parts, &sound);
            for level in [Level::new(), Level::baseline()] {
                let mut found = Lines { samples: start.clone(), length: 200 };
                found.add(level, frames.clone(), &parts, |part, ear| {
                    &sound[part.voice][100 - part.late[ear]..][..frames.len()]
                });
                assert_eq!(found.samples, wanted.samples, "{level:?} {sources} {frames:?}");
            }
        }
    }
}
