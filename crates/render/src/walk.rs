//! A walk round the loudspeakers: noise from one after the other, to hear whether each is where its
//! channel says.

use cupola_model::{FrameCount, FrameIndex, Layout, PlanarBlock, SampleRate};
use std::f64::consts::TAU;

/// Level of the noise: RMS of its samples, as a share of full scale, which is −20 dBFS.
pub const WALK_RMS: f64 = 0.1;
/// Hz between which the noise of a loudspeaker lies: where hearing tells directions and levels best.
pub const WALK_BAND_HZ: [f64; 2] = [500.0, 2000.0];
/// Hz between which the noise of an LFE lies.
pub const WALK_LFE_BAND_HZ: [f64; 2] = [30.0, 120.0];

/// Seconds of noise.
const BURST_S: u32 = 2;
/// Seconds of silence before each, in halves.
const GAP_HALVES: u64 = 1;
/// Seconds over which noise comes and goes.
const FADE_S: f64 = 0.02;
/// Sine waves in a band.
const LINES: u32 = 96;

/// A stretch of noise from one loudspeaker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WalkStep {
    /// Channel of the layout.
    pub channel: usize,
    /// First frame of noise.
    pub start: FrameIndex,
    /// Frames of noise.
    pub frames: FrameCount,
}

/// The signals of a walk, with the gains and delays the layout gives its loudspeakers.
#[derive(Debug)]
pub struct Walk {
    steps: Vec<WalkStep>,
    /// What the loudspeakers of a step play: the LFE has a noise of its own.
    lfe: Vec<bool>,
    /// Gain and frames of delay the layout gives each loudspeaker.
    trims: Vec<(f32, u64)>,
    noise: Vec<f32>,
    lfe_noise: Vec<f32>,
}

impl Walk {
    /// A walk through these channels of a layout, in this order.
    ///
    /// # Panics
    /// When the layout has no such channel.
    pub fn new(layout: &Layout, channels: &[usize], rate: SampleRate) -> Self {
        let burst = u64::from(rate.hz()) * u64::from(BURST_S);
        let gap = u64::from(rate.hz()) * GAP_HALVES / 2;
        let step = |(place, &channel): (u64, &usize)| WalkStep {
            channel,
            start: FrameIndex(place * (gap + burst) + gap),
            frames: FrameCount(burst),
        };
        Self {
            steps: (0..).zip(channels).map(step).collect(),
            lfe: layout.speakers().iter().map(|speaker| speaker.lfe).collect(),
            trims: (0..layout.speakers().len())
                .map(|channel| {
                    let trim = layout.trim(channel);
                    let frames = (trim.delay_s * f64::from(rate.hz())).round() as u64;
                    (trim.gain.0 as f32, frames)
                })
                .collect(),
            noise: noise(WALK_BAND_HZ, rate),
            lfe_noise: noise(WALK_LFE_BAND_HZ, rate),
        }
    }

    /// Who plays when, before the delays of the layout.
    pub fn steps(&self) -> &[WalkStep] {
        &self.steps
    }

    /// Length of the walk, with half a second of silence before every step.
    pub fn length(&self) -> FrameCount {
        let end = |step: &WalkStep| step.start.0 + self.trims[step.channel].1 + step.frames.0;
        FrameCount(self.steps.iter().map(end).max().unwrap_or(0))
    }

    /// Writes the frames from `start` on, one channel a loudspeaker of the layout.
    ///
    /// # Panics
    /// When `out` has another number of channels.
    pub fn write(&self, start: FrameIndex, out: &mut PlanarBlock) {
        assert_eq!(out.channels(), self.lfe.len(), "one channel a loudspeaker");
        for channel in out.iter_mut() {
            channel.fill(0.0);
        }
        for step in &self.steps {
            let noise = if self.lfe[step.channel] { &self.lfe_noise } else { &self.noise };
            let (gain, delay) = self.trims[step.channel];
            let begin = step.start.0 + delay;
            let from = begin.max(start.0);
            let to = (begin + step.frames.0).min(start.0 + out.frames() as u64);
            if from < to {
                let played = &noise[(from - begin) as usize..(to - begin) as usize];
                let out = &mut out.channel_mut(step.channel)[(from - start.0) as usize..];
                for (out, x) in out.iter_mut().zip(played) {
                    *out = gain * x;
                }
            }
        }
    }
}

