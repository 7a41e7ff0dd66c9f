//! First reflections: a response for every bus and ear, convolved in parts of a hop.

use super::buses::{BUSES, Buses};
use super::energy::Weighted;
use super::images::{Image, images};
use crate::binaural::locate::Locator;
use crate::binaural::spectrum::{self, Bins};
use crate::binaural::transform::{LATENCY, roll_off};
use cupola_model::{Decibels, HrtfSet, LinearGain, Room, RoomMode};
use fearless_simd::{Level, dispatch};
use realfft::num_complex::{Complex32, Complex64};
use realfft::{RealFftPlanner, RealToComplex};
use std::f64::consts::{PI, TAU};
use std::fmt;
use std::sync::Arc;

/// A wall takes the highs out like a one-pole low-pass at this frequency.
const WALL_HZ: f64 = 8_000.0;

/// Frames that the low-passes of two walls may ring on.
const WALL_RING: usize = 2 * LATENCY;

/// The responses of a mode, and what its buses have heard lately.
pub(super) struct Early {
    hop: usize,
    runs: usize,
    parts: usize,
    /// Bus, part, ear, run.
    filters: Vec<Bins>,
    /// The last two hops of each bus.
    history: Vec<f32>,
    /// Bus, part, run: transforms of the last hops, newest at `newest`.
    heard: Vec<Bins>,
    newest: usize,
    /// Hops since a bus last heard anything.
    silent: [usize; BUSES],
    forward: Arc<dyn RealToComplex<f32>>,
    time: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl fmt::Debug for Early {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Early({} parts of {} frames)", self.parts, self.hop)
    }
}

/// What every response of a room is made with.
pub(super) struct Maker<'a> {
    pub(super) set: &'a HrtfSet,
    pub(super) locator: &'a Locator,
    pub(super) room: &'a Room,
    pub(super) hop: usize,
}

impl Maker<'_> {
    fn rate_hz(&self) -> f64 {
        f64::from(self.set.sample_rate)
    }

    /// Power that comes straight from each bus direction, both ears, pink.
    pub(super) fn direct_powers(&self, buses: &Buses) -> [f64; BUSES] {
        let weighted = Weighted::new(self.set.tap_count, self.rate_hz());
        let level = LinearGain::from(Decibels(self.set.loudness_gain_db)).0;
        buses.directions.map(|direction| {
            let [left, right] = [0, 1].map(|ear| self.head(direction, ear).0);
            level * level * weighted.energy(&left, &right)
        })
    }

    /// The response of an ear in a direction, and its arrival in samples.
    fn head(&self, direction: [f64; 3], ear: usize) -> (Vec<f64>, f64) {
        let found = self.locator.locate(direction, 0);
        let mut taps = vec![0.0; self.set.tap_count];
        let mut arrival = 0.0;
        for (corner, weight) in found.corners.into_iter().zip(found.weights) {
            let corner = corner as usize;
            for (sum, &tap) in taps.iter_mut().zip(self.set.response(corner, ear)) {
                *sum += weight * f64::from(tap);
            }
            arrival += weight * f64::from(self.set.delay_samples[corner][ear]);
        }
        (taps, arrival)
    }

    /// The reflections of a source in every bus direction, as both ears hear them.
    fn reflections(&self, buses: &Buses, distance_m: f64) -> Vec<[Vec<f64>; 2]> {
        let mut brush = Brush::new(self.set.tap_count, self.rate_hz());
        let all = buses.directions.map(|direction| {
            let images = images(self.room, direction, distance_m);
            [0, 1].map(|ear| {
                let mut sum = Vec::new();
                for image in &images {
                    let (taps, arrival) = self.head(image.direction, ear);
                    brush.add(image, &taps, arrival + image.later_s * self.rate_hz(), &mut sum);
                }
                sum
            })
        });
        all.into()
    }
}

/// Adds reflections to a response, one after the other, at fractions of a frame.
struct Brush {
    /// What a wall does to every bin.
    wall: Vec<Complex64>,
    /// The roll-off of every bin, over the length of the transforms.
    level: Vec<f64>,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn realfft::ComplexToReal<f64>>,
    time: Vec<f64>,
    bins: Vec<Complex64>,
}

impl Brush {
    fn new(tap_count: usize, rate_hz: f64) -> Self {
        let length = (tap_count + 2 * LATENCY + WALL_RING).next_power_of_two();
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(length);
        let share = 1.0 - (-TAU * WALL_HZ / rate_hz).exp();
        let place = |k: usize| 2.0 * k as f64 / length as f64;
        let wall = |k| share / (1.0 - (1.0 - share) * Complex64::cis(-PI * place(k)));
        Self {
            wall: (0..=length / 2).map(wall).collect(),
            level: (0..=length / 2).map(|k| roll_off(place(k)) / length as f64).collect(),
            inverse: planner.plan_fft_inverse(length),
            time: forward.make_input_vec(),
            bins: forward.make_output_vec(),
            forward,
        }
    }

