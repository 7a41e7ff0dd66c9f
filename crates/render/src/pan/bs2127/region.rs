//! The regions of the point source panner. [BS.2127-0 §6.1]
//!
//! They are not those of [`crate::pan::region`]: the recommendation lets neighbours overlap by a
//! tolerance, takes the first that accepts a direction, and shares a virtual centre by power.

use super::geometry::length;
use crate::pan::region::{Vec3, dot};
use nalgebra::{Matrix3, Vector3};

/// A gain this far below zero still counts as inside.
pub(super) const EDGE: f64 = 1e-11;

/// The fractions of a quad may miss 0..=1 by this.
const QUAD_EDGE: f64 = 1e-10;

/// Directions panned among the same points.
#[derive(Debug)]
pub(super) enum Region {
    /// Three loudspeakers.
    Triplet { corners: [usize; 3], rows: [Vec3; 3] },
    /// Four loudspeakers in order around.
    Quad { corners: [usize; 4], places: [Vec3; 4], x: Fraction, y: Fraction },
    /// Loudspeakers around a virtual one, which hands its gain on to all of them.
    Ring { corners: Vec<usize>, share: f64, sectors: Vec<[Vec3; 3]> },
}

impl Region {
    /// Nothing if the three lie in a plane with the listener.
    pub(super) fn triplet(corners: [usize; 3], at: &[Vec3]) -> Option<Self> {
        Some(Self::Triplet { corners, rows: inverse_rows(corners.map(|c| at[c]))? })
    }

    pub(super) fn quad(corners: [usize; 4], at: &[Vec3]) -> Self {
        let places = corners.map(|c| at[c]);
        let [a, b, c, d] = places.map(Vector3::from);
        Self::Quad { corners, places, x: Fraction::new(a, b, c, d), y: Fraction::new(b, c, d, a) }
    }

    /// `corners` in order around `centre`.
    pub(super) fn ring(corners: Vec<usize>, centre: Vec3, at: &[Vec3]) -> Option<Self> {
        let next = corners.iter().cycle().skip(1);
        let sectors = corners.iter().zip(next);
        let sectors = sectors
            .map(|(&a, &b)| inverse_rows([at[a], at[b], centre]))
            .collect::<Option<Vec<_>>>()?;
        let share = (corners.len() as f64).sqrt().recip();
        Some(Self::Ring { corners, share, sectors })
    }

    /// Adds the gains of a direction, energy 1, unless it lies outside by more than `edge`.
    pub(super) fn add(&self, p: Vec3, edge: f64, gains: &mut [f64]) -> bool {
        match self {
            Self::Triplet { corners, rows } => {
                let Some(g) = inside(rows, p, edge) else { return false };
                for (&corner, g) in corners.iter().zip(g) {
                    gains[corner] += g;
                }
            }
            Self::Quad { corners, places, x, y } => {
                let Some(g) = bilinear(places, x, y, p, edge) else { return false };
                for (&corner, g) in corners.iter().zip(g) {
                    gains[corner] += g;
                }
            }
            Self::Ring { corners, share, sectors } => {
                let mut all = sectors.iter().enumerate();
                let found = all.find_map(|(n, rows)| Some((n, inside(rows, p, edge)?)));
                let Some((first, [a, b, centre])) = found else { return false };
                let second = (first + 1) % corners.len();
                let all = centre * share;
                // The energy of the shared gain, with the two own ones raised above it.
                let energy = all * all * (corners.len() - 2) as f64
                    + (a + all) * (a + all)
                    + (b + all) * (b + all);
                let scale = energy.sqrt().recip();
                for (n, &corner) in corners.iter().enumerate() {
                    let own = if n == first { a } else { 0.0 } + if n == second { b } else { 0.0 };
                    gains[corner] += (own + all) * scale;
                }
            }
        }
        true
    }
}

/// The gains of three base vectors, if none is negative.
fn inside(rows: &[Vec3; 3], p: Vec3, edge: f64) -> Option<Vec3> {
    let g = [dot(rows[0], p), dot(rows[1], p), dot(rows[2], p)];
    if g.iter().any(|g| *g < -edge) {
        return None;
    }
    let scale = length(g).recip();
    Some(g.map(|g| (g * scale).clamp(0.0, 1.0)))
}

fn bilinear(
    places: &[Vec3; 4],
    x: &Fraction,
    y: &Fraction,
    p: Vec3,
    edge: f64,
) -> Option<[f64; 4]> {
    let edge = edge.max(QUAD_EDGE);
    let (x, y) = (x.solve(p, edge)?, y.solve(p, edge)?);
    let g = [(1.0 - x) * (1.0 - y), x * (1.0 - y), x * y, (1.0 - x) * y];
    let towards: f64 = places.iter().zip(g).map(|(&place, g)| g * dot(place, p)).sum();
    if towards <= 0.0 {
        return None;
    }
    let scale = g.iter().map(|g| g * g).sum::<f64>().sqrt().recip();
    Some(g.map(|g| g * scale))
}

