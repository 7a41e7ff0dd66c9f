//! Objects that belong to a picture. [BS.2127-0 §7.3.3, §7.3.4]
//!
//! Where a layout has no screen nothing happens. From a screen to the same one nothing moves by direction;
//! in the room that still leaves a compensation for the upper corners, which stand at 45° rather than 30°.

use super::convert::{to_direction, to_room};
use super::geometry::{azimuth, elevation, length, place, polyline};
use super::speakers::Speaker;
use crate::pan::region::Vec3;
use cupola_model::{Layout, ScreenEdgeLock, ScreenEdges};

/// The screen of a room.
#[derive(Debug)]
pub(super) struct Screen {
    edges: Option<ScreenEdges>,
    /// Whether the upper corners stand at 45°.
    wide_top: bool,
}

impl Screen {
    pub(super) fn new(layout: &Layout, speakers: &[Speaker]) -> Self {
        Self {
            edges: layout.screen.and_then(|screen| screen.edges()),
            wide_top: speakers.iter().any(|s| s.label == "U+045"),
        }
    }

    /// Where an object is after scaling, for which `reference` is the screen of the production, and edge
    /// lock.
    pub(super) fn place(
        &self,
        at: Vec3,
        reference: Option<ScreenEdges>,
        lock: ScreenEdgeLock,
        cartesian: bool,
    ) -> Vec3 {
        let Some(edges) = &self.edges else { return at };
        let at = match reference {
            Some(reference) if cartesian || reference != *edges => {
                self.moved(at, cartesian, |azimuth, elevation| {
                    reference.scaled_to(edges, azimuth, elevation)
                })
            }
            _ => at,
        };
        if lock.is_none() {
            return at;
        }
        self.moved(at, cartesian, |azimuth, elevation| edges.hold(lock, azimuth, elevation))
    }

    /// Moves a place by its direction.
    fn moved(&self, at: Vec3, cartesian: bool, by: impl Fn(f64, f64) -> (f64, f64)) -> Vec3 {
        if cartesian {
            let (azimuth, elevation, distance) = to_direction(at);
            let (azimuth, elevation) = by(azimuth, elevation);
            return to_room(self.compensated(azimuth, elevation), elevation, distance);
        }
        let (azimuth, elevation) = by(azimuth(at), elevation(at));
        place(azimuth, elevation, length(at))
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
