//! What a master says about an object during one block, as the recommendation reads it.

use cupola_model::{Position, ScreenEdgeLock, ScreenEdges};

/// An object during one block. The elements are those of [BS.2076-2]; angles are degrees.
#[derive(Clone, Debug, PartialEq)]
pub struct ObjectMetadata {
    /// Where it is. Distances above 1 are allowed: they narrow an extent.
    pub position: Position,
    /// Whether it is panned in the room cube rather than by direction. Usually, but not necessarily,
    /// that is the system of its position; the position is then read in the other one unconverted.
    pub cartesian: bool,
    /// Degrees by direction, 0 to 360; size along x in the room, 0 to 1.
    pub width: f64,
    /// Degrees by direction, 0 to 360; in the room 0 to 1. For the axis see
    /// [`GainCalculator`](super::GainCalculator).
    pub height: f64,
    /// 0 to 1. For the axis see [`GainCalculator`](super::GainCalculator).
    pub depth: f64,
    /// Amplitude factor, 0 or more.
    pub gain: f64,
    /// Share of the energy that goes to the decorrelated bus, 0 to 1.
    pub diffuse: f64,
    /// Two more sources beside it.
    pub divergence: Option<Divergence>,
    /// Moves it into a loudspeaker.
    pub channel_lock: Option<ChannelLock>,
    /// Where no loudspeaker plays it.
    pub zone_exclusion: Vec<Zone>,
    /// The screen of the production, for what belongs to the picture: `screenRef` is set.
    pub screen_ref: Option<ScreenEdges>,
    /// Edges of the screen that hold it.
    pub screen_edge_lock: ScreenEdgeLock,
}

impl ObjectMetadata {
    /// A point source of full level in the system of its position, without further features.
    pub const fn at(position: Position) -> Self {
        Self {
            position,
            cartesian: matches!(position, Position::Room(_)),
            width: 0.0,
            height: 0.0,
            depth: 0.0,
            gain: 1.0,
            diffuse: 0.0,
            divergence: None,
            channel_lock: None,
            zone_exclusion: Vec::new(),
            screen_ref: None,
            screen_edge_lock: ScreenEdgeLock { horizontal: None, vertical: None },
        }
    }
}

/// Two more sources beside an object. [BS.2127-0 §7.3.7]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Divergence {
    /// 0 leaves the middle alone, 0.5 makes all three alike, 1 mutes the middle.
    pub value: f64,
    /// Degrees from the middle to each side, by direction; [`Self::AZIMUTH_RANGE_DEG`] if not given.
    pub azimuth_range: Option<f64>,
    /// Distance along x from the middle to each side, in the room; 0 if not given.
    pub position_range: Option<f64>,
}

impl Divergence {
    /// The recommendation's width to each side, by direction, where none is given.
    pub const AZIMUTH_RANGE_DEG: f64 = 45.0;
}

impl From<cupola_model::Divergence> for Divergence {
    /// Half of the width to each side, whichever coordinates the object has.
    fn from(divergence: cupola_model::Divergence) -> Self {
        let half = Some(divergence.width / 2.0);
        Self { value: divergence.value, azimuth_range: half, position_range: half }
    }
}

/// Moves an object into the nearest loudspeaker. [BS.2127-0 §7.3.6]
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct ChannelLock {
    /// Only a loudspeaker nearer than this attracts it; any if not given.
    pub max_distance: Option<f64>,
}

/// A region whose loudspeakers do not play an object. [BS.2127-0 §7.3.12]
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Zone {
    /// A box, which the loudspeakers' places **on the unit sphere** are held against, also where the
    /// object is panned in the room.
    Box {
        /// The corner at the left, back and bottom.
        min: [f64; 3],
        /// The corner at the right, front and top.
        max: [f64; 3],
    },
    /// A sector.
    Sector {
        /// Azimuths from the first anticlockwise to the second.
        azimuths: [f64; 2],
        /// Elevations from the first up to the second.
        elevations: [f64; 2],
    },
}
