//! The screen that sound belongs to: where its edges are, and what follows from them for an object.
//!
//! A programme is made in front of one screen and heard in front of another. What belongs to the picture
//! moves with its edges. [BS.2127-0 §7.3.3, §7.3.4]

use crate::{PolarPosition, Position, RoomPosition};

/// A screen: flat, upright and straight towards the listener.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Screen {
    /// Width over height.
    pub aspect_ratio: f64,
    /// Its middle. How far away a direction is means nothing.
    pub centre: Position,
    /// From its left to its right edge: degrees where the middle is a direction, a distance along x where
    /// it is a place in the room.
    pub width: f64,
}

impl Screen {
    /// The screen of whoever says nothing: 58° wide, 1.78:1, straight ahead. [BS.2076-2]
    pub const USUAL: Self = Self {
        aspect_ratio: 1.78,
        centre: Position::Polar(PolarPosition::on_sphere(0.0, 0.0)),
        width: 58.0,
    };

    /// Where its edges are seen. `None` for a screen that reaches behind the listener or overhead, or whose
    /// numbers are none, which is no screen to place anything by.
    ///
    /// ```
    /// let edges = cupola_model::Screen::USUAL.edges().expect("it stands in front");
    /// assert!((edges.left_deg - 29.0).abs() < 1e-9 && (edges.right_deg + 29.0).abs() < 1e-9);
    /// assert!((edges.top_deg - 17.29).abs() < 0.01);
    /// ```
    pub fn edges(&self) -> Option<ScreenEdges> {
        let (centre, right, up, half_width) = match self.centre {
            Position::Polar(at) => {
                let (azimuth, elevation) = (at.azimuth_deg, at.elevation_deg);
                let axis =
                    |azimuth, elevation| PolarPosition::on_sphere(azimuth, elevation).direction();
                let half = (self.width / 2.0).to_radians().tan();
                let up = axis(azimuth, elevation + 90.0);
                (axis(azimuth, elevation), axis(azimuth - 90.0, 0.0), up, half)
            }
            Position::Room(RoomPosition { x, y, z }) => {
                ([x, y, z], [1.0, 0.0, 0.0], [0.0, 0.0, 1.0], self.width / 2.0)
            }
        };
        let half_height = half_width / self.aspect_ratio;
        let at = |axis: [f64; 3], by: f64| [0, 1, 2].map(|n| centre[n] + axis[n] * by);
        let (top, bottom) = (at(up, half_height), at(up, -half_height));
        let edges = ScreenEdges {
            left_deg: azimuth(at(right, -half_width)),
            right_deg: azimuth(at(right, half_width)),
            bottom_deg: elevation(bottom),
            top_deg: elevation(top),
        };
        // Upper and lower edge are straight above each other unless the screen reaches over the zenith.
        let upright = (azimuth(top) - azimuth(bottom)).abs() < 1e-3;
        let sizes =
            [half_width, half_height].into_iter().all(|size| size > 0.0 && size.is_finite());
        let spread = edges.right_deg < edges.left_deg && edges.bottom_deg < edges.top_deg;
        (sizes && upright && spread && edges.left_deg - edges.right_deg < 180.0).then_some(edges)
    }
}

/// Where the edges of a screen are seen, in degrees: azimuth positive to the left, elevation upwards.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ScreenEdges {
    /// Azimuth of the left edge.
    pub left_deg: f64,
    /// Azimuth of the right edge, less than that of the left.
    pub right_deg: f64,
    /// Elevation of the lower edge.
    pub bottom_deg: f64,
    /// Elevation of the upper edge, more than that of the lower.
    pub top_deg: f64,
}

