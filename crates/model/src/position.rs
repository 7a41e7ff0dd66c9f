//! Where sound is: the two systems of coordinates and the one map between them.
//!
//! * **Polar**, as in [BS.2076-2 §8]: azimuth in degrees anticlockwise seen from above (left is
//!   positive), elevation in degrees upwards, distance 1 on the loudspeaker sphere.
//! * **Room**, the cube of Cartesian ADM and of Atmos: x right, y front, z up, each −1..=1;
//!   z = 0 is ear height and z = 1 the ceiling. Room coordinates are **not** directions: the right
//!   front loudspeaker stands at (1, 1, 0) although it is heard at −30°.
//!
//! Rendering never converts. Where a conversion is unavoidable (a polar object in an Atmos master,
//! a room object on headphones), [`PolarPosition::to_room`] and [`RoomPosition::to_polar`] are used.
//! They are inverses of each other and pin every loudspeaker of 4+7+0 to its room position. Between
//! two pinned loudspeakers the map follows the tangent law of amplitude panning, so that the
//! cosine–sine balance in the room gives a pair the very gains that VBAP gives it on the sphere.

use std::f64::consts::FRAC_PI_2;

/// A direction and a distance. See the [module](self) for signs and ranges.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PolarPosition {
    /// Degrees, −180..=180, left positive.
    pub azimuth_deg: f64,
    /// Degrees, −90..=90, up positive.
    pub elevation_deg: f64,
    /// 0..=1 from the listener to the loudspeaker sphere. Below 1 the source spreads; the level stays.
    pub distance: f64,
}

/// A place in the room cube. See the [module](self).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RoomPosition {
    /// −1 left wall, 1 right wall.
    pub x: f64,
    /// −1 back wall, 1 front wall.
    pub y: f64,
    /// −1 floor, 0 ear height, 1 ceiling.
    pub z: f64,
}

/// A position in the system its author chose.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Position {
    /// On the sphere; panned by direction.
    Polar(PolarPosition),
    /// In the cube; panned by balance between walls.
    Room(RoomPosition),
}

/// Elevation of the upper loudspeakers of 4+7+0, pinned to the ceiling. [BS.2051-3 System J]
const CEILING_DEG: f64 = 30.0;

impl PolarPosition {
    /// A position on the loudspeaker sphere.
    pub const fn on_sphere(azimuth_deg: f64, elevation_deg: f64) -> Self {
        Self { azimuth_deg, elevation_deg, distance: 1.0 }
    }

    /// The unit vector (x right, y front, z up) towards this position. [BS.2127-0 §10]
    ///
    /// ```
    /// use cupola_model::PolarPosition;
    /// let [x, y, z] = PolarPosition::on_sphere(90.0, 0.0).direction();
    /// assert!((x + 1.0).abs() < 1e-12 && y.abs() < 1e-12 && z.abs() < 1e-12);
    /// ```
    pub fn direction(self) -> [f64; 3] {
        let (sin_az, cos_az) = self.azimuth_deg.to_radians().sin_cos();
        let (sin_el, cos_el) = self.elevation_deg.to_radians().sin_cos();
        [-sin_az * cos_el, cos_az * cos_el, sin_el]
    }

    /// The room position that stands for this direction; `distance` becomes the largest coordinate.
    ///
    /// ```
    /// use cupola_model::PolarPosition;
    /// let room = PolarPosition::on_sphere(-30.0, 0.0).to_room();
    /// assert_eq!((room.x, room.y, room.z), (1.0, 1.0, 0.0));
    /// ```
    pub fn to_room(self) -> RoomPosition {
        let height = self.elevation_deg.abs().min(90.0);
        let (z, ceiling_radius) = if height <= CEILING_DEG {
            (pair_fraction(height, 0.0, CEILING_DEG), 1.0)
        } else {
            (1.0, ceiling_radius(height))
        };
        let side = self.azimuth_deg.signum();
        let (across, front) =
            wall_from_azimuth(wrap_degrees(self.azimuth_deg).abs(), corner_deg(z));
        let radius = self.distance.clamp(0.0, 1.0);
        RoomPosition {
            x: -side * across * ceiling_radius * radius,
            y: front * ceiling_radius * radius,
            z: z.copysign(self.elevation_deg) * radius,
        }
    }
}

