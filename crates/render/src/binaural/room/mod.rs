//! What the room adds: near, mid and far.
//!
//! A source's direct sound keeps the level the mixer gave it, less what goes into the room; together
//! they have the power the direct sound alone would have, so that the modes are equally loud. The
//! part for the room is panned to twelve fixed directions ([`buses`]). For each of them the first
//! reflections of a source there, six off one wall and twelve off two, were worked out beforehand
//! through the same head ([`images`], [`early`]); a [`tail`] shared by all follows. Nothing of it was
//! measured, and every number is the scene's to change.
//!
//! The room turns with the head: reflections are those of a listener who looks along the room.
//! A mirrored scene has mirrored reflections and the same tail.

mod buses;
mod early;
mod energy;
mod images;
mod tail;

use super::bank::Bank;
use super::plain::Delay;
use super::spectrum::{self, Bins};
use super::transform::LATENCY;
use buses::{BUSES, Buses, Gains};
use cupola_model::{BinauralMode, HrtfSet, PlanarBlock, Room};
use early::{Early, Maker};
use fearless_simd::Level;
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner};
use std::fmt;
use std::sync::Arc;
use tail::Tail;

/// What a source sends into the room.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct Sends {
    early: Gains,
    tail: f32,
}

/// The room of a render.
pub(super) struct Reverb {
    level: Level,
    rate_hz: f64,
    hop: usize,
    block: usize,
    buses: Buses,
    /// Direct power of the bus directions.
    powers: [f64; BUSES],
    modes: Vec<Mode>,
    tail: Tail,
    tail_input: Vec<f32>,
    /// Brings the tail behind the direct sound.
    tail_delay: Delay,
    /// Hops since anything came in, in whole blocks, and after how many nothing is left.
    idle: usize,
    longest: usize,
    sums: Vec<Bins>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    bins: Vec<Complex32>,
    time: Vec<f32>,
    scratch: Vec<Complex32>,
}

/// A mode that some source has.
#[derive(Debug)]
struct Mode {
    mode: BinauralMode,
    direct: f64,
    tail: f64,
    early: Early,
    /// A block of each bus.
    inputs: Vec<f32>,
}

impl fmt::Debug for Reverb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reverb").field("modes", &self.modes).finish_non_exhaustive()
    }
}

impl Reverb {
    /// Works out the reflections of the modes that are used.
    pub(super) fn new(
        room: &Room,
        modes: &[BinauralMode],
        set: &HrtfSet,
        bank: &Bank,
        [block, hop]: [usize; 2],
        level: Level,
    ) -> Self {
        let buses = Buses::new();
        let maker = Maker { set, locator: bank.locator(), room, hop };
        let powers = maker.direct_powers(&buses);
        let rate_hz = f64::from(set.sample_rate);
        let used = modes.iter().filter_map(|&mode| {
            let parameters = room.mode(mode)?;
            let [direct, early, tail] = parameters.gains();
            let early = Early::new(&maker, parameters, early, &buses, &powers);
            Some(Mode { mode, direct, tail, early, inputs: vec![0.0; BUSES * block] })
        });
        let used: Vec<Mode> = used.collect();
        let inverse = RealFftPlanner::<f32>::new().plan_fft_inverse(2 * hop);
        let parts = used.iter().map(|m| m.early.parts()).max().unwrap_or(0);
        let late = LATENCY + bank.mean_arrival.round() as usize;
        let tail_frames = Tail::longest_frames(room, rate_hz) + late as u64;
        let tail_hops = tail_frames.div_ceil(hop as u64) as usize;
        Self {
            level,
            rate_hz,
            hop,
            block,
            buses,
            powers,
            modes: used,
            tail: Tail::new(room, rate_hz),
            tail_input: vec![0.0; block],
            tail_delay: Delay::new(late, hop),
            idle: usize::MAX / 2,
            longest: parts.max(tail_hops) + 1,
            sums: vec![Bins::ZERO; 2 * spectrum::runs(2 * hop)],
            bins: inverse.make_input_vec(),
            time: inverse.make_output_vec(),
            scratch: inverse.make_scratch_vec(),
            inverse,
        }
    }

