//! Where the head of a headphone render looks.

use crate::FrameIndex;
use std::fmt;

/// Where a head looks, in degrees. It turns by the yaw first, then by the pitch about its own ears,
/// then by the roll about its own nose.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct HeadOrientation {
    /// To the left, as azimuths count.
    pub yaw_deg: f64,
    /// Upwards.
    pub pitch_deg: f64,
    /// The right ear down.
    pub roll_deg: f64,
}

/// The head's own axes: right, front and up as unit vectors of the room.
pub type HeadAxes = [[f64; 3]; 3];

/// Where the head looks over time: turns between points take the shortest way at an even speed, and
/// before the first and after the last point it rests.
#[derive(Clone, Debug, PartialEq)]
pub struct HeadTrack {
    /// In order of time, at least one.
    points: Vec<(FrameIndex, Quaternion)>,
}

/// Why there is no such track.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum HeadTrackError {
    /// There is no point.
    Empty,
    /// This point does not come after the one before it.
    Order(usize),
    /// An angle of this point is beyond ±360° or not a number.
    Angle(usize),
}

impl fmt::Display for HeadTrackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("a head track needs a point"),
            Self::Order(i) => write!(f, "point {i} does not come after the one before it"),
            Self::Angle(i) => write!(f, "an angle of point {i} is not within -360 to 360 degrees"),
        }
    }
}

impl std::error::Error for HeadTrackError {}

impl HeadOrientation {
    /// Whether every angle is a number within ±360°.
    pub fn is_legal(self) -> bool {
        [self.yaw_deg, self.pitch_deg, self.roll_deg].iter().all(|a| (-360.0..=360.0).contains(a))
    }

    /// The head's axes.
    ///
    /// ```
    /// let left = cupola_model::HeadOrientation { yaw_deg: 90.0, ..Default::default() };
    /// let [_, front, _] = left.axes();
    /// assert!((front[0] + 1.0).abs() < 1e-12, "it looks to the left");
    /// ```
    pub fn axes(self) -> HeadAxes {
        Quaternion::of(self).axes()
    }
}

impl Default for HeadTrack {
    /// A head that looks ahead.
    fn default() -> Self {
        Self { points: vec![(FrameIndex(0), Quaternion::of(HeadOrientation::default()))] }
    }
}

impl HeadTrack {
    /// A track through these points.
    pub fn new(points: &[(FrameIndex, HeadOrientation)]) -> Result<Self, HeadTrackError> {
        if points.is_empty() {
            return Err(HeadTrackError::Empty);
        }
        if let Some(i) = points.iter().position(|(_, o)| !o.is_legal()) {
            return Err(HeadTrackError::Angle(i));
        }
        if let Some(i) = points.windows(2).position(|pair| pair[0].0 >= pair[1].0) {
            return Err(HeadTrackError::Order(i + 1));
        }
        Ok(Self { points: points.iter().map(|&(at, o)| (at, Quaternion::of(o))).collect() })
    }

    /// The head's axes at a frame.
    pub fn axes_at(&self, frame: FrameIndex) -> HeadAxes {
        let next = self.points.partition_point(|(at, _)| *at <= frame);
        let before = next.checked_sub(1).map(|i| self.points[i]);
        let looks = match (before, self.points.get(next)) {
            (Some((start, a)), Some(&(end, b))) => {
                a.towards(b, (frame.0 - start.0) as f64 / (end.0 - start.0) as f64)
            }
            (Some((_, only)), None) => only,
            (None, _) => self.points[0].1,
        };
        looks.axes()
    }
}

/// A rotation as a unit quaternion: w, x, y, z.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Quaternion([f64; 4]);

impl Quaternion {
    fn of(o: HeadOrientation) -> Self {
        let about = |axis: usize, deg: f64| {
            let (sin, cos) = (deg.to_radians() / 2.0).sin_cos();
            let mut q = [cos, 0.0, 0.0, 0.0];
            q[1 + axis] = sin;
            Self(q)
        };
        about(2, o.yaw_deg).times(about(0, o.pitch_deg)).times(about(1, o.roll_deg))
    }

