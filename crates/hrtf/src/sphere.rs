//! Directions: how far apart, where holes are, and when sound reaches the ears of a rigid sphere.

/// A unit vector, x right, y front, z up.
pub(crate) type Direction = [f64; 3];

/// Radius of the sphere that stands for a head, in metres, and the speed of sound.
const RADIUS_M: f64 = 0.0875;
const SOUND_M_S: f64 = 343.0;

/// Directions that probe for holes, about 10 degrees apart.
const PROBES: usize = 400;

/// A synthetic direction is put where none is nearer than this. The six axes are looked at first, so
/// that afterwards every axis has a direction within this angle.
pub(crate) const WIDEST_HOLE_DEG: f64 = 30.0;

/// The angle between two directions in degrees.
pub(crate) fn angle_deg(a: Direction, b: Direction) -> f64 {
    let cross = [a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]];
    let sine = cross.iter().map(|c| c * c).sum::<f64>().sqrt();
    sine.atan2(a[0] * b[0] + a[1] * b[1] + a[2] * b[2]).to_degrees()
}

/// When sound reaches the left and the right ear of a rigid sphere, in seconds after its middle: the
/// straight way on the near side, around the sphere on the far side.
pub(crate) fn arrival_s(direction: Direction) -> [f64; 2] {
    [-direction[0], direction[0]].map(|cosine| {
        let cosine = cosine.clamp(-1.0, 1.0);
        let way = if cosine > 0.0 { -cosine } else { cosine.acos() - std::f64::consts::FRAC_PI_2 };
        way * RADIUS_M / SOUND_M_S
    })
}

/// The angle to the nearest of some directions, in degrees; 180 when there is none.
pub(crate) fn nearest_deg(from: Direction, directions: &[Direction]) -> f64 {
    let dot = |d: &Direction| from[0] * d[0] + from[1] * d[1] + from[2] * d[2];
    directions
        .iter()
        .max_by(|a, b| dot(a).total_cmp(&dot(b)))
        .map_or(180.0, |&d| angle_deg(from, d))
}

/// Directions to add so that no probe is further than [`WIDEST_HOLE_DEG`] from one.
pub(crate) fn fill_holes(directions: &[Direction]) -> Vec<Direction> {
    let axes = [[0.0, 0.0, -1.0], [0.0, 0.0, 1.0], [0.0, 1.0, 0.0], [0.0, -1.0, 0.0]];
    let sides = [[-1.0, 0.0, 0.0], [1.0, 0.0, 0.0]];
    let mut added = Vec::new();
    for probe in axes.into_iter().chain(sides).chain(probes()) {
        let near = nearest_deg(probe, directions).min(nearest_deg(probe, &added));
        if near > WIDEST_HOLE_DEG {
            added.push(probe);
        }
    }
    added
}

/// The probe that is furthest from all directions, and how far, among those above an elevation.
pub(crate) fn largest_hole(directions: &[Direction], above_deg: f64) -> (Direction, f64) {
    probes()
        .filter(|probe| probe[2] > above_deg.to_radians().sin())
        .map(|probe| (probe, nearest_deg(probe, directions)))
        .max_by(|a, b| a.1.total_cmp(&b.1))
        .unwrap_or(([0.0, 0.0, 1.0], 0.0))
}

/// Directions evenly spread over the sphere: a spiral that turns by the golden angle.
fn probes() -> impl Iterator<Item = Direction> {
    let golden = std::f64::consts::PI * (3.0 - 5.0_f64.sqrt());
    (0..PROBES).map(move |i| {
        let z = 1.0 - (2 * i + 1) as f64 / PROBES as f64;
        let (sin, cos) = (golden * i as f64).sin_cos();
        let radius = (1.0 - z * z).sqrt();
        [radius * cos, radius * sin, z]
    })
}
