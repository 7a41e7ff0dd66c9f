//! Where a movement of positions goes, and how often round.

use cupola_model::{PolarPosition, Position, position::wrap_degrees};

/// A position, and the whole turns on the way there.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Stop {
    pub(crate) position: Position,
    pub(crate) turns: f64,
}

impl Stop {
    /// Degrees of azimuth from another position to this one; 0 in a room.
    pub(crate) fn way_deg(&self, from: &Self) -> f64 {
        match (from.position, self.position) {
            (Position::Polar(a), Position::Polar(b)) => {
                wrap_degrees(b.azimuth_deg - a.azimuth_deg) + 360.0 * self.turns
            }
            _ => 0.0,
        }
    }

    /// The position at a share of the way from another one to this one.
    pub(crate) fn position_from(&self, from: &Self, t: f64) -> Position {
        match (from.position, from.position.lerp(self.position, t)) {
            (Position::Polar(a), Position::Polar(b)) if self.turns != 0.0 => {
                let azimuth_deg = wrap_degrees(a.azimuth_deg + self.way_deg(from) * t);
                Position::Polar(PolarPosition { azimuth_deg, ..b })
            }
            (_, position) => position,
        }
    }
}
