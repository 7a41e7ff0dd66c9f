//! Spectra and the three loops the time goes into.
//!
//! Real and imaginary parts lie in separate runs of [`LANES`] values, so that the loops below become
//! whole vectors on every CPU. They add and multiply one step after the other, never fused, and
//! nothing depends on the width of a vector: every CPU computes the same bits here.

use realfft::num_complex::{Complex32, Complex64};
use std::f64::consts::TAU;
use std::ops::Range;

/// Bins in a run.
const LANES: usize = 16;

/// A run of bins.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(super) struct Bins {
    re: [f32; LANES],
    im: [f32; LANES],
}

/// Runs that hold a real signal's spectrum of `length` points, without the Nyquist bin, which is
/// zero in every filter here.
pub(super) fn runs(length: usize) -> usize {
    (length / 2).div_ceil(LANES)
}

impl Bins {
    /// Nothing.
    pub(super) const ZERO: Self = Self { re: [0.0; LANES], im: [0.0; LANES] };

    /// Multiplies every bin by a real number.
    pub(super) fn scale(&mut self, gain: f32) {
        self.re.iter_mut().chain(&mut self.im).for_each(|value| *value *= gain);
    }
}

/// Real part of the product of two pairs of spectra (left ear, right ear, `runs` each), over the bins
/// of a band, every octave alike.
pub(super) fn common_power(a: &[Bins], b: &[Bins], runs: usize, band: &Range<usize>) -> f64 {
    let mut sum = 0.0;
    for k in band.clone() {
        let (run, i) = (k / LANES, k % LANES);
        for (a, b) in [(&a[run], &b[run]), (&a[run + runs], &b[run + runs])] {
            sum += f64::from(a.re[i] * b.re[i] + a.im[i] * b.im[i]) / k as f64;
        }
    }
    sum
}

/// Brings a transform's output, its Nyquist bin left out, into runs.
#[inline(always)]
pub(super) fn split(from: &[Complex32], to: &mut [Bins]) {
    let (whole, rest) = from[..from.len() - 1].as_chunks::<LANES>();
    for (run, values) in to.iter_mut().zip(whole) {
        for (i, value) in values.iter().enumerate() {
            run.re[i] = value.re;
            run.im[i] = value.im;
        }
    }
    if let Some(run) = to.get_mut(whole.len()) {
        for (i, value) in rest.iter().enumerate() {
            run.re[i] = value.re;
            run.im[i] = value.im;
        }
    }
}

/// The way back, for an inverse transform: first and last bin are real.
pub(super) fn join(from: &[Bins], to: &mut [Complex32]) {
    let last = to.len() - 1;
    for (values, run) in to[..last].chunks_mut(LANES).zip(from) {
        for (i, value) in values.iter_mut().enumerate() {
            *value = Complex32::new(run.re[i], run.im[i]);
        }
    }
    to[0].im = 0.0;
    to[last] = Complex32::default();
}

/// `sum += signal · filter`.
#[inline(always)]
pub(super) fn multiply_add(sum: &mut [Bins], signal: &[Bins], filter: &[Bins]) {
    for ((s, x), h) in sum.iter_mut().zip(signal).zip(filter) {
        for i in 0..LANES {
            s.re[i] += x.re[i] * h.re[i] - x.im[i] * h.im[i];
            s.im[i] += x.re[i] * h.im[i] + x.im[i] * h.re[i];
        }
    }
}

/// `sum += other`.
pub(super) fn add(sum: &mut [Bins], other: &[Bins]) {
    for (s, o) in sum.iter_mut().zip(other) {
        for i in 0..LANES {
            s.re[i] += o.re[i];
            s.im[i] += o.im[i];
        }
    }
}

/// `sum += gain · other`.
#[inline(always)]
pub(super) fn add_scaled(sum: &mut [Bins], other: &[Bins], gain: f32) {
    for (s, o) in sum.iter_mut().zip(other) {
        for i in 0..LANES {
            s.re[i] += gain * o.re[i];
            s.im[i] += gain * o.im[i];
        }
    }
}

/// The factors e^(−j 2π k d / length) of a delay, run after run.
#[derive(Clone, Copy, Debug)]
pub(super) struct DelayTurn {
    first: Bins,
    step: Complex32,
}

impl DelayTurn {
    /// A delay of `delay` samples for transforms of `length` points.
    pub(super) fn new(delay: f64, length: usize) -> Self {
        let turn = Complex64::cis(-TAU * delay / length as f64);
        let mut first = Bins::ZERO;
        let mut factor = Complex64::new(1.0, 0.0);
        for i in 0..LANES {
            (first.re[i], first.im[i]) = (factor.re as f32, factor.im as f32);
            factor *= turn;
        }
        Self { first, step: Complex32::new(factor.re as f32, factor.im as f32) }
    }
}

/// `out = delay · Σ weight · part`. Parts may be longer than `out`.
#[inline(always)]
pub(super) fn mix<const P: usize>(
    out: &mut [Bins],
    parts: [&[Bins]; P],
    weights: [f32; P],
    delay: DelayTurn,
) {
    let parts = parts.map(|part| &part[..out.len()]);
    let mut turn = delay.first;
    for (k, run) in out.iter_mut().enumerate() {
        let mut sum = Bins::ZERO;
        for p in 0..P {
            let part = &parts[p][k];
            for i in 0..LANES {
                sum.re[i] += weights[p] * part.re[i];
                sum.im[i] += weights[p] * part.im[i];
            }
        }
        delayed(run, &sum, &mut turn, delay.step);
    }
}

/// `out = delay · gain · out`.
#[inline(always)]
pub(super) fn turn(out: &mut [Bins], gain: f32, delay: DelayTurn) {
    let mut turn = delay.first;
    for run in out {
        let mut sum = *run;
        sum.scale(gain);
        delayed(run, &sum, &mut turn, delay.step);
    }
}

/// Turns a run of bins, and the factors on to the next run.
#[inline(always)]
fn delayed(out: &mut Bins, from: &Bins, turn: &mut Bins, step: Complex32) {
    for i in 0..LANES {
        out.re[i] = from.re[i] * turn.re[i] - from.im[i] * turn.im[i];
        out.im[i] = from.re[i] * turn.im[i] + from.im[i] * turn.re[i];
    }
    for i in 0..LANES {
        let re = turn.re[i] * step.re - turn.im[i] * step.im;
        turn.im[i] = turn.re[i] * step.im + turn.im[i] * step.re;
        turn.re[i] = re;
    }
}