impl ScreenEdges {
    /// Azimuth and elevation of what is seen at these before this screen, before another one: on its edges
    /// what was on the edges, between them in proportion, and beyond them what is left in proportion, up to
    /// straight behind, above and below. [BS.2127-0 §7.3.3]
    pub fn scaled_to(&self, other: &Self, azimuth_deg: f64, elevation_deg: f64) -> (f64, f64) {
        (
            bent(
                azimuth_deg,
                [-180.0, self.right_deg, self.left_deg, 180.0],
                [-180.0, other.right_deg, other.left_deg, 180.0],
            ),
            bent(
                elevation_deg,
                [-90.0, self.bottom_deg, self.top_deg, 90.0],
                [-90.0, other.bottom_deg, other.top_deg, 90.0],
            ),
        )
    }

    /// Azimuth and elevation of what is held by edges of this screen. [BS.2127-0 §7.3.4]
    pub fn hold(&self, lock: ScreenEdgeLock, azimuth_deg: f64, elevation_deg: f64) -> (f64, f64) {
        let azimuth = match lock.horizontal {
            Some(HorizontalEdge::Left) => self.left_deg,
            Some(HorizontalEdge::Right) => self.right_deg,
            None => azimuth_deg,
        };
        let elevation = match lock.vertical {
            Some(VerticalEdge::Top) => self.top_deg,
            Some(VerticalEdge::Bottom) => self.bottom_deg,
            None => elevation_deg,
        };
        (azimuth, elevation)
    }
}

/// Edges of the screen of the room that hold an object: `screenEdgeLock` in ADM. [BS.2127-0 §7.3.4]
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ScreenEdgeLock {
    /// The side edge.
    pub horizontal: Option<HorizontalEdge>,
    /// The upper or lower edge.
    pub vertical: Option<VerticalEdge>,
}

impl ScreenEdgeLock {
    /// Whether no edge holds it.
    pub fn is_none(&self) -> bool {
        *self == Self::default()
    }

    /// The words of its edges.
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        let horizontal = self.horizontal.map(HorizontalEdge::name);
        horizontal.into_iter().chain(self.vertical.map(VerticalEdge::name))
    }
}

/// A side of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HorizontalEdge {
    /// Left.
    Left,
    /// Right.
    Right,
}

impl HorizontalEdge {
    /// The word in scenes and in ADM.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Left => "left",
            Self::Right => "right",
        }
    }

    /// The edge of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Left, Self::Right].into_iter().find(|edge| edge.name() == name)
    }
}

/// The upper or lower edge of the screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum VerticalEdge {
    /// Top.
    Top,
    /// Bottom.
    Bottom,
}

impl VerticalEdge {
    /// The word in scenes and in ADM.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Top => "top",
            Self::Bottom => "bottom",
        }
    }

    /// The edge of that word.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Top, Self::Bottom].into_iter().find(|edge| edge.name() == name)
    }
}

fn azimuth([x, y, _]: [f64; 3]) -> f64 {
    -x.atan2(y).to_degrees()
}

fn elevation([x, y, z]: [f64; 3]) -> f64 {
    z.atan2(x.hypot(y)).to_degrees()
}

