//! The renderer of Rec. ITU-R BS.2127: gains of objects and of loudspeaker channels.
//!
//! [`GainCalculator`] follows the reference implementation, the EBU ADM Renderer, also where it is
//! odd, so that both give the same gains within 1e-9; `tests/judges/gains.py` compares them.

mod convert;
mod direct_speakers;
mod diverge;
mod extent;
pub(super) mod geometry;
mod lock;
mod metadata;
mod point;
mod region;
mod rules;
mod screen;
mod speakers;
mod zones;

pub use direct_speakers::{
    Bounded, SpeakerCalculator, SpeakerChannel, SpeakerPosition, layout_of_pack,
};
pub use metadata::{ChannelLock, Divergence, ObjectMetadata, Zone};

pub(super) use lock::Locker;
pub(crate) use point::LoudspeakerPoints;

use super::Panner;
use super::region::Vec3;
use super::room::RoomPanner;
use crate::RenderError;
use cupola_model::{Layout, ObjectState, Position};
use extent::Extent;
use geometry::place;
use point::PointPanner;
use screen::Screen;
use zones::Zones;

/// Gains of objects on a layout. [BS.2127-0 §7]
///
/// Any layout will do whose loudspeakers surround the listener, and two at ±30°. A loudspeaker with
/// a standard label (`U+045`) keeps the nominal place of that label for zones and for the choice of
/// neighbours, wherever it stands.
///
/// Oddities of the reference implementation that are kept:
///
/// * In the room, `height` spreads front to back and `depth` up and down; [BS.2076-2] names the axes
///   the other way. Objects of one size on all axes do not show it.
/// * Zones given as boxes are compared with loudspeakers on the unit sphere, not in the room.
/// * By direction, an object nearer than 1 is spread although it has no extent.
/// * In the room, three sizes of 0 are a point and anything larger at least the step of a grid.
/// * Two loudspeakers get less energy from behind, down to −3 dB; every other layout gets all.
#[derive(Debug)]
pub struct GainCalculator {
    channels: usize,
    point: PointPanner,
    extent: Extent,
    room: RoomPanner,
    zones: Zones,
    locker: Locker,
    screen: Screen,
}

