//! Objects that belong to a picture. [BS.2127-0 §7.3.3, §7.3.4]
//!
//! Both the screen of the production and the one of the room are the recommendation's default, 58°
//! wide, 1.78:1, straight ahead. Scaling from one to the other then moves nothing by direction; in the
//! room it leaves a compensation for the upper corners, which stand at 45° rather than 30°.

use super::convert::{to_direction, to_room};
use super::geometry::{azimuth, elevation, length, place, polyline};
use super::metadata::{HorizontalEdge, ScreenEdgeLock, VerticalEdge};
use super::speakers::Speaker;
use crate::pan::region::Vec3;

const WIDTH_DEG: f64 = 58.0;
const ASPECT_RATIO: f64 = 1.78;

/// The screen of a room.
#[derive(Debug)]
pub(super) struct Screen {
    /// Azimuth of the left edge; the right one is its mirror image.
    left_deg: f64,
    /// Elevation of the top edge; the bottom one is its mirror image.
    top_deg: f64,
    /// Whether the upper corners stand at 45°.
    wide_top: bool,
}

impl Screen {
    pub(super) fn new(speakers: &[Speaker]) -> Self {
        let half_width = (WIDTH_DEG / 2.0).to_radians().tan();
        Self {
            left_deg: half_width.atan().to_degrees(),
            top_deg: (half_width / ASPECT_RATIO).atan().to_degrees(),
            wide_top: speakers.iter().any(|s| s.label == "U+045"),
        }
    }

    /// Where an object is after scaling and edge lock.
    pub(super) fn place(
        &self,
        at: Vec3,
        scaled: bool,
        lock: ScreenEdgeLock,
        cartesian: bool,
    ) -> Vec3 {
        let locked = lock != ScreenEdgeLock::default();
        if cartesian {
            let at = if scaled { self.in_room(at, ScreenEdgeLock::default()) } else { at };
            return if locked { self.in_room(at, lock) } else { at };
        }
        if !locked {
            return at;
        }
        let (azimuth, elevation) = self.edges(azimuth(at), elevation(at), lock);
        place(azimuth, elevation, length(at))
    }

    fn in_room(&self, at: Vec3, lock: ScreenEdgeLock) -> Vec3 {
        let (azimuth, elevation, distance) = to_direction(at);
        let (azimuth, elevation) = self.edges(azimuth, elevation, lock);
        to_room(self.compensated(azimuth, elevation), elevation, distance)
    }

    fn edges(&self, azimuth: f64, elevation: f64, lock: ScreenEdgeLock) -> (f64, f64) {
        let azimuth = match lock.horizontal {
            Some(HorizontalEdge::Left) => self.left_deg,
            Some(HorizontalEdge::Right) => -self.left_deg,
            None => azimuth,
        };
        let elevation = match lock.vertical {
            Some(VerticalEdge::Top) => self.top_deg,
            Some(VerticalEdge::Bottom) => -self.top_deg,
            None => elevation,
        };
        (azimuth, elevation)
    }

    /// The azimuth that makes height in the room go straight up on this layout.
    fn compensated(&self, azimuth: f64, elevation: f64) -> f64 {
        if !self.wide_top {
            return azimuth;
        }
        let corner = polyline(elevation, &[(0.0, 30.0), (30.0, 20.0), (90.0, 30.0)]);
        polyline(azimuth, &[(-180.0, -180.0), (-30.0, -corner), (30.0, corner), (180.0, 180.0)])
    }
}