    fn times(self, other: Self) -> Self {
        let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
        Self([
            a * e - b * f - c * g - d * h,
            a * f + b * e + c * h - d * g,
            a * g - b * h + c * e + d * f,
            a * h + b * g - c * f + d * e,
        ])
    }

    fn towards(self, other: Self, t: f64) -> Self {
        let dot: f64 = self.0.iter().zip(other.0).map(|(a, b)| a * b).sum();
        // A rotation has two quaternions; the nearer one is the shorter way.
        let (dot, sign) = (dot.abs().min(1.0), if dot < 0.0 { -1.0 } else { 1.0 });
        let angle = dot.acos();
        let (from, to) = if angle < 1e-6 {
            (1.0 - t, t)
        } else {
            (((1.0 - t) * angle).sin() / angle.sin(), (t * angle).sin() / angle.sin())
        };
        let mut mixed = [0.0; 4];
        for (i, value) in mixed.iter_mut().enumerate() {
            *value = from * self.0[i] + sign * to * other.0[i];
        }
        let norm = mixed.iter().map(|v| v * v).sum::<f64>().sqrt();
        Self(mixed.map(|v| v / norm))
    }

    fn axes(self) -> HeadAxes {
        let [w, x, y, z] = self.0;
        [
            [1.0 - 2.0 * (y * y + z * z), 2.0 * (x * y + w * z), 2.0 * (x * z - w * y)],
            [2.0 * (x * y - w * z), 1.0 - 2.0 * (x * x + z * z), 2.0 * (y * z + w * x)],
            [2.0 * (x * z + w * y), 2.0 * (y * z - w * x), 1.0 - 2.0 * (x * x + y * y)],
        ]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(yaw_deg: f64, pitch_deg: f64, roll_deg: f64) -> HeadOrientation {
        HeadOrientation { yaw_deg, pitch_deg, roll_deg }
    }

    fn close(a: [f64; 3], b: [f64; 3]) -> bool {
        a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12)
    }

    #[test]
    fn each_angle_turns_the_way_it_says() {
        let half = 0.5_f64.sqrt();
        let [_, front, _] = looks(45.0, 0.0, 0.0).axes();
        assert!(close(front, [-half, half, 0.0]), "to the left: {front:?}");
        let [_, front, _] = looks(0.0, 45.0, 0.0).axes();
        assert!(close(front, [0.0, half, half]), "up: {front:?}");
        let [right, front, _] = looks(0.0, 0.0, 45.0).axes();
        assert!(close(right, [half, 0.0, -half]) && close(front, [0.0, 1.0, 0.0]), "{right:?}");
        // Turned to the left and then up about its own ears it looks up on the left.
        let [right, front, _] = looks(90.0, 30.0, 0.0).axes();
        assert!(close(front, [-(0.75_f64.sqrt()), 0.0, 0.5]), "{front:?}");
        assert!(close(right, [0.0, 1.0, 0.0]), "{right:?}");
    }

    #[test]
    fn a_track_turns_evenly_the_short_way_and_rests_outside_its_points() {
        let at = |frame, yaw| (FrameIndex(frame), looks(yaw, 0.0, 0.0));
        let track = HeadTrack::new(&[at(100, 170.0), at(300, -170.0)]).unwrap();
        for (frame, yaw) in [(0, 170.0), (100, 170.0), (150, 175.0), (200, 180.0), (999, -170.0)] {
            let [_, found, _] = track.axes_at(FrameIndex(frame));
            let [_, wanted, _] = looks(yaw, 0.0, 0.0).axes();
            assert!(close(found, wanted), "frame {frame}: {found:?}");
        }
    }

    #[test]
    fn impossible_tracks_are_refused() {
        let at = |frame, yaw| (FrameIndex(frame), looks(yaw, 0.0, 0.0));
        assert_eq!(HeadTrack::new(&[]), Err(HeadTrackError::Empty));
        assert_eq!(HeadTrack::new(&[at(5, 0.0), at(5, 1.0)]), Err(HeadTrackError::Order(1)));
        assert_eq!(HeadTrack::new(&[at(0, f64::NAN)]), Err(HeadTrackError::Angle(0)));
    }
}
