//! Channel lock: a source moves into a loudspeaker. [BS.2127-0 §7.3.6]

use super::geometry::{difference, length};
use crate::pan::region::Vec3;
use cupola_model::PolarPosition;

/// Distances closer than this are the same.
const TOLERANCE: f64 = 1e-5;

/// In the room left and right hardly count, height most.
const ROOM_WEIGHTS: Vec3 = [1.0 / 16.0, 4.0, 32.0];

/// The loudspeakers of a layout as places to move to.
#[derive(Debug)]
pub(in crate::pan) struct Locker {
    /// Those that win a tie first.
    by_priority: Vec<Spot>,
}

/// A loudspeaker to move to.
#[derive(Debug)]
pub(in crate::pan) struct Spot {
    pub channel: usize,
    /// Its direction.
    pub sphere: Vec3,
    /// Its place in the room.
    pub cube: Vec3,
}

impl Locker {
    /// Of loudspeakers by channel, direction and place in the room.
    pub(in crate::pan) fn new(
        speakers: impl Iterator<Item = (usize, PolarPosition, Vec3)>,
    ) -> Self {
        let mut sorted: Vec<_> = speakers.collect();
        let key = |speaker: &(usize, PolarPosition, Vec3)| {
            let (a, e) = (speaker.1.azimuth_deg, speaker.1.elevation_deg);
            [e.abs(), e, a.abs(), a]
        };
        let order = |a: &[f64; 4], b: &[f64; 4]| a.partial_cmp(b).expect("angles are numbers");
        sorted.sort_by(|a, b| order(&key(a), &key(b)));
        let spot = |(channel, at, cube): (usize, PolarPosition, Vec3)| Spot {
            channel,
            sphere: at.direction(),
            cube,
        };
        Self { by_priority: sorted.into_iter().map(spot).collect() }
    }

    /// What draws a source by direction, which may be inside the sphere; `within` is how far a
    /// loudspeaker reaches.
    pub(in crate::pan) fn by_direction(&self, at: Vec3, within: Option<f64>) -> Option<&Spot> {
        nearest(self.by_priority.iter().map(|s| (s, s.sphere)), at, within, length)
    }

    /// What draws a source in the room, among the channels to `keep`.
    pub(in crate::pan) fn in_room(
        &self,
        at: Vec3,
        within: Option<f64>,
        keep: impl Fn(usize) -> bool + Clone,
    ) -> Option<&Spot> {
        let kept = self.by_priority.iter().filter(|s| keep(s.channel));
        nearest(kept.map(|s| (s, s.cube)), at, within, |way| {
            way.iter().zip(ROOM_WEIGHTS).map(|(c, w)| w * c * c).sum::<f64>().sqrt()
        })
    }
}

fn nearest<'s>(
    places: impl Iterator<Item = (&'s Spot, Vec3)> + Clone,
    at: Vec3,
    within: Option<f64>,
    measure: impl Fn(Vec3) -> f64,
) -> Option<&'s Spot> {
    // Whether a loudspeaker is in reach is asked without weights.
    let reach = within.map_or(f64::INFINITY, |reach| reach + TOLERANCE);
    let possible = places.filter(|(_, p)| length(difference(at, *p)) < reach);
    let measured = possible.map(|(spot, p)| (measure(difference(at, p)), spot));
    let least = measured.clone().map(|(d, _)| d).fold(f64::INFINITY, f64::min);
    measured.into_iter().find(|(d, _)| *d < least + TOLERANCE).map(|(_, spot)| spot)
}
