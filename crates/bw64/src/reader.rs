//! Reading.

use crate::chunks::{Chunk, Contents, walk};
use crate::format::Form;
use crate::sound::Sound;
use crate::{ChnaEntry, Error, Format, Repair, id_text};
use std::io::{self, Read, Seek, SeekFrom};

/// A real `fmt ` has 16, 18 or 40 bytes.
const MAX_FMT_BYTES: u64 = 64 * 1024;

/// The largest `chna` there can be: 65535 rows, and as many spare ones.
const MAX_CHNA_BYTES: u64 = 4 + 40 * 2 * 65_535;

/// An open RIFF, RF64 or BW64 file.
#[derive(Debug)]
pub struct Reader<R> {
    source: R,
    form: Form,
    format: Format,
    chunks: Vec<Chunk>,
    repairs: Vec<Repair>,
    sound: Sound,
}

impl<R: Read + Seek> Reader<R> {
    /// Reads the headers. The file starts at byte 0 of `source`.
    pub fn new(mut source: R) -> Result<Self, Error> {
        let Contents { form, chunks, mut repairs } = walk(&mut source)?;
        let find = |id: &'static str| {
            let found = chunks.iter().find(|chunk| chunk.id == *id.as_bytes());
            found.copied().ok_or(Error::MissingChunk { id })
        };
        let (fmt, data) = (find("fmt ")?, find("data")?);
        let format = Format::decode(&read_whole(&mut source, fmt, MAX_FMT_BYTES)?)?;
        let frame_bytes = format.frame_bytes() as u64;
        let extra = data.size % frame_bytes;
        let cut = repairs.iter().any(|repair| matches!(repair, Repair::DataCut { .. }));
        if extra > 0 && !cut {
            repairs.push(Repair::PartialFrame { extra });
        }
        Ok(Self {
            source,
            form,
            format,
            chunks,
            repairs,
            sound: Sound::new(data.offset, data.size / frame_bytes),
        })
    }

    /// Which of the three forms the file has.
    pub fn form(&self) -> Form {
        self.form
    }

    /// What `fmt ` says.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// Whole frames of sound.
    pub fn frames(&self) -> u64 {
        self.sound.frames()
    }

    /// Every chunk in file order, `fmt ` and `data` included.
    pub fn chunks(&self) -> &[Chunk] {
        &self.chunks
    }

    /// What was wrong with the file and has been mended.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// The payload of one of [`Reader::chunks`], when it has at most `limit_bytes` bytes.
    ///
    /// # Panics
    /// When there is no chunk of that index.
    pub fn read_chunk(&mut self, index: usize, limit_bytes: u64) -> Result<Vec<u8>, Error> {
        self.sound.displaced();
        read_whole(&mut self.source, self.chunks[index], limit_bytes)
    }

    /// The payload of one of [`Reader::chunks`] as a stream.
    ///
    /// # Panics
    /// When there is no chunk of that index.
    pub fn stream_chunk(&mut self, index: usize) -> Result<io::Take<&mut R>, Error> {
        self.sound.displaced();
        let chunk = self.chunks[index];
        self.source.seek(SeekFrom::Start(chunk.offset))?;
        Ok(self.source.by_ref().take(chunk.size))
    }

    /// One byte of the file, counted from its start; an error at its end.
    pub fn byte_at(&mut self, offset: u64) -> io::Result<u8> {
        self.sound.displaced();
        self.source.seek(SeekFrom::Start(offset))?;
        let mut byte = [0];
        self.source.read_exact(&mut byte)?;
        Ok(byte[0])
    }

    /// The rows of `chna`, or `None` when the file has no such chunk.
    pub fn chna(&mut self) -> Result<Option<Vec<ChnaEntry>>, Error> {
        let Some(index) = self.chunks.iter().position(|chunk| &chunk.id == b"chna") else {
            return Ok(None);
        };
        let payload = self.read_chunk(index, MAX_CHNA_BYTES)?;
        ChnaEntry::decode(&payload).map(Some)
    }

    /// Goes to a frame; the one after the last is allowed.
    pub fn seek_frame(&mut self, frame: u64) -> Result<(), Error> {
        self.sound.seek_frame(frame)
    }

    /// Reads the next frames into the start of each plane, at most `frames` of them, and returns
    /// how many there were: fewer only at the end of the sound.
    ///
    /// Integers become values from -1 up to, not including, 1.
    ///
    /// # Panics
    /// When there is not one plane a channel or a plane is shorter than `frames`.
    pub fn read<P: AsMut<[f32]>>(
        &mut self,
        planes: &mut [P],
        frames: usize,
    ) -> Result<usize, Error> {
        self.sound.read(&mut self.source, &self.format, planes, frames, |_| {})
    }
}

fn read_whole<R: Read + Seek>(source: &mut R, chunk: Chunk, limit: u64) -> Result<Vec<u8>, Error> {
    if chunk.size > limit {
        return Err(Error::ChunkTooLarge {
            id: id_text(chunk.id),
            found: chunk.size,
            allowed: limit,
        });
    }
    source.seek(SeekFrom::Start(chunk.offset))?;
    let mut payload = vec![];
    source.by_ref().take(chunk.size).read_to_end(&mut payload)?;
    if payload.len() as u64 != chunk.size {
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
    }
    Ok(payload)
}
