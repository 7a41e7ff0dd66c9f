//! Objects that belong to a picture, in the laws of our own.
//!
//! The same as [`super::bs2127`] does by direction. A place in the room is moved by the direction it is
//! seen in, on the one map between the two, which needs no compensation for the layout: it pins 7.1.4.

use cupola_model::{Layout, ObjectFeatures, PolarPosition, Position, ScreenEdgeLock, ScreenEdges};

/// What the screen of a room does to an object.
#[derive(Clone, Copy, Debug)]
pub(super) struct Framing {
    /// Of the room.
    edges: ScreenEdges,
    /// Of the production, unless it is the same.
    reference: Option<ScreenEdges>,
    lock: ScreenEdgeLock,
}

impl Framing {
    /// `None` for what has nothing to do with screens, and where there is none.
    pub(super) fn of(
        layout: &Layout,
        features: &ObjectFeatures,
        reference: ScreenEdges,
    ) -> Option<Self> {
        let edges = layout.screen?.edges()?;
        let reference = (features.screen_ref && reference != edges).then_some(reference);
        let lock = features.screen_edge;
        (reference.is_some() || !lock.is_none()).then_some(Self { edges, reference, lock })
    }

    /// Where the object is, in the coordinates it came in.
    pub(super) fn place(&self, position: Position) -> Position {
        let at = position.to_polar();
        let (azimuth, elevation) = match &self.reference {
            Some(reference) => reference.scaled_to(&self.edges, at.azimuth_deg, at.elevation_deg),
            None => (at.azimuth_deg, at.elevation_deg),
        };
        let (azimuth_deg, elevation_deg) = self.edges.hold(self.lock, azimuth, elevation);
        let at = Position::Polar(PolarPosition { azimuth_deg, elevation_deg, ..at });
        match position {
            Position::Polar(_) => at,
            Position::Room(_) => Position::Room(at.to_room()),
        }
    }
}
