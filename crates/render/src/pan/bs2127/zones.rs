//! Zone exclusion: loudspeakers that stay silent. [BS.2127-0 §7.3.12]

use super::geometry::{difference, is_between, length};
use super::metadata::Zone;
use super::speakers::Speaker;
use crate::pan::region::Vec3;
use cupola_model::{Layout, PolarPosition};
use std::cmp::Ordering;

/// Loudspeakers this near to the edge of a zone are in it; keys this near are equal.
const TOLERANCE: f64 = 1e-6;

/// Which layer takes over from which, best first: rows from, columns to; bottom, middle, upper, top.
const LAYER_ORDER: [[u8; 4]; 4] = [[0, 1, 2, 3], [3, 0, 1, 2], [3, 2, 0, 1], [3, 2, 1, 0]];

/// The loudspeakers of a layout and who takes over from each.
#[derive(Debug)]
pub(super) struct Zones {
    speakers: Vec<Excludable>,
}

#[derive(Debug)]
struct Excludable {
    channel: usize,
    nominal: PolarPosition,
    sphere: Vec3,
    cube: Vec3,
    /// The groups that take over, best first, as bits of channels; the first is the loudspeaker
    /// itself.
    groups: Vec<u64>,
}

impl Zones {
    pub(super) fn new(speakers: &[Speaker]) -> Self {
        let excludable = speakers.iter().map(|from| Excludable {
            channel: from.channel,
            nominal: from.nominal,
            sphere: from.nominal.direction(),
            cube: from.cube,
            groups: groups(from, speakers),
        });
        Self { speakers: excludable.collect() }
    }

    /// The loudspeakers inside any zone, as bits of channels.
    pub(super) fn inside(&self, zones: &[Zone]) -> u64 {
        let inside = |s: &&Excludable| zones.iter().any(|zone| s.is_in(zone));
        self.speakers.iter().filter(inside).map(|s| bit(s.channel)).sum()
    }

    /// Whether they hold every loudspeaker.
    pub(super) fn excludes_all(&self, zones: &[Zone]) -> bool {
        self.inside(zones) == self.speakers.iter().map(|s| bit(s.channel)).sum::<u64>()
    }

    /// The channels left to play a source in the room.
    pub(super) fn kept_in_room(&self, zones: &[Zone]) -> u64 {
        let all: u64 = self.speakers.iter().map(|s| bit(s.channel)).sum();
        if zones.is_empty() {
            return all;
        }
        let inside = self.inside(zones);
        let mut excluded = inside;
        // A side wall's loudspeaker takes its row with it: alone, its partner would pull the row to
        // one side.
        for s in self.speakers.iter().filter(|s| inside >> s.channel & 1 == 1) {
            let [x, y, z] = s.cube;
            if x.abs() == 1.0 && y.abs() != 1.0 {
                let row = self.speakers.iter().filter(|o| o.cube[1] == y && o.cube[2] == z);
                excluded |= row.map(|o| bit(o.channel)).sum::<u64>();
            }
        }
        if excluded == all { all } else { all & !excluded }
    }

    /// Hands the energy of excluded loudspeakers on, for a source by direction.
    pub(super) fn hand_on(&self, zones: &[Zone], gains: &mut [f64]) {
        let excluded = self.inside(zones);
        let all: u64 = self.speakers.iter().map(|s| bit(s.channel)).sum();
        if excluded == 0 || excluded == all {
            return;
        }
        let mut energies = [0.0; Layout::MAX_SPEAKERS];
        for speaker in &self.speakers {
            let energy = gains[speaker.channel] * gains[speaker.channel];
            let heirs = speaker.groups.iter().map(|group| group & !excluded).find(|g| *g != 0);
            let heirs = heirs.unwrap_or(0);
            let part = energy / f64::from(heirs.count_ones());
            for other in self.speakers.iter().filter(|o| heirs >> o.channel & 1 == 1) {
                energies[other.channel] += part;
            }
        }
        for (gain, energy) in gains.iter_mut().zip(energies) {
            *gain = energy.sqrt();
        }
    }
}

impl Excludable {
    fn is_in(&self, zone: &Zone) -> bool {
        match zone {
            Zone::Box { min, max } => (0..3).all(|n| {
                self.sphere[n] - TOLERANCE < max[n] && self.sphere[n] + TOLERANCE > min[n]
            }),
            Zone::Sector { azimuths, elevations } => {
                let PolarPosition { azimuth_deg, elevation_deg, .. } = self.nominal;
                let at_pole = elevation_deg.abs() > 90.0 - TOLERANCE;
                elevation_deg - TOLERANCE < elevations[1]
                    && elevation_deg + TOLERANCE > elevations[0]
                    && (at_pole || is_between(azimuth_deg, azimuths[0], azimuths[1], TOLERANCE))
            }
        }
    }
}

/// Who takes over from a loudspeaker, best first.
fn groups(from: &Speaker, speakers: &[Speaker]) -> Vec<u64> {
    let mut groups: Vec<([f64; 4], u64)> = Vec::new();
    for to in speakers {
        let key = key(from, to);
        let same = |known: &[f64; 4]| known.iter().zip(key).all(|(a, b)| (a - b).abs() < TOLERANCE);
        match groups.iter_mut().find(|(known, _)| same(known)) {
            Some((_, members)) => *members |= bit(to.channel),
            None => groups.push((key, bit(to.channel))),
        }
    }
    groups.sort_by(|a, b| a.0.partial_cmp(&b.0).unwrap_or(Ordering::Equal));
    groups.into_iter().map(|(_, members)| members).collect()
}

/// Smaller is better: the layer, staying in front or behind, the distance, and last what keeps
/// front and back apart where two are equally far.
fn key(from: &Speaker, to: &Speaker) -> [f64; 4] {
    let (a, b) = (from.nominal.direction(), to.nominal.direction());
    let side = |y: f64| if y.abs() <= TOLERANCE { 0.0 } else { y.signum() };
    [
        f64::from(LAYER_ORDER[layer(from)][layer(to)]),
        (side(a[1]) - side(b[1])).abs(),
        length(difference(a, b)),
        (a[1] - b[1]).abs(),
    ]
}

fn layer(speaker: &Speaker) -> usize {
    match speaker.nominal.elevation_deg {
        e if e < -10.0 => 0,
        e if e < 10.0 => 1,
        e if e < 75.0 => 2,
        _ => 3,
    }
}

fn bit(channel: usize) -> u64 {
    1 << channel
}
