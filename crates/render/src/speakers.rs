//! Lanes to loudspeakers.

use crate::beds::BedLaw;
use crate::diffuse::DiffuseBus;
use crate::gains::{GainTrack, Stretch, Timing};
use crate::mix::{Ramp, add_constant, add_ramps};
use crate::pan::{Panner, PannerChoice, Panners};
use crate::trim::Trims;
use crate::{AmbisonicDecoder, RenderError, Renderer};
use cupola_model::{Bed, Layout, Object, PlanarBlock, Timeline};
use fearless_simd::Level;
use std::ops::Range;
use std::sync::Arc;

/// Blocks rendered of one object before the next has its turn. Its samples then come from memory in
/// one long run, which the processor foresees, while the few channels it reaches stay in the second
/// cache. Every sample still adds up its objects in the same order.
const TILE_BLOCKS: usize = 10;

/// Renders a programme to a loudspeaker layout; without latency unless something is diffuse.
///
/// * Objects are panned by the chosen law; they never reach an LFE. Gains are computed at the points of
///   an automation and every 10 ms, and are straight lines between; with [`PannerChoice::Bs2127`] where
///   the blocks of the document an object comes from say, if it has any
///   ([`Automation::blocks`](cupola_model::Automation::blocks)), and then it is silent outside of them.
/// * Bed channels are panned by their place in the room ([`cupola_model::BedLabel::position`]),
///   whatever the law for objects, so a layout that has the channel gets it unchanged and any other
///   gets one and the same fold-down. Only [`PannerChoice::Bs2127`] has a law of its own for beds.
/// * Ambisonic beds are decoded all-round; see [`AmbisonicDecoder`].
/// * The diffuse shares of objects are panned like the rest of them, added up, and decorrelated once a
///   loudspeaker; everything else is delayed by as much as that takes. [BS.2127-0 §7.4]
/// * Last come the gains and delays the layout gives its loudspeakers; the delays are no latency.
/// * The LFE of a bed goes at 0 dB to the first LFE of the layout, also where there are two: the one
///   LFE of a bed is LFE1. [BS.2127-0 §8] Without one it is left out; see
///   [`dropped_lfe`](Self::dropped_lfe).
#[derive(Debug)]
pub struct SpeakerRenderer {
    channels: usize,
    block_frames: usize,
    beds: Vec<BedSend>,
    objects: Vec<Voice>,
    diffuse: Option<DiffuseBus>,
    trims: Option<Trims>,
    dropped_lfe: Vec<String>,
    idle_zones: Vec<String>,
    frame: u64,
    level: Level,
}

/// A lane that is panned.
#[derive(Debug)]
pub(crate) struct Voice {
    pub(crate) lane: usize,
    pub(crate) panner: Arc<dyn Panner>,
    pub(crate) track: GainTrack,
}

