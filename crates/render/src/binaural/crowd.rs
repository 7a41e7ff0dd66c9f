//! Fast quality: all sources through a few filters.
//!
//! Every source is added to the lines of the components, with its weights and its whole frames of delay at
//! each ear; then each line meets its filter, once for all sources. What moves slowly goes up a stair of
//! weights that is too fine to be heard. What moves by more than half a frame of delay during a block, or
//! to where it sounds very different, is cross-faded in a straight line.

use super::Shape;
use super::basis::{Between, COMPONENTS, REACH, WEIGHT_RUNS};
use super::gather::{Lines, Part, STEP, Weights};
use super::pairs::PairFilters;
use super::spectrum::Bins;
use super::transform::{LATENCY, latest, transform_length};
use super::voice::{Next, Surroundings, Voice};
use cupola_model::{HrtfSet, PlanarBlock};
use fearless_simd::Level;
use realfft::num_complex::Complex32;

/// By how much delays may change during a block that is no cross-fade: both ends are then within reach of the
/// whole frame nearest to their middle.
const FARTHEST: f64 = 2.0 * REACH - 1.0;

/// Power of the change, in parts of that of both ends, from which on a stair would be too coarse.
const LARGEST_CHANGE: f32 = 1.0 / 32.0;

/// The lines of both ears and what goes into them. Hops are blocks.
#[derive(Debug)]
pub(super) struct Crowd {
    level: Level,
    block: usize,
    latest: usize,
    between: Between,
    lines: Lines,
    fades: Lines,
    filters: PairFilters,
    resting: Vec<Part>,
    moving: Vec<Part>,
    /// What comes in while something else goes: added times the part of the block that is over.
    fading: Vec<Part>,
    /// Frames since anything was added.
    silent: usize,
}

impl Crowd {
    /// With components of these spectra.
    pub(super) fn new(level: Level, shape: Shape, set: &HrtfSet, components: &[Bins]) -> Self {
        let Shape { block, quality, .. } = shape;
        let length = transform_length(set, block, quality);
        let points = transform_length(set, 1, quality);
        Self {
            level,
            block,
            // A whole frame later than the latest arrival may be the nearest to it.
            latest: latest(set) + 1,
            between: Between::new(),
            lines: Lines::new(length),
            fades: Lines::new(block),
            filters: PairFilters::new(level, components, points, length),
            resting: Vec::new(),
            moving: Vec::new(),
            fading: Vec::new(),
            silent: length,
        }
    }

    /// Makes room for so many voices.
    pub(super) fn expect(&mut self, voices: usize) {
        self.resting.reserve(voices);
        // Of what fades, the old place is added as if it stayed.
        self.moving.reserve(voices);
        self.fading.reserve(2 * voices);
    }

    /// Frames before the block that a voice has to remember.
    pub(super) fn memory(&self) -> usize {
        self.latest
    }

    /// Adds a voice that rests.
    pub(super) fn rest(&mut self, voice: &Voice) {
        self.resting.push(self.part(voice, voice.heard().arrival.map(whole)));
    }

    /// Adds a voice that goes elsewhere.
    pub(super) fn travel(&mut self, voice: &mut Voice, next: &Next, around: &Surroundings<'_>) {
        let (from, to) = (voice.heard().arrival, voice.arrival_at(next));
        let near = [0, 1].into_iter().all(|ear| (from[ear] - to[ear]).abs() <= FARTHEST);
        let middle = [0, 1].map(|ear| whole((from[ear] + to[ear]) / 2.0));
        let late = |arrival: [f64; 2]| if near { middle } else { arrival.map(whole) };
        let mut part = self.part(voice, late(from));
        voice.settle(next, around);
        let end = self.part(voice, late(to));
        if near && change(&part.from, &end.from) <= LARGEST_CHANGE {
            part.slope = part_of_the_way(&part.from, &end.from, STEP as f32 / self.block as f32);
            part.grows = end.from != part.from;
            self.moving.push(part);
            return;
        }
        let gone = Part { from: part.from.map(|ear| ear.map(|weight| -weight)), ..part };
        self.moving.push(part);
        self.fading.extend([gone, end]);
    }

