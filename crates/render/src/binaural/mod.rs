//! Headphones: every source through interpolated head-related transfer functions.
//!
//! For every object and bed channel the minimum-phase responses and the arrival times of the three
//! stored directions around it are mixed by barycentric weights. All of it happens on spectra: the
//! responses were transformed beforehand, an arrival time is a turn of phase, and the products of
//! all sources are summed before one inverse transform an ear. Filters are computed at the edges of
//! short hops (2.5 ms at 48 kHz). While anything moves, the sums with the filters of the hop's
//! beginning and of its end are transformed separately and cross-faded, so a jump is a cross-fade too.
//!
//! * **Gain** is applied to the lanes, frame by frame, by the time rule of `cupola_model`.
//! * **Position** is taken at the frame that comes out, that is, latency removed.
//! * **Size and distance**: see `caps`. A source inside the room spreads.
//! * **Level**: a set's mean power per ear over the sphere is 1, then comes its loudness gain.
//! * **Headphone mode off**: sine and cosine of the lateral position, no HRTF, delayed by the set's
//!   mean arrival, to the frame; it stays where it is in the headphones when the head turns.
//! * **Near, mid and far** differ in what the room adds, see `room`; far is also 1.5 dB duller above
//!   6 kHz. Without a room they are the same direct sound.
//! * **The head** may turn: directions are those it sees, renewed every hop. The room turns with it.
//!   An object that is locked to the head stays before it.
//! * **LFE**: a Linkwitz–Riley low-pass at 120 Hz [Linkwitz-1976], then to each ear with the gain of
//!   the room, 0 dB if not told otherwise, and the same delay. It meets neither HRTF nor room.
//! * **The same bits** whatever the order of the objects: see `sources`.
//! * From five sixths of the Nyquist frequency on, 20 kHz at 48 kHz, the spectrum is **rolled off** to
//!   nothing (−6 dB at eleven twelfths), so that a delay by part of a frame stays short.

mod bank;
mod caps;
mod equaliser;
mod field;
mod locate;
mod look;
mod motion;
mod options;
mod plain;
mod room;
mod sources;
mod spectrum;
#[cfg(test)]
mod tests;
mod transform;
mod via;
mod voice;

pub use equaliser::{Equalised, HeadphoneEq};
pub use options::BinauralOptions;

use crate::{RenderError, Renderer};
use bank::Bank;
use cupola_model::{
    BinauralMode, Decibels, HeadOrientation, HrtfSet, LinearGain, PlanarBlock, Room, Timeline,
};
use fearless_simd::{Level, dispatch};
use field::Mixes;
use look::Look;
use plain::{Flat, Lfe};
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use room::Reverb;
use sources::{Source, sources};
use spectrum::Bins;
use std::fmt;
use std::sync::Arc;
use transform::LATENCY;
use via::Via;
use voice::{Path, Surroundings, Voice};

