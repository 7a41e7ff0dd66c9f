//! What is done to both ears in the end: filters against the colour of a pair of headphones.

use super::spectrum::{self, Bins};
use crate::{Biquad, Renderer, kaiser};
use cupola_model::PlanarBlock;
use fearless_simd::{Level, dispatch};
use realfft::num_complex::Complex32;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::fmt;
use std::sync::Arc;

/// A correction of headphones.
#[derive(Clone, Debug)]
pub enum HeadphoneEq {
    /// A gain and second-order filters in a row, ear by ear.
    Filters {
        /// Amplitude factor before the filters of each ear.
        gain: [f64; 2],
        /// The filters of each ear.
        ears: [Vec<Biquad>; 2],
    },
    /// A response for each ear at the rate of the session, convolved as it is: a delay in it stays.
    Responses {
        /// The taps of each ear.
        ears: [Vec<f32>; 2],
        /// Taps before the one that plays at once: a response that was brought to another rate rings
        /// before it begins.
        lead: usize,
    },
}

/// Lobes of the sinc to either side, and the shape of its window, that bring a response to another rate.
const LOBES: f64 = 64.0;
const BETA: f64 = 9.0;

impl HeadphoneEq {
    /// Responses that were made at `from_hz`, for a session at `to_hz`: the same gain at every frequency
    /// that both rates have.
    pub fn responses(ears: [Vec<f32>; 2], from_hz: f64, to_hz: f64) -> Self {
        if from_hz == to_hz {
            return Self::Responses { ears, lead: 0 };
        }
        let lead = (LOBES * (to_hz / from_hz).max(1.0)).ceil() as usize;
        Self::Responses { ears: ears.map(|taps| at_rate(&taps, from_hz, to_hz, lead)), lead }
    }
}

/// A response at another rate, `lead` of its frames later.
fn at_rate(taps: &[f32], from_hz: f64, to_hz: f64, lead: usize) -> Vec<f32> {
    let step = from_hz / to_hz;
    // Sum and gain: the same response has more taps at a higher rate.
    let width = step.max(1.0);
    let gain = step / width;
    let half = LOBES * width;
    let frames = (taps.len() as f64 / step).ceil() as usize + 2 * lead;
    let tap = |m: usize| -> f32 {
        let at = (m as f64 - lead as f64) * step;
        let first = (at - half).ceil().max(0.0) as usize;
        let last = ((at + half).floor() as usize + 1).min(taps.len());
        let near = taps.iter().enumerate().take(last).skip(first);
        let sum: f64 = near
            .map(|(n, &tap)| f64::from(tap) * kaiser::sinc((at - n as f64) / width, LOBES, BETA))
            .sum();
        (gain * sum) as f32
    };
    (0..frames).map(tap).collect()
}

/// A headphone render through a correction.
#[derive(Debug)]
pub struct Equalised<R> {
    inner: R,
    eq: Stage,
    /// Frames by which it is later than the renderer.
    lead: usize,
}

#[derive(Debug)]
enum Stage {
    Filters { gain: [f64; 2], ears: [Vec<Biquad>; 2] },
    Responses(Box<[Convolver; 2]>),
}

impl<R: Renderer> Equalised<R> {
    /// Puts a correction behind a renderer of two ears.
    ///
    /// Panics when the renderer has another number of channels.
    pub fn new(inner: R, eq: HeadphoneEq) -> Self {
        assert_eq!(inner.channels(), 2, "two ears");
        let block = inner.block_frames();
        let (eq, lead) = match eq {
            HeadphoneEq::Filters { gain, ears } => (Stage::Filters { gain, ears }, 0),
            HeadphoneEq::Responses { ears, lead } => {
                let ears = ears.map(|taps| Convolver::new(&taps, block));
                (Stage::Responses(Box::new(ears)), lead)
            }
        };
        Self { inner, eq, lead }
    }
}

impl<R: Renderer> Renderer for Equalised<R> {
    fn channels(&self) -> usize {
        self.inner.channels()
    }

    fn block_frames(&self) -> usize {
        self.inner.block_frames()
    }

    fn latency_frames(&self) -> usize {
        self.inner.latency_frames() + self.lead
    }

    fn process(&mut self, lanes: &PlanarBlock, out: &mut PlanarBlock) {
        self.inner.process(lanes, out);
        match &mut self.eq {
            Stage::Filters { gain, ears } => {
                for (channel, (filters, gain)) in out.iter_mut().zip(ears.iter_mut().zip(gain)) {
                    for sample in channel {
                        let input = *gain * f64::from(*sample);
                        *sample = filters.iter_mut().fold(input, |s, f| f.next(s)) as f32;
                    }
                }
            }
            Stage::Responses(ears) => {
                for (channel, convolver) in out.iter_mut().zip(ears.iter_mut()) {
                    channel.chunks_exact_mut(convolver.block).for_each(|b| convolver.process(b));
                }
            }
        }
    }
}

/// Convolution with a long response in parts of a block, without delay: overlap-save, the spectra of
/// the last blocks kept.
struct Convolver {
    level: Level,
    block: usize,
    runs: usize,
    parts: usize,
    filters: Vec<Bins>,
    heard: Vec<Bins>,
    newest: usize,
    history: Vec<f32>,
    sum: Vec<Bins>,
    forward: Arc<dyn RealToComplex<f32>>,
    inverse: Arc<dyn ComplexToReal<f32>>,
    time: Vec<f32>,
    bins: Vec<Complex32>,
    scratch: Vec<Complex32>,
}

