//! What stops reading or writing.

use crate::format::MAX_CHANNELS;
use std::io;

/// Why a file cannot be read or written. The name of the file is the caller's to add.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The stream underneath failed.
    #[error("reading or writing failed: {0}")]
    Io(#[from] io::Error),
    /// The first twelve bytes are not those of a WAVE file.
    #[error(
        "not a WAVE file: it starts with \"{found}\"; RIFF, RF64 or BW64 followed by WAVE is read"
    )]
    NotWave {
        /// The first bytes, escaped.
        found: String,
    },
    /// The first bytes are not those of a CAF file.
    #[error("not a CAF file: it starts with \"{found}\"; `caff` is read")]
    NotCaf {
        /// The first bytes, escaped.
        found: String,
    },
    /// A CAF file whose headers cannot be.
    #[error("the CAF file is not usable: the {what} is {found}, allowed is {allowed}")]
    BadCaf {
        /// The field.
        what: &'static str,
        /// Its value.
        found: String,
        /// What is allowed.
        allowed: String,
    },
    /// Sound in a CAF file that is not PCM.
    #[error("codec `{codec}` is not read from CAF; allowed is `lpcm`, convert the file to it")]
    NotPcm {
        /// The four letters of the codec, escaped.
        codec: String,
    },
    /// A mandatory chunk is not there.
    #[error("the file has no `{id}` chunk; it was cut off or is not audio, export it again")]
    MissingChunk {
        /// The id of the chunk.
        id: &'static str,
    },
    /// A chunk that may appear once appears twice.
    #[error("the file has two `{id}` chunks, the second at byte {offset}; exactly one is allowed")]
    DuplicateChunk {
        /// The id of the chunk.
        id: String,
        /// Where the second one starts.
        offset: u64,
    },
    /// Bytes before the sound that are no chunk.
    #[error(
        "byte {offset} should start a chunk but holds \"{found}\"; the chunk before it lies about its size"
    )]
    NotAChunk {
        /// Where.
        offset: u64,
        /// The four bytes found, escaped.
        found: String,
    },
    /// More chunks than any real file has.
    #[error("the file has more than {max} chunks; it is damaged")]
    TooManyChunks {
        /// The limit.
        max: usize,
    },
    /// The `fmt ` chunk cannot be.
    #[error("the `fmt ` chunk is not usable: {what} is {found}, allowed is {allowed}")]
    BadFormat {
        /// The field.
        what: &'static str,
        /// Its value.
        found: String,
        /// What is allowed.
        allowed: String,
    },
    /// Audio that is not PCM.
    #[error(
        "codec {tag:#06x} is not read; allowed are integer PCM of 8 to 32 bits and float of 32 or 64 bits, convert the file to one of them"
    )]
    UnsupportedCodec {
        /// The format tag of `fmt `.
        tag: u16,
    },
    /// A channel count out of range.
    #[error("{found} channels; 1 to {} are allowed", MAX_CHANNELS)]
    ChannelCount {
        /// The count found.
        found: u16,
    },
    /// The `ds64` chunk contradicts itself.
    #[error("the `ds64` chunk is not usable: {what}; write the file again")]
    BadDs64 {
        /// What is wrong.
        what: String,
    },
    /// A 32-bit size points to a `ds64` chunk that is not there.
    #[error(
        "chunk `{id}` has a 64-bit size, but the file has no `ds64` entry to hold it; write the file again"
    )]
    NoLargeSize {
        /// The chunk.
        id: String,
    },
    /// A chunk larger than the caller wants in memory.
    #[error("chunk `{id}` has {found} bytes; at most {allowed} are read at once")]
    ChunkTooLarge {
        /// The chunk.
        id: String,
        /// Its size.
        found: u64,
        /// The limit given.
        allowed: u64,
    },
    /// The `chna` chunk cannot be.
    #[error("the `chna` chunk is not usable: {what}")]
    BadChna {
        /// What is wrong.
        what: String,
    },
    /// A position outside the sound.
    #[error("frame {found} does not exist; the file has {frames} frames")]
    NoSuchFrame {
        /// The frame asked for.
        found: u64,
        /// The length.
        frames: u64,
    },
    /// The sound ended before the size found at opening.
    #[error("the file ended at frame {frame} of {frames}; it was shortened while being read")]
    Shrunk {
        /// First frame that is not there.
        frame: u64,
        /// The length.
        frames: u64,
    },
    /// More chunks above 4 GiB than `ds64` has room for.
    #[error("chunk `{id}` is the fourth above 4 GiB besides the sound; at most 3 fit the header")]
    TooManyLargeChunks {
        /// The chunk.
        id: String,
    },
    /// The sizes add up to more than 64 bits.
    #[error("the file would exceed 2^64 bytes")]
    TooLong,
}