/// Renders a timeline to two ears; channel 0 is the left one. See the [module](self).
///
/// ```
/// # use cupola_model::*;
/// # use cupola_render::{Renderer, binaural::BinauralRenderer};
/// # fn head() -> HrtfSet {
/// #     let directions = vec![[1., 0., 0.], [-1., 0., 0.], [0., 1., 0.], [0., -1., 0.], [0., 0., 1.], [0., 0., -1.]];
/// #     let triangles = vec![[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]];
/// #     HrtfSet { name: "two ears without a head".into(), sample_rate: 48_000, directions,
/// #         delay_samples: vec![[0.0; 2]; 6], tap_count: 1, taps: vec![1.0; 12], triangles,
/// #         loudness_gain_db: 0.0 }
/// # }
/// # let front = Automation::fixed(ObjectState { gain: LinearGain::UNITY, size: 0.0,
/// #     position: Position::Polar(PolarPosition::on_sphere(0.0, 0.0)) })?;
/// # let timeline = Timeline { title: String::new(), artist: String::new(),
/// #     sample_rate: SampleRate::HZ_48000, length: FrameCount(480),
/// #     frame_rate: FrameRate::Fps24, start: FrameCount(0), stems: vec![], lanes: vec![Lane::default()], items: vec![Item::Object(Object {
/// #         name: "click".into(), groups: vec![], lane: TrackIndex(0),
/// #         binaural: BinauralMode::Mid, automation: front,
/// #         features: ObjectFeatures::default() })] };
/// let mut renderer = BinauralRenderer::new(&timeline, &head())?;
/// let mut lanes = PlanarBlock::new(1, 480);
/// lanes.channel_mut(0)[0] = 1.0;
/// let mut ears = PlanarBlock::new(2, 480);
/// renderer.process(&lanes, &mut ears);
/// let loudest = (0..480).max_by(|&a, &b| ears.channel(0)[a].total_cmp(&ears.channel(0)[b]));
/// assert_eq!(loudest, Some(renderer.latency_frames()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct BinauralRenderer {
    level: Level,
    hop: usize,
    block: usize,
    frame: u64,
    bank: Bank,
    look: Look,
    mixes: Mixes,
    voices: Vec<Voice>,
    flats: Vec<Flat>,
    lfes: Vec<Lfe>,
    reverb: Option<Reverb>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    work: Work,
}

/// Buffers of a hop.
struct Work {
    time: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
    signal: Vec<Bins>,
    /// Sums over the sources, both ears each: those that rest, and those that move with the filters
    /// of the hop's beginning and of its end.
    resting: Vec<Bins>,
    before: Vec<Bins>,
    after: Vec<Bins>,
}

impl fmt::Debug for BinauralRenderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BinauralRenderer")
            .field("hop", &self.hop)
            .field("frame", &self.frame)
            .field("voices", &self.voices.len())
            .finish_non_exhaustive()
    }
}

impl BinauralRenderer {
    /// Prepares everything, in no room at all; fails when timeline or set break their promises or have
    /// different rates.
    pub fn new(timeline: &Timeline, set: &HrtfSet) -> Result<Self, RenderError> {
        Self::with_options(timeline, set, &BinauralOptions::default())
    }

    /// [`Self::new`] in a room, which must be usable, and with a head that may turn.
    pub fn with_options(
        timeline: &Timeline,
        set: &HrtfSet,
        options: &BinauralOptions,
    ) -> Result<Self, RenderError> {
        timeline.validate()?;
        set.validate()?;
        let rate = timeline.sample_rate;
        if set.sample_rate != rate.hz() {
            let (set_hz, session_hz) = (set.sample_rate, rate.hz());
            return Err(RenderError::HrtfRate { set_hz, session_hz });
        }
        let block = rate.grid_frames() as usize;
        let hop = hop_frames(block);
        let via =
            options.via.as_ref().map(|(layout, choice)| Via::new(layout, *choice)).transpose()?;
        let sources = sources(timeline, via)?;
        let spreads = options.via.is_none()
            && sources.iter().any(|s| s.mode.is_some() && s.motion.ever_spreads());
        let bank = Bank::new(set, hop, spreads)?;
        let level = Level::new();
        let room = options.room.as_ref();
        let reverb = room.map(|room| reverb(room, &sources, set, &bank, hop, level)).transpose()?;
        let lfe_gain = room.map_or(LinearGain::UNITY, |room| Decibels(room.lfe_db).into());
        let look = Look::new(&options.head);
        let late = LATENCY + bank.mean_arrival.round() as usize;
        let (mut voices, mut flats, mut lfes) = (Vec::new(), Vec::new(), Vec::new());
        let lists = sources.iter().map(|source| &source.parts[..]);
        let (mixes, feeds) = Mixes::new(lists, hop, level);
        for (source, feed) in sources.into_iter().zip(feeds) {
            match source.mode {
                None => lfes.push(Lfe::new(feed, rate, lfe_gain, late, hop)),
                Some(BinauralMode::Off) => flats.push(Flat::new(feed, source.motion, late, hop)),
                Some(mode) => {
                    let around = Surroundings { bank: &bank, level, reverb: reverb.as_ref() };
                    voices.push(Voice::new(source, feed, mode, look.now(), &around));
                }
            }
        }
        let mut planner = RealFftPlanner::new();
        let forward = planner.plan_fft_forward(bank.length);
        let inverse = planner.plan_fft_inverse(bank.length);
        let work = Work::new(&bank, forward.as_ref(), inverse.as_ref());
        let frame = 0;
        Ok(Self {
            level,
            hop,
            block,
            frame,
            bank,
            look,
            mixes,
            voices,
            flats,
            lfes,
            reverb,
            forward,
            inverse,
            work,
        })
    }