    /// The session rate in Hz.
    pub(super) fn rate_hz(&self) -> f64 {
        self.rate_hz
    }

    /// Number of a mode here, and the gain of the sound that comes straight.
    pub(super) fn mode(&self, mode: BinauralMode) -> Option<(usize, f64)> {
        let at = self.modes.iter().position(|m| m.mode == mode)?;
        Some((at, self.modes[at].direct))
    }

    /// What a source of a mode sends that is heard from these directions, each with its energy, counted
    /// from its direct sound.
    pub(super) fn sends(
        &self,
        mode: usize,
        half_angle_deg: f64,
        directions: impl Iterator<Item = ([f64; 3], f64)>,
    ) -> Sends {
        let Mode { direct, tail, .. } = self.modes[mode];
        let mut energies = [0.0; BUSES];
        for (direction, energy) in directions {
            let powers = self.buses.powers(direction, half_angle_deg);
            energies.iter_mut().zip(powers).for_each(|(sum, power)| *sum += energy * power);
        }
        let early: Gains = energies.map(|energy| (energy.sqrt() / direct) as f32);
        // The gains are those of the direct sound already; only its power in this direction is left.
        let shares = early.iter().zip(self.powers).map(|(&g, power)| f64::from(g * g) * power);
        let power = shares.sum::<f64>().sqrt();
        Sends { early, tail: (tail * power) as f32 }
    }

    /// Takes frames of a source, from frame `at` of the block on, whose sends go from one to another.
    pub(super) fn add(&mut self, mode: usize, at: usize, frames: &[f32], [from, to]: [&Sends; 2]) {
        self.idle = 0;
        let step = 1.0 / frames.len() as f32;
        let inputs = self.modes[mode].inputs.chunks_exact_mut(self.block);
        for ((input, &from), &to) in inputs.zip(&from.early).zip(&to.early) {
            if from == 0.0 && to == 0.0 {
                continue;
            }
            let slope = (to - from) * step;
            for (i, (sum, sample)) in input[at..].iter_mut().zip(frames).enumerate() {
                *sum += sample * (from + slope * i as f32);
            }
        }
        let slope = (to.tail - from.tail) * step;
        for (i, (sum, sample)) in self.tail_input[at..].iter_mut().zip(frames).enumerate() {
            *sum += sample * (from.tail + slope * i as f32);
        }
    }

    /// Adds a block of the room to both ears.
    pub(super) fn process(&mut self, out: &mut PlanarBlock, at: usize) {
        if self.idle > self.longest {
            return;
        }
        for start in (0..self.block).step_by(self.hop) {
            self.process_hop(out, at, start);
        }
        self.modes.iter_mut().for_each(|mode| mode.inputs.fill(0.0));
        self.tail_input.fill(0.0);
        self.idle += self.block / self.hop;
        if self.idle > self.longest {
            self.modes.iter_mut().for_each(|mode| mode.early.clear());
            self.tail.clear();
            self.tail_delay.clear();
        }
    }

    fn process_hop(&mut self, out: &mut PlanarBlock, at: usize, start: usize) {
        self.sums.fill(Bins::ZERO);
        for mode in &mut self.modes {
            let inputs = mode.inputs.chunks_exact(self.block);
            let inputs = inputs.map(|input| &input[start..start + self.hop]);
            mode.early.process(self.level, inputs, &mut self.sums);
        }
        let at = at + start;
        let runs = self.sums.len() / 2;
        for ear in 0..2 {
            spectrum::join(&self.sums[ear * runs..(ear + 1) * runs], &mut self.bins);
            self.inverse
                .process_with_scratch(&mut self.bins, &mut self.time, &mut self.scratch)
                .expect("planned buffers");
            let out = &mut out.channel_mut(ear)[at..at + self.hop];
            out.iter_mut().zip(&self.time[self.hop..]).for_each(|(sum, sample)| *sum += sample);
        }
        self.tail_delay.newest().copy_from_slice(&self.tail_input[start..start + self.hop]);
        for (i, &input) in self.tail_delay.oldest().iter().enumerate() {
            for (ear, sample) in self.tail.next(input.into()).into_iter().enumerate() {
                out.channel_mut(ear)[at + i] += sample as f32;
            }
        }
    }
}
