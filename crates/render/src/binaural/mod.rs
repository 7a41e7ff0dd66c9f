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
//! * **High quality**: see `delay` and `sums`. Arrival times are read from lines that move frame by frame,
//!   and then filtered by taps alone; what moves faster than one frame in 48 is cross-faded.
//! * **Fast quality**: see `basis`, `gather` and `crowd`. Responses are sums of twelve, which also hold the
//!   parts of a frame of their delay; sources are added to the lines of these twelve. Hops are blocks of
//!   10 ms. The latency is that of the other qualities.
//! * From five sixths of the Nyquist frequency on, 20 kHz at 48 kHz, the spectrum is **rolled off** to
//!   nothing (−6 dB at eleven twelfths), so that a delay by part of a frame stays short; not in high quality.

mod bank;
mod basis;
mod caps;
mod crowd;
mod delay;
mod equaliser;
mod field;
mod forward;
mod gather;
mod locate;
mod look;
mod motion;
mod options;
mod pairs;
mod plain;
mod room;
mod sources;
mod spectrum;
mod sums;
#[cfg(test)]
mod tests;
mod transform;
mod via;
mod voice;

pub use equaliser::{Equalised, HeadphoneEq};
pub use options::{BinauralOptions, BinauralQuality};

use crate::{RenderError, Renderer};
use bank::Bank;
use cupola_model::{
    BinauralMode, Decibels, HeadOrientation, HrtfSet, LinearGain, PlanarBlock, Room, Timeline,
};
use fearless_simd::Level;
use field::Mixes;
use look::{Look, Turn};
use plain::{Flat, Lfe};
use room::Reverb;
use sources::{Source, sources};
use std::fmt;
use sums::Sums;
use transform::{LATENCY, latest};
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
/// #     frame_rate: FrameRate::Fps24, start: FrameCount(0), screen: Screen::USUAL, stems: vec![], lanes: vec![Lane::default()], items: vec![Item::Object(Object {
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
    shape: Shape,
    frame: u64,
    bank: Bank,
    look: Look,
    mixes: Mixes,
    /// The turns of the head in the hops of a block.
    turns: Vec<Turn>,
    voices: Vec<Voice>,
    flats: Vec<Flat>,
    lfes: Vec<Lfe>,
    reverb: Option<Reverb>,
    sums: Sums,
}

/// In which steps a render works.
#[derive(Clone, Copy, Debug)]
struct Shape {
    /// Frames of the 10 ms grid.
    block: usize,
    /// Frames of a hop, a divisor of the block.
    hop: usize,
    quality: BinauralQuality,
}

