//! How responses are compared: levels in bands as wide as those of hearing, and times between ears.

use super::twin::transform_at;
use std::f64::consts::TAU;

/// A response at both ears, and delays in frames that its taps do not hold.
pub(super) struct Ears {
    pub(super) taps: [Vec<f32>; 2],
    pub(super) delays: [f64; 2],
    pub(super) rate_hz: f64,
}

/// What two responses at both ears differ by.
pub(super) struct Difference {
    /// In decibels in each band of each ear.
    pub(super) bands_db: [Vec<f64>; 2],
    /// Of the times between the ears in µs.
    pub(super) itd_us: f64,
}

/// Mean, the value below which 95 of 100 lie, and the largest.
pub(super) struct Spread {
    pub(super) mean: f64,
    pub(super) p95: f64,
    pub(super) max: f64,
}

impl Ears {
    /// Level in decibels in bands one ERB wide (Glasberg and Moore 1990), up to 16 kHz.
    fn levels_db(&self, ear: usize, from_hz: f64) -> Vec<f64> {
        let rate = |hz: f64| 21.4 * (1.0 + 0.004_37 * hz).log10();
        let hz = |rate: f64| (10_f64.powf(rate / 21.4) - 1.0) / 0.004_37;
        let (from, to) = (rate(from_hz), rate(16_000.0));
        let power = |rate: f64| transform_at(&self.taps[ear], hz(rate), self.rate_hz).norm_sqr();
        (0..(to - from) as u32)
            .map(|band| (0..5).map(|i| power(from + f64::from(band) + f64::from(i) / 5.0)).sum())
            .map(|sum: f64| 10.0 * (sum / 5.0).log10())
            .collect()
    }

    /// By how much the right ear hears later, in µs: the straight line through the origin that fits the
    /// phase between the ears from one frequency to 1500 Hz.
    fn itd_us(&self, from_hz: f64) -> f64 {
        let (mut along, mut square, mut before) = (0.0, 0.0, 0.0_f64);
        for step in 0..=100 {
            let hz = from_hz + (1500.0 - from_hz) * f64::from(step) / 100.0;
            let [left, right] =
                [0, 1].map(|ear: usize| transform_at(&self.taps[ear], hz, self.rate_hz));
            let phase = (left * right.conj()).arg();
            let phase = phase - TAU * ((phase - before) / TAU).round();
            before = phase;
            along += TAU * hz * phase;
            square += (TAU * hz).powi(2);
        }
        (along / square + (self.delays[1] - self.delays[0]) / self.rate_hz) * 1e6
    }

    /// How these differ from others, from a frequency on.
    pub(super) fn against(&self, other: &Self, from_hz: f64) -> Difference {
        let difference = |ear| {
            let pairs = self.levels_db(ear, from_hz).into_iter().zip(other.levels_db(ear, from_hz));
            pairs.map(|(a, b)| a - b).collect()
        };
        Difference {
            bands_db: [0, 1].map(difference),
            itd_us: (self.itd_us(from_hz) - other.itd_us(from_hz)).abs(),
        }
    }
}

impl Difference {
    /// Log-spectral distance of each ear, a level apart.
    fn lsd_db(&self, level_db: f64) -> [f64; 2] {
        self.bands_db.each_ref().map(|bands| {
            let sum: f64 = bands.iter().map(|db| (db - level_db).powi(2)).sum();
            (sum / bands.len() as f64).sqrt()
        })
    }

    fn ild_db(&self) -> f64 {
        let [left, right] = self.bands_db.each_ref().map(|bands| mean(bands));
        (left - right).abs()
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

/// LSD of each ear, ITD and broadband ILD of many; `levelled` takes out what all have in common.
pub(super) fn spreads(differences: &[Difference], levelled: bool) -> [Spread; 3] {
    let all: Vec<f64> = differences.iter().flat_map(|d| d.bands_db.concat()).collect();
    let level = if levelled { mean(&all) } else { 0.0 };
    [
        Spread::of(differences.iter().flat_map(|d| d.lsd_db(level)).collect()),
        Spread::of(differences.iter().map(|d| d.itd_us).collect()),
        Spread::of(differences.iter().map(Difference::ild_db).collect()),
    ]
}

impl Spread {
    fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        let last = values.len() - 1;
        Self {
            mean: mean(&values),
            p95: values[last.min(values.len() * 95 / 100)],
            max: values[last],
        }
    }
}