impl RoomPosition {
    /// The direction this room position is heard from; the largest coordinate becomes the distance.
    /// The centre of the room has no direction and is given as straight ahead at distance 0.
    pub fn to_polar(self) -> PolarPosition {
        let radius = self.x.abs().max(self.y.abs()).max(self.z.abs());
        if radius <= 0.0 {
            return PolarPosition { azimuth_deg: 0.0, elevation_deg: 0.0, distance: 0.0 };
        }
        let (x, y, z) = (self.x / radius, self.y / radius, self.z.abs() / radius);
        let plan = x.abs().max(y.abs());
        let elevation =
            if plan >= 1.0 { pair_angle(z, 0.0, CEILING_DEG) } else { ceiling_elevation(plan) };
        let azimuth = if plan > 0.0 {
            azimuth_from_wall(x.abs() / plan, y / plan, corner_deg(z))
        } else {
            0.0
        };
        PolarPosition {
            azimuth_deg: if x > 0.0 { -azimuth } else { azimuth },
            elevation_deg: elevation.copysign(self.z),
            distance: radius.min(1.0),
        }
    }

    /// Whether every coordinate is finite and within the cube.
    pub fn is_inside_cube(self) -> bool {
        [self.x, self.y, self.z].iter().all(|c| (-1.0..=1.0).contains(c))
    }
}

impl Position {
    /// This position as a direction.
    pub fn to_polar(self) -> PolarPosition {
        match self {
            Self::Polar(polar) => polar,
            Self::Room(room) => room.to_polar(),
        }
    }

    /// This position in the room.
    pub fn to_room(self) -> RoomPosition {
        match self {
            Self::Polar(polar) => polar.to_room(),
            Self::Room(room) => room,
        }
    }

    /// The straight line from `self` (t = 0) to `to` (t = 1), azimuth the short way round. Two
    /// positions of different systems meet in the system of `to`.
    pub fn lerp(self, to: Self, t: f64) -> Self {
        let mix = |a: f64, b: f64| a + (b - a) * t;
        match to {
            Self::Room(b) => {
                let a = self.to_room();
                Self::Room(RoomPosition { x: mix(a.x, b.x), y: mix(a.y, b.y), z: mix(a.z, b.z) })
            }
            Self::Polar(b) => {
                let a = self.to_polar();
                let turn = wrap_degrees(b.azimuth_deg - a.azimuth_deg);
                Self::Polar(PolarPosition {
                    azimuth_deg: wrap_degrees(a.azimuth_deg + turn * t),
                    elevation_deg: mix(a.elevation_deg, b.elevation_deg),
                    distance: mix(a.distance, b.distance),
                })
            }
        }
    }
}

/// An angle in degrees brought to −180 < angle ≤ 180.
pub fn wrap_degrees(angle_deg: f64) -> f64 {
    let wrapped = angle_deg.rem_euclid(360.0);
    if wrapped > 180.0 { wrapped - 360.0 } else { wrapped }
}

/// Azimuth of the front corners at room height `z`: 30° at the ears (M±030), 45° under the ceiling
/// (U±045). [BS.2051-3 System J]
fn corner_deg(z: f64) -> f64 {
    30.0 + 15.0 * z
}

/// Azimuth 0..=180 to a point (|x|, y) on the square of the walls.
fn wall_from_azimuth(azimuth: f64, corner: f64) -> (f64, f64) {
    if azimuth <= corner {
        (pair_fraction(azimuth, 0.0, corner), 1.0)
    } else if azimuth <= 90.0 {
        (1.0, 1.0 - pair_fraction(azimuth, corner, 90.0))
    } else if azimuth <= 135.0 {
        (1.0, -pair_fraction(azimuth, 90.0, 135.0))
    } else {
        // One pair spans the back wall, M±135; with 45° either side its tangent law is linear.
        ((180.0 - azimuth) / 45.0, -1.0)
    }
}

