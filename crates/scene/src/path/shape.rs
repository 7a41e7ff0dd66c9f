//! The forms of paths: positions by the number of cycles gone.

use super::Walk;
use crate::curve::Curve;
use crate::stop::Stop;
use cupola_model::{PolarPosition, Position, RoomPosition, position::wrap_degrees};
use std::f64::consts::TAU;

/// A form with its parameters. Angles in degrees, anticlockwise seen from above, 0 in front.
#[derive(Clone, Debug)]
pub(crate) enum Shape {
    /// Round the listener, from `first` on; `sign` is 1 anticlockwise, -1 clockwise.
    Orbit { first: PolarPosition, sign: f64 },
    /// A circle in the room round `centre`.
    RoomOrbit { centre: RoomPosition, radius: f64, azimuth_deg: f64, sign: f64 },
    /// There in the first cycle, back in the second, and so on; a spiral has turns.
    Way { from: Position, to: Stop, curve: Curve },
    /// The same along a great circle.
    Arc { from: PolarPosition, to: PolarPosition, curve: Curve },
    /// A spiral round the middle of the room.
    RoomSpiral { from: Cylinder, to: Cylinder, way_deg: f64, curve: Curve },
    /// There and back in a cycle, at rest at both ends: the share of the way is (1 − cos 2πt)/2.
    Pendulum { from: Position, to: Position },
    /// From point to point, at rest at each.
    Walk(Walk),
}

/// A place in the room by its distance from the middle in plan, the angle there, and the height.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Cylinder {
    pub(crate) radius: f64,
    pub(crate) azimuth_deg: f64,
    pub(crate) z: f64,
}

impl Cylinder {
    pub(crate) fn of(room: RoomPosition) -> Self {
        let radius = room.x.hypot(room.y);
        Self { radius, azimuth_deg: (-room.x).atan2(room.y).to_degrees(), z: room.z }
    }

    fn room(self) -> RoomPosition {
        circle(RoomPosition { x: 0.0, y: 0.0, z: self.z }, self.radius, self.azimuth_deg)
    }
}

fn circle(centre: RoomPosition, radius: f64, azimuth_deg: f64) -> RoomPosition {
    let (sin, cos) = azimuth_deg.to_radians().sin_cos();
    let (x, y) = (centre.x - radius * sin, centre.y + radius * cos);
    RoomPosition { x: x.clamp(-1.0, 1.0), y: y.clamp(-1.0, 1.0), z: centre.z }
}

fn mix(a: f64, b: f64, t: f64) -> f64 {
    a + (b - a) * t
}

/// The share of the way after some cycles of going there and back.
fn there_and_back(cycles: f64, curve: Curve) -> f64 {
    let t = cycles.rem_euclid(2.0);
    curve.shape(if t > 1.0 { 2.0 - t } else { t })
}

/// The angle between two directions in radians.
pub(crate) fn angle_between(a: PolarPosition, b: PolarPosition) -> f64 {
    let (u, v) = (a.direction(), b.direction());
    let cross = [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
    let sin = cross.iter().map(|c| c * c).sum::<f64>().sqrt();
    sin.atan2(u.iter().zip(v).map(|(a, b)| a * b).sum())
}

/// A point of the great circle between two directions that are not opposite.
fn on_great_circle(from: PolarPosition, to: PolarPosition, t: f64) -> PolarPosition {
    let distance = mix(from.distance, to.distance, t);
    let angle = angle_between(from, to);
    if angle < 1e-9 {
        return PolarPosition { distance, ..from };
    }
    let (u, v) = (from.direction(), to.direction());
    let (a, b) = (((1.0 - t) * angle).sin() / angle.sin(), (t * angle).sin() / angle.sin());
    let [x, y, z]: [f64; 3] = std::array::from_fn(|i| a * u[i] + b * v[i]);
    let plan = x.hypot(y);
    let azimuth_deg = if plan < 1e-9 { to.azimuth_deg } else { (-x).atan2(y).to_degrees() };
    PolarPosition { azimuth_deg, elevation_deg: z.atan2(plan).to_degrees(), distance }
}

impl Shape {
    /// The position after some cycles, at least 0. A walk needs its waypoints; without them it stands
    /// where it starts.
    pub(crate) fn position(&self, cycles: f64, waypoints: &[[f64; 3]]) -> Position {
        match self {
            Self::Orbit { first, sign } => {
                let azimuth_deg = wrap_degrees(first.azimuth_deg + sign * 360.0 * cycles.fract());
                Position::Polar(PolarPosition { azimuth_deg, ..*first })
            }
            Self::RoomOrbit { centre, radius, azimuth_deg, sign } => {
                let angle = azimuth_deg + sign * 360.0 * cycles.fract();
                Position::Room(circle(*centre, *radius, angle))
            }
            Self::Way { from, to, curve } => {
                let start = Stop { position: *from, turns: 0.0 };
                to.position_from(&start, there_and_back(cycles, *curve))
            }
            Self::Arc { from, to, curve } => {
                Position::Polar(on_great_circle(*from, *to, there_and_back(cycles, *curve)))
            }
            Self::RoomSpiral { from, to, way_deg, curve } => {
                let t = there_and_back(cycles, *curve);
                let place = Cylinder {
                    radius: mix(from.radius, to.radius, t),
                    azimuth_deg: from.azimuth_deg + way_deg * t,
                    z: mix(from.z, to.z, t),
                };
                Position::Room(place.room())
            }
            Self::Pendulum { from, to } => {
                from.lerp(*to, (1.0 - (TAU * cycles.fract()).cos()) / 2.0)
            }
            Self::Walk(walk) => walk.position(cycles, waypoints),
        }
    }

    /// Degrees a cycle goes round at most; what repeats without going round counts as once round.
    pub(crate) fn cycle_deg(&self) -> f64 {
        match self {
            Self::Orbit { .. } | Self::RoomOrbit { .. } | Self::Pendulum { .. } => 360.0,
            // No curve is faster than twice the straight line.
            Self::Way { from, to, .. } => {
                2.0 * to.way_deg(&Stop { position: *from, turns: 0.0 }).abs()
            }
            Self::RoomSpiral { way_deg, .. } => 2.0 * way_deg.abs(),
            Self::Arc { .. } | Self::Walk(_) => 0.0,
        }
    }

    /// Whether the movement turns back or rests between two cycles.
    pub(crate) fn has_corners(&self) -> bool {
        !matches!(self, Self::Orbit { .. } | Self::RoomOrbit { .. } | Self::Pendulum { .. })
    }

    /// The farthest places of a walk.
    pub(crate) fn corners(&self) -> Vec<Position> {
        match self {
            Self::Walk(walk) => walk.corners().into(),
            _ => Vec::new(),
        }
    }
}
