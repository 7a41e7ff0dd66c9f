//! The tracks of two programmes, sample by sample.
//!
//! Both are one timeline for the time of the comparison, so that the one loop reads and mixes them in
//! step.

use super::pairs::{Pair, Sketch};
use crate::options::Progress;
use crate::produce::open_each;
use crate::project::Project;
use crate::{JobError, pump};
use cupola_model::ambisonics::component_name;
use cupola_model::{
    AmbisonicBed, BedLabel, Decibels, FrameIndex, Item, LinearGain, PlanarBlock, StemIndex,
    Timeline, TrackIndex,
};
use cupola_stems::UseReader;
use rayon::prelude::*;
use std::collections::BTreeSet;

/// Sums a sketch has: what two of them say of how alike two sounds are is right within some percent.
const SUMS: usize = 4096;

/// A track of the first programme and the one of the second it is compared with; a missing one is silent.
#[derive(Clone, Debug)]
pub(super) struct TrackPair {
    pub(super) name: String,
    pub(super) tracks: [Option<usize>; 2],
}

/// The tracks of paired items: objects have one each, channels of beds belong together by their labels.
pub(super) fn tracks(timelines: [&Timeline; 2], pairs: &[Pair]) -> Vec<TrackPair> {
    let mut tracks = Vec::new();
    for pair in pairs {
        let [a, b] = [0, 1].map(|side| &timelines[side].items[pair.items[side]]);
        match (a, b) {
            (Item::Object(a), Item::Object(b)) => tracks
                .push(TrackPair { name: a.name.clone(), tracks: [Some(a.lane.0), Some(b.lane.0)] }),
            (Item::Bed(a), Item::Bed(b)) => {
                let lanes = [a, b].map(|bed| {
                    bed.channels.iter().map(|c| (c.label, c.lane.0)).collect::<Vec<_>>()
                });
                let of = |side: usize, label: BedLabel| {
                    lanes[side].iter().find(|(own, _)| *own == label).map(|(_, lane)| *lane)
                };
                let only_b = lanes[1].iter().filter(|(label, _)| of(0, *label).is_none());
                tracks.extend(lanes[0].iter().chain(only_b).map(|(label, _)| TrackPair {
                    name: format!("{} {label}", a.name),
                    tracks: [of(0, *label), of(1, *label)],
                }));
            }
            (Item::Ambisonic(a), Item::Ambisonic(b)) => {
                let lane = |bed: &AmbisonicBed, number: usize| {
                    bed.channels.iter().find(|c| c.number == number).map(|c| c.lane.0)
                };
                let numbers = a.channels.iter().chain(&b.channels).map(|c| c.number);
                tracks.extend(numbers.collect::<BTreeSet<_>>().into_iter().map(|number| {
                    let name = format!("{} {}", a.name, component_name(number));
                    TrackPair { name, tracks: [lane(a, number), lane(b, number)] }
                }));
            }
            _ => {}
        }
    }
    tracks
}

/// What two tracks differ in.
#[derive(Clone, Debug, Default)]
pub(super) struct TrackDifference {
    /// The first frame that differs by more than is allowed.
    pub(super) first: Option<FrameIndex>,
    peak: f64,
    frames: u64,
    /// Sums of products: of the first, of the second, of both.
    sums: [f64; 3],
    squares: f64,
}

impl TrackDifference {
    fn take(&mut self, a: &[f32], b: &[f32], start: u64, allowed: f64) {
        for (i, (a, b)) in a.iter().zip(b).enumerate() {
            let (a, b) = (f64::from(*a), f64::from(*b));
            let off = (a - b).abs();
            if off > allowed && self.first.is_none() {
                self.first = Some(FrameIndex(start + i as u64));
            }
            self.peak = self.peak.max(off);
            self.squares += off * off;
            self.sums[0] += a * a;
            self.sums[1] += b * b;
            self.sums[2] += a * b;
        }
        self.frames += a.len() as u64;
    }

    /// The largest difference in dBFS.
    pub(super) fn peak_db(&self) -> f64 {
        level(self.peak)
    }

