//! The spectra of a set, for points and for spread sources, and how to mix them.

use super::basis::{Basis, WEIGHT_RUNS};
use super::caps::{CapMean, HALF_ANGLES_DEG};
use super::locate::{Locator, areas};
use super::spectrum::{self, Bins, DelayTurn};
use super::transform::{FilterTransform, LATENCY, transform_length};
use super::{BinauralQuality, Shape};
use cupola_model::{HrtfError, HrtfSet};
use fearless_simd::{Level, dispatch};
use std::ops::Range;

/// Most parts a filter is mixed from: three corners at two spreads.
const MOST_PARTS: usize = 6;

/// The band whose power is kept when responses are added, in Hz.
const BAND_HZ: [f64; 2] = [200.0, 16_000.0];

/// Spectra of a set, ready to be mixed.
#[derive(Debug)]
pub(super) struct Bank {
    /// Points of the transforms.
    pub(super) length: usize,
    /// Whether filters hold their delays.
    turns: bool,
    /// Mean arrival over the sphere and both ears in frames.
    pub(super) mean_arrival: f64,
    locator: Locator,
    directions: usize,
    runs: usize,
    /// The bins whose power is kept.
    band: Range<usize>,
    /// Rows of two ears of `runs` each; as many rows a half-angle as there are directions, but one
    /// for the whole sphere.
    ///
    /// Where there is a basis, an ear's row is the weights of its components instead.
    spectra: Vec<Bins>,
    rows: Vec<Row>,
    basis: Option<Basis>,
}

/// The response of both ears for a stored direction, or the mean of a cap around one.
#[derive(Clone, Copy, Debug)]
struct Row {
    arrival: [f64; 2],
    power: f64,
    /// Power in common with the row of the same direction one half-angle wider.
    shared: f64,
}

/// What to mix for a direction and a half-angle.
#[derive(Clone, Copy, Debug)]
pub(super) struct Recipe {
    /// Triangle, where the next look-up may start.
    pub(super) triangle: usize,
    rows: [usize; MOST_PARTS],
    weights: [f32; MOST_PARTS],
    parts: usize,
    arrival: [f64; 2],
}

impl Bank {
    /// Transforms the set, with as many points as hops need. Caps are prepared only when `spreads` says
    /// that some source needs them.
    pub(super) fn new(
        set: &HrtfSet,
        shape: Shape,
        spreads: bool,
        level: Level,
    ) -> Result<Self, HrtfError> {
        let quality = shape.quality;
        // In fast quality nothing is filtered by hops.
        let hop = if quality == BinauralQuality::Fast { 1 } else { shape.hop };
        let length = transform_length(set, hop, quality);
        let locator = Locator::new(set)?;
        let area = areas(set);
        let arrivals = set.delay_samples.iter().zip(&area);
        let mut bank = Self {
            length,
            turns: quality == BinauralQuality::Standard,
            mean_arrival: arrivals.map(|(d, a)| a * f64::from(d[0] + d[1]) / 2.0).sum(),
            locator,
            directions: set.directions.len(),
            runs: spectrum::runs(length),
            band: band(length, set.sample_rate),
            spectra: Vec::new(),
            rows: Vec::new(),
            basis: None,
        };
        let mut transform = FilterTransform::new(set, length, quality);
        bank.add_points(set, &mut transform);
        if spreads {
            for &half_angle in &HALF_ANGLES_DEG[1..] {
                bank.add_caps(set, &area, half_angle, &mut transform);
            }
            bank.compare_levels();
        }
        if quality == BinauralQuality::Fast {
            bank.take_apart(level);
        }
        Ok(bank)
    }

    /// Replaces spectra by weights of components.
    fn take_apart(&mut self, level: Level) {
        let points = &self.spectra[..self.directions * 2 * self.runs];
        let basis = Basis::new(level, points, self.length, &self.band);
        let ears = self.spectra.chunks(self.runs);
        self.spectra = ears.flat_map(|ear| basis.weights(ear)).collect();
        self.runs = WEIGHT_RUNS;
        self.basis = Some(basis);
    }

    /// Spectra of the components, where responses are sums of such.
    pub(super) fn components(&self) -> Option<&[Bins]> {
        self.basis.as_ref().map(Basis::spectra)
    }