/// What the polyline through four points, of abscissas that do not fall, is at a place.
fn bent(at: f64, from: [f64; 4], to: [f64; 4]) -> f64 {
    let part = from[1..3].iter().filter(|edge| **edge <= at).count();
    let (left, right) = (from[part], from[part + 1]);
    if right <= left || at >= right {
        return to[part + 1];
    }
    to[part] + (to[part + 1] - to[part]) * ((at - left) / (right - left)).max(0.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn polar(azimuth: f64, elevation: f64, width: f64) -> Screen {
        let centre = Position::Polar(PolarPosition::on_sphere(azimuth, elevation));
        Screen { aspect_ratio: 16.0 / 9.0, centre, width }
    }

    #[test]
    fn edges_are_where_geometry_has_them() {
        // Half of the width to each side, and a height that is flat: tan 20° ÷ (16/9) = tan 11.5705°.
        let edges = polar(10.0, 0.0, 40.0).edges().unwrap();
        for (found, wanted) in [
            (edges.left_deg, 30.0),
            (edges.right_deg, -10.0),
            (edges.top_deg, 11.570_459),
            (edges.bottom_deg, -11.570_459),
        ] {
            assert!((found - wanted).abs() < 1e-4, "{edges:?}");
        }
        // On the front wall of the room, from x −0.5 to 0.5 and z −0.25 to 0.75.
        let centre = Position::Room(RoomPosition { x: 0.0, y: 1.0, z: 0.25 });
        let edges = Screen { aspect_ratio: 1.0, centre, width: 1.0 }.edges().unwrap();
        let angle = |opposite: f64| opposite.atan().to_degrees();
        assert!((edges.left_deg - angle(0.5)).abs() < 1e-12, "{edges:?}");
        assert!((edges.top_deg - angle(0.75)).abs() < 1e-12, "{edges:?}");
        assert!((edges.bottom_deg + angle(0.25)).abs() < 1e-12, "{edges:?}");
    }

    #[test]
    fn what_reaches_behind_or_overhead_is_no_screen() {
        let room = |x, y, z| Position::Room(RoomPosition { x, y, z });
        let flat = |centre, width| Screen { aspect_ratio: 1.78, centre, width };
        for screen in [
            polar(180.0, 0.0, 40.0),
            polar(170.0, 0.0, 40.0),
            polar(0.0, 85.0, 40.0),
            polar(0.0, 0.0, 0.0),
            polar(0.0, 0.0, 180.0),
            polar(0.0, 0.0, f64::NAN),
            Screen { aspect_ratio: 0.0, ..Screen::USUAL },
            flat(room(0.0, -1.0, 0.0), 1.0),
            flat(room(0.0, 0.0, 0.0), 1.0),
        ] {
            assert_eq!(screen.edges(), None, "{screen:?}");
        }
        assert!(polar(150.0, 0.0, 40.0).edges().is_some());
    }

    #[test]
    fn edges_go_to_edges_and_the_poles_and_the_back_stay() {
        let from = Screen::USUAL.edges().unwrap();
        let to = polar(5.0, 10.0, 30.0).edges().unwrap();
        for (at, wanted) in [
            ((from.left_deg, from.top_deg), (to.left_deg, to.top_deg)),
            ((from.right_deg, from.bottom_deg), (to.right_deg, to.bottom_deg)),
            ((180.0, 90.0), (180.0, 90.0)),
            ((-180.0, -90.0), (-180.0, -90.0)),
            ((0.0, 0.0), (5.0, (to.top_deg + to.bottom_deg) / 2.0)),
            // Half the way from the left edge to the back.
            (
                ((29.0 + 180.0) / 2.0, 0.0),
                ((to.left_deg + 180.0) / 2.0, (to.top_deg + to.bottom_deg) / 2.0),
            ),
        ] {
            let found = from.scaled_to(&to, at.0, at.1);
            let near = |a: f64, b: f64| (a - b).abs() < 1e-9;
            assert!(near(found.0, wanted.0) && near(found.1, wanted.1), "{at:?}: {found:?}");
            // And the way back.
            let back = to.scaled_to(&from, found.0, found.1);
            assert!(near(back.0, at.0) && near(back.1, at.1), "{at:?}: {back:?}");
        }
    }

    #[test]
    fn an_edge_holds_one_coordinate_and_leaves_the_other() {
        let edges = polar(5.0, 10.0, 30.0).edges().unwrap();
        let lock = |horizontal, vertical| ScreenEdgeLock {
            horizontal: HorizontalEdge::from_name(horizontal),
            vertical: VerticalEdge::from_name(vertical),
        };
        assert_eq!(edges.hold(lock("left", ""), 1.0, 2.0), (edges.left_deg, 2.0));
        assert_eq!(
            edges.hold(lock("right", "bottom"), 1.0, 2.0),
            (edges.right_deg, edges.bottom_deg)
        );
        assert_eq!(edges.hold(lock("", "top"), 1.0, 2.0), (1.0, edges.top_deg));
        assert!(lock("top", "left").is_none());
        assert_eq!(lock("right", "bottom").names().collect::<Vec<_>>(), ["right", "bottom"]);
    }
}
