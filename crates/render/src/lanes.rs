//! Stems to lanes.

use crate::RenderError;
use crate::envelope::EnvelopeWalk;
use crate::mix::add_constant;
use cupola_model::{LowPass, PlanarBlock, Timeline, TrackIndex};
use fearless_simd::Level;

/// Mixes stems into the lanes of a timeline: each lane is the sum of its sources, each with its gain
/// and, where wanted, its envelope and its low-pass, in this order.
///
/// The output does not depend on how the programme is cut into calls.
#[derive(Debug)]
pub struct LaneMixer {
    stem_channels: Vec<usize>,
    lanes: Vec<Vec<Source>>,
    level: Level,
}

#[derive(Debug)]
struct Source {
    stem: usize,
    channel: usize,
    gain: f64,
    envelope: Option<EnvelopeWalk>,
    low_pass: Option<LowPass>,
}

impl LaneMixer {
    /// A mixer at the start of the programme.
    pub fn new(timeline: &Timeline) -> Result<Self, RenderError> {
        timeline.validate()?;
        let rate = timeline.sample_rate;
        let mut lanes = Vec::with_capacity(timeline.lanes.len());
        for (track, lane) in timeline.lanes.iter().enumerate() {
            let mut sources = Vec::with_capacity(lane.sources.len());
            for source in &lane.sources {
                let limit_hz = f64::from(rate.hz()) / 2.0;
                let low_pass = match source.low_pass_hz {
                    Some(hz) if !(hz > 0.0 && hz < limit_hz) => {
                        let track = TrackIndex(track);
                        return Err(RenderError::LowPass { track, found_hz: hz, limit_hz });
                    }
                    cutoff => cutoff.map(|hz| LowPass::new(hz, rate)),
                };
                sources.push(Source {
                    stem: source.stem.0,
                    channel: usize::from(source.channel),
                    gain: source.gain.0,
                    envelope: source.envelope.clone().map(EnvelopeWalk::new),
                    low_pass,
                });
            }
            lanes.push(sources);
        }
        let stem_channels = timeline.stems.iter().map(|s| usize::from(s.facts.channels)).collect();
        Ok(Self { stem_channels, lanes, level: Level::new() })
    }

    /// Mixes the next frames. `stems` has one block a stem of the timeline, each with the channels of
    /// its file; `lanes` has one channel a lane. All have the same number of frames, any number. What
    /// `lanes` held before is overwritten. Does not allocate.
    ///
    /// Panics when a shape is wrong.
    pub fn process(&mut self, stems: &[PlanarBlock], lanes: &mut PlanarBlock) {
        self.process_each(stems, lanes, |_, _| {});
    }

    /// The same, and shows every lane while it is at hand: its index and its frames, which may be
    /// changed.
    pub fn process_each(
        &mut self,
        stems: &[PlanarBlock],
        lanes: &mut PlanarBlock,
        mut done: impl FnMut(usize, &mut [f32]),
    ) {
        assert!(
            stems.iter().map(PlanarBlock::channels).eq(self.stem_channels.iter().copied()),
            "one block a stem, with the stem's channels"
        );
        assert!(stems.iter().all(|s| s.frames() == lanes.frames()), "as many frames out as in");
        assert_eq!(lanes.channels(), self.lanes.len(), "one channel a lane");
        for (index, sources) in self.lanes.iter_mut().enumerate() {
            let out = lanes.channel_mut(index);
            let mut sources = sources.iter_mut();
            let signal = |source: &Source| stems[source.stem].channel(source.channel);
            match sources.as_slice().first() {
                // What most lanes are: one pass over memory instead of two. The sum with silence is that of
                // the other way, to the sign of a zero.
                Some(first) if first.is_level() => {
                    let gain = first.gain as f32;
                    for (out, x) in out.iter_mut().zip(signal(first)) {
                        *out = 0.0 + gain * x;
                    }
                    sources.next();
                }
                _ => out.fill(0.0),
            }
            for source in sources {
                let signal = signal(source);
                source.add_to(out, signal, self.level);
            }
            done(index, out);
        }
    }
}

impl Source {
    /// Whether it has one gain throughout and nothing else.
    fn is_level(&self) -> bool {
        self.envelope.is_none() && self.low_pass.is_none()
    }

    fn add_to(&mut self, out: &mut [f32], signal: &[f32], level: Level) {
        let Self { gain, envelope, low_pass, .. } = self;
        let Some(envelope) = envelope else {
            return add_level(out, signal, *gain, low_pass, level);
        };
        envelope.walk(signal.len(), |frames, line| {
            let (out, signal) = (&mut out[frames.clone()], &signal[frames]);
            match (line.level(), &mut *low_pass) {
                (Some(level_gain), None) => {
                    add_constant(level, out, signal, (*gain * level_gain) as f32);
                }
                (_, None) => {
                    for (n, (out, &x)) in out.iter_mut().zip(signal).enumerate() {
                        *out += (*gain * line.at(n)) as f32 * x;
                    }
                }
                (_, Some(filter)) => {
                    for (n, (out, &x)) in out.iter_mut().zip(signal).enumerate() {
                        *out += (*gain * filter.next(line.at(n) * f64::from(x))) as f32;
                    }
                }
            }
        });
    }
}

/// Adds a signal with one gain throughout.
fn add_level(
    out: &mut [f32],
    signal: &[f32],
    gain: f64,
    low_pass: &mut Option<LowPass>,
    level: Level,
) {
    match low_pass {
        None => add_constant(level, out, signal, gain as f32),
        Some(filter) => {
            for (out, &x) in out.iter_mut().zip(signal) {
                *out += (gain * filter.next(x.into())) as f32;
            }
        }
    }
}

#[cfg(test)]
mod tests;