/// Pink noise within a band, exactly: sine waves of different frequencies, each of whole periods in the
/// burst, whose power falls with frequency. The same every time.
fn noise([low, high]: [f64; 2], rate: SampleRate) -> Vec<f32> {
    let mut state = 1_u64;
    let mut draw = || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / f64::from(1 << 24)
    };
    let width = (high - low) / f64::from(LINES);
    let burst = f64::from(BURST_S);
    let lines: Vec<[f64; 3]> = (0..LINES)
        .map(|line| {
            // Somewhere in its share of the band, or the lines would make a buzz of their distance; and
            // a period of the burst below the next, so that no two are the same.
            let hz = low + f64::from(line) * width + draw() * (width - 1.0 / burst);
            let hz = (hz * burst).floor().max(low * burst) / burst;
            [hz, hz.powf(-0.5), draw()]
        })
        .collect();
    let power: f64 = lines.iter().map(|[_, level, _]| level * level / 2.0).sum();
    let scale = WALK_RMS / power.sqrt();
    let frames = u64::from(rate.hz()) * u64::from(BURST_S);
    let fade = FADE_S * f64::from(rate.hz());
    let sample = |frame: u64| {
        let seconds = frame as f64 / f64::from(rate.hz());
        let wave = |[hz, level, phase]: &[f64; 3]| level * (TAU * (hz * seconds + phase)).sin();
        let edge = (frame.min(frames - 1 - frame) as f64 / fade).min(1.0);
        let window = 0.5 - 0.5 * (TAU / 2.0 * edge).cos();
        (lines.iter().map(wave).sum::<f64>() * scale * window) as f32
    };
    (0..frames).map(sample).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::layout;

    /// Power of a signal between two frequencies, by correlation with every line of its own raster.
    fn power(signal: &[f32], rate: f64, [low, high]: [f64; 2]) -> f64 {
        let length = signal.len() as f64 / rate;
        let lines = ((low * length).ceil() as u32)..=((high * length).floor() as u32);
        let line = |k: u32| {
            let step = TAU * f64::from(k) / signal.len() as f64;
            let (mut cos, mut sin) = (0.0, 0.0);
            for (n, x) in signal.iter().enumerate() {
                let angle = step * n as f64;
                cos += f64::from(*x) * angle.cos();
                sin += f64::from(*x) * angle.sin();
            }
            2.0 * (cos * cos + sin * sin) / (signal.len() as f64).powi(2)
        };
        lines.map(line).sum()
    }

    #[test]
    fn the_noise_is_in_its_band_and_at_its_level() {
        let rate = SampleRate::HZ_48000;
        let walk = Walk::new(&layout("5.1"), &[3], rate);
        let burst = &walk.lfe_noise;
        let total = burst.iter().map(|x| f64::from(x * x)).sum::<f64>() / burst.len() as f64;
        // Two fades of 20 ms take five eighths of the power of 2 % of the burst: 0.05 dB.
        assert!((10.0 * total.log10() + 20.0).abs() < 0.1, "{total}");
        // The fades smear a little.
        let inside = power(burst, 48_000.0, [20.0, 130.0]);
        assert!(inside / total > 0.999, "{inside} of {total}");
        let total: f64 = walk.noise.iter().map(|x| f64::from(x * x)).sum::<f64>() / 96_000.0;
        assert!((10.0 * total.log10() + 20.0).abs() < 0.1, "{total}");
        let outside = power(&walk.noise[..48_000], 48_000.0, [300.0, 450.0])
            + power(&walk.noise[..48_000], 48_000.0, [2100.0, 2250.0]);
        assert!(outside / total < 1e-3, "{outside} of {total}");
        assert!(walk.noise.iter().all(|x| x.abs() < 0.5), "the peaks stay far from full scale");
    }

    #[test]
    fn one_loudspeaker_plays_at_a_time_however_the_frames_are_cut() {
        let layout = layout("5.1");
        let order = [0, 2, 1, 4, 5, 3];
        let walk = Walk::new(&layout, &order, SampleRate::HZ_48000);
        let length = walk.length().0 as usize;
        // Six times half a second of silence and two seconds of noise.
        assert_eq!(length, 6 * 120_000);
        let mut whole = PlanarBlock::new(6, length);
        walk.write(FrameIndex(0), &mut whole);
        for (place, &channel) in order.iter().enumerate() {
            let start = place * 120_000 + 24_000;
            for (other, samples) in whole.iter().enumerate() {
                let heard = samples[start..start + 96_000].iter().any(|x| *x != 0.0);
                assert_eq!(heard, other == channel, "{other} while {channel} plays");
                assert!(samples[start - 24_000..start].iter().all(|x| *x == 0.0));
            }
        }
        let mut trims = vec![cupola_model::SpeakerTrim::NONE; 6];
        trims[1] = cupola_model::SpeakerTrim { gain: cupola_model::LinearGain(0.5), delay_s: 0.01 };
        let trimmed = Walk::new(&layout.with_trims(trims).unwrap(), &order, SampleRate::HZ_48000);
        let mut later = PlanarBlock::new(6, length);
        trimmed.write(FrameIndex(0), &mut later);
        for frame in 0..length - 480 {
            assert_eq!(later.channel(1)[frame + 480], 0.5 * whole.channel(1)[frame]);
        }
        assert_eq!(later.channel(0), whole.channel(0));
        let mut piece = PlanarBlock::new(6, 1000);
        walk.write(FrameIndex(119_500), &mut piece);
        for (piece, whole) in piece.iter().zip(whole.iter()) {
            assert_eq!(piece, &whole[119_500..120_500]);
        }
    }
}
