//! From the voices' sound to both ears: products of spectra, their sums, and the way back.
//!
//! A sum of hops is kept for voices that rest and two for those that move, with the filters of the
//! hop's beginning and of its end. Voices that rest all through a block need one transform for it,
//! which is half the work.

use super::bank::Bank;
use super::crowd::Crowd;
use super::delay::Kernels;
use super::forward::Forward;
use super::spectrum::{self, Bins};
use super::transform::transform_length;
use super::voice::{Heard, Kept, Next, Surroundings, Voice};
use super::{BinauralQuality, Shape};
use cupola_model::{HrtfSet, PlanarBlock};
use fearless_simd::{Level, dispatch};
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::fmt;
use std::sync::Arc;

/// Frames in which a delay may change by one; what is quicker is a cross-fade.
const SLOWEST: f64 = 48.0;

/// Spectra of both ears, left then right, and whether there is anything in them.
#[derive(Debug)]
struct Sum {
    bins: Vec<Bins>,
    used: bool,
}

/// The sums of a hop.
#[derive(Debug)]
struct Hop {
    resting: Sum,
    before: Sum,
    after: Sum,
}

/// All sums of a block.
pub(super) struct Sums {
    level: Level,
    shape: Shape,
    length: usize,
    forward: Forward,
    back: Back,
    /// What a voice sounds like: one spectrum, or one for each ear.
    signal: Vec<Bins>,
    hops: Vec<Hop>,
    /// How delays are read where filters have none.
    kernels: Option<Kernels>,
    long: Option<Long>,
    /// Where all voices go through a few filters.
    crowd: Option<Crowd>,
}

/// What voices that rest all through a block go through.
struct Long {
    length: usize,
    forward: Forward,
    back: Back,
    signal: Vec<Bins>,
    sum: Sum,
    /// Turns filters of a hop into those of a block.
    filters: Arc<dyn RealToComplex<f32>>,
    time: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

/// The way back to time.
struct Back {
    plan: Arc<dyn ComplexToReal<f32>>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    time: Vec<f32>,
}

impl fmt::Debug for Sums {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sums({} points every {} frames)", self.length, self.shape.hop)
    }
}

impl Sums {
    pub(super) fn new(set: &HrtfSet, bank: &Bank, shape: Shape, level: Level) -> Self {
        let length = bank.length;
        let runs = spectrum::runs(length);
        let high = shape.quality == BinauralQuality::High;
        let standard = shape.quality == BinauralQuality::Standard;
        let hop = || Hop { resting: Sum::new(runs), before: Sum::new(runs), after: Sum::new(runs) };
        let forward =
            if high { Forward::pair(length, level) } else { Forward::single(length, level) };
        Self {
            level,
            shape,
            length,
            forward,
            back: Back::new(length),
            signal: vec![Bins::ZERO; if high { 2 * runs } else { runs }],
            hops: (0..shape.block / shape.hop).map(|_| hop()).collect(),
            kernels: high.then(Kernels::new),
            long: standard.then(|| Long::new(set, shape, level)),
            crowd: bank.components().map(|spectra| Crowd::new(level, shape, set, spectra)),
        }
    }

    /// Frames before the block that a voice has to remember for delays up to `latest`.
    fn memory(&self, latest: usize) -> usize {
        if let Some(crowd) = &self.crowd {
            return crowd.memory();
        }
        let reach = if self.kernels.is_some() { latest + 2 * super::delay::AHEAD } else { 0 };
        let long = self.long.as_ref().map_or(0, |long| long.length - self.shape.block);
        (self.length - self.shape.hop + reach).max(long)
    }

    /// Makes room for so many voices.
    pub(super) fn expect(&mut self, voices: usize) {
        if let Some(crowd) = &mut self.crowd {
            crowd.expect(voices);
        }
    }

    /// What a voice keeps, for delays up to `latest`.
    pub(super) fn kept(&self, latest: usize, number: usize) -> Kept {
        let ear = || match &self.kernels {
            Some(_) => vec![0.0; self.length - self.shape.hop + self.shape.block],
            None => Vec::new(),
        };
        let long = self.long.as_ref().map_or(0, |long| long.sum.bins.len());
        let (block, memory) = (self.shape.block, self.memory(latest));
        let ears = [ear(), ear()];
        Kept { number, block, memory, long: vec![Bins::ZERO; long], long_for: 0, ears }
    }

    /// Whether voices that rest are better added by whole blocks.
    pub(super) fn takes_blocks(&self) -> bool {
        self.long.is_some() || self.crowd.is_some()
    }