    /// Adds an image that arrives after a delay in frames, and the latency of everything.
    fn add(&mut self, image: &Image, taps: &[f64], delay: f64, sum: &mut Vec<f64>) {
        let expect = "planned buffers";
        let whole = delay.floor();
        self.time.fill(0.0);
        self.time[..taps.len()].copy_from_slice(taps);
        self.forward.process(&mut self.time, &mut self.bins).expect(expect);
        let length = self.time.len();
        let step = Complex64::cis(-TAU * (LATENCY as f64 + delay - whole) / length as f64);
        let mut turn = Complex64::new(1.0, 0.0);
        for ((bin, wall), level) in self.bins.iter_mut().zip(&self.wall).zip(&self.level) {
            let dulled = if image.order == 2 { wall * wall } else { *wall };
            *bin *= turn * dulled * (image.gain * level);
            turn *= step;
        }
        let last = self.bins.len() - 1;
        self.bins[0].im = 0.0;
        self.bins[last] = Complex64::default();
        self.inverse.process(&mut self.bins, &mut self.time).expect(expect);
        let start = whole as usize;
        let used = taps.len() + 2 * LATENCY + WALL_RING;
        sum.resize(sum.len().max(start + used), 0.0);
        for (sum, value) in sum[start..].iter_mut().zip(&self.time[..used]) {
            *sum += value;
        }
    }
}

impl Early {
    /// The responses of a mode; that of bus `b` has `gain²` times the power `powers[b]`.
    pub(super) fn new(
        maker: &Maker<'_>,
        mode: &RoomMode,
        gain: f64,
        buses: &Buses,
        powers: &[f64; BUSES],
    ) -> Self {
        let hop = maker.hop;
        let responses = maker.reflections(buses, mode.distance_m);
        let frames = responses.iter().flatten().map(Vec::len).max().unwrap_or(0);
        let parts = frames.div_ceil(hop);
        let forward = RealFftPlanner::<f32>::new().plan_fft_forward(2 * hop);
        let runs = spectrum::runs(2 * hop);
        let mut early = Self {
            hop,
            runs,
            parts,
            filters: vec![Bins::ZERO; BUSES * parts * 2 * runs],
            history: vec![0.0; BUSES * 2 * hop],
            heard: vec![Bins::ZERO; BUSES * parts * runs],
            newest: 0,
            silent: [usize::MAX / 2; BUSES],
            time: forward.make_input_vec(),
            bins: forward.make_output_vec(),
            scratch: forward.make_scratch_vec(),
            forward,
        };
        let weighted = Weighted::new(frames, maker.rate_hz());
        for (b, ([left, right], power)) in responses.iter().zip(powers).enumerate() {
            let found = weighted.energy(left, right);
            let level = if found > 0.0 { gain * (power / found).sqrt() } else { 0.0 };
            early.write_filters(b, 0, left, level);
            early.write_filters(b, 1, right, level);
        }
        early
    }

    fn write_filters(&mut self, bus: usize, ear: usize, response: &[f64], level: f64) {
        // Neither direction of the transform divides by its length.
        let level = level / (2 * self.hop) as f64;
        for (p, part) in response.chunks(self.hop).enumerate() {
            self.time.fill(0.0);
            for (to, value) in self.time.iter_mut().zip(part) {
                *to = (value * level) as f32;
            }
            self.transform();
            let at = ((bus * self.parts + p) * 2 + ear) * self.runs;
            spectrum::split(&self.bins, &mut self.filters[at..at + self.runs]);
        }
    }

    fn transform(&mut self) {
        self.forward
            .process_with_scratch(&mut self.time, &mut self.bins, &mut self.scratch)
            .expect("planned buffers");
    }

    /// Forgets everything heard.
    pub(super) fn clear(&mut self) {
        self.history.fill(0.0);
        self.heard.fill(Bins::ZERO);
        self.silent = [usize::MAX / 2; BUSES];
    }

    /// Hops until a response is over.
    pub(super) fn parts(&self) -> usize {
        self.parts
    }

    /// Takes a hop of every bus and adds the spectra of both ears to `sums`.
    pub(super) fn process<'a>(
        &mut self,
        level: Level,
        inputs: impl Iterator<Item = &'a [f32]>,
        sums: &mut [Bins],
    ) {
        self.newest = if self.newest == 0 { self.parts - 1 } else { self.newest - 1 };
        let (hop, runs) = (self.hop, self.runs);
        for (b, input) in inputs.enumerate() {
            let quiet = input.iter().all(|&sample| sample == 0.0);
            self.silent[b] = if quiet { self.silent[b].saturating_add(1) } else { 0 };
            // The last sound is in two transforms, and each is kept for as many hops as there are parts.
            if self.silent[b] > self.parts + 1 {
                continue;
            }
            let history = &mut self.history[b * 2 * hop..(b + 1) * 2 * hop];
            history.copy_within(hop.., 0);
            history[hop..].copy_from_slice(input);
            self.time.copy_from_slice(history);
            self.transform();
            let slot = (b * self.parts + self.newest) * runs;
            spectrum::split(&self.bins, &mut self.heard[slot..slot + runs]);
            let heard = &self.heard[b * self.parts * runs..(b + 1) * self.parts * runs];
            let filters = &self.filters[b * self.parts * 2 * runs..(b + 1) * self.parts * 2 * runs];
            let newest = self.newest;
            dispatch!(level, _simd => convolve(sums, heard, filters, newest, runs));
        }
    }
}

/// Adds the products of all parts, from the newest hop with the first part on.
#[inline(always)]
fn convolve(sums: &mut [Bins], heard: &[Bins], filters: &[Bins], newest: usize, runs: usize) {
    let parts = heard.len() / runs;
    let (left, right) = sums.split_at_mut(runs);
    for (p, filter) in filters.chunks_exact(2 * runs).enumerate() {
        let slot = newest + p;
        let slot = if slot < parts { slot } else { slot - parts };
        let signal = &heard[slot * runs..(slot + 1) * runs];
        spectrum::multiply_add(left, signal, &filter[..runs]);
        spectrum::multiply_add(right, signal, &filter[runs..]);
    }
}
