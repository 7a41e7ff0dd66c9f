//! The RIFF, RF64 and BW64 container: chunks, sizes, `chna` rows and sample formats; and PCM in CAF.
//!
//! Sizes are 64-bit everywhere. [`Reader`] turns any file of the family into planar f32 frames and
//! a list of chunks, and names everything it had to mend ([`Repair`]). [`Writer`] starts a plain
//! `RIFF` file with room to grow and becomes `RF64` or `BW64` only when a 32-bit size overflows.
//! [`CafReader`] reads the same samples out of a CAF file.
//! What `axml` or `dbmd` mean is none of this crate's business, and it opens no files: it works on
//! anything that reads, writes and seeks.
//!
//! ```
//! use cupola_bw64::{Format, LargeForm, Reader, SampleFormat, Writer, WriterOptions};
//! use std::io::Cursor;
//!
//! let format = Format::new(48_000, 2, SampleFormat::I24);
//! let options = WriterOptions { format, large_form: LargeForm::Rf64 };
//! let mut writer = Writer::new(Cursor::new(vec![]), options)?;
//! writer.write(&[[0.5, -0.5], [0.25, -1.0]])?;
//! let mut tail = writer.finish_data()?;
//! tail.write_chunk(*b"axml", b"<ebuCoreMain/>")?;
//! let file = tail.finish()?;
//!
//! let mut reader = Reader::new(file)?;
//! let mut planes = [[0.0; 2]; 2];
//! assert_eq!(reader.read(&mut planes, 2)?, 2);
//! assert_eq!(planes, [[0.5, -0.5], [0.25, -1.0]]);
//! # Ok::<(), cupola_bw64::Error>(())
//! ```

#![warn(clippy::cast_possible_truncation, clippy::cast_sign_loss)]

mod bext;
mod caf;
mod chna;
mod chunks;
mod error;
mod format;
mod reader;
mod repair;
mod sample;
mod sound;
mod writer;

pub use bext::Bext;
pub use caf::CafReader;
pub use chna::ChnaEntry;
pub use chunks::Chunk;
pub use error::Error;
pub use format::{Form, Format, LargeForm, MAX_CHANNELS, SampleFormat};
pub use reader::Reader;
pub use repair::Repair;
pub use sample::encode;
pub use writer::{ChunkWriter, TailWriter, Writer, WriterOptions};

/// The four letters of a chunk id for messages; bytes outside printable ASCII are escaped.
fn id_text(id: [u8; 4]) -> String {
    id.escape_ascii().to_string()
}