impl fmt::Debug for Convolver {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Convolver({} parts of {} frames)", self.parts, self.block)
    }
}

impl Convolver {
    fn new(taps: &[f32], block: usize) -> Self {
        let mut planner = RealFftPlanner::new();
        let (forward, inverse) =
            (planner.plan_fft_forward(2 * block), planner.plan_fft_inverse(2 * block));
        let runs = spectrum::runs(2 * block);
        let parts = taps.len().div_ceil(block).max(1);
        let mut made = Self {
            level: Level::new(),
            block,
            runs,
            parts,
            filters: vec![Bins::ZERO; parts * runs],
            heard: vec![Bins::ZERO; parts * runs],
            newest: 0,
            history: vec![0.0; 2 * block],
            sum: vec![Bins::ZERO; runs],
            time: forward.make_input_vec(),
            bins: forward.make_output_vec(),
            scratch: vec![
                Complex32::default();
                forward.get_scratch_len().max(inverse.get_scratch_len())
            ],
            forward,
            inverse,
        };
        for (p, part) in taps.chunks(block).enumerate() {
            made.time.fill(0.0);
            // Neither direction of the transform divides by its length.
            let scaled = part.iter().map(|tap| tap / (2 * block) as f32);
            made.time.iter_mut().zip(scaled).for_each(|(to, tap)| *to = tap);
            made.transform();
            spectrum::split(&made.bins, &mut made.filters[p * runs..(p + 1) * runs]);
        }
        made
    }

    fn transform(&mut self) {
        self.forward
            .process_with_scratch(&mut self.time, &mut self.bins, &mut self.scratch)
            .expect("planned buffers");
    }

    fn process(&mut self, samples: &mut [f32]) {
        let (block, runs) = (self.block, self.runs);
        self.history.copy_within(block.., 0);
        self.history[block..].copy_from_slice(samples);
        self.time.copy_from_slice(&self.history);
        self.transform();
        self.newest = if self.newest == 0 { self.parts - 1 } else { self.newest - 1 };
        spectrum::split(&self.bins, &mut self.heard[self.newest * runs..][..runs]);
        self.sum.fill(Bins::ZERO);
        for p in 0..self.parts {
            let slot = (self.newest + p) % self.parts;
            let signal = &self.heard[slot * runs..][..runs];
            let filter = &self.filters[p * runs..][..runs];
            dispatch!(self.level, _simd => spectrum::multiply_add(&mut self.sum, signal, filter));
        }
        spectrum::join(&self.sum, &mut self.bins);
        self.inverse
            .process_with_scratch(&mut self.bins, &mut self.time, &mut self.scratch)
            .expect("planned buffers");
        samples.copy_from_slice(&self.time[block..]);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::Dice;
    use realfft::num_complex::Complex64;

    #[test]
    fn a_response_of_another_rate_keeps_its_gains() {
        let transform = |taps: &[f32], hz: f64, rate: f64, late: usize| -> Complex64 {
            let turn = |n: usize| {
                Complex64::cis(-std::f64::consts::TAU * hz * (n as f64 - late as f64) / rate)
            };
            taps.iter().enumerate().map(|(n, &tap)| f64::from(tap) * turn(n)).sum()
        };
        // A loud beginning, a sign, a late echo.
        let mut taps = vec![0.0_f32; 300];
        (taps[0], taps[1], taps[299]) = (1.0, -0.6, 0.3);
        for (from, to) in [(44_100.0, 48_000.0), (96_000.0, 48_000.0), (48_000.0, 44_100.0)] {
            let made = HeadphoneEq::responses([taps.clone(), taps.clone()], from, to);
            let HeadphoneEq::Responses { ears: [left, _], lead } = made else {
                panic!("responses stay responses");
            };
            for hz in [0.0, 20.0, 1000.0, 5003.0, 12_000.0, 20_000.0] {
                let wanted = transform(&taps, hz, from, 0);
                let found = transform(&left, hz, to, lead);
                let error_db = 20.0 * ((found - wanted).norm() / wanted.norm()).log10();
                assert!(error_db < -60.0, "{from} to {to} at {hz} Hz: {error_db} dB");
            }
        }
    }

    #[test]
    fn a_response_in_parts_is_the_sum_that_defines_convolution() {
        let mut dice = Dice(3);
        for length in [1, 2, 9, 10, 11, 57] {
            let taps: Vec<f32> = (0..length).map(|_| dice.roll(-0.5, 0.5) as f32).collect();
            let signal: Vec<f32> = (0..200).map(|_| dice.roll(-0.5, 0.5) as f32).collect();
            let mut got = signal.clone();
            let mut convolver = Convolver::new(&taps, 10);
            got.chunks_exact_mut(10).for_each(|block| convolver.process(block));
            for (n, got) in got.iter().enumerate() {
                let products = taps.iter().enumerate().take(n + 1);
                let wanted: f64 =
                    products.map(|(k, t)| f64::from(*t) * f64::from(signal[n - k])).sum();
                assert!((f64::from(*got) - wanted).abs() < 1e-5, "{length} taps, frame {n}");
            }
        }
    }
}
