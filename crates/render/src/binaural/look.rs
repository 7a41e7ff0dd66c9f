//! Where the head looks during a hop.

use super::transform::LATENCY;
use cupola_model::{FrameIndex, HeadAxes, HeadOrientation, HeadTrack};

/// The head's axes at the beginning and at the end of a hop.
#[derive(Clone, Copy, Debug)]
pub(super) struct Turn {
    pub(super) from: HeadAxes,
    pub(super) to: HeadAxes,
}

/// Follows the track, or what was said live.
#[derive(Debug)]
pub(super) struct Look {
    track: HeadTrack,
    live: Option<HeadAxes>,
    now: HeadAxes,
}

impl Look {
    pub(super) fn new(track: &HeadTrack) -> Self {
        Self { track: track.clone(), live: None, now: track.axes_at(FrameIndex(0)) }
    }

    /// Where it looks now.
    pub(super) fn now(&self) -> &HeadAxes {
        &self.now
    }

    /// Looks there from the next hop on, whatever the track says.
    pub(super) fn turn_to(&mut self, orientation: HeadOrientation) {
        self.live = Some(orientation.axes());
    }

    /// The turn during the hop that comes out from `start` on.
    pub(super) fn hop(&mut self, start: u64, hop: usize) -> Turn {
        let end = (start + hop as u64).saturating_sub(LATENCY as u64);
        let from = self.now;
        self.now = self.live.unwrap_or_else(|| self.track.axes_at(FrameIndex(end)));
        Turn { from, to: self.now }
    }
}

impl Turn {
    /// Whether the head moves.
    pub(super) fn moves(&self) -> bool {
        self.from != self.to
    }
}

/// A direction of the room as the head has it.
pub(super) fn seen(direction: [f64; 3], axes: &HeadAxes) -> [f64; 3] {
    axes.map(|axis| axis[0] * direction[0] + axis[1] * direction[1] + axis[2] * direction[2])
}
