//! Sources that are wider than a point.

use super::region::Vec3;
use cupola_model::PolarPosition;
use std::f64::consts::TAU;

/// Rings inside the cap and directions on each: 104 in all, at most 22.5° apart when the source is
/// everywhere. Multiples of four, so that each ring is its own mirror image left–right and up–down.
const RING_DIRECTIONS: [usize; 8] = [4, 8, 12, 16, 16, 16, 16, 16];

/// Below this half-angle in radians a source is a point.
const POINT_RAD: f64 = 1e-6;

/// Cosine and sine of the angles around each ring.
#[derive(Debug)]
pub(super) struct SpreadRings(Vec<Vec<[f64; 2]>>);

impl SpreadRings {
    pub(super) fn new() -> Self {
        let ring = |count: usize| {
            (0..count).map(move |k| {
                let (sin, cos) = (TAU * (k as f64 + 0.5) / count as f64).sin_cos();
                [cos, sin]
            })
        };
        Self(RING_DIRECTIONS.iter().map(|&count| ring(count).collect()).collect())
    }

    /// Calls `visit` with directions that fill the cap evenly and with their weights, which add up
    /// to 1. A cap of no width is its middle alone.
    pub(super) fn for_each(
        &self,
        middle: PolarPosition,
        half_angle_deg: f64,
        mut visit: impl FnMut(Vec3, f64),
    ) {
        let half = half_angle_deg.to_radians();
        let frame = LocalFrame::new(middle);
        if half < POINT_RAD {
            return visit(frame.ahead, 1.0);
        }
        let step = half / self.0.len() as f64;
        // The area of the band around a ring is proportional to the sine of the ring's angle, and
        // these sines add up to this.
        let total = (half / 2.0).sin().powi(2) / (step / 2.0).sin();
        for (i, ring) in self.0.iter().enumerate() {
            let (sin, cos) = ((i as f64 + 0.5) * step).sin_cos();
            let weight = sin / (total * ring.len() as f64);
            for &[across, up] in ring {
                let axis = |n: usize| {
                    cos * frame.ahead[n] + sin * (across * frame.right[n] + up * frame.up[n])
                };
                visit([axis(0), axis(1), axis(2)], weight);
            }
        }
    }
}

/// Half of the angle a source fills: 90° at size 1; at distance 0 it is everywhere.
pub(super) fn half_angle_deg(size: f64, distance: f64) -> f64 {
    let own = 90.0 * size;
    own + (180.0 - own) * (1.0 - distance.clamp(0.0, 1.0))
}

/// The axes as seen from the listener who faces the source.
struct LocalFrame {
    ahead: Vec3,
    right: Vec3,
    up: Vec3,
}

impl LocalFrame {
    fn new(position: PolarPosition) -> Self {
        let (sin_az, cos_az) = position.azimuth_deg.to_radians().sin_cos();
        let (sin_el, cos_el) = position.elevation_deg.to_radians().sin_cos();
        Self {
            ahead: [-sin_az * cos_el, cos_az * cos_el, sin_el],
            right: [cos_az, sin_az, 0.0],
            up: [sin_az * sin_el, -cos_az * sin_el, cos_el],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cap_is_filled_evenly_around_its_middle() {
        let rings = SpreadRings::new();
        for half in [1e-5_f64, 10.0, 45.0, 90.0, 140.0, 180.0] {
            let middle = PolarPosition::on_sphere(70.0, 20.0);
            let (mut total, mut centroid) = (0.0, [0.0; 3]);
            rings.for_each(middle, half, |p, weight| {
                total += weight;
                for n in 0..3 {
                    centroid[n] += weight * p[n];
                }
            });
            assert!((total - 1.0).abs() < 1e-9, "weights of {half}° add up to {total}");
            // The centroid of a cap of half-angle h lies at (1 + cos h)/2 on its axis.
            let expected = (1.0 + half.to_radians().cos()) / 2.0;
            for (got, ahead) in centroid.iter().zip(middle.direction()) {
                assert!((got - expected * ahead).abs() < 0.01, "{half}°: {centroid:?}");
            }
        }
    }

    #[test]
    fn a_source_at_the_listener_is_everywhere() {
        assert_eq!(half_angle_deg(0.3, 0.0), 180.0);
        assert_eq!(half_angle_deg(0.0, 1.0), 0.0);
        assert_eq!(half_angle_deg(1.0, 1.0), 90.0);
        assert_eq!(half_angle_deg(0.0, 0.5), 90.0);
    }
}