/// A lane that reaches a channel with a constant gain.
#[derive(Debug)]
pub(crate) struct BedSend {
    pub(crate) lane: usize,
    pub(crate) channel: usize,
    pub(crate) gain: f32,
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
        let block_frames = grid_frames as usize;
        let screen = timeline.screen.edges().expect("a valid timeline has a screen in front");
        let mut panners = Panners::new(choice, layout)?.with_reference(screen);
        let timing = Timing { grid_frames, exact_blocks: choice == PannerChoice::Bs2127 };
        let voice = |object: &Object| {
            let panner = panners.of(&object.features);
            let diffuse = object.features.diffuse;
            let track = GainTrack::new(&object.automation, diffuse, timing, channels, &*panner);
            Voice { lane: object.lane.0, panner, track }
        };
        let objects = timeline.objects().map(voice).collect();
        let zones_idle = |object: &&Object| panners.excludes_all(&object.features);
        let idle_zones = timeline.objects().filter(zones_idle).map(|o| o.name.clone()).collect();
        let diffuse = timeline.objects().any(|object| object.features.diffuse > 0.0);
        let tile = TILE_BLOCKS * block_frames;
        let diffuse = diffuse.then(|| DiffuseBus::new(layout, block_frames, tile));
        let law = BedLaw::new(choice, layout)?;
        let beds = timeline.beds().flat_map(|bed| bed_sends(bed, layout, &law));
        let beds = beds.chain(ambisonic_sends(timeline, layout, choice)?).collect();
        let has_lfe = |bed: &&Bed| bed.channels.iter().any(|c| c.label.is_lfe());
        let dropped_lfe = match layout.lfe_channel() {
            Some(_) => Vec::new(),
            None => timeline.beds().filter(has_lfe).map(|bed| bed.name.clone()).collect(),
        };
        Ok(Self {
            channels,
            block_frames,
            beds,
            objects,
            diffuse,
            trims: Trims::new(layout, timeline.sample_rate),
            dropped_lfe,
            idle_zones,
            frame: 0,
            level: Level::new(),
        })
    }

    /// A mixer of lanes that reach at most [`Layout::MAX_SPEAKERS`] channels as told, without a diffuse
    /// bus; `dropped_lfe` names the beds whose LFE does not.
    pub(crate) fn of_parts(
        channels: usize,
        block_frames: usize,
        beds: Vec<BedSend>,
        objects: Vec<Voice>,
        dropped_lfe: Vec<String>,
    ) -> Self {
        Self {
            channels,
            block_frames,
            beds,
            objects,
            diffuse: None,
            trims: None,
            dropped_lfe,
            idle_zones: Vec::new(),
            frame: 0,
            level: Level::new(),
        }
    }

    /// The beds whose LFE is not heard because the layout has none.
    pub fn dropped_lfe(&self) -> &[String] {
        &self.dropped_lfe
    }

    /// The objects whose zones exclude every loudspeaker of the layout and are not heeded for that.
    pub fn idle_zones(&self) -> &[String] {
        &self.idle_zones
    }

    /// Frames of a tile.
    pub(crate) fn tile_frames(&self) -> usize {
        TILE_BLOCKS * self.block_frames
    }

    /// Renders these frames of the call, at most a tile, object after object; to the frames of `out`
    /// from `at` on.
    pub(crate) fn tile(
        &mut self,
        lanes: &PlanarBlock,
        frames: Range<usize>,
        out: &mut PlanarBlock,
        at: usize,
    ) {
        let Self { channels, beds, objects, diffuse, trims, level, .. } = self;
        let mut parts = out.iter_mut().map(|channel| &mut channel[at..at + frames.len()]);
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
        let mut bus: [&mut [f32]; Layout::MAX_SPEAKERS] = match diffuse {
            Some(diffuse) => diffuse.open(frames.len()),
            None => std::array::from_fn(|_| <&mut [f32]>::default()),
        };
        for Voice { lane, panner, track } in objects {
            let signal = &lanes.channel(*lane)[frames.clone()];
            track.walk(&**panner, block.clone(), |stretch| {
                add(*level, out, signal, &stretch, stretch.direct);
                add(*level, &mut bus, signal, &stretch, stretch.diffuse);
            });
        }
        if let Some(diffuse) = diffuse {
            diffuse.close(out);
        }
        if let Some(trims) = trims {
            trims.process(out);
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
        if self.diffuse.is_some() { DiffuseBus::LATENCY_FRAMES } else { 0 }
    }

    fn process(&mut self, lanes: &PlanarBlock, out: &mut PlanarBlock) {
        assert_eq!(lanes.frames(), out.frames(), "as many frames out as in");
        assert_eq!(out.channels(), self.channels, "one channel a loudspeaker");
        assert!(lanes.frames().is_multiple_of(self.block_frames), "whole blocks only");
        let tile = self.tile_frames();
        for start in (0..lanes.frames()).step_by(tile) {
            self.tile(lanes, start..(start + tile).min(lanes.frames()), out, start);
        }
    }
}

/// Adds a stretch of an object to the channels that hear it.
fn add(
    level: Level,
    out: &mut [&mut [f32]],
    signal: &[f32],
    stretch: &Stretch<'_>,
    active: &[(usize, Ramp)],
) {
    let Stretch { frames, position, moves, .. } = stretch;
    let signal = &signal[frames.clone()];
    if *moves {
        add_ramps(level, out, frames.clone(), signal, active, *position);
    } else {
        for &(channel, ramp) in active {
            add_constant(level, &mut out[channel][frames.clone()], signal, ramp.from);
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

/// What the ambisonic beds of a programme send to the loudspeakers.
fn ambisonic_sends(
    timeline: &Timeline,
    layout: &Layout,
    choice: PannerChoice,
) -> Result<Vec<BedSend>, RenderError> {
    let mut sends = Vec::new();
    if timeline.ambisonic_beds().next().is_none() {
        return Ok(sends);
    }
    let decoder = AmbisonicDecoder::new(choice, layout)?;
    for bed in timeline.ambisonic_beds() {
        let components: Vec<usize> = bed.channels.iter().map(|c| c.number).collect();
        let matrix = decoder.matrix(bed.scale, &components);
        for (component, row) in bed.channels.iter().zip(matrix) {
            let heard = row.into_iter().enumerate().filter(|(_, gain)| *gain != 0.0);
            let lane = component.lane.0;
            sends.extend(heard.map(|(channel, gain)| BedSend { lane, channel, gain: gain as f32 }));
        }
    }
    Ok(sends)
}

#[cfg(test)]
mod tests;
