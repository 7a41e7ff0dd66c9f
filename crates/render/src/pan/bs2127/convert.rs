//! The recommendation's own map between directions and the room cube. [BS.2127-0 §10]
//!
//! Only screens need it: everything else that converts uses the one map of `cupola_model::position`,
//! which pins 7.1.4; this one pins 5.1.4.

use super::geometry::polyline;
use crate::pan::region::Vec3;

/// The corners: azimuth, x and y, anticlockwise from the right rear one.
const CORNERS: [(f64, [f64; 2]); 6] = [
    (-110.0, [1.0, -1.0]),
    (-30.0, [1.0, 1.0]),
    (0.0, [0.0, 1.0]),
    (30.0, [-1.0, 1.0]),
    (110.0, [-1.0, -1.0]),
    (250.0, [1.0, -1.0]),
];

/// Elevation of the upper layer, and the slope that leads to the top edge of the cube.
const TOP_DEG: f64 = 30.0;
const TOP_SLOPE_DEG: f64 = 45.0;

/// A direction in degrees and a distance as a place in the room.
pub(super) fn to_room(azimuth: f64, elevation: f64, distance: f64) -> Vec3 {
    let (radius, z) = if elevation.abs() > TOP_DEG {
        let slope = polyline(elevation.abs(), &[(TOP_DEG, TOP_SLOPE_DEG), (90.0, 90.0)]);
        ((90.0 - slope).to_radians().tan(), 1.0_f64.copysign(elevation))
    } else {
        (1.0, (TOP_SLOPE_DEG * elevation / TOP_DEG).to_radians().tan())
    };
    let azimuth = if azimuth < -110.0 { azimuth + 360.0 } else { azimuth };
    let beyond = CORNERS.iter().position(|corner| azimuth <= corner.0).unwrap_or(5).max(1);
    let (right, left) = (CORNERS[beyond - 1], CORNERS[beyond]);
    let half = (left.0 - right.0) / 2.0;
    let relative = azimuth - (right.0 + half);
    let share = 0.5 + 0.5 * relative.to_radians().tan() / half.to_radians().tan();
    let along = share.atan2(1.0 - share) / std::f64::consts::FRAC_PI_2;
    let [x, y] = [0, 1].map(|n| radius * (right.1[n] + (left.1[n] - right.1[n]) * along));
    [x, y, z].map(|c| c * distance)
}

/// A place in the room as azimuth, elevation and distance.
pub(super) fn to_direction([x, y, z]: Vec3) -> (f64, f64, f64) {
    if x.abs() < 1e-10 && y.abs() < 1e-10 {
        return if z.abs() < 1e-10 {
            (0.0, 0.0, 0.0)
        } else {
            (0.0, 90.0_f64.copysign(z), z.abs())
        };
    }
    // Coordinates along the two corners that enclose the place.
    let split = |right: [f64; 2], left: [f64; 2]| {
        let determinant = right[0] * left[1] - right[1] * left[0];
        [(x * left[1] - y * left[0]) / determinant, (right[0] * y - right[1] * x) / determinant]
    };
    let pairs = CORNERS.windows(2).map(|pair| (pair[0], pair[1]));
    let parts = pairs.map(|(right, left)| (right, left, split(right.1, left.1)));
    let enclosing = parts.max_by(|a, b| {
        let least = |p: &[f64; 2]| p[0].min(p[1]);
        least(&a.2).total_cmp(&least(&b.2))
    });
    let (right, left, [own, next]) = enclosing.expect("there are five pairs of corners");
    let plan = own + next;
    let (sin, cos) = (next / plan * std::f64::consts::FRAC_PI_2).sin_cos();
    let half = (left.0 - right.0) / 2.0;
    let lean = 2.0 * (sin / (cos + sin) - 0.5) * half.to_radians().tan();
    let azimuth = right.0 + half + lean.atan().to_degrees();
    let azimuth = if azimuth >= 180.0 { azimuth - 360.0 } else { azimuth };
    let slope = (z / plan).atan().to_degrees();
    if slope.abs() > TOP_SLOPE_DEG {
        let elevation = polyline(slope.abs(), &[(TOP_SLOPE_DEG, TOP_DEG), (90.0, 90.0)]);
        (azimuth, elevation.copysign(slope), z.abs())
    } else {
        (azimuth, TOP_DEG * slope / TOP_SLOPE_DEG, plan)
    }
}
