//! Sources with a size in the room: a cube of virtual sources, by the law of [BS.2127-0 §7.3].
//!
//! The law adds up p-th powers over a grid of up to 40 × 40 × 40 points. Gains and weights are
//! products of one factor an axis, so the sum is a product of three sums, and the factors that
//! depend on the layout alone are tabulated as logarithms: a gain vector costs a few hundred
//! exponentials instead of some ten thousand powers a loudspeaker.

use super::room::{Axis, MAX_STOPS, Place};
use cupola_model::Layout;
use std::f64::consts::{LN_10, PI};

/// Virtual sources along x and y, and along z if there are three planes of loudspeakers or more.
const GRID: usize = 40;

/// −130 dB: weights do not fall below it and sums below it count as nothing.
const FLOOR_EXPONENT: f64 = 6.5;

/// Below this effective size the point source is mixed in.
const FADE_SIZE: f64 = 0.2;

/// What the law needs of the layout.
#[derive(Debug)]
pub(super) struct SizeTables {
    grid: Grid,
    shape: Shape,
    /// For each stop of each axis, where its gain is not 0.
    supports: Vec<Support>,
}

/// Coordinates of the virtual sources.
#[derive(Debug)]
pub(super) struct Grid {
    xy: [f64; GRID],
    /// 20 of them from 0 to 1, or 40 from −1.
    z: [f64; GRID],
    z_count: usize,
}

/// How loudspeakers lie in the room.
#[derive(Debug)]
pub(super) struct Shape {
    /// Axes along which they differ.
    dimensions: usize,
    /// Whether all have one height.
    flat: bool,
    /// Whether all have one height and one place between front and back.
    line: bool,
}

/// The virtual sources that reach a stop.
#[derive(Debug)]
struct Support {
    dimension: usize,
    first: usize,
    /// ln of the gain, which may be −∞ at either end.
    log_gains: Vec<f64>,
}

/// Weights along one axis as natural logarithms.
pub(super) struct Weights([[f64; GRID]; 3]);

/// The sums along the axes, for each stop: over all virtual sources, and at the two walls alone.
pub(super) struct Sums {
    pub all: [f64; MAX_STOPS],
    pub walls: [f64; MAX_STOPS],
}

impl Sums {
    pub(super) fn new() -> Self {
        Self { all: [0.0; MAX_STOPS], walls: [0.0; MAX_STOPS] }
    }

    /// Adds up one stop: for each virtual source from number `first` of an axis of `count`, the
    /// logarithms of its gain and its weight.
    pub(super) fn add_up(
        &mut self,
        stop: usize,
        power: f64,
        count: usize,
        first: usize,
        logs: impl Iterator<Item = (f64, f64)>,
    ) {
        let mut sum = 0.0;
        for (q, (log_gain, log_weight)) in logs.enumerate() {
            let term = (power * (log_gain + log_weight)).exp();
            sum += term;
            if first + q == 0 || first + q == count - 1 {
                self.walls[stop] += term;
            }
        }
        let floor = 10_f64.powf(-FLOOR_EXPONENT);
        self.all[stop] = if sum < floor { 0.0 } else { sum };
    }
}

impl Grid {
    /// For loudspeakers in this many planes.
    pub(super) fn new(planes: usize) -> Self {
        let (from, z_count) = if planes >= 3 { (-1.0, GRID) } else { (0.0, GRID / 2) };
        let point =
            |from: f64, count: usize, i: usize| from + (1.0 - from) * i as f64 / (count - 1) as f64;
        Self {
            xy: std::array::from_fn(|i| point(-1.0, GRID, i)),
            z: std::array::from_fn(|i| point(from, z_count, i)),
            z_count,
        }
    }

    pub(super) fn points(&self, dimension: usize) -> &[f64] {
        if dimension == 2 { &self.z[..self.z_count] } else { &self.xy }
    }
}

impl Shape {
    pub(super) fn of(places: &[Place]) -> Self {
        let varies = [0, 1, 2].map(|d| places.iter().any(|p| p.at[d] != places[0].at[d]));
        Self {
            dimensions: varies.iter().filter(|v| **v).count(),
            flat: !varies[2],
            line: !varies[2] && !varies[1],
        }
    }

