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
    /// Coordinates of the virtual sources along z; there are 20 of them from 0 to 1, or 40 from −1.
    z_points: Vec<f64>,
    /// The same along x and y.
    xy_points: Vec<f64>,
    /// For each stop of each axis, where its gain is not 0.
    supports: Vec<Support>,
    /// Axes along which loudspeakers differ.
    dimensions: usize,
    /// Whether all loudspeakers stand at one height.
    flat: bool,
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
struct Weights([[f64; GRID]; 3]);

/// The sums along the axes, for each stop: over all virtual sources, and at the two walls alone.
struct Sums {
    all: [f64; MAX_STOPS],
    walls: [f64; MAX_STOPS],
}

impl SizeTables {
    pub(super) fn new(axes: &[Axis], places: &[Place]) -> Self {
        let planes = axes.iter().find(|a| a.dimension == 2).map_or(0, |a| a.stops.len());
        let line = |from: f64, count: usize| -> Vec<f64> {
            (0..count).map(|i| from + (1.0 - from) * i as f64 / (count - 1) as f64).collect()
        };
        let z_points = if planes >= 3 { line(-1.0, GRID) } else { line(0.0, GRID / 2) };
        let xy_points = line(-1.0, GRID);
        let coordinate = |place: &Place, dimension: usize| {
            let stop = place.stops[dimension];
            axes.iter().find_map(|a| a.stops.get(stop.checked_sub(a.first)?)).copied()
        };
        let varies = |d: &usize| {
            places.iter().any(|place| coordinate(place, *d) != coordinate(&places[0], *d))
        };
        let dimensions = (0..3).filter(varies).count();
        let mut tables =
            Self { z_points, xy_points, supports: Vec::new(), dimensions, flat: planes < 2 };
        for axis in axes {
            for stop in 0..axis.stops.len() {
                tables.supports.push(Support::new(axis, stop, tables.points(axis.dimension)));
            }
        }
        tables
    }

    fn points(&self, dimension: usize) -> &[f64] {
        if dimension == 2 { &self.z_points } else { &self.xy_points }
    }

    /// Turns the gains of a point source into those of a source of this size.
    pub(super) fn widen(&self, places: &[Place], mut at: [f64; 3], size: f64, gains: &mut [f64]) {
        at[2] = at[2].max(self.z_points[0]);
        let spreads = [0, 1, 2].map(|dimension| spread_along(size, self.points(dimension)));
        let spread = self.common_spread(spreads);
        let power = exponent(spread);
        let sums = self.sums(&Weights::new(self, at, spreads), power);
        let mu = self.inside_weight(spreads, at);

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
        let inside_scale = mu * safe_inverse(inside_energy);
        let mut wide_energy = 0.0;
        for (wide, inside) in wide.iter_mut().zip(inside).take(places.len()) {
            *wide = (*wide + inside * inside_scale).powf(power.recip());
            wide_energy += *wide * *wide;
        }
        let wide_scale = safe_inverse(wide_energy);
        let (beta, alpha) =
            if spread < FADE_SIZE { (spread / FADE_SIZE * PI / 2.0).sin_cos() } else { (1.0, 0.0) };
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

    /// The spread that decides the power and the share of the point source.
    fn common_spread(&self, [x, _, z]: [f64; 3]) -> f64 {
        if self.flat {
            return x;
        }
        // The largest of the three counts six ninths, the smallest one; x and y are always alike.
        if z > x { (6.0 * z + 3.0 * x) / 9.0 } else { (8.0 * x + z) / 9.0 }
    }

    /// How much the virtual sources inside the room count against those on its walls.
    fn inside_weight(&self, spreads: [f64; 3], at: [f64; 3]) -> f64 {
        // A single loudspeaker counts as a room, as in the reference implementation.
        let seen = if self.dimensions == 0 { 3 } else { self.dimensions };
        let wall = at[..seen].iter().map(|c| 1.0 - c.abs()).fold(f64::INFINITY, f64::min);
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

    fn sums(&self, weights: &Weights, power: f64) -> Sums {
        let mut sums = Sums { all: [0.0; MAX_STOPS], walls: [0.0; MAX_STOPS] };
        for (stop, support) in self.supports.iter().enumerate() {
            let last = self.points(support.dimension).len() - 1;
            let weights = &weights.0[support.dimension][support.first..];
            let mut sum = 0.0;
            for (q, (log_gain, log_weight)) in support.log_gains.iter().zip(weights).enumerate() {
                let term = (power * (log_gain + log_weight)).exp();
                sum += term;
                if support.first + q == 0 || support.first + q == last {
                    sums.walls[stop] += term;
                }
            }
            let floor = 10_f64.powf(-FLOOR_EXPONENT);
            sums.all[stop] = if sum < floor { 0.0 } else { sum };
        }
        sums
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
    fn new(tables: &SizeTables, at: [f64; 3], spreads: [f64; 3]) -> Self {
        let mut logs = [[0.0; GRID]; 3];
        for (dimension, logs) in logs.iter_mut().enumerate() {
            let spread = spreads[dimension];
            let (width, tilt) =
                if dimension == 2 { (spread, 3.0 / 7.0 * PI) } else { (2.0 * spread, 0.0) };
            for (log, &point) in logs.iter_mut().zip(tables.points(dimension)) {
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