impl GainCalculator {
    /// A calculator for a layout. Costs milliseconds; make it once.
    ///
    /// ```
    /// use cupola_model::*;
    /// use cupola_render::bs2127::{GainCalculator, ObjectMetadata};
    /// let speaker = |name: &str, azimuth, x| Speaker { name: name.into(), label: name.into(),
    ///     direction: PolarPosition::on_sphere(azimuth, 0.0),
    ///     room: RoomPosition { x, y: 1.0, z: 0.0 }, lfe: false };
    /// let stereo = Layout::new("2.0", vec![speaker("M+030", 30.0, -1.0),
    ///     speaker("M-030", -30.0, 1.0)])?;
    /// let mut behind = ObjectMetadata::at(Position::Polar(PolarPosition::on_sphere(180.0, 0.0)));
    /// behind.diffuse = 0.25;
    /// let (mut direct, mut diffuse) = ([0.0; 2], [0.0; 2]);
    /// GainCalculator::new(&stereo)?.gains(&behind, &mut direct, &mut diffuse);
    /// // Half of 1 − 0.25 and half of 0.25, and 3 dB less for being behind.
    /// assert!(direct.iter().all(|g| (g * g - 0.75 / 4.0).abs() < 1e-9));
    /// assert!(diffuse.iter().all(|g| (g * g - 0.25 / 4.0).abs() < 1e-9));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(layout: &Layout) -> Result<Self, RenderError> {
        let speakers = speakers::speakers(layout)?;
        let channels = layout.speakers().len();
        let point = PointPanner::new(layout, &speakers)?;
        let extent = Extent::new(&point, channels).ok_or_else(|| RenderError::Bs2127Layout {
            layout: layout.name.clone(),
            reason: "its loudspeakers do not surround the listener".to_owned(),
        })?;
        Ok(Self {
            channels,
            point,
            extent,
            room: RoomPanner::new(layout),
            zones: Zones::new(&speakers),
            locker: Locker::new(speakers.iter().map(|s| (s.channel, s.real, s.cube))),
            screen: Screen::new(layout, &speakers),
        })
    }

    /// Writes the gains of an object, one a channel, to the direct and to the decorrelated bus. An
    /// LFE always gets 0. Does not allocate.
    ///
    /// Panics when a slice has another length than the layout has loudspeakers.
    pub fn gains(&self, object: &ObjectMetadata, direct: &mut [f64], diffuse: &mut [f64]) {
        assert_eq!(direct.len(), self.channels, "one direct gain a loudspeaker");
        assert_eq!(diffuse.len(), self.channels, "one diffuse gain a loudspeaker");
        let extent = [object.width, object.height, object.depth];
        self.undivided(object, (object.position, object.cartesian), extent, direct);
        let (to_direct, to_diffuse) = ((1.0 - object.diffuse).sqrt(), object.diffuse.sqrt());
        for (direct, diffuse) in direct.iter_mut().zip(diffuse) {
            let gain = if direct.is_nan() { 0.0 } else { *direct * object.gain };
            *direct = gain * to_direct;
            *diffuse = gain * to_diffuse;
        }
    }

    /// Whether zones exclude every loudspeaker, which is as good as none.
    pub fn excludes_all(&self, zones: &[Zone]) -> bool {
        self.zones.excludes_all(zones)
    }

    /// The gains of an object with everything but place and size as told; its own gain is left to the
    /// caller.
    pub(super) fn gains_of(&self, state: &ObjectState, told: &ObjectMetadata, out: &mut [f64]) {
        assert_eq!(out.len(), self.channels, "one gain a loudspeaker");
        let cartesian = matches!(state.position, Position::Room(_));
        let extent = if cartesian {
            [state.size; 3]
        } else {
            [SIZE_DEG * state.size, SIZE_DEG * state.size, 0.0]
        };
        self.undivided(told, (state.position, cartesian), extent, out);
    }

    /// The gains before the object's own gain and the diffuse split, of an object at this position in
    /// one of the two systems.
    fn undivided(
        &self,
        object: &ObjectMetadata,
        (position, cartesian): (Position, bool),
        extent: [f64; 3],
        out: &mut [f64],
    ) {
        let at = match position {
            Position::Polar(p) => place(p.azimuth_deg, p.elevation_deg, p.distance),
            Position::Room(p) => [p.x, p.y, p.z].map(|c| c.clamp(-1.0, 1.0)),
        };
        let at = self.screen.place(at, object.screen_ref, object.screen_edge_lock, cartesian);
        let zones = &object.zone_exclusion;
        let divergence = object.divergence;
        if cartesian {
            let keep = self.zones.kept_in_room(zones);
            let at = object.channel_lock.map_or(at, |lock| {
                let spot = self.locker.in_room(at, lock.max_distance, |c| keep >> c & 1 == 1);
                spot.map_or(at, |spot| spot.cube)
            });
            combine(divergence, cartesian, at, out, |at, one| {
                if zones.is_empty() {
                    self.room.pan_sized(at, extent, one);
                } else {
                    self.room.pan_among(keep, at, extent, one);
                }
            });
        } else {
            let at = object.channel_lock.map_or(at, |lock| {
                let spot = self.locker.by_direction(at, lock.max_distance);
                spot.map_or(at, |spot| spot.sphere)
            });
            combine(divergence, cartesian, at, out, |at, one| {
                self.extent.gains(&self.point, at, extent, one);
            });
            if !zones.is_empty() {
                self.zones.hand_on(zones, out);
            }
        }
    }
}

/// The gains of the one or three sources of an object, added as energy.
pub(super) fn combine(
    divergence: Option<Divergence>,
    cartesian: bool,
    at: Vec3,
    out: &mut [f64],
    pan: impl Fn(Vec3, &mut [f64]),
) {
    let Some(divergence) = divergence.filter(|d| d.value != 0.0) else {
        return pan(at, out);
    };
    let mut energies = [0.0; Layout::MAX_SPEAKERS];
    for (share, at) in diverge::sources(at, divergence, cartesian) {
        pan(at, out);
        for (energy, gain) in energies.iter_mut().zip(&*out) {
            *energy += share * gain * gain;
        }
    }
    for (gain, energy) in out.iter_mut().zip(energies) {
        *gain = energy.sqrt();
    }
}

/// Degrees of width and height at size 1: the half sphere that [`super::vbap`] gives it.
const SIZE_DEG: f64 = 180.0;

impl Panner for GainCalculator {
    fn gains(&self, state: &ObjectState, out: &mut [f64]) {
        self.gains_of(state, &ObjectMetadata::at(state.position), out);
    }
}