    /// Adds a block of a voice that rests, where that is taken.
    pub(super) fn rest_long(&mut self, voice: &mut Voice) {
        if let Some(crowd) = &mut self.crowd {
            crowd.rest(voice);
        }
        let Some(long) = &mut self.long else { return };
        let window = voice.line(self.shape.block);
        long.forward.of_one(&window[window.len() - long.length..], &mut long.signal);
        let (heard, kept) = voice.heard_and_kept();
        if kept.long_for != heard.number {
            long.filters_of(heard, &mut self.back, self.shape.block, &mut kept.long);
            kept.long_for = heard.number;
        }
        add_products(self.level, &mut long.sum, &long.signal, &kept.long);
    }

    /// Prepares for the hops of a voice.
    pub(super) fn begin(&self, voice: &mut Voice) {
        for ear in voice.kept.ears.iter_mut().filter(|ear| !ear.is_empty()) {
            ear.copy_within(self.shape.block.., 0);
        }
    }

    /// Adds a hop of a voice that rests.
    pub(super) fn rest(&mut self, hop: usize, voice: &mut Voice) {
        if let Some(crowd) = &mut self.crowd {
            return crowd.rest(voice);
        }
        let arrival = voice.heard().arrival;
        self.hear(hop, voice, arrival, arrival);
        let sum = &mut self.hops[hop].resting;
        add_products(self.level, sum, &self.signal, &voice.heard().filters);
    }

    /// Adds a hop of a voice that goes elsewhere.
    pub(super) fn travel(
        &mut self,
        hop: usize,
        voice: &mut Voice,
        next: &Next,
        around: &Surroundings<'_>,
    ) {
        if let Some(crowd) = &mut self.crowd {
            return crowd.travel(voice, next, around);
        }
        let (from, to) = (voice.heard().arrival, voice.arrival_at(next));
        let most = self.shape.hop as f64 / SLOWEST;
        let jumps =
            self.kernels.is_some() && from.iter().zip(to).any(|(a, b)| (a - b).abs() > most);
        self.hear(hop, voice, from, if jumps { from } else { to });
        let before = &mut self.hops[hop].before;
        add_products(self.level, before, &self.signal, &voice.heard().filters);
        voice.settle(next, around);
        if jumps {
            self.hear_anew(hop, voice, to);
        }
        let after = &mut self.hops[hop].after;
        add_products(self.level, after, &self.signal, &voice.heard().filters);
    }

    /// The spectra of what a voice has sounded like up to the end of a hop.
    fn hear(&mut self, hop: usize, voice: &mut Voice, from: [f64; 2], to: [f64; 2]) {
        let until = (hop + 1) * self.shape.hop;
        let Some(kernels) = &self.kernels else {
            let line = voice.line(until);
            self.forward.of_one(&line[line.len() - self.length..], &mut self.signal);
            return;
        };
        let newest = self.length + hop * self.shape.hop - self.shape.hop;
        let mut ears = std::mem::take(&mut voice.kept.ears);
        for (ear, (from, to)) in ears.iter_mut().zip(from.into_iter().zip(to)) {
            let out = &mut ear[newest..newest + self.shape.hop];
            dispatch!(self.level, _simd => kernels.read(voice.line(until), from, to, out));
        }
        voice.kept.ears = ears;
        self.transform(hop, voice);
    }

    /// The same as if the voice had always been where it is now.
    fn hear_anew(&mut self, hop: usize, voice: &mut Voice, arrival: [f64; 2]) {
        let Some(kernels) = &self.kernels else { return };
        let start = hop * self.shape.hop;
        let mut ears = std::mem::take(&mut voice.kept.ears);
        for (ear, arrival) in ears.iter_mut().zip(arrival) {
            let line = voice.line(start + self.shape.hop);
            let out = &mut ear[start..start + self.length];
            dispatch!(self.level, _simd => kernels.read(line, arrival, arrival, out));
        }
        voice.kept.ears = ears;
        self.transform(hop, voice);
    }

    fn transform(&mut self, hop: usize, voice: &Voice) {
        let window = hop * self.shape.hop..hop * self.shape.hop + self.length;
        let [left, right] = &voice.kept.ears;
        self.forward.of_two([&left[window.clone()], &right[window]], &mut self.signal);
    }

