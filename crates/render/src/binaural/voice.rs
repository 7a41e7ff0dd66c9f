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
use std::ops::Range;

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
    /// The newest block of its sound, gain applied, and what came before it.
    line: Vec<f32>,
    block: usize,
    /// Frames since the line last held sound, and after how many nothing is left of it.
    silent: usize,
    longest: usize,
    pose: Pose,
    /// The output frame from which `pose` holds.
    pose_at: u64,
    triangle: usize,
    heard: Heard,
    /// The mode's number in the room, and what goes there at `pose`.
    room: Option<usize>,
    sends: Sends,
    /// Gain of the sound that comes straight.
    direct: f32,
    shelf: Option<Shelf>,
    /// What the way to the ears keeps of its own.
    pub(super) kept: Kept,
}

/// How a place is heard.
#[derive(Debug)]
pub(super) struct Heard {
    /// Filters of both ears, left then right.
    pub(super) filters: Vec<Bins>,
    /// Arrival at both ears in frames, latency included.
    pub(super) arrival: [f64; 2],
    /// Counts the places there have been.
    pub(super) number: u64,
}

/// What the ways to the ears keep for a voice.
#[derive(Debug, Default)]
pub(super) struct Kept {
    /// Number of the voice.
    pub(super) number: usize,
    /// Frames of a block, and those before it that are remembered.
    pub(super) block: usize,
    pub(super) memory: usize,
    /// Filters for whole blocks, and the number of the place they are for.
    pub(super) long: Vec<Bins>,
    pub(super) long_for: u64,
    /// What has come to each ear: the newest block, and as much before it as a transform needs.
    pub(super) ears: [Vec<f32>; 2],
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
#[derive(Clone, Copy, Debug)]
pub(super) enum Path {
    /// Stays where it is.
    Rests,
    /// Ends elsewhere, or where it sounds the same.
    Moves(Next),
}

/// Where a voice goes.
#[derive(Clone, Copy, Debug)]
pub(super) enum Next {
    /// Nowhere.
    Here,
    /// Elsewhere.
    Place(Pose, Recipe),
    /// To loudspeakers, with these arrivals.
    Loudspeakers([f64; 2]),
}

impl Voice {
    /// A voice before the first frame.
    pub(super) fn new(
        source: Source,
        feed: Feed,
        mode: BinauralMode,
        looks: &HeadAxes,
        around: &Surroundings<'_>,
        kept: Kept,
    ) -> Self {
        let Source { motion, head_locked, aim, .. } = source;
        let Surroundings { bank, reverb, .. } = *around;
        let Kept { block, memory, .. } = kept;
        let number = reverb.and_then(|reverb| reverb.mode(mode));
        let far = reverb.filter(|_| mode == BinauralMode::Far);
        let longest = memory + kept.ears[0].len();
        let heard =
            Heard { filters: vec![Bins::ZERO; 2 * bank.runs()], arrival: [0.0; 2], number: 0 };
        let mut voice = Self {
            feed,
            motion,
            head_locked,
            aim,
            line: vec![0.0; memory + block],
            block,
            silent: longest,
            longest,
            pose: Pose { direction: [0.0; 3], half_angle_deg: 0.0 },
            pose_at: 0,
            triangle: 0,
            heard,
            room: number.map(|(mode, _)| mode),
            sends: Sends::default(),
            direct: number.map_or(1.0, |(_, direct)| direct as f32),
            shelf: far.map(|reverb| Shelf::new(reverb.rate_hz())),
            kept,
        };
        voice.go_to(0, looks, around);
        voice
    }

    /// Where its sound comes from.
    pub(super) fn feed(&self) -> Feed {
        self.feed
    }