    /// Root mean square of the difference in dBFS.
    pub(super) fn rms_db(&self) -> f64 {
        level((self.squares / self.frames.max(1) as f64).sqrt())
    }

    /// How much louder the second is than the first where it is the same sound, in dB; `None` where one
    /// is silent, or another sound.
    pub(super) fn gain_db(&self) -> Option<f64> {
        let [aa, bb, ab] = self.sums;
        let alike = aa > 0.0 && bb > 0.0 && ab > 0.0 && ab * ab > 0.99 * aa * bb;
        alike.then(|| level(ab / aa))
    }

    /// A gain that explains most of the difference: in dB, and the root mean square it leaves in dBFS.
    pub(super) fn explained_by_gain(&self, allowed: f64) -> Option<(f64, f64)> {
        let gain = self.gain_db().filter(|gain| gain.abs() > 0.005)?;
        let [aa, bb, ab] = self.sums;
        let left = ((bb - ab * ab / aa).max(0.0) / self.frames.max(1) as f64).sqrt();
        let all = (self.squares / self.frames.max(1) as f64).sqrt();
        (left < all / 2.0).then(|| (gain, level(left.max(allowed / 100.0))))
    }
}

fn level(amplitude: f64) -> f64 {
    Decibels::from(LinearGain(amplitude)).0
}

/// Compares tracks from the first frame of both programmes to the last one of the longer.
pub(super) fn differences(
    sides: &[Project; 2],
    tracks: Vec<TrackPair>,
    allowed: f64,
    io_frames: usize,
    progress: &dyn Progress,
) -> Result<Vec<(TrackPair, TrackDifference)>, JobError> {
    let mut compared: Vec<_> =
        tracks.into_iter().map(|pair| (pair, TrackDifference::default())).collect();
    pass(sides, io_frames, progress, |both, start| {
        let silence = vec![0.0; both.frames()];
        compared.par_iter_mut().for_each(|(pair, difference)| {
            let [a, b] = [0, 1].map(|side| {
                pair.tracks[side].map_or(&silence[..], |track| both.track(side, track))
            });
            difference.take(a, b, start, allowed);
        });
    })?;
    Ok(compared)
}

/// A sketch of every track of both programmes: their samples with random signs, summed into places that
/// take turns.
pub(super) fn sketches(
    sides: &[Project; 2],
    io_frames: usize,
    progress: &dyn Progress,
) -> Result<[Vec<Sketch>; 2], JobError> {
    let mut sketches =
        [0, 1].map(|side: usize| vec![vec![0.0; SUMS]; sides[side].timeline.lanes.len()]);
    pass(sides, io_frames, progress, |both, start| {
        let signs: Vec<f64> = (start..).take(both.frames()).map(sign).collect();
        for (side, sketches) in sketches.iter_mut().enumerate() {
            sketches.par_iter_mut().enumerate().for_each(|(track, sketch)| {
                let frames = (start..).zip(both.track(side, track)).zip(&signs);
                for ((frame, sample), sign) in frames {
                    sketch[(frame % SUMS as u64) as usize] += sign * f64::from(*sample);
                }
            });
        }
    })?;
    Ok(sketches)
}

/// 1 or −1, at random but the same every time.
fn sign(frame: u64) -> f64 {
    let mut hash = frame.wrapping_mul(0x9e37_79b9_7f4a_7c15);
    hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    if hash >> 63 == 0 { 1.0 } else { -1.0 }
}

/// Some frames of the tracks of both programmes.
struct Both<'a> {
    block: &'a PlanarBlock,
    frames: usize,
    lanes: &'a [Vec<usize>; 2],
}

impl Both<'_> {
    fn frames(&self) -> usize {
        self.frames
    }

    fn track(&self, side: usize, track: usize) -> &[f32] {
        &self.block.channel(self.lanes[side][track])[..self.frames]
    }
}

