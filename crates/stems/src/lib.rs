//! Audio files in: facts, and frames at the session rate.
//!
//! [`probe`] tells what a file is without keeping its sound; [`StemReader`] delivers that sound on
//! the timeline of the session: shifted by its offset, converted once to the session's rate, silent
//! before and after; [`ClipReader`] puts parts of that elsewhere in the programme, [`UseReader`] is
//! whichever of the two a stem's use asks for. PCM in WAV, RF64, BW64 and CAF is read by `cupola-bw64`,
//! everything else by symphonia, which only `coded` knows; only `convert` knows the resampler.
//!
//! ```no_run
//! use cupola_model::{PlanarBlock, SampleRate, StemOffset};
//! use cupola_stems::StemReader;
//! # fn main() -> Result<(), cupola_stems::StemError> {
//! let mut stem = StemReader::open("drums.flac".as_ref(), StemOffset::NONE, SampleRate::HZ_48000)?;
//! let mut block = PlanarBlock::new(stem.channels(), 1024);
//! stem.read(&mut block, 0..1024)?; // the first 1024 frames of the programme
//! # Ok(())
//! # }
//! ```

#![warn(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod ahead;
mod clips;
mod coded;
mod convert;
mod error;
mod filtered;
mod frames;
mod limits;
mod open;
mod probe;
mod reader;
mod rules;
mod wav;

pub use clips::{ClipReader, UseReader};
pub use error::StemError;
pub use limits::{MAX_CHANNELS, MAX_FRAMES, SAMPLE_RATES_HZ};
pub use probe::{Probe, probe};
pub use reader::StemReader;
pub use rules::RULES;
