//! Generated paths: where an object is, worked out from a few numbers instead of keyframes.
//!
//! A path starts at `start`, before which the object waits at its first position. Its cycle (one turn
//! of an orbit, one swing of a pendulum, one way of a line) lasts a span of time or of music; in music
//! the path keeps to the bars through every change of tempo. It ends after `repeats` cycles, or at
//! `until`, and the object stays where it then is.

mod shape;
mod walk;

pub(crate) use shape::{Cylinder, Shape, angle_between};
pub(crate) use walk::Walk;

use crate::place::Spot;
use crate::time::{Clock, Moment, MusicUnit, Span};
use cupola_model::{FrameCount, Position};

/// Most cycles of a path: a day of seconds.
pub(crate) const MAX_CYCLES: f64 = 100_000.0;
/// Positions of the first cycles that are looked at to see how far a path reaches.
const OUTLINE: u32 = 64;

/// A path as its author described it.
#[derive(Clone, Debug)]
pub(crate) struct Path {
    shape: Shape,
    clock: Clock,
    start: Moment,
    cycle: Span,
    end: End,
    /// Cycles from the start of the programme to the start of the path.
    lead: f64,
    spots: PathSpots,
}

/// Where it is written when a path starts and ends.
#[derive(Clone, Debug)]
pub(crate) struct PathSpots {
    pub(crate) start: Spot,
    /// Nothing for a path that goes on until something else ends it.
    pub(crate) end: Option<Spot>,
}

/// When a path ends.
#[derive(Clone, Copy, Debug)]
pub(crate) enum End {
    /// After so many cycles.
    Repeats(f64),
    At(Moment),
    /// With the programme.
    Programme,
}

/// A path in a programme of known length.
#[derive(Clone, Debug)]
pub(crate) struct Track<'p> {
    path: &'p Path,
    /// The first and the last frame of the movement.
    frames: [u64; 2],
    cycles: f64,
    walk: Vec<[f64; 3]>,
}

impl Path {
    pub(crate) fn new(
        shape: Shape,
        clock: Clock,
        (start, cycle, end): (Moment, Span, End),
        spots: PathSpots,
    ) -> Self {
        let mut path = Self { shape, clock, start, cycle, end, lead: 0.0, spots };
        path.lead = path.cycles_by(start.seconds.to_f64());
        path
    }

    /// Cycles from the start of the path to a time in seconds; negative before it.
    fn cycles_by(&self, seconds: f64) -> f64 {
        let cycles = match (self.cycle, &self.clock.tempo) {
            (Span::Seconds(length), _) => seconds / length.to_f64(),
            (Span::Samples(samples), _) => {
                seconds * f64::from(self.clock.rate.hz()) / samples as f64
            }
            (Span::Music(unit, count), Some(map)) => map.count_by(unit, seconds) / count.to_f64(),
            (Span::Music(..), None) => 0.0,
        };
        cycles - self.lead
    }

    /// The frame at which so many cycles are over.
    fn frame_after(&self, cycles: f64) -> u64 {
        let moment = self.clock.after(&self.start, self.cycle.times(cycles));
        moment.unwrap_or(self.start).frame(self.clock.rate).0
    }

    /// The frame at which it sets out, however long the programme is.
    pub(crate) fn first_frame(&self) -> u64 {
        self.start.frame(self.clock.rate).0
    }

    /// The frame at which it ends, however long the programme is; `None` when it ends with that.
    pub(crate) fn last_frame(&self) -> Option<u64> {
        match self.end {
            End::Repeats(repeats) => Some(self.frame_after(repeats)),
            End::At(moment) => Some(moment.frame(self.clock.rate).0),
            End::Programme => None,
        }
    }

    /// Where its times are written.
    pub(crate) fn spots(&self) -> &PathSpots {
        &self.spots
    }

    /// The path in a programme of this length. `None` when it has more than [`MAX_CYCLES`].
    pub(crate) fn track(&self, length: FrameCount) -> Option<Track<'_>> {
        let seconds = self.clock.rate.seconds(length);
        let by_end = self.cycles_by(seconds).max(0.0);
        let cycles = match self.end {
            End::Repeats(repeats) => repeats.min(by_end),
            End::At(moment) => self.cycles_by(moment.seconds.to_f64()).min(by_end),
            End::Programme => by_end,
        };
        if cycles > MAX_CYCLES {
            return None;
        }
        let first = self.first_frame();
        let last = self.last_frame().unwrap_or(length.0);
        let walk = match &self.shape {
            Shape::Walk(walk) => walk.waypoints(cycles.ceil() as usize + 1),
            _ => Vec::new(),
        };
        Some(Track { path: self, frames: [first, last.min(length.0).max(first)], cycles, walk })
    }

    /// All that tells two paths of one scene apart.
    pub(crate) fn identity(&self) -> impl std::fmt::Debug + '_ {
        (&self.shape, &self.start, &self.cycle, &self.end)
    }

    /// Where the path starts.
    pub(crate) fn first_position(&self) -> Position {
        self.shape.position(0.0, &[])
    }

    /// Positions along the first two cycles, to see how far the path reaches.
    pub(crate) fn outline(&self) -> impl Iterator<Item = Position> + '_ {
        let (corners, shape) = (self.shape.corners(), &self.shape);
        let along = (0..=OUTLINE).map(|i| f64::from(i) / f64::from(OUTLINE) * 2.0);
        along.map(|cycles| shape.position(cycles, &[])).chain(corners)
    }
}

impl Track<'_> {
    fn cycles_at(&self, frame: u64) -> f64 {
        if frame >= self.frames[1] {
            return self.cycles;
        }
        let seconds = frame as f64 / f64::from(self.path.clock.rate.hz());
        self.path.cycles_by(seconds).clamp(0.0, self.cycles)
    }

    /// The exact position at a frame.
    pub(crate) fn position_at(&self, frame: u64) -> Position {
        self.path.shape.position(self.cycles_at(frame), &self.walk)
    }

    /// Degrees gone round between two frames.
    pub(crate) fn swing_deg(&self, from: u64, to: u64) -> f64 {
        self.path.shape.cycle_deg() * (self.cycles_at(to) - self.cycles_at(from)).abs()
    }

    /// Frames at which the movement starts, ends or changes its direction or speed.
    pub(crate) fn knots(&self) -> impl Iterator<Item = u64> + '_ {
        let [first, last] = self.frames;
        let ways = if self.path.shape.has_corners() { self.cycles.ceil() as u32 } else { 0 };
        let turns = (1..ways).map(|i| self.path.frame_after(f64::from(i)));
        let tempo = self.path.clock.tempo.iter().filter(|_| self.is_musical());
        let changes = tempo.flat_map(|map| map.changes());
        let changes = changes.map(|seconds| Moment::at(seconds).frame(self.path.clock.rate).0);
        let inside = turns.chain(changes).filter(move |frame| (first..last).contains(frame));
        [first, last].into_iter().chain(inside)
    }

    fn is_musical(&self) -> bool {
        matches!(self.path.cycle, Span::Music(MusicUnit::Bars | MusicUnit::Beats, _))
    }
}

#[cfg(test)]
mod tests;