/// Inverse of [`wall_from_azimuth`]; one of |x| and |y| is 1.
fn azimuth_from_wall(across: f64, front: f64, corner: f64) -> f64 {
    if front >= 1.0 {
        pair_angle(across, 0.0, corner)
    } else if across < 1.0 {
        180.0 - 45.0 * across
    } else if front >= 0.0 {
        pair_angle(1.0 - front, corner, 90.0)
    } else {
        pair_angle(-front, 90.0, 135.0)
    }
}

/// Where between two loudspeakers at `from` and `to` degrees the cosine–sine balance gives the gains
/// of the tangent law for a source at `angle`: 0 at `from`, 1 at `to`.
fn pair_fraction(angle: f64, from: f64, to: f64) -> f64 {
    let half = (to - from) / 2.0;
    let offset = angle - (from + half);
    let share = 0.5 + offset.to_radians().tan() / (2.0 * half.to_radians().tan());
    share.atan2(1.0 - share) / FRAC_PI_2
}

/// Inverse of [`pair_fraction`].
fn pair_angle(fraction: f64, from: f64, to: f64) -> f64 {
    let half = (to - from) / 2.0;
    let (sin, cos) = (fraction * FRAC_PI_2).sin_cos();
    let lean = (sin - cos) / (sin + cos);
    from + half + (lean * half.to_radians().tan()).atan().to_degrees()
}

/// How far from the middle of the ceiling a direction above [`CEILING_DEG`] lies: 1 at the walls,
/// 0 overhead, by the same balance law on the plane of the upper loudspeakers.
fn ceiling_radius(elevation: f64) -> f64 {
    let reach = CEILING_DEG.to_radians().tan() / elevation.to_radians().tan();
    let share = 0.5 * (1.0 + reach);
    2.0 * share.atan2(1.0 - share) / FRAC_PI_2 - 1.0
}

