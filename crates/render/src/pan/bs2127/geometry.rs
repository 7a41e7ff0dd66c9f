//! Angles and vectors as the recommendation writes them: degrees, left and up positive.

use crate::pan::region::{Vec3, dot};
use cupola_model::PolarPosition;

/// The place at these angles and this distance. [BS.2127-0 §10]
pub(super) fn place(azimuth_deg: f64, elevation_deg: f64, distance: f64) -> Vec3 {
    scaled(PolarPosition::on_sphere(azimuth_deg, elevation_deg).direction(), distance)
}

/// Degrees, −180 to 180; 0 on the vertical axis.
pub(in crate::pan) fn azimuth([x, y, _]: Vec3) -> f64 {
    -x.atan2(y).to_degrees()
}

/// Degrees, −90 to 90.
pub(in crate::pan) fn elevation([x, y, z]: Vec3) -> f64 {
    z.atan2(x.hypot(y)).to_degrees()
}

pub(in crate::pan) fn length(v: Vec3) -> f64 {
    dot(v, v).sqrt()
}

pub(in crate::pan) fn scaled([x, y, z]: Vec3, by: f64) -> Vec3 {
    [x * by, y * by, z * by]
}

pub(super) fn difference(a: Vec3, b: Vec3) -> Vec3 {
    [a[0] - b[0], a[1] - b[1], a[2] - b[2]]
}

/// Unit vectors to the right of a direction, along it, and above it.
pub(super) fn local_basis(azimuth_deg: f64, elevation_deg: f64) -> [Vec3; 3] {
    [
        place(azimuth_deg - 90.0, 0.0, 1.0),
        place(azimuth_deg, elevation_deg, 1.0),
        place(azimuth_deg, elevation_deg + 90.0, 1.0),
    ]
}

/// The place with these coordinates in a basis.
pub(super) fn in_basis(basis: &[Vec3; 3], [a, b, c]: Vec3) -> Vec3 {
    let [x, y, z] = basis;
    [0, 1, 2].map(|n| a * x[n] + b * y[n] + c * z[n])
}

/// The polyline through points of rising abscissa, constant beyond its ends.
pub(super) fn polyline(x: f64, points: &[(f64, f64)]) -> f64 {
    let above = points.partition_point(|p| p.0 <= x);
    match (above.checked_sub(1).map(|i| points[i]), points.get(above)) {
        (None, Some(first)) => first.1,
        (Some((x0, y0)), Some(&(x1, y1))) => y0 + (y1 - y0) / (x1 - x0) * (x - x0),
        (Some(last), None) => last.1,
        (None, None) => x,
    }
}

/// Whether an azimuth lies between `start` and, anticlockwise from there, `end`, both widened by
/// `tolerance`. From −180 to 180 is everywhere, from 180 to 180 one direction.
pub(super) fn is_between(azimuth: f64, start: f64, end: f64, tolerance: f64) -> bool {
    let turns = |angle: f64| (angle / 360.0).ceil() * 360.0;
    let mut end = end;
    if end - 360.0 > start {
        end -= turns(end - 360.0 - start);
    } else if end < start {
        end += turns(start - end);
    }
    let from = start - tolerance;
    let beyond = azimuth - from;
    from + (beyond - (beyond / 360.0).floor() * 360.0) <= end + tolerance
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_of_azimuths_goes_anticlockwise_and_may_pass_the_back() {
        for (azimuth, start, end, inside) in [
            (0.0, -30.0, 30.0, true),
            (0.0, 30.0, -30.0, false),
            (180.0, 30.0, -30.0, true),
            (-180.0, 170.0, -170.0, true),
            (30.0, 30.0, 30.0, true),
            (31.0, 30.0, 30.0, false),
            (31.0, -180.0, 180.0, true),
            (31.0, 180.0, 180.0, false),
            (-180.0, 180.0, 180.0, true),
            (31.0, 0.0, 720.0, true),
        ] {
            let found = is_between(azimuth, start, end, 1e-6);
            assert_eq!(found, inside, "{azimuth} in {start} to {end}");
        }
        // Angles beyond all sense have an answer too, at once.
        let _ = is_between(31.0, 0.0, 1e300, 1e-6) | is_between(1e300, -1e300, 0.0, 1e-6);
    }

    #[test]
    fn a_polyline_holds_its_ends() {
        let line = [(0.0, 1.0), (2.0, 5.0), (3.0, 5.0)];
        let at = [-1.0, 0.0, 0.5, 2.0, 2.5, 9.0].map(|x| polyline(x, &line));
        assert_eq!(at, [1.0, 1.0, 2.0, 5.0, 5.0, 5.0]);
    }

    #[test]
    fn angles_of_a_place_lead_back_to_it() {
        let p = place(70.0, -20.0, 1.5);
        assert!((azimuth(p) - 70.0).abs() < 1e-12 && (elevation(p) + 20.0).abs() < 1e-12);
        assert!((length(p) - 1.5).abs() < 1e-12);
        let [right, ahead, up] = local_basis(70.0, -20.0);
        for (a, b) in [(right, ahead), (ahead, up), (up, right)] {
            assert!(dot(a, b).abs() < 1e-12);
        }
        assert!(length(difference(in_basis(&[right, ahead, up], [0.0, 1.5, 0.0]), p)) < 1e-12);
    }
}
