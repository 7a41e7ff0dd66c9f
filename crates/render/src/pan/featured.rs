//! The laws of our own with the features of an object: zones, screen, snap and divergence.
//!
//! An object with zones is panned as if the loudspeakers in them were not there. Zones are held against
//! the places of loudspeakers in the room, whichever law pans. Then it goes with the
//! screen, then it snaps, then it diverges, in the order of [BS.2127-0 §7.3].

use super::Panner;
use super::bs2127::geometry::{azimuth, elevation, length, scaled};
use super::bs2127::{Divergence, Locker, combine};
use super::region::Vec3;
use super::screen::Framing;
use cupola_model::{
    Layout, ObjectFeatures, ObjectState, PolarPosition, Position, RoomPosition, ScreenEdges, Snap,
    Speaker, Zones,
};

/// What a law pans by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Space {
    /// Directions.
    Polar,
    /// Places in the room.
    Room,
}

/// A law for one object.
#[derive(Debug)]
pub(super) struct Featured<L> {
    space: Space,
    /// On the loudspeakers that are left.
    law: L,
    /// Their channels.
    channels: Vec<usize>,
    /// Channels of the whole layout.
    total: usize,
    framing: Option<Framing>,
    snap: Option<(Snap, Locker)>,
    /// Where the loudspeakers stand, by their channel in the whole layout.
    speakers: Vec<Speaker>,
    divergence: Option<Divergence>,
}

impl<L: Panner> Featured<L> {
    /// `law` makes the law for the loudspeakers that are left; `reference` is the screen of the production.
    pub(super) fn new(
        space: Space,
        layout: &Layout,
        features: &ObjectFeatures,
        reference: ScreenEdges,
        law: impl FnOnce(&Layout) -> L,
    ) -> Self {
        let speakers = layout.speakers();
        let channels = kept(space, layout, &features.zones);
        let left = channels.iter().map(|&channel| speakers[channel].clone()).collect();
        let left = Layout::new(layout.name.clone(), left)
            .expect("a part of a layout is one while something is left to pan to");
        let places = channels.iter().filter(|&&channel| !speakers[channel].lfe).map(|&channel| {
            let RoomPosition { x, y, z } = speakers[channel].room;
            (channel, speakers[channel].direction, [x, y, z])
        });
        Self {
            space,
            law: law(&left),
            total: speakers.len(),
            framing: Framing::of(layout, features, reference),
            snap: features.snap.map(|snap| (snap, Locker::new(places))),
            channels,
            speakers: speakers.to_vec(),
            divergence: features.divergence.filter(|d| d.value != 0.0).map(Divergence::from),
        }
    }

    /// Where the object is panned to, in the coordinates of the law.
    fn place(&self, position: Position) -> Position {
        let position = self.framing.map_or(position, |framing| framing.place(position));
        match self.space {
            Space::Polar => {
                let polar = position.to_polar();
                let drawn = self.snap.as_ref().and_then(|(snap, locker)| {
                    locker.by_direction(scaled(polar.direction(), polar.distance), snap.within)
                });
                let to = |channel: usize| PolarPosition {
                    distance: 1.0,
                    ..self.speakers[channel].direction
                };
                Position::Polar(drawn.map_or(polar, |s| to(s.channel)))
            }
            Space::Room => {
                let room = position.to_room();
                let drawn = self.snap.as_ref().and_then(|(snap, locker)| {
                    locker.in_room([room.x, room.y, room.z], snap.within, |_| true)
                });
                Position::Room(drawn.map_or(room, |s| self.speakers[s.channel].room))
            }
        }
    }

    /// The gains of an object that diverges around a position. Its sides lie beside it in its own
    /// coordinates, in which the width is given.
    fn diverge(&self, state: &ObjectState, at: Position, divergence: Divergence, out: &mut [f64]) {
        let in_room = matches!(state.position, Position::Room(_));
        let middle = if in_room {
            let RoomPosition { x, y, z } = at.to_room();
            [x, y, z]
        } else {
            let polar = at.to_polar();
            scaled(polar.direction(), polar.distance)
        };
        combine(Some(divergence), in_room, middle, out, |place, one| {
            let position = if in_room { room(place) } else { polar(place) };
            self.law.gains(&ObjectState { position, ..*state }, one);
        });
    }
}

impl<L: Panner> Panner for Featured<L> {
    fn gains(&self, state: &ObjectState, out: &mut [f64]) {
        assert_eq!(out.len(), self.total, "one gain a loudspeaker");
        let mut left = [0.0; Layout::MAX_SPEAKERS];
        let left = &mut left[..self.channels.len()];
        let position = self.place(state.position);
        match self.divergence {
            Some(divergence) => self.diverge(state, position, divergence, left),
            None => self.law.gains(&ObjectState { position, ..*state }, left),
        }
        out.fill(0.0);
        for (&channel, gain) in self.channels.iter().zip(&*left) {
            out[channel] = *gain;
        }
    }
}

fn room([x, y, z]: Vec3) -> Position {
    Position::Room(RoomPosition { x, y, z })
}

fn polar(place: Vec3) -> Position {
    Position::Polar(PolarPosition {
        azimuth_deg: azimuth(place),
        elevation_deg: elevation(place),
        distance: length(place),
    })
}

/// Whether zones leave nothing of a layout to pan to; they are then not heeded.
pub(super) fn excludes_all(layout: &Layout, zones: &Zones) -> bool {
    layout.panned_channels().all(|c| is_excluded(&layout.speakers()[c], zones))
}

fn is_excluded(speaker: &Speaker, zones: &Zones) -> bool {
    !speaker.lfe && zones.all().any(|zone| zone.holds(speaker.room))
}

/// The channels that are left, LFEs included.
fn kept(space: Space, layout: &Layout, zones: &Zones) -> Vec<usize> {
    let speakers = layout.speakers();
    let out: Vec<&Speaker> = speakers.iter().filter(|s| is_excluded(s, zones)).collect();
    let row_out = |speaker: &Speaker| {
        // A loudspeaker of a side wall takes its row with it: alone, its partner would pull the row to
        // one side. [BS.2127-0 §7.3.12]
        let (y, z) = (speaker.room.y, speaker.room.z);
        let same_row = |o: &Speaker| o.room.y == y && o.room.z == z;
        let on_side = |o: &Speaker| o.room.x.abs() == 1.0 && o.room.y.abs() != 1.0;
        space == Space::Room && out.iter().any(|o| same_row(o) && on_side(o))
    };
    let stays = |s: &Speaker| s.lfe || !(is_excluded(s, zones) || row_out(s));
    let kept: Vec<usize> = (0..speakers.len()).filter(|&c| stays(&speakers[c])).collect();
    if kept.iter().any(|&c| !speakers[c].lfe) { kept } else { (0..speakers.len()).collect() }
}

#[cfg(test)]
mod tests;