    /// Turns the head, whatever its track says: it gets there within the next 2.5 ms that are rendered
    /// (3.3 ms at 44.1 kHz). For games and head trackers, once a call of [`Renderer::process`] or less.
    ///
    /// An orientation that is not legal leaves it where it is.
    pub fn turn_head(&mut self, orientation: HeadOrientation) {
        if orientation.is_legal() {
            self.look.turn_to(orientation);
        }
    }

    /// Adds the spectra of all voices; says whether any of them moved.
    fn sum_voices(&mut self, lanes: &PlanarBlock, at: usize) -> bool {
        let Self { level, hop, frame, bank, look, mixes, voices, reverb, forward, work, .. } = self;
        let (level, runs) = (*level, bank.runs());
        let turn = look.hop(*frame, *hop);
        let mut moved = false;
        for sums in [&mut work.resting, &mut work.before, &mut work.after] {
            sums.fill(Bins::ZERO);
        }
        for voice in voices {
            if !voice.take(*frame, mixes.of(voice.feed(), lanes, at..at + *hop)) {
                continue;
            }
            work.time.copy_from_slice(voice.history());
            forward
                .process_with_scratch(&mut work.time, &mut work.bins, &mut work.scratch)
                .expect("buffers come from the plan");
            dispatch!(level, _simd => spectrum::split(&work.bins, &mut work.signal));
            let around = Surroundings { bank, level, reverb: reverb.as_ref() };
            let path = voice.begin(*frame, *hop, &turn, &around);
            let from = *voice.sends();
            let sums = if path == Path::Rests { &mut work.resting } else { &mut work.before };
            add_product(level, sums, &work.signal, voice.filters(), runs);
            if path == Path::Moves {
                moved = true;
                voice.finish(&turn, &around);
                add_product(level, &mut work.after, &work.signal, voice.filters(), runs);
            }
            if let (Some(reverb), Some(mode)) = (reverb.as_mut(), voice.room()) {
                reverb.add(mode, voice.newest(*hop), &from, voice.sends());
            }
        }
        moved
    }

    /// Writes a hop of the sums' ears to `out`, cross-faded when anything moved.
    fn write_voices(&mut self, moved: bool, out: &mut PlanarBlock, at: usize) {
        let runs = self.bank.runs();
        let newest = self.bank.length - self.hop;
        if moved {
            spectrum::add(&mut self.work.before, &self.work.resting);
            spectrum::add(&mut self.work.after, &self.work.resting);
        }
        for ear in 0..2 {
            let part = ear * runs..(ear + 1) * runs;
            let out = &mut out.channel_mut(ear)[at..at + self.hop];
            let Work { time, bins, scratch, resting, before, after, .. } = &mut self.work;
            let mut transform = |sums: &[Bins], time: &mut Vec<f32>| {
                spectrum::join(sums, bins);
                self.inverse.process_with_scratch(bins, time, scratch).expect("planned buffers");
            };
            if moved {
                transform(&before[part.clone()], time);
                out.copy_from_slice(&time[newest..]);
                transform(&after[part], time);
                let step = 1.0 / self.hop as f32;
                for (i, (sample, end)) in out.iter_mut().zip(&time[newest..]).enumerate() {
                    *sample += (end - *sample) * (i as f32 * step);
                }
            } else {
                transform(&resting[part], time);
                out.copy_from_slice(&time[newest..]);
            }
        }
    }

