//! What the reader mended.
//!
//! The rule: a fault is mended, and named, when every byte of sound that exists can still be told
//! from what is not sound; anything else is refused. So wrong totals, cut-off ends and missing pad
//! bytes are mended, while a `fmt ` that contradicts itself, a second `data` chunk or a lost 64-bit
//! size are errors.

use crate::id_text;
use std::fmt;

/// One fault of a file that was mended on opening.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Repair {
    /// The size of the whole in the header is not that of the file. Chunks decide.
    RiffSize {
        /// What the header says, in bytes.
        declared: u64,
        /// What the file has.
        found: u64,
    },
    /// The `data` chunk has no size (0 or 0xFFFFFFFF), as in a stream that was captured or a
    /// recording that crashed. All bytes to the end of the file are sound.
    StreamedData {
        /// Bytes of sound.
        found: u64,
    },
    /// The `data` chunk promises more than the file holds; the file was cut off.
    DataCut {
        /// Bytes promised.
        declared: u64,
        /// Bytes there.
        found: u64,
    },
    /// The sound does not end with a whole frame; the rest of it is left out.
    PartialFrame {
        /// Bytes left out.
        extra: u64,
    },
    /// An odd chunk is not followed by its pad byte.
    MissingPad {
        /// The odd chunk.
        id: [u8; 4],
    },
    /// A chunk other than `data` promises more than the file holds. Its size is what is there.
    ChunkCut {
        /// The chunk.
        id: [u8; 4],
        /// Bytes promised.
        declared: u64,
        /// Bytes there.
        found: u64,
    },
    /// After the last chunk come bytes that are none. They are ignored.
    TrailingBytes {
        /// Where they start.
        offset: u64,
        /// How many.
        found: u64,
    },
    /// An `RF64` or `BW64` file without `ds64`, whose sizes all fit 32 bits.
    NoDs64,
}

impl Repair {
    /// Stable name, for example `data-cut`.
    pub const fn name(&self) -> &'static str {
        match self {
            Self::RiffSize { .. } => "riff-size",
            Self::StreamedData { .. } => "streamed-data",
            Self::DataCut { .. } => "data-cut",
            Self::PartialFrame { .. } => "partial-frame",
            Self::MissingPad { .. } => "missing-pad",
            Self::ChunkCut { .. } => "chunk-cut",
            Self::TrailingBytes { .. } => "trailing-bytes",
            Self::NoDs64 => "no-ds64",
        }
    }

    /// Whether sound that should be there is missing.
    pub const fn loses_sound(&self) -> bool {
        matches!(self, Self::DataCut { .. } | Self::PartialFrame { .. })
    }
}

impl fmt::Display for Repair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::RiffSize { declared, found } => {
                write!(f, "the header counts {declared} bytes, the file has {found}")
            }
            Self::StreamedData { found } => write!(
                f,
                "the sound has no size, as in a captured stream; all {found} bytes up to the end of the file are taken as sound"
            ),
            Self::DataCut { declared, found } => write!(
                f,
                "the file is cut off: {declared} bytes of sound are promised, {found} are there"
            ),
            Self::PartialFrame { extra } => {
                write!(f, "the sound ends in the middle of a frame; {extra} bytes are left out")
            }
            Self::MissingPad { id } => {
                write!(f, "chunk `{}` has an odd size and no pad byte", id_text(*id))
            }
            Self::ChunkCut { id, declared, found } => {
                write!(f, "chunk `{}` promises {declared} bytes, {found} are there", id_text(*id))
            }
            Self::TrailingBytes { offset, found } => {
                write!(f, "{found} bytes from byte {offset} on are no chunk and are ignored")
            }
            Self::NoDs64 => f.write_str("the file has no `ds64` chunk; its sizes do not need one"),
        }
    }
}
