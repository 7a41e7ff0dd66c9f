//! Lanes to ambisonic signals.

use crate::gains::{GainTrack, Timing};
use crate::pan::HarmonicPanner;
use crate::speakers::{BedSend, Voice};
use crate::{RenderError, Renderer, SpeakerRenderer};
use cupola_model::{AmbisonicBed, AmbisonicFormat, BedLabel, PlanarBlock, PolarPosition, Timeline};
use std::sync::Arc;

/// Encodes a programme to ambisonics; without latency.
///
/// * Objects are encoded by direction; places in the room become directions first, by the map that is
///   pinned to the loudspeakers of 4+7+0. Size and nearness make a source wide: the mean over a cap, as
///   loud as a point (90° to all sides at size 1).
/// * Bed channels are encoded as points in the directions of their loudspeakers; see
///   [`bed_direction`]. LFE channels are left out; see [`dropped_lfe`](Self::dropped_lfe).
/// * Ambisonic beds stay what they are, on the scale of the format; components beyond its order are left
///   out, and those beyond theirs stay silent.
/// * What needs loudspeakers is not heeded: snap, zones, divergence, diffuse.
#[derive(Debug)]
pub struct AmbisonicRenderer {
    /// Mixes to harmonics as it would to loudspeakers.
    mixer: SpeakerRenderer,
}

impl AmbisonicRenderer {
    /// A renderer at the start of the programme.
    pub fn new(timeline: &Timeline, format: AmbisonicFormat) -> Result<Self, RenderError> {
        timeline.validate()?;
        let panner = Arc::new(HarmonicPanner::new(format));
        let channels = format.order().channels();
        let grid_frames = timeline.sample_rate.grid_frames();
        let timing = Timing { grid_frames, exact_blocks: false };
        let objects = timeline.objects().map(|object| {
            let track = GainTrack::new(&object.automation, 0.0, timing, channels, &*panner);
            Voice { lane: object.lane.0, panner: panner.clone(), track }
        });
        let sends = |label: BedLabel, lane: usize| {
            let mut gains = vec![0.0; channels];
            if let Some(direction) = bed_direction(label) {
                panner.point(direction.direction(), &mut gains);
            }
            let heard = gains.into_iter().enumerate().filter(|(_, gain)| *gain != 0.0);
            heard.map(move |(channel, gain)| BedSend { lane, channel, gain: gain as f32 })
        };
        let bed_channels = timeline.beds().flat_map(|bed| &bed.channels);
        let beds = bed_channels.flat_map(|channel| sends(channel.label, channel.lane.0));
        let beds = beds.chain(timeline.ambisonic_beds().flat_map(|bed| rescaled(bed, format)));
        let dropped = timeline.beds().filter(|bed| bed.channels.iter().any(|c| c.label.is_lfe()));
        let dropped = dropped.map(|bed| bed.name.clone()).collect();
        let block = grid_frames as usize;
        let (objects, beds) = (objects.collect(), beds.collect());
        Ok(Self { mixer: SpeakerRenderer::of_parts(channels, block, beds, objects, dropped) })
    }

    /// The beds whose LFE is not heard.
    pub fn dropped_lfe(&self) -> &[String] {
        self.mixer.dropped_lfe()
    }
}

/// An ambisonic bed in another format: what both have, scaled.
fn rescaled(bed: &AmbisonicBed, format: AmbisonicFormat) -> impl Iterator<Item = BedSend> {
    let out = format.channels();
    bed.channels.iter().filter_map(move |component| {
        let number = component.number;
        let channel = out.iter().position(|(own, _)| *own == number)?;
        let gain = (out[channel].1 / bed.scale.on_sn3d(number)) as f32;
        Some(BedSend { lane: component.lane.0, channel, gain })
    })
}

/// Where a bed channel's loudspeaker stands: [BS.2051-3], and 45° up at the sides for the heights, as in
/// the usual guides; `None` for the LFE.
pub fn bed_direction(label: BedLabel) -> Option<PolarPosition> {
    use BedLabel::{C, L, Lfe, Lrs, Ls, Lss, Lts, R, Rrs, Rs, Rss, Rts};
    let (azimuth, elevation) = match label {
        L => (30.0, 0.0),
        R => (-30.0, 0.0),
        C => (0.0, 0.0),
        Lfe => return None,
        Ls => (110.0, 0.0),
        Rs => (-110.0, 0.0),
        Lss => (90.0, 0.0),
        Rss => (-90.0, 0.0),
        Lrs => (135.0, 0.0),
        Rrs => (-135.0, 0.0),
        Lts => (90.0, 45.0),
        Rts => (-90.0, 45.0),
    };
    Some(PolarPosition::on_sphere(azimuth, elevation))
}

impl Renderer for AmbisonicRenderer {
    fn channels(&self) -> usize {
        self.mixer.channels()
    }

    fn block_frames(&self) -> usize {
        self.mixer.block_frames()
    }

    fn latency_frames(&self) -> usize {
        0
    }

    fn process(&mut self, lanes: &PlanarBlock, out: &mut PlanarBlock) {
        self.mixer.process(lanes, out);
    }
}
