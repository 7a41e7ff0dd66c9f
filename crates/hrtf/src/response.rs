//! One measured response, taken apart: magnitude and arrival.
//!
//! A response is its minimum-phase twin and what is left, an all-pass whose delay is the arrival.
//! The delay is read where hearing reads it, from the phase between 200 and 1500 Hz: the first sample
//! above a tenth of the peak is close, and the phase that remains is a straight line through the
//! origin.

use crate::rate::{SMALLEST, analysis_points, delay_frequencies};
use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::f64::consts::{PI, TAU};
use std::fmt;
use std::sync::Arc;

/// The share of the peak that counts as the beginning.
const ONSET: f64 = 0.1;

/// The band whose phase gives the arrival, in Hz.
const ARRIVAL_HZ: [f64; 2] = [200.0, 1500.0];

/// Takes responses apart, one after the other.
pub(crate) struct Analyser {
    rate_hz: f64,
    /// 1 over the largest sample of the set.
    scale: f64,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    time: Vec<f64>,
    spectrum: Vec<Complex64>,
    folded: Vec<Complex64>,
    /// Natural logarithm of the magnitude of the last response.
    pub(crate) log: Vec<f64>,
}

/// When a response arrives.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Arrival {
    /// Delay of the response beyond its minimum-phase twin, in seconds.
    pub(crate) excess_s: f64,
    /// Delay of that twin's own phase, in seconds.
    pub(crate) minimum_s: f64,
}

impl fmt::Debug for Analyser {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Analyser({} Hz, {} points)", self.rate_hz, self.time.len())
    }
}

impl Analyser {
    /// For responses of `samples` at a rate, whose largest sample anywhere in the set is `peak`.
    pub(crate) fn new(rate_hz: f64, samples: usize, peak: f64) -> Self {
        let mut planner = RealFftPlanner::new();
        let length = analysis_points(samples);
        let (forward, inverse) =
            (planner.plan_fft_forward(length), planner.plan_fft_inverse(length));
        Self {
            rate_hz,
            scale: 1.0 / peak,
            time: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            folded: forward.make_output_vec(),
            log: vec![0.0; length / 2 + 1],
            forward,
            inverse,
        }
    }

    /// Frequency of a bin in Hz.
    pub(crate) fn hz(&self, bin: usize) -> f64 {
        bin as f64 * self.rate_hz / self.time.len() as f64
    }

    /// Bins from one frequency to another.
    pub(crate) fn band(&self, [from, to]: [f64; 2]) -> std::ops::Range<usize> {
        let bin = |hz: f64| (hz * self.time.len() as f64 / self.rate_hz).round() as usize;
        let from = bin(from).clamp(1, self.log.len() - 2);
        from..bin(to).clamp(from + 1, self.log.len() - 1)
    }

    /// Sets [`Self::log`] to that of a response.
    pub(crate) fn magnitude(&mut self, taps: &[f64]) {
        self.time.fill(0.0);
        for (to, tap) in self.time.iter_mut().zip(taps) {
            *to = tap * self.scale;
        }
        self.forward.process(&mut self.time, &mut self.spectrum).expect("planned buffers");
        for (log, bin) in self.log.iter_mut().zip(&self.spectrum) {
            *log = bin.norm().max(SMALLEST).ln();
        }
    }

    /// Sets [`Self::log`] and says when the response arrives.
    pub(crate) fn arrival(&mut self, taps: &[f64]) -> Arrival {
        let peak = taps.iter().fold(0.0_f64, |a, t| a.max(t.abs()));
        let onset = taps.iter().position(|t| t.abs() > ONSET * peak).unwrap_or(0) as f64;
        self.magnitude(taps);
        self.fold();
        let per_bin = TAU / self.time.len() as f64;
        let (mut along, mut square) = (0.0, 0.0);
        let mut before = 0.0;
        for k in self.band(ARRIVAL_HZ) {
            let omega = per_bin * k as f64;
            let turned = self.spectrum[k].arg() - self.folded[k].im + omega * onset;
            let mut phase = turned - TAU * ((turned - before) / TAU).round();
            if !phase.is_finite() || (phase - before).abs() > PI + 1e-9 {
                phase = before;
            }
            before = phase;
            along += omega * phase;
            square += omega * omega;
        }
        let excess_s = (onset - along / square) / self.rate_hz;
        Arrival { excess_s, minimum_s: self.minimum_delay_s() }
    }

    /// From the logarithm of the magnitude to that of the minimum-phase spectrum, whose imaginary
    /// part is its phase: the causal half of the cepstrum doubled.
    fn fold(&mut self) {
        for (bin, &log) in self.folded.iter_mut().zip(&self.log) {
            *bin = Complex64::new(log, 0.0);
        }
        self.inverse.process(&mut self.folded, &mut self.time).expect("planned buffers");
        let length = self.time.len();
        for (i, value) in self.time.iter_mut().enumerate() {
            let weight = match i {
                0 => 1.0,
                _ if 2 * i == length => 1.0,
                _ if 2 * i < length => 2.0,
                _ => 0.0,
            };
            *value *= weight / length as f64;
        }
        self.forward.process(&mut self.time, &mut self.folded).expect("planned buffers");
    }

    fn minimum_delay_s(&self) -> f64 {
        let (mut along, mut square) = (0.0, 0.0);
        for hz in delay_frequencies() {
            let place = hz * self.time.len() as f64 / self.rate_hz;
            let lower = (place as usize).min(self.folded.len() - 2);
            let fraction = place - lower as f64;
            let phase =
                self.folded[lower].im * (1.0 - fraction) + self.folded[lower + 1].im * fraction;
            along -= TAU * hz * phase;
            square += (TAU * hz).powi(2);
        }
        along / square
    }
}
