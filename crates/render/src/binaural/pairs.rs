//! Filters that both ears' signals go through together: one ear is the real part of a complex signal and the
//! other the imaginary part, and real filters keep them apart.

use super::spectrum::{self, Bins, LANES};
use fearless_simd::{Level, dispatch};
use realfft::RealFftPlanner;
use realfft::num_complex::Complex32;
use rustfft::{Fft, FftPlanner};
use std::fmt;
use std::sync::Arc;

/// Some filters, and the sum of what comes out of them.
pub(super) struct PairFilters {
    level: Level,
    forward: Arc<dyn Fft<f32>>,
    back: Arc<dyn Fft<f32>>,
    buffer: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// All bins of every filter, those above half the rate too.
    filters: Vec<Bins>,
    sum: Vec<Bins>,
}

impl fmt::Debug for PairFilters {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PairFilters({} points)", self.buffer.len())
    }
}

impl PairFilters {
    /// Filters from spectra of transforms of `points`, for transforms of `length`, a multiple of [`LANES`]
    /// and not less. Spectra hold the level of those in a bank.
    pub(super) fn new(level: Level, spectra: &[Bins], points: usize, length: usize) -> Self {
        let (forward, back) = {
            let mut planner = FftPlanner::new();
            (planner.plan_fft_forward(length), planner.plan_fft_inverse(length))
        };
        let needed = forward.get_inplace_scratch_len().max(back.get_inplace_scratch_len());
        let mut made = Self {
            level,
            buffer: vec![Complex32::default(); length],
            scratch: vec![Complex32::default(); needed],
            filters: Vec::new(),
            sum: vec![Bins::ZERO; length / LANES],
            forward,
            back,
        };
        let inverse = RealFftPlanner::new().plan_fft_inverse(points);
        let (mut bins, mut time) = (inverse.make_input_vec(), inverse.make_output_vec());
        for short in spectra.chunks(spectrum::runs(points)) {
            spectrum::join(short, &mut bins);
            inverse.process(&mut bins, &mut time).expect("planned buffers");
            made.buffer.fill(Complex32::default());
            // In a bank levels are halved for transforms that double.
            let level = 2.0 / length as f32;
            for (to, from) in made.buffer.iter_mut().zip(&time) {
                to.re = level * from;
            }
            made.forward.process_with_scratch(&mut made.buffer, &mut made.scratch);
            made.filters.extend(made.buffer.as_chunks().0.iter().map(run));
        }
        made
    }

    /// Adds what comes out of a filter when these go in, as many frames as the transforms have points.
    pub(super) fn add(&mut self, filter: usize, [left, right]: [&[f32]; 2]) {
        for ((to, &left), &right) in self.buffer.iter_mut().zip(left).zip(right) {
            *to = Complex32::new(left, right);
        }
        self.forward.process_with_scratch(&mut self.buffer, &mut self.scratch);
        let filter = &self.filters[filter * self.sum.len()..][..self.sum.len()];
        let Self { level, buffer, sum, .. } = self;
        dispatch!(*level, _simd => multiply_add(sum, buffer, filter));
    }

    /// The sum, left as real part and right as imaginary part, which is forgotten here.
    pub(super) fn take(&mut self) -> &[Complex32] {
        for (to, run) in self.buffer.as_chunks_mut::<LANES>().0.iter_mut().zip(&mut self.sum) {
            for (i, to) in to.iter_mut().enumerate() {
                *to = Complex32::new(run.re[i], run.im[i]);
            }
            *run = Bins::ZERO;
        }
        self.back.process_with_scratch(&mut self.buffer, &mut self.scratch);
        &self.buffer
    }
}

/// Some bins as a run.
#[inline(always)]
fn run(bins: &[Complex32; LANES]) -> Bins {
    let mut run = Bins::ZERO;
    for (i, bin) in bins.iter().enumerate() {
        (run.re[i], run.im[i]) = (bin.re, bin.im);
    }
    run
}

#[inline(always)]
fn multiply_add(sum: &mut [Bins], signal: &[Complex32], filter: &[Bins]) {
    for ((sum, signal), h) in sum.iter_mut().zip(signal.as_chunks().0).zip(filter) {
        let x = run(signal);
        for i in 0..LANES {
            sum.re[i] += x.re[i] * h.re[i] - x.im[i] * h.im[i];
            sum.im[i] += x.re[i] * h.im[i] + x.im[i] * h.re[i];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::Dice;

    #[test]
    fn what_comes_out_is_the_convolution_of_each_ear() {
        let (points, length) = (32, 64);
        let mut dice = Dice(8);
        let mut noise =
            |count| -> Vec<f32> { (0..count).map(|_| dice.roll(-1.0, 1.0) as f32).collect() };
        let taps = [noise(20), noise(20)];
        let mut spectra = Vec::new();
        for taps in &taps {
            let forward = RealFftPlanner::new().plan_fft_forward(points);
            let (mut time, mut bins) = (forward.make_input_vec(), forward.make_output_vec());
            // The level of a bank.
            let level = 1.0 / (2 * points) as f32;
            time.iter_mut().zip(taps).for_each(|(to, tap)| *to = level * tap);
            forward.process(&mut time, &mut bins).unwrap();
            let mut runs = vec![Bins::ZERO; spectrum::runs(points)];
            spectrum::split(&bins, &mut runs);
            spectra.extend(runs);
        }
        let mut filters = PairFilters::new(Level::new(), &spectra, points, length);
        let signals = [[noise(length), noise(length)], [noise(length), noise(length)]];
        for _ in 0..2 {
            for (number, [left, right]) in signals.iter().enumerate() {
                filters.add(number, [left, right]);
            }
            let found = filters.take();
            for n in taps[0].len()..length {
                for ear in 0..2 {
                    let one = |number: usize| -> f32 {
                        let taps = taps[number].iter().enumerate();
                        taps.map(|(i, tap)| tap * signals[number][ear][n - i]).sum()
                    };
                    let (wanted, found) = (one(0) + one(1), [found[n].re, found[n].im][ear]);
                    assert!((found - wanted).abs() < 1e-5, "frame {n}: {found}, not {wanted}");
                }
            }
        }
    }
}