    fn add_plain(&mut self, lanes: &PlanarBlock, at: usize, out: &mut PlanarBlock) {
        let span = at..at + self.hop;
        let (left, right) = ears(out);
        let (left, right) = (&mut left[span.clone()], &mut right[span.clone()]);
        for flat in &mut self.flats {
            let heard = self.mixes.of(flat.feed(), lanes, span.clone());
            flat.process(self.frame, heard, left, right);
        }
        for lfe in &mut self.lfes {
            lfe.process(self.mixes.of(lfe.feed(), lanes, span.clone()), left, right);
        }
    }
}

impl Renderer for BinauralRenderer {
    fn channels(&self) -> usize {
        2
    }

    fn block_frames(&self) -> usize {
        self.block
    }

    fn latency_frames(&self) -> usize {
        LATENCY
    }

    fn process(&mut self, lanes: &PlanarBlock, out: &mut PlanarBlock) {
        for at in (0..lanes.frames()).step_by(self.hop) {
            self.mixes.take(lanes, at..at + self.hop);
            let moved = self.sum_voices(lanes, at);
            self.write_voices(moved, out, at);
            self.add_plain(lanes, at, out);
            if let Some(reverb) = &mut self.reverb {
                reverb.process(out, at);
            }
            self.frame += self.hop as u64;
        }
    }
}

impl Work {
    fn new(
        bank: &Bank,
        forward: &dyn RealToComplex<f32>,
        inverse: &dyn ComplexToReal<f32>,
    ) -> Self {
        let scratch = forward.get_scratch_len().max(inverse.get_scratch_len());
        let sums = vec![Bins::ZERO; 2 * bank.runs()];
        Self {
            time: forward.make_input_vec(),
            bins: forward.make_output_vec(),
            scratch: vec![Complex32::default(); scratch],
            signal: vec![Bins::ZERO; bank.runs()],
            resting: sums.clone(),
            before: sums.clone(),
            after: sums,
        }
    }
}

/// The room, for the modes the sources have.
fn reverb(
    room: &Room,
    sources: &[Source],
    set: &HrtfSet,
    bank: &Bank,
    hop: usize,
    level: Level,
) -> Result<Reverb, RenderError> {
    if !room.is_usable() {
        return Err(RenderError::Room(format!("{room:?}")));
    }
    let used = |mode: &BinauralMode| sources.iter().any(|source| source.mode == Some(*mode));
    let modes: Vec<_> = BinauralMode::ALL.into_iter().filter(used).collect();
    Ok(Reverb::new(room, &modes, set, bank, hop, level))
}

/// The divisor of the block that is nearest to a quarter of it: 2.5 ms, or 3.3 ms at 44.1 kHz.
fn hop_frames(block: usize) -> usize {
    let distance = |hop: &usize| (*hop as f64 / (block as f64 / 4.0)).ln().abs();
    (1..=block)
        .filter(|hop| block.is_multiple_of(*hop))
        .min_by(|a, b| distance(a).total_cmp(&distance(b)))
        .unwrap_or(block)
}

fn add_product(level: Level, sums: &mut [Bins], signal: &[Bins], filters: &[Bins], runs: usize) {
    for (sum, filter) in sums.chunks_exact_mut(runs).zip(filters.chunks_exact(runs)) {
        dispatch!(level, _simd => spectrum::multiply_add(sum, signal, filter));
    }
}

fn ears(out: &mut PlanarBlock) -> (&mut [f32], &mut [f32]) {
    let mut channels = out.iter_mut();
    match (channels.next(), channels.next()) {
        (Some(left), Some(right)) => (left, right),
        _ => (&mut [], &mut []),
    }
}