    /// The power of both ears' filters.
    fn power(&self, filters: &[Bins]) -> f64 {
        match &self.basis {
            Some(basis) => filters.chunks(self.runs).map(|ear| basis.power(ear)).sum(),
            None => spectrum::common_power(filters, filters, self.runs, &self.band),
        }
    }

    /// Where directions are found.
    pub(super) fn locator(&self) -> &Locator {
        &self.locator
    }

    /// Runs of one ear's spectrum.
    pub(super) fn runs(&self) -> usize {
        self.runs
    }

    fn add_points(&mut self, set: &HrtfSet, transform: &mut FilterTransform) {
        for direction in 0..self.directions {
            let start = self.spectra.len();
            for ear in 0..2 {
                transform.append(set.response(direction, ear), &mut self.spectra);
            }
            let spectrum = &self.spectra[start..];
            let power = spectrum::common_power(spectrum, spectrum, self.runs, &self.band);
            let arrival = set.delay_samples[direction].map(f64::from);
            self.rows.push(Row { arrival, power, shared: 0.0 });
        }
    }

    fn add_caps(
        &mut self,
        set: &HrtfSet,
        area: &[f64],
        half_angle_deg: f64,
        transform: &mut FilterTransform,
    ) {
        let count = if half_angle_deg >= 180.0 { 1 } else { self.directions };
        for direction in 0..count {
            let cap = CapMean::new(set, area, direction, half_angle_deg);
            let start = self.spectra.len();
            for ear in 0..2 {
                transform.append(cap.response(ear), &mut self.spectra);
            }
            let power: f64 = cap.shares.iter().map(|&(i, share)| share * self.rows[i].power).sum();
            let sum = &self.spectra[start..];
            let found = spectrum::common_power(sum, sum, self.runs, &self.band);
            let gain = (power / found).sqrt() as f32;
            self.spectra[start..].iter_mut().for_each(|run| run.scale(gain));
            self.rows.push(Row { arrival: cap.arrival, power, shared: 0.0 });
        }
    }

    fn compare_levels(&mut self) {
        for row in 0..self.directions * (HALF_ANGLES_DEG.len() - 1) {
            let wider = self.row(row / self.directions + 1, row % self.directions);
            let (a, b) = (self.spectrum_pair(row), self.spectrum_pair(wider));
            self.rows[row].shared = spectrum::common_power(a, b, self.runs, &self.band);
        }
    }

    /// Number of the row of a direction at a level of spread.
    fn row(&self, level: usize, direction: usize) -> usize {
        let whole_sphere = level + 1 == HALF_ANGLES_DEG.len();
        level * self.directions + if whole_sphere { 0 } else { direction }
    }

    fn spectrum_pair(&self, row: usize) -> &[Bins] {
        &self.spectra[row * 2 * self.runs..(row + 1) * 2 * self.runs]
    }

    /// How to make the filter of a direction (unit vector) and a half-angle in degrees; `hint` is a
    /// triangle near by.
    pub(super) fn recipe(&self, direction: [f64; 3], half_angle_deg: f64, hint: usize) -> Recipe {
        let found = self.locator.locate(direction, hint);
        let mut recipe = Recipe {
            triangle: found.triangle,
            rows: [0; MOST_PARTS],
            weights: [0.0; MOST_PARTS],
            parts: 3,
            arrival: [LATENCY as f64; 2],
        };
        let spread = (half_angle_deg > 0.0).then(|| level_of(half_angle_deg));
        recipe.parts = if spread.is_some() { 6 } else { 3 };
        for (i, (&corner, &weight)) in found.corners.iter().zip(&found.weights).enumerate() {
            let corner = corner as usize;
            match spread {
                None => recipe.set(i, corner, weight, weight, &self.rows),
                Some((level, t)) => {
                    let (a, b) = (self.row(level, corner), self.row(level + 1, corner));
                    let gain = weight * self.level_gain(a, b, t);
                    recipe.set(i, a, weight * (1.0 - t), gain * (1.0 - t), &self.rows);
                    recipe.set(i + 3, b, weight * t, gain * t, &self.rows);
                }
            }
        }
        recipe
    }

