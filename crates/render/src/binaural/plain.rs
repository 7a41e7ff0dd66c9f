//! What goes to the ears without HRTF: sources with headphone mode off, and the LFE.

use super::field::Feed;
use super::motion::Motion;
use cupola_model::{LinearGain, LowPass, SampleRate};
use std::f64::consts::FRAC_PI_4;

/// Cut-off of the LFE in Hz, the upper end of its band. [BS.2051-3]
const LFE_CUTOFF_HZ: f64 = 120.0;

/// A signal delayed by a fixed number of frames.
#[derive(Debug)]
pub(super) struct Delay {
    /// What is still to come out, oldest first, and room for a hop.
    line: Vec<f32>,
    hop: usize,
}

impl Delay {
    pub(super) fn new(frames: usize, hop: usize) -> Self {
        Self { line: vec![0.0; frames + hop], hop }
    }

    /// Room for the newest hop.
    pub(super) fn newest(&mut self) -> &mut [f32] {
        self.line.copy_within(self.hop.., 0);
        let start = self.line.len() - self.hop;
        &mut self.line[start..]
    }

    /// Forgets what is still to come out.
    pub(super) fn clear(&mut self) {
        self.line.fill(0.0);
    }

    /// The hop that comes out.
    pub(super) fn oldest(&self) -> &[f32] {
        &self.line[..self.hop]
    }
}

/// A source with headphone mode off: panned between the ears by sine and cosine of its lateral
/// position, power kept.
#[derive(Debug)]
pub(super) struct Flat {
    feed: Feed,
    motion: Motion,
    delay: Delay,
    delay_frames: u64,
}

impl Flat {
    pub(super) fn new(feed: Feed, motion: Motion, delay_frames: usize, hop: usize) -> Self {
        let delay = Delay::new(delay_frames, hop);
        Self { feed, motion, delay, delay_frames: delay_frames as u64 }
    }

    /// Adds the hop that starts at `start`.
    pub(super) fn process(
        &mut self,
        start: u64,
        lane: &[f32],
        left: &mut [f32],
        right: &mut [f32],
    ) {
        let newest = self.delay.newest();
        newest.copy_from_slice(lane);
        self.motion.apply_gain(start, newest);
        let hop = lane.len();
        let from = ear_gains(&mut self.motion, start.saturating_sub(self.delay_frames));
        let to = (start + hop as u64).saturating_sub(self.delay_frames);
        let to = ear_gains(&mut self.motion, to);
        for (ear, out) in [left, right].into_iter().enumerate() {
            let slope = (to[ear] - from[ear]) / hop as f64;
            for (i, (sum, sample)) in out.iter_mut().zip(self.delay.oldest()).enumerate() {
                *sum += sample * (from[ear] + slope * i as f64) as f32;
            }
        }
    }

    /// Where its sound comes from.
    pub(super) fn feed(&self) -> Feed {
        self.feed
    }
}

fn ear_gains(motion: &mut Motion, frame: u64) -> [f64; 2] {
    let (right, left) = (FRAC_PI_4 * (1.0 + motion.pose_at(frame).lateral())).sin_cos();
    [left, right]
}

/// An LFE channel: low-passed, the same to both ears.
#[derive(Debug)]
pub(super) struct Lfe {
    feed: Feed,
    gain: f64,
    filter: LowPass,
    delay: Delay,
}

impl Lfe {
    pub(super) fn new(
        feed: Feed,
        rate: SampleRate,
        gain: LinearGain,
        delay_frames: usize,
        hop: usize,
    ) -> Self {
        let filter = LowPass::new(LFE_CUTOFF_HZ, rate);
        Self { feed, gain: gain.0, filter, delay: Delay::new(delay_frames, hop) }
    }

    /// Adds a hop.
    pub(super) fn process(&mut self, lane: &[f32], left: &mut [f32], right: &mut [f32]) {
        for (out, &sample) in self.delay.newest().iter_mut().zip(lane) {
            *out = (self.gain * self.filter.next(sample.into())) as f32;
        }
        for ((l, r), sample) in left.iter_mut().zip(right).zip(self.delay.oldest()) {
            *l += sample;
            *r += sample;
        }
    }

    /// Where its sound comes from.
    pub(super) fn feed(&self) -> Feed {
        self.feed
    }
}
