//! A random walk inside a box.

use crate::curve::Curve;
use cupola_model::{PolarPosition, Position, RoomPosition};

/// A walk from point to point. Each coordinate takes a step of at most `step` of the box's side, evenly
/// distributed, and is thrown back at the walls; it starts in the middle.
#[derive(Clone, Debug)]
pub(crate) struct Walk {
    /// Least and greatest azimuth, elevation and distance, or x, y and z.
    pub(crate) low: [f64; 3],
    pub(crate) high: [f64; 3],
    pub(crate) is_room: bool,
    /// 0 to 1.
    pub(crate) step: f64,
    pub(crate) seed: u64,
}

/// The coordinates of a position in the order of a [`Walk`].
pub(crate) fn coordinates(position: Position) -> [f64; 3] {
    match position {
        Position::Polar(p) => [p.azimuth_deg, p.elevation_deg, p.distance],
        Position::Room(r) => [r.x, r.y, r.z],
    }
}

/// SplitMix64, the generator of Java's `SplittableRandom`: a number from 0 to below 1.
fn next_random(state: &mut u64) -> f64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    mixed ^= mixed >> 31;
    (mixed >> 11) as f64 / (1_u64 << 53) as f64
}

impl Walk {
    /// A walk between two opposite corners, which are of one kind.
    pub(crate) fn between(from: Position, to: Position, step: f64, seed: u64) -> Self {
        let (a, b) = (coordinates(from), coordinates(to));
        let low = std::array::from_fn(|i| a[i].min(b[i]));
        let high = std::array::from_fn(|i| a[i].max(b[i]));
        Self { low, high, is_room: matches!(from, Position::Room(_)), step, seed }
    }

    fn middle(&self) -> [f64; 3] {
        std::array::from_fn(|i| (self.low[i] + self.high[i]) / 2.0)
    }

    /// The first points of the walk.
    pub(crate) fn waypoints(&self, count: usize) -> Vec<[f64; 3]> {
        let mut random = self.seed;
        let mut point = self.middle();
        let mut points = vec![point];
        while points.len() < count {
            for (i, coordinate) in point.iter_mut().enumerate() {
                let (low, high) = (self.low[i], self.high[i]);
                let there =
                    *coordinate + (2.0 * next_random(&mut random) - 1.0) * self.step * (high - low);
                let inside = if there > high { 2.0 * high - there } else { there };
                let inside = if inside < low { 2.0 * low - inside } else { inside };
                *coordinate = inside.clamp(low, high);
            }
            points.push(point);
        }
        points
    }

    pub(crate) fn position(&self, cycles: f64, waypoints: &[[f64; 3]]) -> Position {
        let i = cycles as usize;
        let (a, b) = match (waypoints.get(i), waypoints.get(i + 1)) {
            (Some(a), Some(b)) => (*a, *b),
            (Some(a), None) => (*a, *a),
            _ => (self.middle(), self.middle()),
        };
        let t = Curve::Smooth.shape(cycles.fract());
        self.place(std::array::from_fn(|k| a[k] + (b[k] - a[k]) * t))
    }

    pub(crate) fn corners(&self) -> [Position; 2] {
        [self.place(self.low), self.place(self.high)]
    }

    fn place(&self, [a, b, c]: [f64; 3]) -> Position {
        if self.is_room {
            return Position::Room(RoomPosition { x: a, y: b, z: c });
        }
        Position::Polar(PolarPosition { azimuth_deg: a, elevation_deg: b, distance: c })
    }
}
