//! A [`Timeline`](cupola_model::Timeline), a layout and frames become loudspeaker or ear signals.
//!
//! Everything that can fail happens in constructors. [`Renderer::process`] cannot fail, allocate,
//! lock or log, and its output does not depend on how the programme is cut into calls.

mod ambisonic;
mod beds;
pub mod binaural;
mod biquad;
mod decode;
mod decorrelate;
mod diffuse;
mod downmix;
mod envelope;
mod error;
mod extremes;
mod gains;
mod kaiser;
mod lanes;
mod mix;
mod octaves;
mod pan;
mod reach;
mod speakers;
#[cfg(test)]
mod test_layouts;
mod trim;
mod walk;

pub use ambisonic::{AmbisonicRenderer, bed_direction};
pub use biquad::{Biquad, BiquadShape};
pub use decode::AmbisonicDecoder;
pub use downmix::DownmixRenderer;
pub use error::RenderError;
pub use extremes::Extremes;
pub use lanes::LaneMixer;
pub use octaves::{OCTAVES_HZ, OctaveMeter};
pub use pan::{Panner, PannerChoice, Panners, bs2127};
pub use reach::{PanningErrors, REACHED_DEG, Reach};
pub use speakers::SpeakerRenderer;
pub use walk::{WALK_BAND_HZ, WALK_LFE_BAND_HZ, WALK_RMS, Walk, WalkStep};

use cupola_model::PlanarBlock;

/// Turns lanes into the signals of one output, from the first frame of the programme to the last.
pub trait Renderer: Send {
    /// Channels of the output.
    fn channels(&self) -> usize;

    /// Frames of the fixed internal block: the 10 ms grid of the session rate.
    fn block_frames(&self) -> usize;

    /// Frames by which the output lags behind the lanes; the caller drops them at the start and
    /// feeds as much silence at the end.
    fn latency_frames(&self) -> usize;

    /// Renders the next frames. `lanes` has one channel a track of the timeline and `out` one a
    /// channel of the output; both have the same number of frames, a multiple of
    /// [`block_frames`](Self::block_frames). What `out` held before is overwritten.
    fn process(&mut self, lanes: &PlanarBlock, out: &mut PlanarBlock);
}
