//! Panning laws: from where an object is to one amplitude gain a loudspeaker.
//!
//! Two laws are offered, for the two systems of coordinates: by direction (vector base amplitude
//! panning on the hull of the loudspeakers) and by place in the room (balance between its walls).
//! A third one, [`bs2127`], is the renderer of Rec. ITU-R BS.2127 with both.
//! A further law is one more file here and one more variant of [`PannerChoice`].

pub mod bs2127;
mod enclose;
mod featured;
pub(crate) mod harmonics;
mod hull;
mod panners;
mod region;
pub(crate) mod room;
mod room_size;
mod room_subset;
mod screen;
mod spread;
pub(crate) mod vbap;

pub(crate) use harmonics::HarmonicPanner;
pub use panners::Panners;

use crate::RenderError;
use bs2127::GainCalculator;
use cupola_model::{Layout, ObjectState, Position};
use room::RoomPanner;
use std::fmt;
use vbap::Vbap;

/// A panning law on one layout.
pub trait Panner: fmt::Debug + Send + Sync {
    /// Writes one amplitude gain ≥ 0 a channel of the layout; an LFE always gets 0. The sum of their
    /// squares is 1, but for [`PannerChoice::Bs2127`] on two loudspeakers. The gain of the state is
    /// not applied. Does not allocate.
    ///
    /// Panics when `out` has another length than the layout has loudspeakers.
    fn gains(&self, state: &ObjectState, out: &mut [f64]);
}

/// Which law pans objects. Beds are panned by their place in the room, so that one fold-down law
/// holds, but for [`Self::Bs2127`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum PannerChoice {
    /// Polar positions by direction, room positions by balance: nothing is converted.
    #[default]
    ByPosition,
    /// Every object by direction; room positions become directions first.
    Vbap,
    /// Every object by balance in the room; directions become room positions first.
    Room,
    /// The renderer of [BS.2127-0], with its two paths for the two kinds of position. Nothing is
    /// converted. Beds follow its rules for loudspeaker channels.
    Bs2127,
}

impl PannerChoice {
    /// Every choice.
    pub const ALL: [Self; 4] = [Self::ByPosition, Self::Vbap, Self::Room, Self::Bs2127];

    /// The word in commands.
    pub const fn name(self) -> &'static str {
        match self {
            Self::ByPosition => "by-position",
            Self::Vbap => "vbap",
            Self::Room => "room",
            Self::Bs2127 => "bs2127",
        }
    }

    /// The choice of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|choice| choice.name() == name)
    }

    /// The law on a layout. Costs milliseconds; make it once. Only [`Self::Bs2127`] can fail, on a
    /// layout the recommendation cannot pan to.
    ///
    /// ```
    /// use cupola_model::*;
    /// use cupola_render::PannerChoice;
    /// let speaker = |name: &str, azimuth, x| Speaker { name: name.into(), label: name.into(),
    ///     direction: PolarPosition::on_sphere(azimuth, 0.0),
    ///     room: RoomPosition { x, y: 1.0, z: 0.0 }, lfe: false };
    /// let stereo = Layout::new("2.0", vec![speaker("L", 30.0, -1.0), speaker("R", -30.0, 1.0)])?;
    /// let ahead = ObjectState { position: Position::Polar(PolarPosition::on_sphere(0.0, 0.0)),
    ///     gain: LinearGain::UNITY, size: 0.0 };
    /// let mut gains = [0.0; 2];
    /// PannerChoice::ByPosition.panner(&stereo)?.gains(&ahead, &mut gains);
    /// assert!(gains.iter().all(|g| (g - 0.5_f64.sqrt()).abs() < 1e-12));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn panner(self, layout: &Layout) -> Result<Box<dyn Panner>, RenderError> {
        Ok(match self {
            Self::ByPosition => {
                Box::new(ByPosition { vbap: Vbap::new(layout), room: RoomPanner::new(layout) })
            }
            Self::Vbap => Box::new(Vbap::new(layout)),
            Self::Room => Box::new(RoomPanner::new(layout)),
            Self::Bs2127 => Box::new(GainCalculator::new(layout)?),
        })
    }
}

/// The law that belongs to the kind of position.
#[derive(Debug)]
struct ByPosition<V, R> {
    vbap: V,
    room: R,
}

impl<V: Panner, R: Panner> Panner for ByPosition<V, R> {
    fn gains(&self, state: &ObjectState, out: &mut [f64]) {
        match state.position {
            Position::Polar(_) => self.vbap.gains(state, out),
            Position::Room(_) => self.room.gains(state, out),
        }
    }
}

impl Panner for Vbap {
    fn gains(&self, state: &ObjectState, out: &mut [f64]) {
        self.pan(state.position.to_polar(), state.size, out);
    }
}

impl Panner for RoomPanner {
    fn gains(&self, state: &ObjectState, out: &mut [f64]) {
        self.pan(state.position.to_room(), state.size, out);
    }
}
