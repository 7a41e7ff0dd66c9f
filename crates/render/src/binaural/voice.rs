//! One source on its way through the HRTFs.

use super::bank::{Bank, Recipe};
use super::field::Feed;
use super::look::{Turn, seen};
use super::motion::{Motion, Pose};
use super::room::{Reverb, Sends};
use super::sources::Source;
use super::spectrum::Bins;
use super::transform::LATENCY;
use super::via::Aim;
use cupola_model::{BinauralMode, HeadAxes, HeadOrientation};
use fearless_simd::Level;

/// What every voice is heard in.
#[derive(Debug)]
pub(super) struct Surroundings<'a> {
    pub(super) bank: &'a Bank,
    pub(super) level: Level,
    pub(super) reverb: Option<&'a Reverb>,
}

/// An object or a bed channel: its newest frames, and the filters of the place where it was last.
#[derive(Debug)]
pub(super) struct Voice {
    feed: Feed,
    motion: Motion,
    head_locked: bool,
    aim: Option<Aim>,
    /// Its last frames, gain applied, as many as a transform has points.
    history: Vec<f32>,
    /// Frames since the history last held sound.
    silent: usize,
    pose: Pose,
    /// The output frame from which `pose` holds.
    pose_at: u64,
    triangle: usize,
    /// Filters of both ears at `pose`.
    filters: Vec<Bins>,
    /// The mode's number in the room, and what goes there at `pose`.
    room: Option<usize>,
    sends: Sends,
    /// Gain of the sound that comes straight.
    direct: f32,
    shelf: Option<Shelf>,
}

/// Lowers what lies above 6 kHz by 1.5 dB: the air and the walls of a far source.
#[derive(Debug)]
struct Shelf {
    share: f32,
    state: f32,
}

/// What is left out of the highs, 1.5 dB, and where they begin in Hz.
const SHELF_LOSS: f32 = 0.158_6;
const SHELF_HZ: f64 = 6_000.0;

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
    pub(super) fn new(
        source: Source,
        feed: Feed,
        mode: BinauralMode,
        looks: &HeadAxes,
        around: &Surroundings<'_>,
    ) -> Self {
        let Source { motion, head_locked, aim, .. } = source;
        let Surroundings { bank, reverb, .. } = *around;
        let history = vec![0.0; bank.length];
        let number = reverb.and_then(|reverb| reverb.mode(mode));
        let far = reverb.filter(|_| mode == BinauralMode::Far);
        let mut voice = Self {
            feed,
            motion,
            head_locked,
            aim,
            silent: history.len(),
            history,
            pose: Pose { direction: [0.0, 1.0, 0.0], half_angle_deg: 0.0 },
            pose_at: 0,
            triangle: 0,
            filters: vec![Bins::ZERO; 2 * bank.runs()],
            room: number.map(|(mode, _)| mode),
            sends: Sends::default(),
            direct: number.map_or(1.0, |(_, direct)| direct as f32),
            shelf: far.map(|reverb| Shelf::new(reverb.rate_hz())),
        };
        if voice.aim.is_none() {
            let pose = voice.pose(0, looks);
            voice.take_pose(pose, around);
        }
        voice.go_to(0, looks, around);
        voice
    }

    /// Where its sound comes from.
    pub(super) fn feed(&self) -> Feed {
        self.feed
    }

    /// Takes its frames from `start` on, and says whether anything can be heard.
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
        if self.direct != 1.0 {
            newest.iter_mut().for_each(|sample| *sample *= self.direct);
        }
        if let Some(shelf) = &mut self.shelf {
            newest.iter_mut().for_each(|sample| *sample = shelf.next(*sample));
        }
        true
    }

    /// The frames a transform covers.
    pub(super) fn history(&self) -> &[f32] {
        &self.history
    }

    /// The newest frames of the history.
    pub(super) fn newest(&self, hop: usize) -> &[f32] {
        &self.history[self.history.len() - hop..]
    }

    /// Number of its mode in the room.
    pub(super) fn room(&self) -> Option<usize> {
        self.room
    }

    /// What goes into the room from where the filters are.
    pub(super) fn sends(&self) -> &Sends {
        &self.sends
    }

    /// The filters as they are.
    pub(super) fn filters(&self) -> &[Bins] {
        &self.filters
    }

    /// Sees to it that the filters are those of the hop's first frame, and says whether those of its
    /// end will be others.
    pub(super) fn begin(
        &mut self,
        start: u64,
        hop: usize,
        turn: &Turn,
        around: &Surroundings<'_>,
    ) -> Path {
        // Frames come out LATENCY later than they went in.
        let now = start.saturating_sub(LATENCY as u64);
        let then = (start + hop as u64).saturating_sub(LATENCY as u64);
        if self.pose_at != now {
            self.go_to(now, &turn.from, around);
        }
        self.pose_at = then;
        let turns = turn.moves() && !self.head_locked;
        if self.motion.rests(now, then) && !turns { Path::Rests } else { Path::Moves }
    }

    /// Brings the filters to the end of the hop.
    pub(super) fn finish(&mut self, turn: &Turn, around: &Surroundings<'_>) {
        self.go_to(self.pose_at, &turn.to, around);
    }

    /// Where the head hears it at a frame.
    fn pose(&mut self, frame: u64, looks: &HeadAxes) -> Pose {
        let pose = self.motion.pose_at(frame);
        if self.head_locked {
            return pose;
        }
        Pose { direction: seen(pose.direction, looks), ..pose }
    }

    fn go_to(&mut self, frame: u64, looks: &HeadAxes, around: &Surroundings<'_>) {
        if let Some(aim) = &mut self.aim {
            let ahead = HeadOrientation::default().axes();
            let looks = if self.head_locked { &ahead } else { looks };
            if aim.take(&self.motion.state_at(frame), looks) {
                aim.mix(around.level, around.bank, &mut self.filters);
                if let (Some(reverb), Some(mode)) = (around.reverb, self.room) {
                    self.sends = reverb.sends(mode, 0.0, aim.playing());
                }
            }
            return;
        }
        let pose = self.pose(frame, looks);
        if pose != self.pose {
            self.take_pose(pose, around);
        }
    }

    fn take_pose(&mut self, pose: Pose, around: &Surroundings<'_>) {
        let Surroundings { bank, level, reverb } = *around;
        let recipe: Recipe = bank.recipe(pose.direction, pose.half_angle_deg, self.triangle);
        bank.mix(level, &recipe, &mut self.filters);
        (self.pose, self.triangle) = (pose, recipe.triangle);
        if let (Some(reverb), Some(mode)) = (reverb, self.room) {
            self.sends =
                reverb.sends(mode, pose.half_angle_deg, [(pose.direction, 1.0)].into_iter());
        }
    }
}

impl Shelf {
    fn new(rate_hz: f64) -> Self {
        let share = 1.0 - (-std::f64::consts::TAU * SHELF_HZ / rate_hz).exp();
        Self { share: share as f32, state: 0.0 }
    }

    fn next(&mut self, sample: f32) -> f32 {
        self.state += self.share * (sample - self.state);
        sample - SHELF_LOSS * (sample - self.state)
    }
}
