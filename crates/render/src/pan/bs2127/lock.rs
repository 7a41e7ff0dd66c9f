//! Channel lock: a source moves into a loudspeaker. [BS.2127-0 §7.3.6]

use super::geometry::{difference, length};
use super::metadata::ChannelLock;
use super::speakers::Speaker;
use crate::pan::region::Vec3;

/// Distances closer than this are the same.
const TOLERANCE: f64 = 1e-5;

/// In the room left and right hardly count, height most.
const ROOM_WEIGHTS: Vec3 = [1.0 / 16.0, 4.0, 32.0];

/// The loudspeakers of a layout as places to move to.
#[derive(Debug)]
pub(super) struct Locker {
    /// Those that win a tie first: channel, place by direction, place in the room.
    by_priority: Vec<(usize, Vec3, Vec3)>,
}

impl Locker {
    pub(super) fn new(speakers: &[Speaker]) -> Self {
        let mut sorted: Vec<&Speaker> = speakers.iter().collect();
        let key = |s: &Speaker| {
            let (a, e) = (s.real.azimuth_deg, s.real.elevation_deg);
            [e.abs(), e, a.abs(), a]
        };
        let order = |a: &[f64; 4], b: &[f64; 4]| a.partial_cmp(b).expect("angles are numbers");
        sorted.sort_by(|a, b| order(&key(a), &key(b)));
        let places = sorted.iter().map(|s| (s.channel, s.real.direction(), s.cube));
        Self { by_priority: places.collect() }
    }

    /// Where a source by direction is drawn to.
    pub(super) fn by_direction(&self, at: Vec3, lock: Option<ChannelLock>) -> Vec3 {
        let places = self.by_priority.iter().map(|p| p.1);
        nearest(places, at, lock, length)
    }

    /// Where a source in the room is drawn to, among the channels whose bit is set in `keep`.
    pub(super) fn in_room(&self, at: Vec3, lock: Option<ChannelLock>, keep: u64) -> Vec3 {
        let kept = self.by_priority.iter().filter(|p| keep >> p.0 & 1 == 1);
        nearest(kept.map(|p| p.2), at, lock, |way| {
            way.iter().zip(ROOM_WEIGHTS).map(|(c, w)| w * c * c).sum::<f64>().sqrt()
        })
    }
}

fn nearest(
    places: impl Iterator<Item = Vec3> + Clone,
    at: Vec3,
    lock: Option<ChannelLock>,
    measure: impl Fn(Vec3) -> f64,
) -> Vec3 {
    let Some(lock) = lock else { return at };
    // Whether a loudspeaker is in reach is asked without weights.
    let reach = lock.max_distance.map_or(f64::INFINITY, |reach| reach + TOLERANCE);
    let possible = places.filter(|p| length(difference(at, *p)) < reach);
    let measured = possible.map(|p| (measure(difference(at, p)), p));
    let least = measured.clone().map(|(d, _)| d).fold(f64::INFINITY, f64::min);
    measured.into_iter().find(|(d, _)| *d < least + TOLERANCE).map_or(at, |(_, p)| p)
}
