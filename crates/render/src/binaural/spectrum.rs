//! Spectra and the loops the time goes into.
//!
//! Real and imaginary parts lie in separate runs of [`LANES`] values, so that the loops below become
//! whole vectors on every CPU. They add and multiply one step after the other, never fused, and
//! nothing depends on the width of a vector: every CPU computes the same bits here.
//!
//! The first and the last bin of a real signal's spectrum are real. The last one, at half the rate,
//! takes the place of the first one's imaginary part.

use realfft::num_complex::{Complex32, Complex64};
use std::f64::consts::TAU;
use std::ops::Range;

/// Bins in a run.
pub(super) const LANES: usize = 16;

/// A run of bins.
#[derive(Clone, Copy, Debug, PartialEq)]
#[repr(align(64))]
pub(super) struct Bins {
    pub(super) re: [f32; LANES],
    pub(super) im: [f32; LANES],
}

/// Runs that hold a real signal's spectrum of `length` points.
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

/// Brings a transform's output into runs.
#[inline(always)]
pub(super) fn split(from: &[Complex32], to: &mut [Bins]) {
    let last = from.len() - 1;
    let (whole, rest) = from[..last].as_chunks::<LANES>();
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
    to[0].im[0] = from[last].re;
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
    to[last] = Complex32::new(from[0].im[0], 0.0);
}

/// `sum += signal · filter`.
#[inline(always)]
pub(super) fn multiply_add(sum: &mut [Bins], signal: &[Bins], filter: &[Bins]) {
    let (Some(s), Some(x), Some(h)) = (sum.first(), signal.first(), filter.first()) else { return };
    let ends = [s.re[0] + x.re[0] * h.re[0], s.im[0] + x.im[0] * h.im[0]];
    for ((s, x), h) in sum.iter_mut().zip(signal).zip(filter) {
        for i in 0..LANES {
            s.re[i] += x.re[i] * h.re[i] - x.im[i] * h.im[i];
            s.im[i] += x.re[i] * h.im[i] + x.im[i] * h.re[i];
        }
    }
    [sum[0].re[0], sum[0].im[0]] = ends;
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
/// The sum of the products of real parts and of imaginary parts.
#[inline(always)]
pub(super) fn dot(a: &[Bins], b: &[Bins]) -> f64 {
    let mut sum = Bins::ZERO;
    for (a, b) in a.iter().zip(b) {
        for i in 0..LANES {
            sum.re[i] += a.re[i] * b.re[i];
            sum.im[i] += a.im[i] * b.im[i];
        }
    }
    sum.re.iter().chain(&sum.im).map(|&value| f64::from(value)).sum()
}

/// The factors e^(−j 2π k d / length) of a delay, run after run. Nothing may be left at half the rate.
#[derive(Clone, Copy, Debug)]
pub(super) struct DelayTurn {
    first: Bins,
    step: Complex32,
}

impl DelayTurn {
    /// A delay of `delay` samples for transforms of `length` points.
    pub(super) fn new(delay: f64, length: usize) -> Self {
        let mut power = Complex64::cis(-TAU * delay / length as f64);
        let mut factors = [Complex64::new(1.0, 0.0); LANES];
        let mut known = 1;
        while known < LANES {
            let (from, to) = factors.split_at_mut(known);
            to.iter_mut().zip(from).for_each(|(to, from)| *to = *from * power);
            power *= power;
            known *= 2;
        }
        let mut first = Bins::ZERO;
        for (i, factor) in factors.into_iter().enumerate() {
            (first.re[i], first.im[i]) = (factor.re as f32, factor.im as f32);
        }
        Self { first, step: Complex32::new(power.re as f32, power.im as f32) }
    }
}

/// `out = delay · Σ weight · part`, where there is a delay. Parts may be longer than `out`.
#[inline(always)]
pub(super) fn mix<const P: usize>(
    out: &mut [Bins],
    parts: [&[Bins]; P],
    weights: [f32; P],
    delay: Option<DelayTurn>,
) {
    let parts = parts.map(|part| &part[..out.len()]);
    match delay {
        Some(delay) => {
            let mut turn = delay.first;
            for (k, run) in out.iter_mut().enumerate() {
                let sum = weighted(&parts, &weights, k);
                delayed(run, &sum, &mut turn, delay.step);
            }
        }
        None => {
            for (k, run) in out.iter_mut().enumerate() {
                *run = weighted(&parts, &weights, k);
            }
        }
    }
}

#[inline(always)]
fn weighted<const P: usize>(parts: &[&[Bins]; P], weights: &[f32; P], k: usize) -> Bins {
    let mut sum = Bins::ZERO;
    for p in 0..P {
        let part = &parts[p][k];
        for i in 0..LANES {
            sum.re[i] += weights[p] * part.re[i];
            sum.im[i] += weights[p] * part.im[i];
        }
    }
    sum
}

/// `out = delay · gain · out`, where there is a delay.
#[inline(always)]
pub(super) fn turn(out: &mut [Bins], gain: f32, delay: Option<DelayTurn>) {
    let Some(delay) = delay else {
        out.iter_mut().for_each(|run| run.scale(gain));
        return;
    };
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
