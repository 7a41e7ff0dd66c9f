//! A pair: two objects that stand left and right of one centre.

use cupola_model::{PolarPosition, Position, RoomPosition, position::wrap_degrees};

/// Which of the two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Side {
    Left,
    Right,
}

impl Side {
    fn sign(self) -> f64 {
        match self {
            Self::Left => 1.0,
            Self::Right => -1.0,
        }
    }
}

/// Below this distance from the pole an azimuth means nothing.
const POLE: f64 = 1e-9;

/// The position of one side of a pair around a centre.
///
/// In polar coordinates both stand on the great circle through the centre along its parallel of
/// elevation, that is, on the tangent towards rising azimuth: at ear height their azimuths are the
/// centre's ± half the width; above or below it they spread further in azimuth, so that the angle
/// between them stays the width; straight overhead they stand left and right of the zenith as seen
/// by a listener who faces the centre's azimuth. In room coordinates they stand half the width to
/// the left and right in x, at most at the walls.
pub(crate) fn place(centre: Position, width: f64, side: Side) -> Position {
    match centre {
        Position::Polar(polar) => Position::Polar(place_polar(polar, width * side.sign() / 2.0)),
        Position::Room(room) => {
            let x = room.x - side.sign() * width / 2.0;
            Position::Room(RoomPosition { x: x.clamp(-1.0, 1.0), ..room })
        }
    }
}

fn place_polar(centre: PolarPosition, offset_deg: f64) -> PolarPosition {
    if centre.elevation_deg == 0.0 {
        let azimuth_deg = wrap_degrees(centre.azimuth_deg + offset_deg);
        return PolarPosition { azimuth_deg, ..centre };
    }
    let [x, y, z] = centre.direction();
    let (sin_az, cos_az) = centre.azimuth_deg.to_radians().sin_cos();
    let (sin, cos) = offset_deg.to_radians().sin_cos();
    // The tangent towards rising azimuth is (−cos az, −sin az, 0).
    let (x, y, z) = (cos * x - sin * cos_az, cos * y - sin * sin_az, cos * z);
    let plan = x.hypot(y);
    let azimuth_deg =
        if plan < POLE { centre.azimuth_deg } else { wrap_degrees((-x).atan2(y).to_degrees()) };
    PolarPosition {
        azimuth_deg,
        elevation_deg: z.atan2(plan).to_degrees(),
        distance: centre.distance,
    }
}

/// Whether a wall keeps the pair from its full width.
pub(crate) fn is_clipped(centre: Position, width: f64) -> bool {
    match centre {
        Position::Polar(_) => false,
        Position::Room(room) => room.x.abs() + width / 2.0 > 1.0 + 1e-9,
    }
}