/// Inverse of [`ceiling_radius`].
fn ceiling_elevation(radius: f64) -> f64 {
    let (sin, cos) = ((radius + 1.0) * FRAC_PI_2 / 2.0).sin_cos();
    let reach = (sin - cos) / (sin + cos);
    CEILING_DEG.to_radians().tan().atan2(reach).to_degrees()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 4+7+0 without its LFE: azimuth, elevation, room. [BS.2051-3 System J], room as in Dolby's
    /// room-centric labels.
    const PINS: [(f64, f64, [f64; 3]); 11] = [
        (30.0, 0.0, [-1.0, 1.0, 0.0]),
        (-30.0, 0.0, [1.0, 1.0, 0.0]),
        (0.0, 0.0, [0.0, 1.0, 0.0]),
        (90.0, 0.0, [-1.0, 0.0, 0.0]),
        (-90.0, 0.0, [1.0, 0.0, 0.0]),
        (135.0, 0.0, [-1.0, -1.0, 0.0]),
        (-135.0, 0.0, [1.0, -1.0, 0.0]),
        (45.0, 30.0, [-1.0, 1.0, 1.0]),
        (-45.0, 30.0, [1.0, 1.0, 1.0]),
        (135.0, 30.0, [-1.0, -1.0, 1.0]),
        (-135.0, 30.0, [1.0, -1.0, 1.0]),
    ];

    fn as_array(r: RoomPosition) -> [f64; 3] {
        [r.x, r.y, r.z]
    }

    fn angle_between(a: PolarPosition, b: PolarPosition) -> f64 {
        let (u, v) = (a.direction(), b.direction());
        let cross =
            [u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0]];
        let sin = cross.iter().map(|c| c * c).sum::<f64>().sqrt();
        sin.atan2(u.iter().zip(v).map(|(a, b)| a * b).sum()).to_degrees()
    }

    #[test]
    fn every_loudspeaker_of_4_7_0_is_pinned_both_ways() {
        for (azimuth, elevation, room) in PINS {
            let polar = PolarPosition::on_sphere(azimuth, elevation);
            let got = as_array(polar.to_room());
            for (g, w) in got.iter().zip(room) {
                assert!(
                    (g - w).abs() < 1e-12,
                    "{azimuth}/{elevation} went to {got:?}, not {room:?}"
                );
            }
            let back = RoomPosition { x: room[0], y: room[1], z: room[2] }.to_polar();
            assert!(angle_between(back, polar) < 1e-9, "{room:?} came back as {back:?}");
        }
    }

    #[test]
    fn the_map_is_a_bijection_over_the_whole_sphere_and_every_distance() {
        for azimuth in -179..=180 {
            for elevation in -89..=89 {
                for distance in [0.25, 1.0] {
                    let polar = PolarPosition {
                        azimuth_deg: f64::from(azimuth),
                        elevation_deg: f64::from(elevation),
                        distance,
                    };
                    let back = polar.to_room().to_polar();
                    let error = angle_between(polar, back);
                    assert!(error < 1e-9, "{polar:?} came back as {back:?}, {error}° off");
                    assert!((back.distance - distance).abs() < 1e-12, "{polar:?}: {back:?}");
                }
            }
        }
    }

    #[test]
    fn the_map_is_continuous() {
        let step = 0.01;
        for i in 0..36_000 {
            let azimuth = -180.0 + f64::from(i) * step;
            for elevation in [-60.0, -30.0, -5.0, 0.0, 5.0, 29.99, 30.0, 45.0, 80.0] {
                let here = as_array(PolarPosition::on_sphere(azimuth, elevation).to_room());
                let along = as_array(PolarPosition::on_sphere(azimuth + step, elevation).to_room());
                let above = as_array(PolarPosition::on_sphere(azimuth, elevation + step).to_room());
                for (a, (b, c)) in here.iter().zip(along.iter().zip(above)) {
                    assert!((a - b).abs() < 2e-3, "jump at {azimuth}/{elevation}");
                    assert!((a - c).abs() < 2e-3, "jump above {azimuth}/{elevation}");
                }
            }
        }
    }

    #[test]
    fn between_two_loudspeakers_the_balance_equals_the_tangent_law() {
        // Tangent law for a pair at ±h and a source at a: (g1 − g2)/(g1 + g2) = tan a / tan h.
        for offset in [-14.0_f64, -7.5, 0.0, 3.0, 12.0] {
            let room = PolarPosition::on_sphere(15.0 + offset, 0.0).to_room();
            let (left, centre) = (-room.x * FRAC_PI_2).sin_cos();
            let lean = (left - centre) / (left + centre);
            let law = offset.to_radians().tan() / 15_f64.to_radians().tan();
            assert!((lean - law).abs() < 1e-12, "at {offset}: {lean} against {law}");
        }
    }

    #[test]
    fn left_and_right_mirror() {
        for azimuth in [0.0, 12.0, 30.0, 77.0, 90.0, 120.0, 179.0] {
            let l = PolarPosition::on_sphere(azimuth, 17.0).to_room();
            let r = PolarPosition::on_sphere(-azimuth, 17.0).to_room();
            assert_eq!((l.x.abs(), l.y, l.z), (r.x.abs(), r.y, r.z), "azimuth {azimuth}");
        }
    }

    #[test]
    fn azimuth_takes_the_short_way_round() {
        let a = Position::Polar(PolarPosition::on_sphere(170.0, 0.0));
        let b = Position::Polar(PolarPosition::on_sphere(-170.0, 0.0));
        let Position::Polar(middle) = a.lerp(b, 0.5) else { panic!("polar stays polar") };
        assert!((middle.azimuth_deg.abs() - 180.0).abs() < 1e-9, "went to {middle:?}");
    }
}