    /// Takes a block of its sound from `start` on, and says whether anything can be heard.
    pub(super) fn take(&mut self, start: u64, frames: &[f32]) -> bool {
        let silent = frames.iter().all(|&sample| sample == 0.0);
        self.silent = if silent { self.silent + self.block } else { 0 };
        if self.silent >= self.longest + self.block {
            return false;
        }
        self.line.copy_within(self.block.., 0);
        let newest = self.line.len() - self.block;
        let newest = &mut self.line[newest..];
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

    /// The last frames up to a frame of the block.
    pub(super) fn line(&self, until: usize) -> &[f32] {
        &self.line[..self.line.len() - self.block + until]
    }

    /// Frames of the newest block.
    pub(super) fn newest(&self, span: Range<usize>) -> &[f32] {
        &self.line[self.line.len() - self.block..][span]
    }

    /// Number of its mode in the room.
    pub(super) fn room(&self) -> Option<usize> {
        self.room
    }

    /// What goes into the room from where the filters are.
    pub(super) fn sends(&self) -> &Sends {
        &self.sends
    }

    /// How it is heard where it is.
    pub(super) fn heard(&self) -> &Heard {
        &self.heard
    }

    /// What is heard where it is, and what the way there keeps.
    pub(super) fn heard_and_kept(&mut self) -> (&Heard, &mut Kept) {
        (&self.heard, &mut self.kept)
    }

    /// Whether it stays where it is for so many frames while the head turns like this.
    pub(super) fn rests(&mut self, start: u64, frames: usize, turns: &[Turn]) -> bool {
        let [now, then] = heard_span(start, frames);
        (self.head_locked || !turns.iter().any(Turn::moves)) && self.motion.rests(now, then)
    }

    /// Sees to it that the filters are those of the hop's first frame, and says where it goes.
    pub(super) fn begin(
        &mut self,
        start: u64,
        hop: usize,
        turn: &Turn,
        around: &Surroundings<'_>,
    ) -> Path {
        let [now, then] = heard_span(start, hop);
        if self.pose_at != now {
            self.go_to(now, &turn.from, around);
        }
        self.pose_at = then;
        if self.rests(start, hop, std::slice::from_ref(turn)) {
            return Path::Rests;
        }
        Path::Moves(self.look_for(then, &turn.to, around.bank))
    }

    /// Where the head hears it at a frame.
    fn pose(&mut self, frame: u64, looks: &HeadAxes) -> Pose {
        let pose = self.motion.pose_at(frame);
        if self.head_locked {
            return pose;
        }
        Pose { direction: seen(pose.direction, looks), ..pose }
    }

    /// Where it will be.
    fn look_for(&mut self, frame: u64, looks: &HeadAxes, bank: &Bank) -> Next {
        if let Some(aim) = &mut self.aim {
            let ahead = HeadOrientation::default().axes();
            let looks = if self.head_locked { &ahead } else { looks };
            let moved = aim.take(&self.motion.state_at(frame), looks, bank);
            return if moved { Next::Loudspeakers(aim.arrival()) } else { Next::Here };
        }
        let pose = self.pose(frame, looks);
        if pose == self.pose {
            return Next::Here;
        }
        Next::Place(pose, bank.recipe(pose.direction, pose.half_angle_deg, self.triangle))
    }

    /// The arrival there.
    pub(super) fn arrival_at(&self, next: &Next) -> [f64; 2] {
        match next {
            Next::Here => self.heard.arrival,
            Next::Place(_, recipe) => recipe.arrival(),
            Next::Loudspeakers(arrival) => *arrival,
        }
    }

    /// Goes there.
    pub(super) fn settle(&mut self, next: &Next, around: &Surroundings<'_>) {
        let Surroundings { bank, level, reverb, .. } = *around;
        let arrival = self.arrival_at(next);
        match next {
            Next::Here => return,
            Next::Place(pose, recipe) => {
                bank.mix(level, recipe, &mut self.heard.filters);
                (self.pose, self.triangle) = (*pose, recipe.triangle);
                if let (Some(reverb), Some(mode)) = (reverb, self.room) {
                    let from = [(pose.direction, 1.0)].into_iter();
                    self.sends = reverb.sends(mode, pose.half_angle_deg, from);
                }
            }
            Next::Loudspeakers(_) => {
                let Some(aim) = &self.aim else { return };
                aim.mix(level, bank, &mut self.heard.filters);
                if let (Some(reverb), Some(mode)) = (reverb, self.room) {
                    self.sends = reverb.sends(mode, 0.0, aim.playing());
                }
            }
        }
        self.heard.arrival = arrival;
        self.heard.number += 1;
    }

    fn go_to(&mut self, frame: u64, looks: &HeadAxes, around: &Surroundings<'_>) {
        let next = self.look_for(frame, looks, around.bank);
        self.settle(&next, around);
    }
}

/// The frames that are heard when these come out, [`LATENCY`] later than they went in.
fn heard_span(start: u64, frames: usize) -> [u64; 2] {
    [start, start + frames as u64].map(|frame| frame.saturating_sub(LATENCY as u64))
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