    /// The spread that decides the power and the share of the point source.
    fn common_spread(&self, [x, y, z]: [f64; 3]) -> f64 {
        if self.line {
            return x;
        }
        if self.flat {
            return (3.0 * x.max(y) + x.min(y)) / 4.0;
        }
        let mut sorted = [x, y, z];
        sorted.sort_by(f64::total_cmp);
        (6.0 * sorted[2] + 2.0 * sorted[1] + sorted[0]) / 9.0
    }

    /// How much the virtual sources inside the room count against those on its walls; not a number
    /// outside the room.
    fn inside_weight(&self, spreads: [f64; 3], at: [f64; 3]) -> f64 {
        // A single loudspeaker counts as a room, as in the reference implementation.
        let seen = if self.dimensions == 0 { 3 } else { self.dimensions };
        let wall = at[..seen].iter().map(|c| 1.0 - c.abs()).fold(f64::INFINITY, f64::min);
        if wall < 0.0 {
            return f64::NAN;
        }
        let along = |spread: f64| {
            if wall >= 2.0 * spread && wall >= 0.4 {
                (2.0 * spread).max(0.4).powi(3) / (0.32 * spread)
            } else {
                wall / 2.0 * (wall / 0.4).powi(2)
            }
        };
        // The geometric mean over the axes that exist.
        spreads[..seen].iter().map(|&s| along(s)).product::<f64>().powf((seen as f64).recip())
    }
}

impl SizeTables {
    pub(super) fn new(axes: &[Axis], places: &[Place]) -> Self {
        let planes = axes.iter().find(|a| a.dimension == 2).map_or(0, |a| a.stops.len());
        let grid = Grid::new(planes);
        let of_axis = |axis: &Axis| -> Vec<Support> {
            let points = grid.points(axis.dimension);
            (0..axis.stops.len()).map(|stop| Support::new(axis, stop, points)).collect()
        };
        let supports = axes.iter().flat_map(of_axis).collect();
        Self { grid, shape: Shape::of(places), supports }
    }

    /// Turns the gains of a point source into those of a source of this size along x, y and z.
    pub(super) fn widen(&self, places: &[Place], at: [f64; 3], sizes: [f64; 3], gains: &mut [f64]) {
        let source = Source::new(&self.grid, &self.shape, at, sizes);
        let mut sums = Sums::new();
        for (stop, support) in self.supports.iter().enumerate() {
            let count = self.grid.points(support.dimension).len();
            let weights = &source.weights.0[support.dimension][support.first..];
            let logs = support.log_gains.iter().copied().zip(weights.iter().copied());
            sums.add_up(stop, source.power, count, support.first, logs);
        }
        source.widen(places, &sums, gains);
    }
}

/// A source with a size.
pub(super) struct Source {
    spread: f64,
    pub power: f64,
    inside_weight: f64,
    weights: Weights,
}

impl Source {
    pub(super) fn new(grid: &Grid, shape: &Shape, mut at: [f64; 3], sizes: [f64; 3]) -> Self {
        at[2] = at[2].max(grid.z[0]);
        let spreads = [0, 1, 2].map(|d| spread_along(sizes[d], grid.points(d)));
        let spread = shape.common_spread(spreads);
        Self {
            spread,
            power: exponent(spread),
            inside_weight: shape.inside_weight(spreads, at),
            weights: Weights::new(grid, at, spreads),
        }
    }

    /// The weights along an axis, as logarithms.
    pub(super) fn log_weights(&self, dimension: usize) -> &[f64] {
        &self.weights.0[dimension]
    }

