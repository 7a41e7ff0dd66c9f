//! Which triangle of the measured directions a direction falls into.

use cupola_model::{HrtfError, HrtfSet};

/// A direction just outside a triangle by this weight still counts as inside.
const INSIDE: f64 = -1e-9;

/// Steps from triangle to triangle before the walk is given up and all are tried. Half way round a
/// sphere of ten thousand directions takes about two hundred.
const LONGEST_WALK: usize = 512;

/// The triangulation, prepared for look-ups.
#[derive(Debug)]
pub(super) struct Locator {
    triangles: Vec<Triangle>,
}

#[derive(Debug)]
struct Triangle {
    corners: [u32; 3],
    /// Rows give the weight of each corner when multiplied by a direction.
    inverse: [[f64; 3]; 3],
    /// The triangle across the edge opposite each corner.
    neighbours: [u32; 3],
}

/// A direction as a mixture of three stored ones.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Mixture {
    /// Number of the triangle, where the next look-up may start.
    pub(super) triangle: usize,
    /// Stored directions.
    pub(super) corners: [u32; 3],
    /// Their weights, at least 0, summing to 1.
    pub(super) weights: [f64; 3],
}

impl Locator {
    /// Prepares a set; refuses triangles that are flat or seen from behind, and surfaces with holes.
    pub(super) fn new(set: &HrtfSet) -> Result<Self, HrtfError> {
        let mut edges = std::collections::HashMap::with_capacity(3 * set.triangles.len());
        for (t, &[a, b, c]) in set.triangles.iter().enumerate() {
            for edge in [(b, c), (c, a), (a, b)] {
                edges.insert(edge, t as u32);
            }
        }
        let across = |from: u32, to: u32| {
            edges.get(&(to, from)).copied().ok_or_else(|| {
                HrtfError(format!("no triangle lies across the edge of directions {from} and {to}"))
            })
        };
        let triangle = |(t, &[a, b, c]): (usize, &[u32; 3])| {
            let corners = [a, b, c].map(|i| set.directions[i as usize]);
            let inverse = invert(corners).ok_or_else(|| {
                HrtfError(format!("triangle {t} is flat or its corners run clockwise"))
            })?;
            let neighbours = [across(b, c)?, across(c, a)?, across(a, b)?];
            Ok(Triangle { corners: [a, b, c], inverse, neighbours })
        };
        let triangles = set.triangles.iter().enumerate().map(triangle).collect::<Result<_, _>>()?;
        Ok(Self { triangles })
    }

    /// The mixture for a unit vector, sought from the triangle `hint` on.
    pub(super) fn locate(&self, direction: [f64; 3], hint: usize) -> Mixture {
        let mut t = hint.min(self.triangles.len() - 1);
        for _ in 0..LONGEST_WALK {
            let triangle = &self.triangles[t];
            let weights = triangle.weights(direction);
            let (worst, least) = smallest(weights);
            if least >= INSIDE {
                return self.mixture(t, weights);
            }
            t = triangle.neighbours[worst] as usize;
        }
        // A walk can circle in a badly shaped user set: take the triangle that fits best.
        let fit = |t: &usize| smallest(self.triangles[*t].weights(direction)).1;
        let best = (0..self.triangles.len()).max_by(|a, b| fit(a).total_cmp(&fit(b))).unwrap_or(t);
        self.mixture(best, self.triangles[best].weights(direction))
    }

    fn mixture(&self, triangle: usize, weights: [f64; 3]) -> Mixture {
        let weights = weights.map(|w| w.max(0.0));
        let sum: f64 = weights.iter().sum();
        Mixture {
            triangle,
            corners: self.triangles[triangle].corners,
            weights: weights.map(|w| w / sum),
        }
    }
}

impl Triangle {
    fn weights(&self, direction: [f64; 3]) -> [f64; 3] {
        self.inverse.map(|row| dot(row, direction))
    }
}

fn smallest(weights: [f64; 3]) -> (usize, f64) {
    let first = if weights[1] < weights[0] { 1 } else { 0 };
    let least = if weights[2] < weights[first] { 2 } else { first };
    (least, weights[least])
}

fn dot(a: [f64; 3], b: [f64; 3]) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

fn cross(a: [f64; 3], b: [f64; 3]) -> [f64; 3] {
    [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]]
}

/// Inverse of the matrix whose columns are the corners, by cross products.
fn invert([a, b, c]: [[f64; 3]; 3]) -> Option<[[f64; 3]; 3]> {
    let determinant = dot(a, cross(b, c));
    (determinant > 1e-9).then(|| {
        [cross(b, c), cross(c, a), cross(a, b)].map(|row| row.map(|value| value / determinant))
    })
}

/// Share of the sphere that belongs to each direction: a third of the triangles around it.
pub(super) fn areas(set: &HrtfSet) -> Vec<f64> {
    let mut areas = vec![0.0; set.directions.len()];
    for corners in &set.triangles {
        let [a, b, c] = corners.map(|i| set.directions[i as usize]);
        // Solid angle by Van Oosterom and Strackee, 1983.
        let angle = 2.0 * dot(a, cross(b, c)).atan2(1.0 + dot(a, b) + dot(b, c) + dot(c, a));
        for &corner in corners {
            areas[corner as usize] += angle / (3.0 * 4.0 * std::f64::consts::PI);
        }
    }
    areas
}
