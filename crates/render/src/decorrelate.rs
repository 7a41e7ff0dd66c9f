//! All-pass filters with random phases, a different one for every loudspeaker.
//!
//! They are those of the reference implementation of [BS.2127-0 §7.4]: 512 taps whose spectrum has
//! magnitude 1 everywhere and phases drawn by a Mersenne Twister. What does not pass them is delayed
//! by [`DELAY_FRAMES`], so that both arrive together. The taps count frames, whatever the rate.

mod twister;

use cupola_model::Layout;
use realfft::num_complex::{Complex32, Complex64};
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::f64::consts::TAU;
use std::fmt;
use std::sync::Arc;
use twister::Twister;

/// Taps of a filter.
const TAPS: usize = 512;

/// The mean delay of the filters in frames. [BS.2127-0 §7.4]
pub(crate) const DELAY_FRAMES: usize = (TAPS - 1) / 2;

/// The taps of every channel of a layout.
pub(crate) fn filters(layout: &Layout) -> Vec<Vec<f64>> {
    let labels: Vec<&str> = layout.speakers().iter().map(|s| s.label.as_str()).collect();
    // The seed is the rank among the sorted labels; of two alike the first one comes first.
    let rank = |i: usize| (0..labels.len()).filter(|&j| (labels[j], j) < (labels[i], i)).count();
    (0..labels.len()).map(|channel| taps(rank(channel) as u32)).collect()
}

fn taps(seed: u32) -> Vec<f64> {
    let mut random = Twister::new(seed);
    let mut spectrum = vec![Complex64::ONE; TAPS / 2 + 1];
    for bin in &mut spectrum[1..TAPS / 2] {
        *bin = Complex64::cis(TAU * f64::from(random.draw()) / 2_f64.powi(32));
    }
    let mut taps = vec![0.0; TAPS];
    let inverse = RealFftPlanner::<f64>::new().plan_fft_inverse(TAPS);
    inverse.process(&mut spectrum, &mut taps).expect("buffers come from the plan");
    for tap in &mut taps {
        *tap /= TAPS as f64;
    }
    taps
}

/// A filter at work, block by block.
pub(crate) struct Decorrelator {
    block: usize,
    filter: Vec<Complex32>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    /// The newest frames of the input, as many as are transformed.
    history: Vec<f32>,
    /// Frames since the last one that was not silent.
    silent: usize,
    time: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl fmt::Debug for Decorrelator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decorrelator")
            .field("block", &self.block)
            .field("length", &self.history.len())
            .finish_non_exhaustive()
    }
}

impl Decorrelator {
    /// A filter for blocks of so many frames.
    pub(crate) fn new(taps: &[f64], block: usize) -> Self {
        let length = (block + taps.len() - 1).next_power_of_two();
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(length);
        let inverse = planner.plan_fft_inverse(length);
        let mut time = vec![0.0; length];
        for (sample, tap) in time.iter_mut().zip(taps) {
            *sample = (tap / length as f64) as f32;
        }
        let mut filter = forward.make_output_vec();
        forward.process(&mut time, &mut filter).expect("buffers come from the plan");
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        Self {
            block,
            bins: filter.clone(),
            filter,
            history: vec![0.0; length],
            silent: length,
            time,
            scratch: vec![Complex32::ZERO; scratch],
            forward,
            inverse,
        }
    }

    /// Adds the filtered block to `out`.
    pub(crate) fn add(&mut self, input: &[f32], out: &mut [f32]) {
        assert_eq!(input.len(), self.block, "whole blocks only");
        let length = self.history.len();
        let heard = input.iter().rposition(|x| *x != 0.0);
        self.silent = heard.map_or(self.silent + self.block, |last| self.block - 1 - last);
        self.history.copy_within(self.block.., 0);
        self.history[length - self.block..].copy_from_slice(input);
        if self.silent >= length {
            self.silent = length;
            return;
        }
        let Self { history, time, bins, scratch, filter, .. } = self;
        let expect = "buffers come from the plan";
        time.copy_from_slice(history);
        self.forward.process_with_scratch(time, bins, scratch).expect(expect);
        for (bin, filter) in bins.iter_mut().zip(filter) {
            *bin *= *filter;
        }
        // Rounding leaves traces where a real signal has none.
        for real in [0, bins.len() - 1] {
            bins[real].im = 0.0;
        }
        self.inverse.process_with_scratch(bins, time, scratch).expect(expect);
        for (sample, filtered) in out.iter_mut().zip(&time[length - self.block..]) {
            *sample += filtered;
        }
    }
}

#[cfg(test)]
mod tests;
