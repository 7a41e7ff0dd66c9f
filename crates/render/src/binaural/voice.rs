//! One source on its way through the HRTFs.

use super::bank::{Bank, Recipe};
use super::motion::{Motion, Pose};
use super::spectrum::Bins;
use super::transform::LATENCY;
use cupola_model::TrackIndex;
use fearless_simd::Level;

/// An object or a bed channel: its newest frames, and the filters of the place where it was last.
#[derive(Debug)]
pub(super) struct Voice {
    lane: TrackIndex,
    motion: Motion,
    /// The last frames of the lane, gain applied, as many as a transform has points.
    history: Vec<f32>,
    /// Frames since the history last held sound.
    silent: usize,
    pose: Pose,
    /// The output frame from which `pose` holds.
    pose_at: u64,
    triangle: usize,
    /// Filters of both ears at `pose`.
    filters: Vec<Bins>,
}

/// What a voice does during a hop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Path {
    /// Stays where it is.
    Rests,
    /// Ends elsewhere.
    Moves,
}

impl Voice {
    /// A voice before the first frame.
    pub(super) fn new(lane: TrackIndex, mut motion: Motion, bank: &Bank, level: Level) -> Self {
        let pose = motion.pose_at(0);
        let recipe = bank.recipe(pose.direction, pose.half_angle_deg, 0);
        let mut filters = vec![Bins::ZERO; 2 * bank.runs()];
        bank.mix(level, &recipe, &mut filters);
        let history = vec![0.0; bank.length];
        let triangle = recipe.triangle;
        Self { lane, motion, silent: history.len(), history, pose, pose_at: 0, triangle, filters }
    }

    /// Its lane.
    pub(super) fn lane(&self) -> TrackIndex {
        self.lane
    }

    /// Takes the lane's frames from `start` on, and says whether anything can be heard.
    pub(super) fn take(&mut self, start: u64, frames: &[f32]) -> bool {
        let hop = frames.len();
        let silent = frames.iter().all(|&sample| sample == 0.0);
        self.silent = if silent { self.silent + hop } else { 0 };
        if self.silent >= self.history.len() + hop {
            return false;
        }
        self.history.copy_within(hop.., 0);
        let newest = self.history.len() - hop;
        let newest = &mut self.history[newest..];
        newest.copy_from_slice(frames);
        self.motion.apply_gain(start, newest);
        true
    }

    /// The frames a transform covers.
    pub(super) fn history(&self) -> &[f32] {
        &self.history
    }

    /// The filters as they are.
    pub(super) fn filters(&self) -> &[Bins] {
        &self.filters
    }

    /// Sees to it that the filters are those of the hop's first frame, and says whether those of its
    /// end will be others.
    pub(super) fn begin(&mut self, start: u64, hop: usize, bank: &Bank, level: Level) -> Path {
        // Frames come out LATENCY later than they went in.
        let now = start.saturating_sub(LATENCY as u64);
        let then = (start + hop as u64).saturating_sub(LATENCY as u64);
        if self.pose_at != now {
            let pose = self.motion.pose_at(now);
            self.go_to(pose, bank, level);
        }
        self.pose_at = then;
        if self.motion.rests(now, then) { Path::Rests } else { Path::Moves }
    }

    /// Brings the filters to the end of the hop.
    pub(super) fn finish(&mut self, bank: &Bank, level: Level) {
        let pose = self.motion.pose_at(self.pose_at);
        self.go_to(pose, bank, level);
    }

    fn go_to(&mut self, pose: Pose, bank: &Bank, level: Level) {
        if pose != self.pose {
            let recipe: Recipe = bank.recipe(pose.direction, pose.half_angle_deg, self.triangle);
            bank.mix(level, &recipe, &mut self.filters);
            (self.pose, self.triangle) = (pose, recipe.triangle);
        }
    }
}
