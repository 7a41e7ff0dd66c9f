//! Two ways to headphones beside each other: by virtual loudspeakers, and straight.

use cupola_model::PlanarBlock;
use cupola_render::{OCTAVES_HZ, OctaveMeter, Renderer};
use std::ops::Range;

/// Energy below which an octave counts as silent: −120 dBFS for a second.
const SILENT: f64 = 1e-12 * 48_000.0;

/// How much louder virtual loudspeakers are than the direct way, octave by octave.
#[derive(Clone, Debug, PartialEq)]
pub struct Comparison {
    /// The centre of each octave in Hz, and the difference in decibels at the left and the right ear; none
    /// where an ear hears nothing.
    pub octaves: Vec<(f64, [Option<f64>; 2])>,
}

/// The way that is not written, rendered beside the one that is.
pub(crate) struct Shadow {
    renderer: Box<dyn Renderer>,
    rendered: PlanarBlock,
    /// Written and not, left and right each.
    meters: [[OctaveMeter; 2]; 2],
}

impl Shadow {
    pub(crate) fn new(renderer: Box<dyn Renderer>, rate_hz: f64, chunk: usize) -> Self {
        let pair = || [OctaveMeter::new(rate_hz), OctaveMeter::new(rate_hz)];
        let rendered = PlanarBlock::new(renderer.channels(), chunk);
        Self { renderer, rendered, meters: [pair(), pair()] }
    }

    /// Renders the same lanes and measures both ways where they are kept. Both have the same latency.
    pub(crate) fn process(
        &mut self,
        lanes: &PlanarBlock,
        written: &PlanarBlock,
        kept: Range<usize>,
    ) {
        self.renderer.process(lanes, &mut self.rendered);
        for (meters, block) in self.meters.iter_mut().zip([written, &self.rendered]) {
            for (ear, meter) in meters.iter_mut().enumerate() {
                meter.add(&block.channel(ear)[kept.clone()]);
            }
        }
    }

    pub(crate) fn result(&self) -> Comparison {
        let [written, other] = &self.meters;
        let difference = |octave: usize, ear: usize| {
            let (a, b) = (written[ear].energies()[octave], other[ear].energies()[octave]);
            (a.min(b) > SILENT).then(|| 10.0 * (a / b).log10())
        };
        let octave = |(i, hz): (usize, f64)| (hz, [difference(i, 0), difference(i, 1)]);
        Comparison { octaves: OCTAVES_HZ.into_iter().enumerate().map(octave).collect() }
    }
}
