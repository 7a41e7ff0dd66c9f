//! From the taps of a set to the spectra of block-wise filtering, and how long the transforms are.
//!
//! Filtering is by overlap-save: a transform covers the last `length` frames, and of the result only
//! the newest hop is kept, which is right as long as no response is longer than `length − hop + 1`.
//! A response here consists of a fixed latency of [`LATENCY`] frames, the arrival time, the taps, and
//! as much room after them for the ringing of the fractional delay as there is before.

use super::BinauralQuality;
use super::spectrum::{self, Bins};
use cupola_model::{Decibels, HrtfSet, LinearGain};
use realfft::num_complex::Complex32;
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::TAU;
use std::fmt;
use std::sync::Arc;

/// Frames by which everything comes late: half the length of the ringing of [`roll_off`], which is
/// four periods of its transition, a sixth of the Nyquist frequency wide.
pub(super) const LATENCY: usize = 48;

/// Where filters begin to roll off, in parts of the Nyquist frequency: 20 kHz at 48 kHz. There is no
/// way to delay the Nyquist frequency itself by part of a frame, so nothing may be left of it.
const PASS_BAND: f64 = 5.0 / 6.0;

/// Points of the transforms for a set and a hop: enough for the longest response, and a number made
/// of twos and threes, which transforms like.
///
/// Where delays are read from a line, a response is nothing but its taps.
pub(super) fn transform_length(set: &HrtfSet, hop: usize, quality: BinauralQuality) -> usize {
    let late = match quality {
        // Less than a frame of a delay is left to the filters.
        BinauralQuality::Fast => LATENCY + 1 + LATENCY,
        BinauralQuality::Standard => LATENCY + latest(set) + LATENCY,
        BinauralQuality::High => 0,
    };
    let needed = late + set.tap_count + hop - 1;
    let mut best = needed.next_power_of_two();
    for odd in [3, 5, 9, 27] {
        best = best.min(odd * needed.div_ceil(odd).next_power_of_two());
    }
    best
}

/// The latest arrival of a set, in whole frames.
pub(super) fn latest(set: &HrtfSet) -> usize {
    set.delay_samples.iter().flatten().fold(0.0_f32, |a, &d| a.max(d)).ceil() as usize
}

/// Transforms responses, levels and rolls them off.
pub(super) struct FilterTransform {
    forward: Arc<dyn RealToComplex<f32>>,
    time: Vec<f32>,
    spectrum: Vec<Complex32>,
    scratch: Vec<Complex32>,
    gains: Vec<f32>,
}

impl fmt::Debug for FilterTransform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "FilterTransform({} points)", self.time.len())
    }
}

impl FilterTransform {
    /// For the responses of this set.
    pub(super) fn new(set: &HrtfSet, length: usize, quality: BinauralQuality) -> Self {
        let forward = RealFftPlanner::new().plan_fft_forward(length);
        // Neither direction of the transform divides by its length, and that of the sound doubles.
        let level = LinearGain::from(Decibels(set.loudness_gain_db)).0 / (2 * length) as f64;
        let bins = length / 2 + 1;
        let gain = |k: usize| match quality {
            BinauralQuality::High => level as f32,
            _ => (level * roll_off(k as f64 / (bins - 1) as f64)) as f32,
        };
        Self {
            time: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            scratch: forward.make_scratch_vec(),
            gains: (0..bins).map(gain).collect(),
            forward,
        }
    }

    /// Appends the spectrum of a response.
    pub(super) fn append(&mut self, taps: &[f32], to: &mut Vec<Bins>) {
        self.time.fill(0.0);
        self.time[..taps.len()].copy_from_slice(taps);
        self.forward
            .process_with_scratch(&mut self.time, &mut self.spectrum, &mut self.scratch)
            .expect("buffers come from the plan");
        for (bin, gain) in self.spectrum.iter_mut().zip(&self.gains) {
            *bin *= gain;
        }
        let start = to.len();
        to.resize(start + spectrum::runs(self.time.len()), Bins::ZERO);
        spectrum::split(&self.spectrum, &mut to[start..]);
    }
}

/// 1 in the pass band, 0 at the Nyquist frequency (`place` = 1), in between the integral of a
/// four-term Blackman–Harris window, whose own spectrum is below −92 dB from four periods on.
pub(super) fn roll_off(place: f64) -> f64 {
    const HARRIS: [f64; 4] = [0.358_75, 0.488_29, 0.141_28, 0.011_68];
    let u = (place - PASS_BAND) / (1.0 - PASS_BAND);
    if u <= 0.0 {
        return 1.0;
    }
    let [a0, a1, a2, a3] = HARRIS;
    let wave = |n: f64, a: f64| a / (TAU * n) * (TAU * n * u).sin();
    1.0 - (a0 * u - wave(1.0, a1) + wave(2.0, a2) - wave(3.0, a3)) / a0
}
