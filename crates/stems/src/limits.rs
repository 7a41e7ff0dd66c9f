//! What a stem may be.

use crate::StemError;
use cupola_model::StemFacts;
use std::ops::RangeInclusive;
use std::path::Path;

/// The most channels of a stem.
pub const MAX_CHANNELS: u16 = 128;

/// The most frames of a stem: 2^40, eight months at 48 kHz. More is a damaged header.
pub const MAX_FRAMES: u64 = 1 << 40;

/// The sample rates of stems, in Hz.
pub const SAMPLE_RATES_HZ: RangeInclusive<u32> = 4_000..=768_000;

/// Refuses what no real stem is.
pub(crate) fn check(file: &Path, facts: &StemFacts) -> Result<(), StemError> {
    if facts.channels == 0 || facts.channels > MAX_CHANNELS {
        return Err(StemError::Channels { file: file.into(), found: facts.channels.into() });
    }
    if !SAMPLE_RATES_HZ.contains(&facts.sample_rate) {
        return Err(StemError::SampleRate { file: file.into(), found_hz: facts.sample_rate });
    }
    if facts.frames > MAX_FRAMES {
        return Err(StemError::TooLong { file: file.into(), found: facts.frames });
    }
    Ok(())
}
