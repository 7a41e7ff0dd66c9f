//! The transforms of the sources' sound: one real signal, or the two signals of a pair of ears, by one
//! complex transform. What comes out is twice the spectrum; filters make up for it.

use super::spectrum::{self, Bins, LANES};
use fearless_simd::{Level, dispatch};
use realfft::num_complex::{Complex32, Complex64};
use rustfft::{Fft, FftPlanner};
use std::f64::consts::TAU;
use std::fmt;
use std::sync::Arc;

/// A planned transform and its buffers.
pub(super) struct Forward {
    level: Level,
    plan: Arc<dyn Fft<f32>>,
    buffer: Vec<Complex32>,
    scratch: Vec<Complex32>,
    /// The transform in runs, and the same from its end to its beginning.
    ahead: Vec<Bins>,
    back: Vec<Bins>,
    /// The factors e^(−j 2π k / length) of a single signal.
    turns: Vec<Bins>,
}

impl fmt::Debug for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Forward({} complex points)", self.buffer.len())
    }
}

impl Forward {
    /// For single signals of an even number of points.
    pub(super) fn single(length: usize, level: Level) -> Self {
        let mut turns = vec![Bins::ZERO; spectrum::runs(length)];
        for k in 0..length / 2 {
            let turn = Complex64::cis(-TAU * k as f64 / length as f64);
            let run = &mut turns[k / LANES];
            (run.re[k % LANES], run.im[k % LANES]) = (turn.re as f32, turn.im as f32);
        }
        Self::new(length / 2, spectrum::runs(length), turns, level)
    }

    /// For pairs of signals of an even number of points.
    pub(super) fn pair(length: usize, level: Level) -> Self {
        Self::new(length, spectrum::runs(length), Vec::new(), level)
    }

    fn new(points: usize, runs: usize, turns: Vec<Bins>, level: Level) -> Self {
        let plan = FftPlanner::new().plan_fft_forward(points);
        Self {
            level,
            buffer: vec![Complex32::default(); points],
            scratch: vec![Complex32::default(); plan.get_inplace_scratch_len()],
            ahead: vec![Bins::ZERO; runs],
            back: vec![Bins::ZERO; runs],
            turns,
            plan,
        }
    }

    /// Twice the spectrum of a signal.
    pub(super) fn of_one(&mut self, time: &[f32], out: &mut [Bins]) {
        for (point, pair) in self.buffer.iter_mut().zip(time.as_chunks::<2>().0) {
            *point = Complex32::new(pair[0], pair[1]);
        }
        self.plan.process_with_scratch(&mut self.buffer, &mut self.scratch);
        let Self { level, buffer, ahead, back, turns, .. } = self;
        dispatch!(*level, _simd => {
            order(buffer, buffer.len(), ahead, back);
            separate_one(ahead, back, turns, out);
        });
        let first = self.buffer[0];
        (out[0].re[0], out[0].im[0]) = (2.0 * (first.re + first.im), 2.0 * (first.re - first.im));
    }

    /// Twice the spectra of both signals, one after the other.
    pub(super) fn of_two(&mut self, time: [&[f32]; 2], out: &mut [Bins]) {
        for ((point, &left), &right) in self.buffer.iter_mut().zip(time[0]).zip(time[1]) {
            *point = Complex32::new(left, right);
        }
        self.plan.process_with_scratch(&mut self.buffer, &mut self.scratch);
        let half = self.buffer.len() / 2;
        let Self { level, buffer, ahead, back, .. } = self;
        let (left, right) = out.split_at_mut(ahead.len());
        dispatch!(*level, _simd => {
            order(buffer, half, ahead, back);
            separate_two(ahead, back, left, right);
        });
        let (first, last) = (self.buffer[0], self.buffer[half]);
        (left[0].re[0], left[0].im[0]) = (2.0 * first.re, 2.0 * last.re);
        (right[0].re[0], right[0].im[0]) = (2.0 * first.im, 2.0 * last.im);
    }
}