/// Rows of the inverse of the base. [Pulkki-1997 eq. 18]
fn inverse_rows(base: [Vec3; 3]) -> Option<[Vec3; 3]> {
    let inverse = Matrix3::from_columns(&base.map(Vector3::from)).try_inverse()?;
    Some([0, 1, 2].map(|row| [inverse[(row, 0)], inverse[(row, 1)], inverse[(row, 2)]]))
}

/// How far along a→b and d→c the plane through the listener lies that holds a direction: the root
/// of a quadratic whose coefficients are dot products with the direction.
#[derive(Debug)]
pub(super) struct Fraction([Vec3; 3]);

impl Fraction {
    fn new(a: Vector3<f64>, b: Vector3<f64>, c: Vector3<f64>, d: Vector3<f64>) -> Self {
        let (front, back) = (b - a, c - d);
        Self([front.cross(&back), a.cross(&back) + front.cross(&d), a.cross(&d)].map(Into::into))
    }

    /// The root between 0 and 1, the larger one where both are.
    fn solve(&self, p: Vec3, edge: f64) -> Option<f64> {
        let (a, b, c) = (dot(self.0[0], p), dot(self.0[1], p), dot(self.0[2], p));
        let discriminant = b * b - 4.0 * a * c;
        // A double root that rounding has pushed off the axis is one still.
        let touching = discriminant < 0.0 && discriminant.abs().sqrt() < 2.0 * a.abs() * edge;
        if discriminant < 0.0 && !touching {
            return None;
        }
        // The form that loses no digits when a vanishes, as it does for parallelograms.
        let q = -0.5 * (b + discriminant.max(0.0).sqrt().copysign(b));
        let roots = [q / a, c / q];
        roots
            .into_iter()
            .find(|root| (-edge..1.0 + edge).contains(root))
            .map(|root| root.clamp(0.0, 1.0))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pan::bs2127::geometry::{azimuth, elevation, place};

    const SQUARE: [[f64; 2]; 4] = [[30.0, 0.0], [-30.0, 0.0], [-45.0, 30.0], [45.0, 30.0]];

    #[test]
    fn a_quad_points_where_it_is_asked_to() {
        let at = SQUARE.map(|[azimuth, elevation]| place(azimuth, elevation, 1.0));
        let quad = Region::quad([0, 1, 2, 3], &at);
        for (az, el) in [(0.0, 1.0), (10.0, 15.0), (-25.0, 20.0), (30.0, 0.0), (44.0, 29.5)] {
            let mut gains = [0.0; 4];
            assert!(quad.add(place(az, el, 1.0), EDGE, &mut gains), "{az}/{el}");
            // The bilinear law points at the source with the gains before they are normalised.
            let mut sum = [0.0; 3];
            for (place, gain) in at.iter().zip(gains) {
                for n in 0..3 {
                    sum[n] += gain * place[n];
                }
            }
            assert!((azimuth(sum) - az).abs() < 1e-9, "{az}/{el}: {gains:?}");
            assert!((elevation(sum) - el).abs() < 1e-9, "{az}/{el}: {gains:?}");
        }
        for (az, el) in [(0.0, -1.0), (60.0, 10.0), (180.0, 10.0), (180.0, -15.0)] {
            assert!(!quad.add(place(az, el, 1.0), EDGE, &mut [0.0; 4]), "{az}/{el}");
        }
    }

    #[test]
    fn the_centre_of_a_ring_is_shared_by_power() {
        let at: Vec<Vec3> = [45.0, 135.0, -135.0, -45.0].map(|az| place(az, 30.0, 1.0)).into();
        let ring = Region::ring(vec![0, 1, 2, 3], [0.0, 0.0, 1.0], &at).unwrap();
        let mut gains = [0.0; 4];
        assert!(ring.add([0.0, 0.0, 2.0], EDGE, &mut gains));
        assert!(gains.iter().all(|g| (g - 0.5).abs() < 1e-12), "{gains:?}");
        let mut gains = [0.0; 4];
        assert!(ring.add(place(45.0, 30.0, 0.3), EDGE, &mut gains));
        assert!((gains[0] - 1.0).abs() < 1e-12 && gains[1..].iter().all(|g| g.abs() < 1e-12));
        assert!(!ring.add(place(45.0, 29.0, 1.0), EDGE, &mut [0.0; 4]));
    }
}