    /// Writes the sums of a block of these voices to both ears and forgets them.
    pub(super) fn write(&mut self, voices: &[Voice], out: &mut PlanarBlock, at: usize) {
        if let Some(crowd) = &mut self.crowd {
            return crowd.write(voices, out, at);
        }
        let Self { shape, back, hops, long, .. } = self;
        for (j, hop) in hops.iter_mut().enumerate() {
            let span = at + j * shape.hop..at + (j + 1) * shape.hop;
            let moved = hop.before.used;
            if moved && hop.resting.used {
                spectrum::add(&mut hop.before.bins, &hop.resting.bins);
                spectrum::add(&mut hop.after.bins, &hop.resting.bins);
            }
            let first = if moved { &hop.before } else { &hop.resting };
            for ear in 0..2 {
                let out = &mut out.channel_mut(ear)[span.clone()];
                if !first.used {
                    out.fill(0.0);
                    continue;
                }
                out.copy_from_slice(back.newest(first.ear(ear), shape.hop));
                if moved {
                    let end = back.newest(hop.after.ear(ear), shape.hop);
                    let step = 1.0 / shape.hop as f32;
                    for (i, (sample, end)) in out.iter_mut().zip(end).enumerate() {
                        *sample += (end - *sample) * (i as f32 * step);
                    }
                }
            }
            for sum in [&mut hop.resting, &mut hop.before, &mut hop.after] {
                sum.clear();
            }
        }
        if let Some(long) = long.as_mut().filter(|long| long.sum.used) {
            for ear in 0..2 {
                let out = &mut out.channel_mut(ear)[at..at + shape.block];
                let newest = long.back.newest(long.sum.ear(ear), shape.block);
                out.iter_mut().zip(newest).for_each(|(sum, sample)| *sum += sample);
            }
            long.sum.clear();
        }
    }
}

impl Long {
    fn new(set: &HrtfSet, shape: Shape, level: Level) -> Self {
        let length = transform_length(set, shape.block, shape.quality);
        let runs = spectrum::runs(length);
        let filters = RealFftPlanner::new().plan_fft_forward(length);
        Self {
            length,
            forward: Forward::single(length, level),
            back: Back::new(length),
            signal: vec![Bins::ZERO; runs],
            sum: Sum::new(runs),
            time: filters.make_input_vec(),
            bins: filters.make_output_vec(),
            scratch: filters.make_scratch_vec(),
            filters,
        }
    }

    /// The same filters for longer transforms.
    fn filters_of(&mut self, heard: &Heard, back: &mut Back, block: usize, out: &mut [Bins]) {
        let longest = self.length - block + 1;
        let runs = heard.filters.len() / 2;
        for (short, out) in heard.filters.chunks(runs).zip(out.chunks_mut(self.signal.len())) {
            let response = back.all(short);
            self.time.fill(0.0);
            let kept = longest.min(response.len());
            self.time[..kept].copy_from_slice(&response[..kept]);
            self.filters
                .process_with_scratch(&mut self.time, &mut self.bins, &mut self.scratch)
                .expect("planned buffers");
            spectrum::split(&self.bins, out);
            out.iter_mut().for_each(|run| run.scale(1.0 / self.length as f32));
        }
    }
}

impl Back {
    fn new(length: usize) -> Self {
        let plan = RealFftPlanner::new().plan_fft_inverse(length);
        Self {
            bins: plan.make_input_vec(),
            scratch: plan.make_scratch_vec(),
            time: plan.make_output_vec(),
            plan,
        }
    }

    /// All frames of a spectrum.
    fn all(&mut self, bins: &[Bins]) -> &[f32] {
        spectrum::join(bins, &mut self.bins);
        self.plan
            .process_with_scratch(&mut self.bins, &mut self.time, &mut self.scratch)
            .expect("planned buffers");
        &self.time
    }

    /// Its last frames.
    fn newest(&mut self, bins: &[Bins], frames: usize) -> &[f32] {
        let all = self.all(bins);
        &all[all.len() - frames..]
    }
}

impl Sum {
    fn new(runs: usize) -> Self {
        Self { bins: vec![Bins::ZERO; 2 * runs], used: false }
    }

    fn ear(&self, ear: usize) -> &[Bins] {
        let runs = self.bins.len() / 2;
        &self.bins[ear * runs..(ear + 1) * runs]
    }

    fn clear(&mut self) {
        if self.used {
            self.bins.fill(Bins::ZERO);
            self.used = false;
        }
    }
}

/// Adds what both ears hear of a signal, or each of its own.
fn add_products(level: Level, sum: &mut Sum, signal: &[Bins], filters: &[Bins]) {
    let runs = filters.len() / 2;
    sum.used = true;
    for ear in 0..2 {
        let signal =
            if signal.len() == runs { signal } else { &signal[ear * runs..(ear + 1) * runs] };
        let filter = &filters[ear * runs..(ear + 1) * runs];
        let sum = &mut sum.bins[ear * runs..(ear + 1) * runs];
        dispatch!(level, _simd => spectrum::multiply_add(sum, signal, filter));
    }
}