/// Brings the first `count` bins into runs, and those that mirror them; beyond them is nothing.
#[inline(always)]
fn order(bins: &[Complex32], count: usize, ahead: &mut [Bins], back: &mut [Bins]) {
    let points = bins.len();
    for (r, (ahead, back)) in ahead.iter_mut().zip(back).enumerate() {
        let start = r * LANES;
        if start > 0 && start + LANES <= count {
            let forth = &bins[start..start + LANES];
            let mirrored = &bins[points - start - LANES + 1..points - start + 1];
            for i in 0..LANES {
                (ahead.re[i], ahead.im[i]) = (forth[i].re, forth[i].im);
                let other = mirrored[LANES - 1 - i];
                (back.re[i], back.im[i]) = (other.re, other.im);
            }
            continue;
        }
        (*ahead, *back) = (Bins::ZERO, Bins::ZERO);
        for (i, k) in (start..count.min(start + LANES)).enumerate() {
            let (forth, other) = (bins[k], bins[if k == 0 { 0 } else { points - k }]);
            (ahead.re[i], ahead.im[i]) = (forth.re, forth.im);
            (back.re[i], back.im[i]) = (other.re, other.im);
        }
    }
}

/// Even and odd samples to the spectrum of all.
#[inline(always)]
fn separate_one(ahead: &[Bins], back: &[Bins], turns: &[Bins], out: &mut [Bins]) {
    for (((z, y), w), out) in ahead.iter().zip(back).zip(turns).zip(out) {
        for i in 0..LANES {
            let (even_re, even_im) = (z.re[i] + y.re[i], z.im[i] - y.im[i]);
            let (odd_re, odd_im) = (z.im[i] + y.im[i], y.re[i] - z.re[i]);
            out.re[i] = even_re + (w.re[i] * odd_re - w.im[i] * odd_im);
            out.im[i] = even_im + (w.re[i] * odd_im + w.im[i] * odd_re);
        }
    }
}

/// The sum of one signal and j times another to the spectra of both.
#[inline(always)]
fn separate_two(ahead: &[Bins], back: &[Bins], left: &mut [Bins], right: &mut [Bins]) {
    for (((z, y), left), right) in ahead.iter().zip(back).zip(left).zip(right) {
        for i in 0..LANES {
            (left.re[i], left.im[i]) = (z.re[i] + y.re[i], z.im[i] - y.im[i]);
            (right.re[i], right.im[i]) = (z.im[i] + y.im[i], y.re[i] - z.re[i]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::Dice;

    /// Twice a spectrum, by the sum that defines it, with its last bin in its place.
    fn wanted(time: &[f32]) -> Vec<Complex64> {
        let bin = |k: usize| -> Complex64 {
            let turn =
                |n: usize| Complex64::cis(-TAU * ((k * n) % time.len()) as f64 / time.len() as f64);
            2.0 * time.iter().enumerate().map(|(n, &v)| f64::from(v) * turn(n)).sum::<Complex64>()
        };
        let mut bins: Vec<_> = (0..time.len() / 2).map(bin).collect();
        bins[0].im = bin(time.len() / 2).re;
        bins
    }

    fn compare(found: &[Bins], time: &[f32]) {
        let wanted = wanted(time);
        for k in 0..found.len() * LANES {
            let (run, i) = (&found[k / LANES], k % LANES);
            let found = Complex64::new(run.re[i].into(), run.im[i].into());
            let wanted = wanted.get(k).copied().unwrap_or_default();
            assert!((found - wanted).norm() < 1e-4, "{} points, bin {k}", time.len());
        }
    }

    #[test]
    fn spectra_of_one_signal_and_of_two_are_the_sums_that_define_them() {
        let mut dice = Dice(4);
        for length in [32, 40, 192, 216, 320, 384] {
            let mut noise =
                || -> Vec<f32> { (0..length).map(|_| dice.roll(-0.5, 0.5) as f32).collect() };
            let (a, b) = (noise(), noise());
            let runs = spectrum::runs(length);
            let mut out = vec![Bins::ZERO; 2 * runs];
            Forward::single(length, Level::new()).of_one(&a, &mut out[..runs]);
            compare(&out[..runs], &a);
            Forward::pair(length, Level::new()).of_two([&a, &b], &mut out);
            compare(&out[..runs], &a);
            compare(&out[runs..], &b);
        }
    }
}
