//! Stereo by way of 5.1.

use crate::decorrelate::Decorrelator;
use crate::mix::add_constant;
use crate::{PannerChoice, RenderError, Renderer, SpeakerRenderer, kaiser};
use cupola_model::{Downmix, Layout, PlanarBlock, SampleRate, Timeline};
use fearless_simd::Level;
use std::f64::consts::PI;

/// Half the length of the filter that shifts by 90°, in frames at 48 kHz. It is within 0.1 dB from 40 Hz
/// to 40 Hz below half the rate.
const HALF_AT_48_KHZ: u64 = 1023;
/// Shape of the window of that filter, which trades ripple for depth: Kaiser's β.
const KAISER_BETA: f64 = 5.0;
/// The channels of 5.1 that are mixed down, in the order of [`Downmix::coefficients`].
const NAMES: [&str; 5] = ["L", "R", "C", "Ls", "Rs"];

/// Renders to 5.1 and mixes that down to two channels, as [`Downmix`] says.
///
/// Its latency is what the 5.1 render has and, where the surrounds are shifted, half the length of that
/// filter: 21 ms.
#[derive(Debug)]
pub struct DownmixRenderer {
    surround: SpeakerRenderer,
    /// A tile of 5.1.
    rendered: PlanarBlock,
    /// For both sides, channels of 5.1 and their factors.
    sums: [Vec<(usize, f32)>; 2],
    shift: Option<Shift>,
    level: Level,
}

impl DownmixRenderer {
    /// A renderer at the start of the programme. `surround` is the layout 5.1, with channels of these
    /// names: L, R, C, Ls, Rs.
    ///
    /// # Panics
    /// When the layout lacks one of them.
    pub fn new(
        timeline: &Timeline,
        surround: &Layout,
        choice: PannerChoice,
        downmix: Downmix,
    ) -> Result<Self, RenderError> {
        let renderer = SpeakerRenderer::new(timeline, surround, choice)?;
        let place = |name: &str| surround.speakers().iter().position(|s| s.name == name);
        let channels = NAMES.map(|name| place(name).expect("5.1 has the channels of 5.1"));
        let sum = |factors: [f64; 5]| {
            let sum = channels.into_iter().zip(factors.map(|factor| factor as f32));
            sum.filter(|(_, factor)| *factor != 0.0).collect()
        };
        let count = surround.speakers().len();
        let shift = || Shift::new(timeline.sample_rate, [channels[3], channels[4]], count);
        Ok(Self {
            rendered: PlanarBlock::new(count, renderer.tile_frames()),
            surround: renderer,
            sums: downmix.coefficients().map(sum),
            shift: downmix.shifts_surrounds().then(shift),
            level: Level::new(),
        })
    }

    /// The beds whose LFE is not heard: all that have one.
    pub fn dropped_lfe(timeline: &Timeline) -> Vec<String> {
        let has_lfe = |bed: &&cupola_model::Bed| bed.channels.iter().any(|c| c.label.is_lfe());
        timeline.beds().filter(has_lfe).map(|bed| bed.name.clone()).collect()
    }

    /// The objects whose zones exclude every loudspeaker of 5.1.
    pub fn idle_zones(&self) -> &[String] {
        self.surround.idle_zones()
    }
}

impl Renderer for DownmixRenderer {
    fn channels(&self) -> usize {
        2
    }

    fn block_frames(&self) -> usize {
        self.surround.block_frames()
    }

    fn latency_frames(&self) -> usize {
        self.surround.latency_frames() + self.shift.as_ref().map_or(0, |shift| shift.half)
    }

    fn process(&mut self, lanes: &PlanarBlock, out: &mut PlanarBlock) {
        assert_eq!(lanes.frames(), out.frames(), "as many frames out as in");
        assert_eq!(out.channels(), 2, "left and right");
        assert!(lanes.frames().is_multiple_of(self.block_frames()), "whole blocks only");
        let tile = self.surround.tile_frames();
        for start in (0..lanes.frames()).step_by(tile) {
            let frames = start..(start + tile).min(lanes.frames());
            let live = frames.len();
            self.surround.tile(lanes, frames.clone(), &mut self.rendered, 0);
            if let Some(shift) = &mut self.shift {
                shift.process(&mut self.rendered, live);
            }
            for (out, sum) in out.iter_mut().zip(&self.sums) {
                let out = &mut out[frames.clone()];
                out.fill(0.0);
                for &(channel, factor) in sum {
                    add_constant(self.level, out, &self.rendered.channel(channel)[..live], factor);
                }
            }
        }
    }
}

/// Shifts some channels by 90° and delays the others by as much as that takes.
#[derive(Debug)]
struct Shift {
    half: usize,
    block: usize,
    /// One for each channel that is shifted.
    filters: Vec<(usize, Decorrelator)>,
    /// Of the others, the newest frames, oldest first.
    held: Vec<(usize, Vec<f32>)>,
    /// A block, filtered.
    shifted: Vec<f32>,
}

impl Shift {
    fn new(rate: SampleRate, shifted: [usize; 2], channels: usize) -> Self {
        // Odd, so that the filter begins and ends with a tap that is not nothing.
        let half = (u64::from(rate.hz()) * HALF_AT_48_KHZ / 48_000) as usize | 1;
        let block = rate.grid_frames() as usize;
        let taps = taps(half);
        let others = (0..channels).filter(|channel| !shifted.contains(channel));
        Self {
            half,
            block,
            filters: shifted.map(|channel| (channel, Decorrelator::new(&taps, block))).into(),
            held: others.map(|channel| (channel, vec![0.0; half])).collect(),
            shifted: vec![0.0; block],
        }
    }

    fn process(&mut self, rendered: &mut PlanarBlock, frames: usize) {
        for (channel, filter) in &mut self.filters {
            for block in rendered.channel_mut(*channel)[..frames].chunks_mut(self.block) {
                self.shifted.fill(0.0);
                filter.add(block, &mut self.shifted);
                block.copy_from_slice(&self.shifted);
            }
        }
        for (channel, held) in &mut self.held {
            let signal = &mut rendered.channel_mut(*channel)[..frames];
            // What is held and what is new, moved on by as many frames as are held.
            if frames <= held.len() {
                held[..frames].swap_with_slice(signal);
                held.rotate_left(frames);
            } else {
                let half = held.len();
                signal.rotate_right(half);
                held.swap_with_slice(&mut signal[..half]);
            }
        }
    }
}

/// The taps of a Hilbert transform, whose phase is −90° at all frequencies, behind a delay of `half`.
fn taps(half: usize) -> Vec<f64> {
    let tap = |index: usize| {
        let n = index as f64 - half as f64;
        if (index + half).is_multiple_of(2) {
            return 0.0;
        }
        let across = n / (half as f64 + 1.0);
        2.0 / (PI * n) * kaiser::window(across, KAISER_BETA)
    };
    (0..=2 * half).map(tap).collect()
}

#[cfg(test)]
mod tests;
