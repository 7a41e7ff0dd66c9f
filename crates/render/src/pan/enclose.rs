//! Imaginary loudspeakers: what a layout lacks to surround the listener.
//!
//! They complete the hull where a layout has no ceiling, no floor, no back. What is panned to one is
//! shared out, as energy, among the real loudspeakers around it, so that level and continuity hold
//! although the direction cannot.

use super::hull::{Facet, facets};
use nalgebra::Vector3;

/// Loudspeakers within 65° of a pole can make a ceiling or a floor. 4+7+0 has its uppers at 60°.
const CEILING_COSINE: f64 = 0.422_618_261_740_699_4;

/// A plane of the hull nearer to the listener than this is a hole. On a ring the widest gap that stays
/// panned between its two sides is then 161°; [BS.2051-3 System B] allows its surrounds 160°.
const HOLE_DISTANCE: f64 = 0.16;

/// Two imaginary loudspeakers closer than 60° become one.
const MERGE_COSINE: f64 = 0.5;

/// Real and imaginary loudspeakers around the listener.
#[derive(Debug)]
pub(super) struct Enclosure {
    /// Directions: the real ones in their order, then the imaginary ones.
    pub points: Vec<Vector3<f64>>,
    /// Faces of the hull; the listener is inside.
    pub facets: Vec<Facet>,
    /// For each imaginary one, the real ones that share its energy equally.
    pub stand_ins: Vec<Vec<usize>>,
}

/// Completes at least one real direction.
pub(super) fn enclose(real: &[Vector3<f64>]) -> Enclosure {
    let mut points = real.to_vec();
    for pole in [Vector3::z(), -Vector3::z()] {
        if !surrounds_pole(real, pole) {
            points.push(pole);
        }
    }
    leave_the_plane(&mut points);
    let facets = loop {
        let hull = facets(&points);
        let holes = holes(&hull);
        if holes.is_empty() {
            break hull;
        }
        // Each lies at least 80° from every point so far, so there is room for a few only.
        points.extend(holes);
    };
    let stand_ins = (real.len()..points.len())
        .map(|imaginary| nearest_real(imaginary, real.len(), points.len(), &facets))
        .collect();
    Enclosure { points, facets, stand_ins }
}

/// Whether the loudspeakers near a pole stand around it (or one on it): seen along the axis, no gap
/// between neighbours exceeds a half turn.
fn surrounds_pole(real: &[Vector3<f64>], pole: Vector3<f64>) -> bool {
    let near = || real.iter().filter(|u| u.dot(&pole) >= CEILING_COSINE);
    if near().any(|u| u.dot(&pole) > 1.0 - 1e-6) {
        return true;
    }
    let mut azimuths: Vec<f64> = near().map(|u| u.x.atan2(u.y)).collect();
    azimuths.sort_by(f64::total_cmp);
    let (Some(first), Some(last)) = (azimuths.first(), azimuths.last()) else { return false };
    let closing = first + std::f64::consts::TAU - last;
    let widest = azimuths.windows(2).map(|w| w[1] - w[0]).fold(closing, f64::max);
    widest <= std::f64::consts::PI + 1e-6
}

/// Adds points until they span space, on both sides of the plane they lie in.
fn leave_the_plane(points: &mut Vec<Vector3<f64>>) {
    while facets(points).is_empty() {
        let first = points[0];
        let line = points.iter().map(|p| p - first).find(|d| d.norm() > 1e-6);
        let across = line.and_then(|line| {
            let normals = points.iter().map(|p| line.cross(&(p - first)));
            normals.max_by(|a, b| a.norm().total_cmp(&b.norm())).filter(|n| n.norm() > 1e-9)
        });
        // Fewer than three points: any direction across their line will do; front and back first.
        let normal = across.unwrap_or_else(|| {
            let axis = line.unwrap_or(first).normalize();
            let candidates = [Vector3::y(), Vector3::x()];
            let off_axis = candidates.map(|c| c - axis * axis.dot(&c));
            if off_axis[0].norm() > 0.5 { off_axis[0] } else { off_axis[1] }
        });
        let normal = normal.normalize();
        for side in [normal, -normal] {
            // Not into a small circle of loudspeakers, which is a facet and no hole.
            if side.dot(&first) < 0.5 {
                points.push(side);
            }
        }
    }
}

/// Where the hull passes too near to the listener, or on the wrong side: the outward normals, which
/// are the centres of the empty regions. The worst first, all equally bad ones at once, so that a
/// symmetric layout stays symmetric.
fn holes(hull: &[Facet]) -> Vec<Vector3<f64>> {
    let worst = hull.iter().map(|f| f.distance).fold(f64::INFINITY, f64::min);
    let mut centres: Vec<Vector3<f64>> = Vec::new();
    if worst >= HOLE_DISTANCE {
        return centres;
    }
    for facet in hull.iter().filter(|f| f.distance < worst + 1e-6) {
        match centres.iter_mut().find(|c| c.normalize().dot(&facet.normal) > MERGE_COSINE) {
            Some(centre) => *centre += facet.normal,
            None => centres.push(facet.normal),
        }
    }
    centres.iter().map(Vector3::normalize).collect()
}

/// The real points fewest edges away from an imaginary one.
fn nearest_real(from: usize, real: usize, points: usize, hull: &[Facet]) -> Vec<usize> {
    let mut reached = vec![false; points];
    reached[from] = true;
    let mut front = vec![from];
    while !front.is_empty() {
        let mut next: Vec<usize> = Vec::new();
        for (a, b) in hull.iter().flat_map(Facet::edges) {
            if front.contains(&a) && !reached[b] {
                reached[b] = true;
                next.push(b);
            }
        }
        let found: Vec<usize> = next.iter().copied().filter(|&p| p < real).collect();
        if !found.is_empty() {
            return found;
        }
        front = next;
    }
    (0..real).collect()
}
