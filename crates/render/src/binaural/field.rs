//! Ambisonic beds for headphones: virtual loudspeakers around the listener.
//!
//! They are so many and stand so evenly that together they make the sound field of the bed in the middle,
//! exactly: the sum of what they play, weighted with the harmonics of their directions, is the bed. Each is
//! then heard like an object that stands there, so rooms and turning heads are those of objects.

use crate::decode::{harmonics, n3d};
use crate::mix::add_constant;
use cupola_model::{AmbisonicBed, PlanarBlock, PolarPosition, TrackIndex};
use fearless_simd::Level;
use nalgebra::DMatrix;
use std::ops::Range;

/// Loudspeakers in every ring from below to above, for first to seventh order. About a third more than
/// there are harmonics: fewer cannot make the field, many more would be softer by as much above the
/// frequencies at which their sum at the ears is one of waves, not of energies (here 1 to 2 dB).
const RINGS: [&[usize]; 7] = [
    &[3, 3],
    &[3, 5, 3],
    &[4, 7, 7, 4],
    &[4, 8, 9, 8, 4],
    &[4, 8, 10, 10, 8, 4],
    &[4, 9, 12, 14, 12, 9, 4],
    &[4, 9, 12, 14, 14, 12, 9, 4],
];

/// A virtual loudspeaker.
#[derive(Debug)]
pub(super) struct Virtual {
    pub(super) at: PolarPosition,
    /// The lanes it plays, each with its gain.
    pub(super) parts: Vec<(TrackIndex, f64)>,
}

/// The virtual loudspeakers of a bed.
pub(super) fn virtual_speakers(bed: &AmbisonicBed) -> Vec<Virtual> {
    let order = usize::from(bed.order()).max(1);
    let places = places(order);
    let directions: Vec<[f64; 3]> = places.iter().map(|place| place.direction()).collect();
    let count = (order + 1).pow(2);
    let all: Vec<usize> = (0..count).collect();
    // A column a loudspeaker: the harmonics of its direction.
    let field = DMatrix::from_vec(count, places.len(), harmonics(&directions, &all));
    let inverse = (&field * field.transpose())
        .try_inverse()
        .expect("the rings are chosen so that no harmonic vanishes on all of them");
    let decoder = field.transpose() * inverse;
    let speaker = |(row, at): (usize, PolarPosition)| {
        let part = |channel: &cupola_model::AmbisonicChannel| {
            let number = channel.number;
            let scale = n3d(number) / bed.scale.on_sn3d(number);
            (channel.lane, decoder[(row, number)] * scale)
        };
        Virtual { at, parts: bed.channels.iter().map(part).collect() }
    };
    places.into_iter().enumerate().map(speaker).collect()
}

/// Where they stand: rings at the heights of Gauss's quadrature, every other one with a loudspeaker in
/// front; left and right mirror each other.
fn places(order: usize) -> Vec<PolarPosition> {
    let rings = RINGS[order - 1];
    let mut places = Vec::new();
    for (ring, (&count, height)) in rings.iter().zip(heights(rings.len())).enumerate() {
        let first = 0.5 * (ring % 2) as f64;
        for n in 0..count {
            let azimuth = 360.0 * (n as f64 + first) / count as f64;
            let azimuth = if azimuth > 180.0 { azimuth - 360.0 } else { azimuth };
            places.push(PolarPosition::on_sphere(azimuth, height.asin().to_degrees()));
        }
    }
    places
}

/// The zeros of the Legendre polynomial of this degree, rising.
fn heights(degree: usize) -> Vec<f64> {
    let zero = |index: usize| {
        let angle = (index as f64 + 0.75) / (degree as f64 + 0.5) * std::f64::consts::PI;
        let mut x = -angle.cos();
        // Newton's method; from here it has all digits after a few steps.
        for _ in 0..10 {
            let (mut before, mut here) = (1.0, x);
            for n in 1..degree {
                let n = n as f64;
                (before, here) = (here, ((2.0 * n + 1.0) * x * here - n * before) / (n + 1.0));
            }
            let slope = degree as f64 * (before - x * here) / (1.0 - x * x);
            x -= here / slope;
        }
        x
    };
    (0..degree).map(zero).collect()
}

/// Where the sound of a source comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Feed {
    Lane(TrackIndex),
    /// A mix by its number.
    Mix(usize),
}

/// What virtual loudspeakers play during a block.
#[derive(Debug)]
pub(super) struct Mixes {
    parts: Vec<Vec<(TrackIndex, f32)>>,
    block: PlanarBlock,
    level: Level,
}

impl Mixes {
    /// The mixes of these lists of lanes with gains, and where each list is heard: a list of one lane as
    /// it is needs no mix.
    pub(super) fn new<'a>(
        lists: impl Iterator<Item = &'a [(TrackIndex, f64)]>,
        frames: usize,
        level: Level,
    ) -> (Self, Vec<Feed>) {
        let mut parts: Vec<Vec<(TrackIndex, f32)>> = Vec::new();
        let feeds = lists.map(|list| match list {
            [(lane, 1.0)] => Feed::Lane(*lane),
            _ => {
                parts.push(list.iter().map(|(lane, gain)| (*lane, *gain as f32)).collect());
                Feed::Mix(parts.len() - 1)
            }
        });
        let feeds = feeds.collect();
        let block = PlanarBlock::new(parts.len(), frames);
        (Self { parts, block, level }, feeds)
    }

    /// Mixes these frames of the lanes, a block.
    pub(super) fn take(&mut self, lanes: &PlanarBlock, frames: Range<usize>) {
        for (mix, parts) in self.block.iter_mut().zip(&self.parts) {
            mix.fill(0.0);
            for (lane, gain) in parts {
                add_constant(self.level, mix, &lanes.channel(lane.0)[frames.clone()], *gain);
            }
        }
    }

    /// What a source plays during these frames, which were taken.
    pub(super) fn of<'a>(
        &'a self,
        feed: Feed,
        lanes: &'a PlanarBlock,
        frames: Range<usize>,
    ) -> &'a [f32] {
        match feed {
            Feed::Lane(lane) => &lanes.channel(lane.0)[frames],
            Feed::Mix(number) => self.block.channel(number),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rings_are_at_the_heights_of_gauss() {
        // Tabulated everywhere: ±1/√3, and 0 and ±√(3/5).
        let near = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-14);
        assert!(near(&heights(2), &[-(1.0_f64 / 3.0).sqrt(), (1.0_f64 / 3.0).sqrt()]));
        assert!(near(&heights(3), &[-0.6_f64.sqrt(), 0.0, 0.6_f64.sqrt()]));
        for order in 1..=7 {
            assert_eq!(RINGS[order - 1].len(), order + 1);
            assert!(places(order).len() >= (order + 1).pow(2), "{order}");
        }
    }

    #[test]
    fn every_place_has_its_mirror_image() {
        for order in 1..=7 {
            let places = places(order);
            for place in &places {
                let [x, y, z] = place.direction();
                let mirrored = |p: &PolarPosition| {
                    let [a, b, c] = p.direction();
                    (a + x).abs() < 1e-9 && (b - y).abs() < 1e-9 && (c - z).abs() < 1e-9
                };
                assert!(places.iter().any(mirrored), "{order}: {place:?}");
            }
        }
    }
}