    /// Turns the gains of a point source into those of this one.
    pub(super) fn widen(&self, places: &[Place], sums: &Sums, gains: &mut [f64]) {
        let mut wide = [0.0; Layout::MAX_SPEAKERS];
        let mut inside = [0.0; Layout::MAX_SPEAKERS];
        let mut inside_energy = 0.0;
        for (i, place) in places.iter().enumerate() {
            let [x, y, z] = place.stops;
            let (fx, fy, fz) = (sums.all[x], sums.all[y], sums.all[z]);
            inside[i] = fx * fy * fz;
            inside_energy += inside[i] * inside[i];
            wide[i] = sums.walls[x] * fy * fz + fx * sums.walls[y] * fz + fx * fy * sums.walls[z];
        }
        let inside_scale = self.inside_weight * safe_inverse(inside_energy);
        let mut wide_energy = 0.0;
        for (wide, inside) in wide.iter_mut().zip(inside).take(places.len()) {
            *wide = (*wide + inside * inside_scale).powf(self.power.recip());
            wide_energy += *wide * *wide;
        }
        let wide_scale = safe_inverse(wide_energy);
        let (beta, alpha) = if self.spread < FADE_SIZE {
            (self.spread / FADE_SIZE * PI / 2.0).sin_cos()
        } else {
            (1.0, 0.0)
        };
        let mut energy = 0.0;
        for (place, wide) in places.iter().zip(wide) {
            let gain = &mut gains[place.channel];
            *gain = alpha * *gain + beta * wide * wide_scale;
            energy += *gain * *gain;
        }
        let scale = safe_inverse(energy);
        for place in places {
            gains[place.channel] *= scale;
        }
    }
}

impl Support {
    fn new(axis: &Axis, stop: usize, points: &[f64]) -> Self {
        let gains: Vec<f64> = points
            .iter()
            .map(|&point| {
                let mut balance = [0.0; MAX_STOPS];
                axis.balance(point, &mut balance);
                balance[axis.first + stop]
            })
            .collect();
        let first = gains.iter().position(|&g| g > 0.0).unwrap_or(0);
        let end = gains.iter().rposition(|&g| g > 0.0).map_or(0, |last| last + 1);
        let log_gains = gains[first..end.max(first)].iter().map(|g| g.ln()).collect();
        Self { dimension: axis.dimension, first, log_gains }
    }
}

impl Weights {
    fn new(grid: &Grid, at: [f64; 3], spreads: [f64; 3]) -> Self {
        let mut logs = [[0.0; GRID]; 3];
        for (dimension, logs) in logs.iter_mut().enumerate() {
            let spread = spreads[dimension];
            let (width, tilt) =
                if dimension == 2 { (spread, 3.0 / 7.0 * PI) } else { (2.0 * spread, 0.0) };
            for (log, &point) in logs.iter_mut().zip(grid.points(dimension)) {
                let steps = 1.5 * (point - at[dimension]) / width;
                let fall = (steps * steps * (steps * steps)).min(FLOOR_EXPONENT);
                // Towards ceiling and floor the weight falls further, by a cosine.
                let level = if tilt > 0.0 { (point * tilt).cos().ln() } else { 0.0 };
                *log = level - LN_10 * fall;
            }
        }
        Self(logs)
    }
}

/// Half the width of the cube, nearly: the size, bent, and never below the step of the grid.
fn spread_along(size: f64, points: &[f64]) -> f64 {
    const BENDS: [(f64, f64); 5] = [(0.0, 0.0), (0.2, 0.3), (0.5, 1.0), (0.75, 1.8), (1.0, 2.8)];
    let size = size.clamp(0.0, 1.0);
    let above = BENDS.iter().position(|b| size <= b.0).unwrap_or(BENDS.len() - 1).max(1);
    let ((x0, y0), (x1, y1)) = (BENDS[above - 1], BENDS[above]);
    (y0 + (y1 - y0) * (size - x0) / (x1 - x0)).max(2.0 / (points.len() - 1) as f64)
}

/// The power of the p-norm: 6 for small sources, down to 2 for the largest.
fn exponent(spread: f64) -> f64 {
    if spread <= 0.5 { 6.0 } else { 6.0 - 4.0 * (spread - 0.5) / (2.8 - 0.5) }
}

/// 1/√energy, or 0 where there is next to nothing to scale.
fn safe_inverse(energy: f64) -> f64 {
    let length = energy.sqrt();
    if length > 1e-16 { length.recip() } else { 0.0 }
}
