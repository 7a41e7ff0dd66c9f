//! The convex hull of a few directions.
//!
//! Every triple is tried: up to a few dozen points that is fast enough, and unlike incremental
//! methods it finds rectangles and rings as what they are, one polygon, whose left–right symmetry
//! an arbitrary triangulation would break.

use nalgebra::Vector3;

/// Points this close to a plane lie in it. Directions come from angles in f64, so that true
/// coplanarity is met within 1e-15, while two loudspeakers 0.1° apart stand 1e-6 off a plane.
const COPLANAR: f64 = 1e-9;

/// A face of the hull.
#[derive(Clone, Debug)]
pub(super) struct Facet {
    /// Indices of the points, anticlockwise seen from outside; at least 3.
    pub corners: Vec<usize>,
    /// Unit normal, outwards.
    pub normal: Vector3<f64>,
    /// Distance of the plane from the listener; negative when the listener is outside.
    pub distance: f64,
}

impl Facet {
    /// The edges as pairs of points.
    pub(super) fn edges(&self) -> impl Iterator<Item = (usize, usize)> + '_ {
        let next = self.corners.iter().cycle().skip(1);
        self.corners.iter().copied().zip(next.copied())
    }
}

/// The faces of the hull of different unit vectors; none when the points lie in one plane.
pub(super) fn facets(points: &[Vector3<f64>]) -> Vec<Facet> {
    let mut found: Vec<Facet> = Vec::new();
    let mut corner_sets: Vec<Vec<usize>> = Vec::new();
    for i in 0..points.len() {
        for j in i + 1..points.len() {
            for k in j + 1..points.len() {
                let Some((normal, corners)) = supporting_plane(points, [i, j, k]) else { continue };
                if !corner_sets.contains(&corners) {
                    let distance = normal.dot(&points[i]);
                    let ordered = anticlockwise(points, &corners, normal);
                    found.push(Facet { corners: ordered, normal, distance });
                    corner_sets.push(corners);
                }
            }
        }
    }
    found
}

/// The outward normal of the plane through three points and all points in it, if the plane has all
/// others on one side.
fn supporting_plane(
    points: &[Vector3<f64>],
    [i, j, k]: [usize; 3],
) -> Option<(Vector3<f64>, Vec<usize>)> {
    let normal = (points[j] - points[i]).cross(&(points[k] - points[i])).try_normalize(1e-12)?;
    let heights = || points.iter().map(|p| normal.dot(&(p - points[i])));
    let above = heights().any(|h| h > COPLANAR);
    let below = heights().any(|h| h < -COPLANAR);
    if above == below {
        return None;
    }
    let corners = heights().enumerate().filter(|(_, h)| h.abs() <= COPLANAR).map(|(n, _)| n);
    Some((if above { -normal } else { normal }, corners.collect()))
}

fn anticlockwise(points: &[Vector3<f64>], corners: &[usize], normal: Vector3<f64>) -> Vec<usize> {
    let centre = corners.iter().map(|&c| points[c]).sum::<Vector3<f64>>() / corners.len() as f64;
    let right = (points[corners[0]] - centre).normalize();
    let up = normal.cross(&right);
    let angle = |c: usize| {
        let spoke = points[c] - centre;
        spoke.dot(&up).atan2(spoke.dot(&right))
    };
    let mut ordered = corners.to_vec();
    ordered.sort_by(|&a, &b| angle(a).total_cmp(&angle(b)));
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cube_has_six_squares() {
        let points: Vec<_> = (0..8)
            .map(|n| {
                let sign = |bit: u32| if n >> bit & 1 == 0 { -1.0 } else { 1.0 };
                Vector3::new(sign(0), sign(1), sign(2)).normalize()
            })
            .collect();
        let faces = facets(&points);
        assert_eq!(faces.len(), 6, "{faces:?}");
        for face in &faces {
            assert_eq!(face.corners.len(), 4, "{face:?}");
            assert!((face.distance - 1.0 / 3_f64.sqrt()).abs() < 1e-12, "{face:?}");
            for (a, b) in face.edges() {
                let side = (points[a] - points[b]).norm();
                assert!((side - 2.0 / 3_f64.sqrt()).abs() < 1e-12, "a diagonal in {face:?}");
                assert!(face.normal.dot(&points[a].cross(&points[b])) > 0.0, "clockwise: {face:?}");
            }
        }
    }

    #[test]
    fn points_in_one_plane_have_no_hull() {
        let ring: Vec<_> =
            [0.0_f64, 1.0, 2.0, 4.0].map(|a| Vector3::new(a.sin(), a.cos(), 0.0)).into();
        assert!(facets(&ring).is_empty());
    }
}