    /// What a voice adds where it is, with delays of so many whole frames.
    fn part(&self, voice: &Voice, late: [f64; 2]) -> Part {
        let heard = voice.heard();
        let weights = |ear: usize| {
            let at_nodes = &heard.filters[ear * WEIGHT_RUNS..(ear + 1) * WEIGHT_RUNS];
            self.between.weights(at_nodes, heard.arrival[ear] - LATENCY as f64 - late[ear])
        };
        Part {
            voice: voice.kept.number,
            late: late.map(|frames| (frames.max(0.0) as usize).min(self.latest)),
            from: [weights(0), weights(1)],
            slope: [[0.0; COMPONENTS]; 2],
            grows: false,
        }
    }

    /// Writes a block of these voices to both ears, and makes room for the next one.
    pub(super) fn write(&mut self, voices: &[Voice], out: &mut PlanarBlock, at: usize) {
        let block = self.block;
        if !self.gather(voices) {
            (0..2).for_each(|ear| out.channel_mut(ear)[at..at + block].fill(0.0));
            return;
        }
        for component in 0..COMPONENTS {
            let ears = [0, 1].map(|ear| self.lines.line(ear, component));
            self.filters.add(component, ears);
        }
        let heard = self.filters.take();
        let heard = &heard[heard.len() - block..];
        let ears: [fn(&Complex32) -> f32; 2] = [|both| both.re, |both| both.im];
        for (ear, part) in ears.into_iter().enumerate() {
            let out = &mut out.channel_mut(ear)[at..at + block];
            out.iter_mut().zip(heard).for_each(|(out, both)| *out = part(both));
        }
        self.silent += block;
        for line in self.lines.iter_mut() {
            line.copy_within(block.., 0);
            let start = line.len() - block;
            line[start..].fill(0.0);
        }
    }

    /// Sums what the voices add to the lines, and says whether there is anything to be heard.
    fn gather(&mut self, voices: &[Voice]) -> bool {
        let Self { level, block, lines, fades, resting, moving, fading, silent, .. } = self;
        let (level, block) = (*level, *block);
        if !resting.is_empty() || !moving.is_empty() {
            *silent = 0;
        }
        let newest = lines.frames() - block..lines.frames();
        let heard = |part: &Part, ear: usize| {
            let line = voices[part.voice].line(block);
            &line[line.len() - block - part.late[ear]..]
        };
        lines.add(level, newest.clone(), resting, heard);
        lines.add(level, newest.clone(), moving, heard);
        if !fading.is_empty() {
            fades.iter_mut().for_each(|line| line.fill(0.0));
            fades.add(level, 0..block, fading, heard);
            let step = 1.0 / block as f32;
            for (line, fade) in lines.iter_mut().zip(fades.iter_mut()) {
                for (i, (sum, sample)) in line[newest.start..].iter_mut().zip(fade).enumerate() {
                    *sum += *sample * (i as f32 * step);
                }
            }
        }
        for parts in [resting, moving, fading] {
            parts.clear();
        }
        *silent < lines.frames()
    }
}

/// The whole frames nearest to an arrival, latency not included.
fn whole(arrival: f64) -> f64 {
    (arrival - LATENCY as f64).round()
}

/// Power of the difference, in parts of that of both.
fn change(from: &Weights, to: &Weights) -> f32 {
    let (mut difference, mut both) = (0.0, f32::MIN_POSITIVE);
    for (a, b) in from.as_flattened().iter().zip(to.as_flattened()) {
        difference += (a - b) * (a - b);
        both += a * a + b * b;
    }
    difference / both
}

/// A part of the way from one to another.
fn part_of_the_way(from: &Weights, to: &Weights, part: f32) -> Weights {
    let mut slope = *to;
    for (slope, from) in slope.as_flattened_mut().iter_mut().zip(from.as_flattened()) {
        *slope = (*slope - from) * part;
    }
    slope
}