/// Hands every frame of both programmes to `take`, with the number of the first of them.
fn pass(
    sides: &[Project; 2],
    io_frames: usize,
    progress: &dyn Progress,
    mut take: impl FnMut(&Both<'_>, u64) + Send,
) -> Result<(), JobError> {
    let lengths = [0, 1].map(|side: usize| sides[side].timeline.length.0);
    let (timeline, lanes) = joined([&sides[0].timeline, &sides[1].timeline]);
    let mut readers = Vec::new();
    for side in sides {
        let rate = timeline.sample_rate;
        readers.extend(open_each(side, |path, stem| UseReader::open(path, stem, rate))?);
    }
    // Beyond its end a programme is silent, whatever its stems still hold.
    let mut kept = PlanarBlock::new(timeline.lanes.len(), pump::chunk_frames(&timeline));
    let mut start = 0;
    pump::listen(&timeline, readers, io_frames, progress, |block, frames| {
        for (side, length) in lengths.iter().enumerate() {
            let heard = length.saturating_sub(start).min(frames as u64) as usize;
            for &lane in &lanes[side] {
                let samples = kept.channel_mut(lane);
                samples[..heard].copy_from_slice(&block.channel(lane)[..heard]);
                samples[heard..].fill(0.0);
            }
        }
        take(&Both { block: &kept, frames, lanes: &lanes }, start);
        start += frames as u64;
        Ok(())
    })
}

/// Both programmes as one, and where the lanes of each are in it: beds come before objects.
fn joined(timelines: [&Timeline; 2]) -> (Timeline, [Vec<usize>; 2]) {
    let mut both = timelines[0].clone();
    both.length = timelines[0].length.max(timelines[1].length);
    let first_stem = both.stems.len();
    both.stems.extend(timelines[1].stems.iter().cloned());
    let mut places = timelines.map(|timeline| vec![0; timeline.lanes.len()]);
    both.items.clear();
    both.lanes.clear();
    for beds in [true, false] {
        for (side, timeline) in timelines.into_iter().enumerate() {
            for item in timeline.items.iter().filter(|i| matches!(i, Item::Object(_)) != beds) {
                let mut item = item.clone();
                for track in item.tracks_mut() {
                    let mut lane = timeline.lanes[track.0].clone();
                    for source in &mut lane.sources {
                        source.stem = StemIndex(source.stem.0 + side * first_stem);
                    }
                    places[side][track.0] = both.lanes.len();
                    *track = TrackIndex(both.lanes.len());
                    both.lanes.push(lane);
                }
                both.items.push(item);
            }
        }
    }
    (both, places)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gain_is_told_from_another_sound() {
        let noise: Vec<f32> = (0..4800).map(|i| sign(i) as f32 * 0.25).collect();
        let softer: Vec<f32> = noise.iter().map(|x| x * 0.5).collect();
        let other: Vec<f32> = (9000..13_800).map(|i| sign(i) as f32 * 0.25).collect();
        let compare = |a: &[f32], b: &[f32]| {
            let mut difference = TrackDifference::default();
            difference.take(&a[..1000], &b[..1000], 0, 1e-5);
            difference.take(&a[1000..], &b[1000..], 1000, 1e-5);
            difference
        };
        let same = compare(&noise, &noise);
        assert_eq!((same.first, same.peak_db()), (None, f64::NEG_INFINITY));
        let gain = compare(&noise, &softer);
        assert_eq!(gain.first, Some(FrameIndex(0)));
        // Half of it is left of 0.25: −18.06 dBFS.
        assert!((gain.peak_db() + 18.062).abs() < 1e-3 && (gain.rms_db() + 18.062).abs() < 1e-3);
        let (decibels, left) = gain.explained_by_gain(1e-5).unwrap();
        assert!((decibels + 6.0206).abs() < 1e-3 && left < -130.0, "{decibels} {left}");
        assert_eq!(compare(&noise, &other).gain_db(), None);
        let mut late = noise.clone();
        late[4321] = 0.1;
        assert_eq!(compare(&noise, &late).first, Some(FrameIndex(4321)));
    }
}
