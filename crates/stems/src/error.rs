//! Why a stem cannot be read.

use crate::limits::{MAX_CHANNELS, MAX_FRAMES, SAMPLE_RATES_HZ};
use std::io;
use std::path::PathBuf;

/// Why a stem cannot be read. Channels count from 1, frames from 0 in the file's own rate.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StemError {
    /// The file cannot be opened or read.
    #[error("{}: {source}", file.display())]
    Io {
        /// The stem.
        file: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The container or the sound in it is damaged.
    #[error("{}: the file is damaged: {what}; export it again", file.display())]
    Damaged {
        /// The stem.
        file: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// A container or codec that is not read.
    #[error("{}: {what} is not read; convert the file to WAV, FLAC or AIFF", file.display())]
    Unsupported {
        /// The stem.
        file: PathBuf,
        /// The container or codec.
        what: String,
    },
    /// A channel count out of range.
    #[error("{}: the file has {found} channels, 1 to {} are allowed; split it into several stems", file.display(), MAX_CHANNELS)]
    Channels {
        /// The stem.
        file: PathBuf,
        /// Its channels.
        found: usize,
    },
    /// A sample rate out of range.
    #[error("{}: the sample rate is {found_hz} Hz, {} to {} Hz are allowed; convert the file", file.display(), SAMPLE_RATES_HZ.start(), SAMPLE_RATES_HZ.end())]
    SampleRate {
        /// The stem.
        file: PathBuf,
        /// Its rate.
        found_hz: u32,
    },
    /// Two rates between which no exact conversion of sensible size exists.
    #[error("{}: {from_hz} Hz cannot be converted to {to_hz} Hz exactly (the ratio of the two is {up}/{down}, terms up to {allowed} are allowed); convert the file to the session's rate", file.display())]
    NoConversion {
        /// The stem.
        file: PathBuf,
        /// Its rate.
        from_hz: u32,
        /// The session's rate.
        to_hz: u32,
        /// Numerator of the ratio.
        up: u32,
        /// Denominator of the ratio.
        down: u32,
        /// The limit of both.
        allowed: u32,
    },
    /// A length that cannot be real.
    #[error("{}: the header promises {found} frames, at most {} are allowed; the file is damaged, export it again", file.display(), MAX_FRAMES)]
    TooLong {
        /// The stem.
        file: PathBuf,
        /// The frames promised.
        found: u64,
    },
    /// A sample that is no number.
    #[error("{}: channel {channel} has NaN or infinity at frame {frame}; only finite samples are allowed, export the stem again", file.display())]
    NotFinite {
        /// The stem.
        file: PathBuf,
        /// The channel, from 1.
        channel: usize,
        /// The frame in the file.
        frame: u64,
    },
    /// The sound ends before its header says.
    #[error("{}: the sound ends at frame {found}, the header promises {promised}; the file is cut off, export it again", file.display())]
    Short {
        /// The stem.
        file: PathBuf,
        /// Frames there.
        found: u64,
        /// Frames promised.
        promised: u64,
    },
    /// The sound goes on after its header says it ends.
    #[error("{}: the sound goes on after the {promised} frames its header promises; export the file again", file.display())]
    Long {
        /// The stem.
        file: PathBuf,
        /// Frames promised.
        promised: u64,
    },
    /// Rate or channels change in the middle.
    #[error("{}: the channels or the sample rate change at frame {frame}; one stem has one of each, split the file there", file.display())]
    Changes {
        /// The stem.
        file: PathBuf,
        /// Where.
        frame: u64,
    },
    /// More clips at once than are read.
    #[error("{}: {found} clips of the stem sound at once, at most {} may; list the file as several stems", file.display(), cupola_model::Clip::MAX_OVERLAP)]
    Overlap {
        /// The stem.
        file: PathBuf,
        /// The clips that sound at once.
        found: usize,
    },
}
