//! The laws inside one facet of the hull.

use super::hull::Facet;
use nalgebra::{Matrix3, Vector3};

/// A vector at run time.
pub(super) type Vec3 = [f64; 3];

pub(super) fn dot(a: Vec3, b: Vec3) -> f64 {
    a[0] * b[0] + a[1] * b[1] + a[2] * b[2]
}

/// A direction this far outside a region still counts as inside: both sides of an edge agree there.
const ON_EDGE: f64 = -1e-12;

/// The directions panned among the same loudspeakers.
#[derive(Debug)]
pub(super) struct Region {
    edges: Edges,
    /// Points of the hull that get gain.
    pub corners: Vec<usize>,
    law: Law,
}

/// Unit normals of the planes through the listener and an edge, inwards: all x, all y, all z, so that
/// four are asked at once. A triangle repeats its last edge.
#[derive(Debug)]
struct Edges([[f64; 4]; 3]);

#[derive(Debug)]
enum Law {
    /// Rows of the inverse of the base. [Pulkki-1997 eq. 18]
    Triangle([Vec3; 3]),
    /// The bilinear law of [BS.2127-0 §6.1], which unlike two triangles is symmetric.
    Quad { x: Quadratic, y: Quadratic },
    /// One spoke of a polygon: a triangle of corner 0, corner 1 and the middle of all corners; what
    /// the middle gets goes to all corners in the amounts that put it there, so that the sum of the
    /// gain-weighted directions still points at the source.
    Spoke { rows: [Vec3; 3], middle_share: f64 },
}

/// Coefficients, as dot products with the source direction, of the equation of one bilinear fraction.
#[derive(Debug)]
struct Quadratic([Vec3; 3]);

impl Region {
    /// The regions of a facet of the hull of `points`.
    pub(super) fn of_facet(facet: &Facet, points: &[Vector3<f64>]) -> Vec<Self> {
        let at = |corner: usize| points[corner];
        match facet.corners[..] {
            [a, b, c] => {
                let base = [at(a), at(b), at(c)];
                vec![Self {
                    edges: Edges::around(&base),
                    corners: facet.corners.clone(),
                    law: Law::Triangle(inverse_rows(base)),
                }]
            }
            [a, b, c, d] => {
                let base = [at(a), at(b), at(c), at(d)];
                let [a, b, c, d] = base;
                let (x, y) = (Quadratic::new(a, b, c, d), Quadratic::new(b, c, d, a));
                vec![Self {
                    edges: Edges::around(&base),
                    corners: facet.corners.clone(),
                    law: Law::Quad { x, y },
                }]
            }
            _ => spokes(facet, points),
        }
    }

    /// Whether a direction lies inside, edges included.
    pub(super) fn holds(&self, p: Vec3) -> bool {
        // Without a way out half way the four are computed together.
        self.edges.depths(p).iter().fold(true, |inside, &depth| inside & (depth >= ON_EDGE))
    }

    /// How far inside the region a direction lies: the sine of the angle to the nearest edge,
    /// negative outside.
    pub(super) fn depth(&self, p: Vec3) -> f64 {
        self.edges.depths(p).into_iter().fold(f64::INFINITY, f64::min)
    }

    /// The weights of a direction inside; see [`Region::weight_of`].
    pub(super) fn weights(&self, p: Vec3) -> [f64; 4] {
        match &self.law {
            Law::Triangle(rows) => {
                let [a, b, c] = barycentric(rows, p);
                [a, b, c, 0.0]
            }
            Law::Quad { x, y } => {
                let (x, y) = (x.solve(p), y.solve(p));
                [(1.0 - x) * (1.0 - y), x * (1.0 - y), x * y, (1.0 - x) * y]
            }
            Law::Spoke { rows, middle_share } => {
                let [first, second, middle] = barycentric(rows, p);
                let shared = middle * middle_share;
                [first + shared, second + shared, shared, shared]
            }
        }
    }

    /// Which of the weights is the gain of a corner, not normalised, ≥ 0.
    pub(super) fn weight_of(corner: usize) -> usize {
        // From the third on, all corners of a spoke get the same.
        corner.min(3)
    }

    /// The energy of the gains that weights stand for.
    pub(super) fn energy(&self, [a, b, c, d]: [f64; 4]) -> f64 {
        a * a + b * b + c * c + d * d * (self.corners.len() - 3) as f64
    }
}

/// The gains of the three corners of a base.
// Written out, here and elsewhere in the hot path: `map` on arrays is a call of its own.
fn barycentric(rows: &[Vec3; 3], p: Vec3) -> [f64; 3] {
    [dot(rows[0], p).max(0.0), dot(rows[1], p).max(0.0), dot(rows[2], p).max(0.0)]
}

fn spokes(facet: &Facet, points: &[Vector3<f64>]) -> Vec<Region> {
    let sum: Vector3<f64> = facet.corners.iter().map(|&c| points[c]).sum();
    let middle = sum.normalize();
    let n = facet.corners.len();
    (0..n)
        .map(|first| {
            let corners: Vec<usize> = (0..n).map(|i| facet.corners[(first + i) % n]).collect();
            let base = [points[corners[0]], points[corners[1]], middle];
            let law = Law::Spoke { rows: inverse_rows(base), middle_share: 1.0 / sum.norm() };
            Region { edges: Edges::around(&base), corners, law }
        })
        .collect()
}

impl Edges {
    /// The edges of three or four corners.
    fn around(base: &[Vector3<f64>]) -> Self {
        let edge = |n: usize| {
            let n = n.min(base.len() - 1);
            base[n].cross(&base[(n + 1) % base.len()]).normalize()
        };
        Self([0, 1, 2].map(|axis| [0, 1, 2, 3].map(|n| edge(n)[axis])))
    }

    fn depths(&self, [px, py, pz]: Vec3) -> [f64; 4] {
        let [x, y, z] = &self.0;
        let mut depths = [0.0; 4];
        for (n, depth) in depths.iter_mut().enumerate() {
            *depth = x[n] * px + y[n] * py + z[n] * pz;
        }
        depths
    }
}

fn inverse_rows(base: [Vector3<f64>; 3]) -> [Vec3; 3] {
    let inverse = Matrix3::from_columns(&base)
        .try_inverse()
        .expect("no facet of an enclosing hull lies in a plane through the listener");
    [0, 1, 2].map(|row| [inverse[(row, 0)], inverse[(row, 1)], inverse[(row, 2)]])
}

impl Quadratic {
    /// The fraction along a→b and d→c.
    fn new(a: Vector3<f64>, b: Vector3<f64>, c: Vector3<f64>, d: Vector3<f64>) -> Self {
        let (front, back) = (b - a, c - d);
        Self([front.cross(&back), a.cross(&back) + front.cross(&d), a.cross(&d)].map(Into::into))
    }

    /// The root between 0 and 1.
    fn solve(&self, p: Vec3) -> f64 {
        let (a, b, c) = (dot(self.0[0], p), dot(self.0[1], p), dot(self.0[2], p));
        let root = (b * b - 4.0 * a * c).max(0.0).sqrt();
        // The form that loses no digits when a vanishes, as it does for parallelograms.
        let q = -0.5 * (b + root.copysign(b));
        let outside = |t: f64| if t.is_nan() { f64::INFINITY } else { (t - 0.5).abs() };
        let (one, two) = (q / a, c / q);
        let nearest = if outside(one) < outside(two) { one } else { two };
        if nearest.is_nan() { 0.5 } else { nearest.clamp(0.0, 1.0) }
    }
}
