//! Hearing responses by the sums that define it, without transforms.

use cupola_hrtf::Sofa;
use cupola_model::HrtfSet;
use std::f64::consts::TAU;

/// A response of either kind: samples, rate, and a delay in samples.
pub(super) struct Response {
    pub(super) taps: Vec<f64>,
    pub(super) delay: f64,
    pub(super) rate_hz: f64,
}

impl Response {
    pub(super) fn of_sofa(sofa: &Sofa, measurement: usize, receiver: usize) -> Self {
        Self {
            taps: sofa.response(measurement, receiver).to_vec(),
            delay: sofa.delay_samples[measurement][receiver],
            rate_hz: sofa.rate_hz,
        }
    }

    pub(super) fn of_set(set: &HrtfSet, direction: usize, ear: usize) -> Self {
        Self {
            taps: set.response(direction, ear).iter().map(|&t| f64::from(t)).collect(),
            delay: f64::from(set.delay_samples[direction][ear]),
            rate_hz: f64::from(set.sample_rate),
        }
    }

    /// Real and imaginary part at a frequency, delay left out.
    fn at(&self, hz: f64) -> [f64; 2] {
        let (sin, cos) = (TAU * hz / self.rate_hz).sin_cos();
        let (mut re, mut im) = (0.0, 0.0);
        for &tap in self.taps.iter().rev() {
            (re, im) = (re * cos + im * sin + tap, im * cos - re * sin);
        }
        [re, im]
    }

    /// Level in decibels in each of the bands.
    pub(super) fn levels_db(&self, bands: &[[f64; 2]]) -> Vec<f64> {
        let level = |&[from, to]: &[f64; 2]| {
            let power = |i: u32| {
                let [re, im] = self.at(from + (to - from) * (f64::from(i) + 0.5) / 6.0);
                re * re + im * im
            };
            10.0 * ((0..6).map(power).sum::<f64>() / 6.0).log10()
        };
        bands.iter().map(level).collect()
    }
}

/// Bands one ERB wide from 300 Hz to 16 kHz (Glasberg and Moore 1990).
pub(super) fn erb_bands() -> Vec<[f64; 2]> {
    let rate = |hz: f64| 21.4 * (1.0 + 0.004_37 * hz).log10();
    let hz = |rate: f64| (10_f64.powf(rate / 21.4) - 1.0) / 0.004_37;
    let (from, to) = (rate(300.0), rate(16_000.0));
    let count = (to - from).floor() as u32;
    let edge = |i: u32| hz(from + (to - from) * f64::from(i) / f64::from(count));
    (0..count).map(|i| [edge(i), edge(i + 1)]).collect()
}

/// Delay of the second response after the first, in µs: the straight line through the origin that
/// fits the phase of their ratio between 300 and 1500 Hz.
pub(super) fn itd_us(left: &Response, right: &Response) -> f64 {
    let stated = right.delay / right.rate_hz - left.delay / left.rate_hz;
    let (mut along, mut square, mut before) = (0.0, 0.0, 0.0_f64);
    let mut turns = 0.0;
    for step in 0..=240 {
        let hz = 300.0 + 5.0 * f64::from(step);
        let ([a, b], [c, d]) = (left.at(hz), right.at(hz));
        let phase = (a * d - b * c).atan2(a * c + b * d);
        if step > 0 {
            turns -= ((phase - before) / TAU).round();
        }
        before = phase;
        let omega = TAU * hz;
        along -= omega * (phase + TAU * turns);
        square += omega * omega;
    }
    (along / square + stated) * 1e6
}

/// Mean, the value below which 95 of 100 lie, and the largest.
pub(super) fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    [mean, values[(values.len() * 95 / 100).min(values.len() - 1)], values[values.len() - 1]]
}