impl fmt::Debug for BinauralRenderer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BinauralRenderer")
            .field("shape", &self.shape)
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
        let shape = Shape::new(rate.grid_frames() as usize, options.quality);
        let level = Level::new();
        let screen = timeline.screen.edges().expect("a valid timeline has a screen in front");
        let via = options.via.as_ref();
        let via = via.map(|(layout, choice)| Via::new(layout, *choice, screen)).transpose()?;
        let sources = sources(timeline, via)?;
        let spreads = options.via.is_none()
            && sources.iter().any(|s| s.mode.is_some() && s.motion.ever_spreads());
        let bank = Bank::new(set, shape, spreads, level)?;
        let mut sums = Sums::new(set, &bank, shape, level);
        let room = options.room.as_ref();
        let reverb =
            room.map(|room| reverb(room, &sources, set, &bank, shape, level)).transpose()?;
        let lfe_gain = room.map_or(LinearGain::UNITY, |room| Decibels(room.lfe_db).into());
        let look = Look::new(&options.head);
        let late = LATENCY + bank.mean_arrival.round() as usize;
        let latest = LATENCY + latest(set);
        let (mut voices, mut flats, mut lfes) = (Vec::new(), Vec::new(), Vec::new());
        let lists = sources.iter().map(|source| &source.parts[..]);
        let (mixes, feeds) = Mixes::new(lists, shape.block, level);
        for (source, feed) in sources.into_iter().zip(feeds) {
            match source.mode {
                None => lfes.push(Lfe::new(feed, rate, lfe_gain, late, shape.hop)),
                Some(BinauralMode::Off) => {
                    flats.push(Flat::new(feed, source.motion, late, shape.hop));
                }
                Some(mode) => {
                    let around = Surroundings { bank: &bank, level, reverb: reverb.as_ref() };
                    let kept = sums.kept(latest, voices.len());
                    voices.push(Voice::new(source, feed, mode, look.now(), &around, kept));
                }
            }
        }
        sums.expect(voices.len());
        let turns = Vec::with_capacity(shape.block / shape.hop);
        let frame = 0;
        Ok(Self {
            level,
            shape,
            frame,
            bank,
            look,
            turns,
            mixes,
            voices,
            flats,
            lfes,
            reverb,
            sums,
        })
    }

    /// Turns the head, whatever its track says: it gets there within the next 2.5 ms that are rendered
    /// (3.3 ms at 44.1 kHz; about half of that in high quality, 10 ms in fast quality). For games and head
    /// trackers, once a call of [`Renderer::process`] or less.
    ///
    /// An orientation that is not legal leaves it where it is.
    pub fn turn_head(&mut self, orientation: HeadOrientation) {
        if orientation.is_legal() {
            self.look.turn_to(orientation);
        }
    }

    /// Adds the spectra of all voices, and what they send into the room.
    fn sum_voices(&mut self, lanes: &PlanarBlock, at: usize) {
        let Self { level, shape, frame, bank, look, turns, mixes, voices, reverb, sums, .. } = self;
        let Shape { block, hop, .. } = *shape;
        turns.clear();
        turns.extend((0..block).step_by(hop).map(|start| look.hop(*frame + start as u64, hop)));
        for voice in voices {
            if !voice.take(*frame, mixes.of(voice.feed(), lanes, at..at + block)) {
                continue;
            }
            if sums.takes_blocks() && voice.rests(*frame, block, turns) {
                let around = Surroundings { bank, level: *level, reverb: reverb.as_ref() };
                voice.begin(*frame, block, &turns[0], &around);
                sums.rest_long(voice);
                if let (Some(reverb), Some(mode)) = (reverb.as_mut(), voice.room()) {
                    let frames = voice.newest(0..block);
                    reverb.add(mode, 0, frames, [voice.sends(), voice.sends()]);
                }
                continue;
            }
            sums.begin(voice);
            for (j, turn) in turns.iter().enumerate() {
                let start = j * hop;
                let around = Surroundings { bank, level: *level, reverb: reverb.as_ref() };
                let path = voice.begin(*frame + start as u64, hop, turn, &around);
                let from = *voice.sends();
                match path {
                    Path::Rests => sums.rest(j, voice),
                    Path::Moves(next) => sums.travel(j, voice, &next, &around),
                }
                if let (Some(reverb), Some(mode)) = (reverb.as_mut(), voice.room()) {
                    let frames = voice.newest(start..start + hop);
                    reverb.add(mode, start, frames, [&from, voice.sends()]);
                }
            }
        }
    }

    fn add_plain(&mut self, lanes: &PlanarBlock, at: usize, start: usize, out: &mut PlanarBlock) {
        let (block, part) = (at..at + self.shape.block, start..start + self.shape.hop);
        let span = at + start..at + start + self.shape.hop;
        let (left, right) = ears(out);
        let (left, right) = (&mut left[span.clone()], &mut right[span.clone()]);
        for flat in &mut self.flats {
            let heard = &self.mixes.of(flat.feed(), lanes, block.clone())[part.clone()];
            flat.process(self.frame + start as u64, heard, left, right);
        }
        for lfe in &mut self.lfes {
            let heard = &self.mixes.of(lfe.feed(), lanes, block.clone())[part.clone()];
            lfe.process(heard, left, right);
        }
    }
}

impl Renderer for BinauralRenderer {
    fn channels(&self) -> usize {
        2
    }

    fn block_frames(&self) -> usize {
        self.shape.block
    }

    fn latency_frames(&self) -> usize {
        LATENCY
    }

    fn process(&mut self, lanes: &PlanarBlock, out: &mut PlanarBlock) {
        for at in (0..lanes.frames()).step_by(self.shape.block) {
            self.mixes.take(lanes, at..at + self.shape.block);
            self.sum_voices(lanes, at);
            self.sums.write(&self.voices, out, at);
            for start in (0..self.shape.block).step_by(self.shape.hop) {
                self.add_plain(lanes, at, start, out);
            }
            if let Some(reverb) = &mut self.reverb {
                reverb.process(out, at);
            }
            self.frame += self.shape.block as u64;
        }
    }
}

/// The room, for the modes the sources have.
fn reverb(
    room: &Room,
    sources: &[Source],
    set: &HrtfSet,
    bank: &Bank,
    shape: Shape,
    level: Level,
) -> Result<Reverb, RenderError> {
    if !room.is_usable() {
        return Err(RenderError::Room(format!("{room:?}")));
    }
    let used = |mode: &BinauralMode| sources.iter().any(|source| source.mode == Some(*mode));
    let modes: Vec<_> = BinauralMode::ALL.into_iter().filter(used).collect();
    Ok(Reverb::new(room, &modes, set, bank, [shape.block, shape.hop], level))
}

impl Shape {
    /// A hop is the divisor of the block that is nearest to a quarter of it, 2.5 ms, or 3.3 ms at 44.1 kHz;
    /// in high quality to an eighth. In fast quality it is the block.
    fn new(block: usize, quality: BinauralQuality) -> Self {
        let parts = match quality {
            BinauralQuality::Fast => 1.0,
            BinauralQuality::Standard => 4.0,
            BinauralQuality::High => 8.0,
        };
        let distance = |hop: &usize| (*hop as f64 / (block as f64 / parts)).ln().abs();
        let hop = (1..=block)
            .filter(|hop| block.is_multiple_of(*hop))
            .min_by(|a, b| distance(a).total_cmp(&distance(b)))
            .unwrap_or(block);
        Self { block, hop, quality }
    }
}

fn ears(out: &mut PlanarBlock) -> (&mut [f32], &mut [f32]) {
    let mut channels = out.iter_mut();
    match (channels.next(), channels.next()) {
        (Some(left), Some(right)) => (left, right),
        _ => (&mut [], &mut []),
    }
}