    /// What keeps the power when row `a` is mixed with its wider row `b`, `t` parts of it.
    fn level_gain(&self, a: usize, b: usize, t: f64) -> f64 {
        let (a, b) = (&self.rows[a], &self.rows[b]);
        let s = 1.0 - t;
        let found = s * s * a.power + t * t * b.power + 2.0 * s * t * a.shared;
        ((s * a.power + t * b.power) / found).sqrt()
    }

    /// Arrival at both ears in frames, and power, of a stored direction.
    pub(super) fn heard(&self, direction: usize) -> ([f64; 2], f64) {
        (self.rows[direction].arrival, self.rows[direction].power)
    }

    /// Writes both ears' filters for stored directions that play together, with these arrivals in frames,
    /// latency included, and this power.
    pub(super) fn mix_parts(
        &self,
        level: Level,
        parts: &[Part],
        arrival: [f64; 2],
        power: f64,
        out: &mut [Bins],
    ) {
        out.fill(Bins::ZERO);
        for (ear, out) in out.chunks_exact_mut(self.runs).enumerate() {
            for part in parts {
                let from = &self.spectra[(2 * part.row + ear) * self.runs..][..self.runs];
                dispatch!(level, _simd => spectrum::add_scaled(out, from, part.weight));
            }
        }
        let found = self.power(out);
        let gain = if found > 0.0 { (power / found).sqrt() } else { 0.0 };
        for (out, arrival) in out.chunks_exact_mut(self.runs).zip(arrival) {
            let delay = self.turn(arrival);
            dispatch!(level, _simd => spectrum::turn(out, gain as f32, delay));
        }
    }

    /// What delays a filter by an arrival, where filters are delayed.
    fn turn(&self, arrival: f64) -> Option<DelayTurn> {
        self.turns.then(|| DelayTurn::new(arrival, self.length))
    }

    /// Writes both ears' filters, left then right.
    pub(super) fn mix(&self, level: Level, recipe: &Recipe, out: &mut [Bins]) {
        for (ear, out) in out.chunks_exact_mut(self.runs).enumerate() {
            let delay = self.turn(recipe.arrival[ear]);
            let part = |i: usize| &self.spectra[(2 * recipe.rows[i] + ear) * self.runs..];
            let w = recipe.weights;
            if recipe.parts == 3 {
                let parts = [part(0), part(1), part(2)];
                let weights = [w[0], w[1], w[2]];
                dispatch!(level, _simd => spectrum::mix(out, parts, weights, delay));
            } else {
                let parts = [part(0), part(1), part(2), part(3), part(4), part(5)];
                dispatch!(level, _simd => spectrum::mix(out, parts, w, delay));
            }
        }
    }
}

/// A stored direction and its gain.
#[derive(Clone, Copy, Debug)]
pub(super) struct Part {
    pub(super) row: usize,
    pub(super) weight: f32,
}

/// The bins of a transform whose power is kept.
fn band(length: usize, rate_hz: u32) -> Range<usize> {
    let bin = |hz: f64| (hz * length as f64 / f64::from(rate_hz)).round() as usize;
    bin(BAND_HZ[0]).max(1)..bin(BAND_HZ[1]).min(length / 2)
}

impl Recipe {
    /// Arrival at both ears in frames, latency included.
    pub(super) fn arrival(&self) -> [f64; 2] {
        self.arrival
    }

    fn set(&mut self, part: usize, row: usize, share: f64, gain: f64, rows: &[Row]) {
        self.rows[part] = row;
        self.weights[part] = gain as f32;
        for (sum, arrival) in self.arrival.iter_mut().zip(rows[row].arrival) {
            *sum += share * arrival;
        }
    }
}

/// The level below a half-angle above 0, and how far it is to the next.
fn level_of(half_angle_deg: f64) -> (usize, f64) {
    let above = HALF_ANGLES_DEG.partition_point(|&a| a < half_angle_deg);
    let level = above.clamp(1, HALF_ANGLES_DEG.len() - 1) - 1;
    let [from, to] = [HALF_ANGLES_DEG[level], HALF_ANGLES_DEG[level + 1]];
    (level, ((half_angle_deg - from) / (to - from)).min(1.0))
}
