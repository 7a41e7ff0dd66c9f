//! Lanes to loudspeakers.

use crate::beds::BedLaw;
use crate::gains::{GainTrack, Stretch};
use crate::mix::{add_constant, add_ramps};
use crate::pan::{Panner, PannerChoice};
use crate::{RenderError, Renderer};
use cupola_model::{Bed, Layout, PlanarBlock, Timeline};
use fearless_simd::Level;
use std::ops::Range;

/// Blocks rendered of one object before the next has its turn. Its samples then come from memory in
/// one long run, which the processor foresees, while the few channels it reaches stay in the second
/// cache. Every sample still adds up its objects in the same order.
const TILE_BLOCKS: usize = 10;

/// Renders a programme to a loudspeaker layout, without latency.
///
/// * Objects are panned by the chosen law; they never reach an LFE.
/// * Bed channels are panned by their place in the room ([`cupola_model::BedLabel::position`]),
///   whatever the law for objects, so a layout that has the channel gets it unchanged and any other
///   gets one and the same fold-down. Only [`PannerChoice::Bs2127`] has a law of its own for beds.
/// * The LFE of a bed goes at 0 dB to the first LFE of the layout, also where there are two: the one
///   LFE of a bed is LFE1. [BS.2127-0 §8] Without one it is left out; see
///   [`dropped_lfe`](Self::dropped_lfe).
#[derive(Debug)]
pub struct SpeakerRenderer {
    channels: usize,
    block_frames: usize,
    panner: Box<dyn Panner>,
    beds: Vec<BedSend>,
    objects: Vec<(usize, GainTrack)>,
    dropped_lfe: Vec<String>,
    frame: u64,
    level: Level,
}

/// A lane that reaches a channel with a constant gain.
#[derive(Debug)]
struct BedSend {
    lane: usize,
    channel: usize,
    gain: f32,
}

impl SpeakerRenderer {
    /// A renderer at the start of the programme.
    pub fn new(
        timeline: &Timeline,
        layout: &Layout,
        choice: PannerChoice,
    ) -> Result<Self, RenderError> {
        timeline.validate()?;
        let channels = layout.speakers().len();
        let grid_frames = timeline.sample_rate.grid_frames();
        let panner = choice.panner(layout)?;
        let objects = timeline
            .objects()
            .map(|object| {
                let track = GainTrack::new(&object.automation, grid_frames, channels, &*panner);
                (object.lane.0, track)
            })
            .collect();
        let law = BedLaw::new(choice, layout)?;
        let beds = timeline.beds().flat_map(|bed| bed_sends(bed, layout, &law)).collect();
        let has_lfe = |bed: &&Bed| bed.channels.iter().any(|c| c.label.is_lfe());
        let dropped_lfe = match layout.lfe_channel() {
            Some(_) => Vec::new(),
            None => timeline.beds().filter(has_lfe).map(|bed| bed.name.clone()).collect(),
        };
        Ok(Self {
            channels,
            block_frames: grid_frames as usize,
            panner,
            beds,
            objects,
            dropped_lfe,
            frame: 0,
            level: Level::new(),
        })
    }

    /// The beds whose LFE is not heard because the layout has none.
    pub fn dropped_lfe(&self) -> &[String] {
        &self.dropped_lfe
    }

    /// Renders these frames of the call, object after object.
    fn tile(&mut self, lanes: &PlanarBlock, out: &mut PlanarBlock, frames: Range<usize>) {
        let Self { channels, panner, beds, objects, level, .. } = self;
        let mut parts = out.iter_mut().map(|channel| &mut channel[frames.clone()]);
        let mut out: [&mut [f32]; Layout::MAX_SPEAKERS] =
            std::array::from_fn(|_| parts.next().unwrap_or_default());
        let out = &mut out[..*channels];
        for channel in &mut *out {
            channel.fill(0.0);
        }
        for send in beds {
            let signal = &lanes.channel(send.lane)[frames.clone()];
            add_constant(*level, out[send.channel], signal, send.gain);
        }
        let block = self.frame..self.frame + frames.len() as u64;
        for (lane, track) in objects {
            let signal = &lanes.channel(*lane)[frames.clone()];
            track.walk(&**panner, block.clone(), |stretch| {
                let Stretch { frames, position, moves, active } = stretch;
                let signal = &signal[frames.clone()];
                if moves {
                    add_ramps(*level, out, frames, signal, active, position);
                } else {
                    for &(channel, ramp) in active {
                        add_constant(*level, &mut out[channel][frames.clone()], signal, ramp.from);
                    }
                }
            });
        }
        self.frame = block.end;
    }
}

impl Renderer for SpeakerRenderer {
    fn channels(&self) -> usize {
        self.channels
    }

    fn block_frames(&self) -> usize {
        self.block_frames
    }

    fn latency_frames(&self) -> usize {
        0
    }

    fn process(&mut self, lanes: &PlanarBlock, out: &mut PlanarBlock) {
        assert_eq!(lanes.frames(), out.frames(), "as many frames out as in");
        assert_eq!(out.channels(), self.channels, "one channel a loudspeaker");
        assert!(lanes.frames().is_multiple_of(self.block_frames), "whole blocks only");
        let tile = TILE_BLOCKS * self.block_frames;
        for start in (0..lanes.frames()).step_by(tile) {
            self.tile(lanes, out, start..(start + tile).min(lanes.frames()));
        }
    }
}

fn bed_sends(bed: &Bed, layout: &Layout, law: &BedLaw) -> Vec<BedSend> {
    let mut sends = Vec::new();
    for channel in &bed.channels {
        let gains = law.gains(bed.format, channel.label, layout);
        sends.extend(
            gains.iter().enumerate().filter(|(_, g)| **g != 0.0).map(|(out, &gain)| BedSend {
                lane: channel.lane.0,
                channel: out,
                gain: gain as f32,
            }),
        );
    }
    sends
}

#[cfg(test)]
mod tests;
