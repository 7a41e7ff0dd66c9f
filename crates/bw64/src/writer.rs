//! Writing.

use crate::format::{Format, LargeForm};
use crate::{Error, id_text, sample};
use std::io::{self, Seek, SeekFrom, Write};

/// Encoded bytes gathered before they are written.
const PIECE_BYTES: usize = 256 * 1024;

/// Slots for chunks above 4 GiB that the header has room for.
const TABLE_SLOTS: usize = 3;

/// Payload of `JUNK`, which becomes `ds64`: two sizes, the frames, the table and its length.
const DS64_BYTES: usize = 28 + 12 * TABLE_SLOTS;

/// Where `JUNK` or `ds64` starts in the file.
const DS64_AT: u64 = 12;

/// What a writer writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WriterOptions {
    /// Rate, channels and samples. A channel mask makes `fmt ` extensible.
    pub format: Format,
    /// What the file becomes when a size does not fit 32 bits.
    pub large_form: LargeForm,
}

/// A file whose sound is being written.
///
/// Chunks are written in the order `JUNK` (or `ds64`), `fmt `, `data` and then whatever
/// [`TailWriter`] is given; float formats also have the `fact` chunk they owe.
#[derive(Debug)]
pub struct Writer<W> {
    sink: W,
    options: WriterOptions,
    data_at: u64,
    fact_at: Option<u64>,
    frames: u64,
    tile: Vec<i32>,
    piece: Vec<u8>,
}

impl<W: Write + Seek> Writer<W> {
    /// Writes the headers. The sink is empty and stands at its start.
    pub fn new(mut sink: W, options: WriterOptions) -> Result<Self, Error> {
        options.format.check()?;
        let mut head = Vec::with_capacity(160);
        head.extend(b"RIFF\0\0\0\0WAVE");
        push_chunk(&mut head, *b"JUNK", &[0; DS64_BYTES]);
        push_chunk(&mut head, *b"fmt ", &options.format.encode());
        let fact_at = options.format.sample.is_float().then_some(head.len() as u64);
        if fact_at.is_some() {
            push_chunk(&mut head, *b"fact", &[0; 4]);
        }
        let data_at = head.len() as u64;
        push_chunk(&mut head, *b"data", &[]);
        sink.write_all(&head)?;
        let (tile, piece) = (Vec::new(), Vec::new());
        Ok(Self { sink, options, data_at, fact_at, frames: 0, tile, piece })
    }

    /// Appends the frames of these planes, one plane a channel.
    ///
    /// # Panics
    /// When there is not one plane a channel or the planes differ in length.
    pub fn write<P: AsRef<[f32]>>(&mut self, planes: &[P]) -> Result<(), Error> {
        assert_eq!(planes.len(), usize::from(self.options.format.channels), "one plane a channel");
        let frames = planes[0].as_ref().len();
        self.write_with(frames, |channel| planes[channel].as_ref())
    }

    /// Appends `frames` frames of the planes that `plane` gives for channel 0, 1, and so on.
    ///
    /// # Panics
    /// When a plane does not have that many frames.
    pub fn write_with<'a>(
        &mut self,
        frames: usize,
        plane: impl Fn(usize) -> &'a [f32],
    ) -> Result<(), Error> {
        let format = self.options.format;
        for channel in 0..usize::from(format.channels) {
            assert_eq!(plane(channel).len(), frames, "planes of one length");
        }
        let frame_bytes = format.frame_bytes();
        let most = (PIECE_BYTES / frame_bytes).max(1);
        let mut done = 0;
        while done < frames {
            let count = (most - self.piece.len() / frame_bytes).min(frames - done);
            sample::encode(&format, &plane, done, count, &mut self.tile, &mut self.piece);
            done += count;
            self.frames += count as u64;
            if self.piece.len() >= most * frame_bytes {
                self.flush_piece()?;
            }
        }
        Ok(())
    }

    /// Frames written so far.
    pub fn frames(&self) -> u64 {
        self.frames
    }

    /// Ends the sound; other chunks may follow it.
    pub fn finish_data(mut self) -> Result<TailWriter<W>, Error> {
        self.flush_piece()?;
        let frame_bytes = self.options.format.frame_bytes() as u64;
        let data_bytes = self.frames.checked_mul(frame_bytes).ok_or(Error::TooLong)?;
        let mut tail = TailWriter {
            sink: self.sink,
            large_form: self.options.large_form,
            data_at: self.data_at,
            end: self.data_at,
            open: Some(OpenChunk { id: *b"data", bytes: data_bytes }),
            data_bytes,
            frames: self.frames,
            table: Vec::new(),
        };
        if let Some(at) = self.fact_at {
            // Readers of large files take the number from `ds64`.
            let frames = u32::try_from(self.frames).unwrap_or(u32::MAX);
            tail.patch(at + 8, &frames.to_le_bytes())?;
            tail.sink.seek(SeekFrom::Start(self.data_at + 8 + data_bytes))?;
        }
        tail.close()?;
        Ok(tail)
    }

    fn flush_piece(&mut self) -> Result<(), Error> {
        self.sink.write_all(&self.piece)?;
        self.piece.clear();
        Ok(())
    }
}

#[derive(Debug)]
struct OpenChunk {
    id: [u8; 4],
    bytes: u64,
}

/// A file whose sound is written and to which chunks may be added.
#[derive(Debug)]
pub struct TailWriter<W> {
    sink: W,
    large_form: LargeForm,
    data_at: u64,
    /// Where the open chunk starts or, without one, the next one will.
    end: u64,
    open: Option<OpenChunk>,
    data_bytes: u64,
    frames: u64,
    table: Vec<([u8; 4], u64)>,
}

impl<W: Write + Seek> TailWriter<W> {
    /// Adds a chunk.
    pub fn write_chunk(&mut self, id: [u8; 4], payload: &[u8]) -> Result<(), Error> {
        let mut chunk = self.start_chunk(id)?;
        chunk.write_all(payload)?;
        chunk.end()
    }

    /// Adds a chunk whose size is not known yet.
    pub fn start_chunk(&mut self, id: [u8; 4]) -> Result<ChunkWriter<'_, W>, Error> {
        self.close()?;
        self.sink.write_all(&id)?;
        self.sink.write_all(&[0; 4])?;
        self.open = Some(OpenChunk { id, bytes: 0 });
        Ok(ChunkWriter { tail: self })
    }

    /// Writes the sizes into the header, as 64-bit ones if need be, and gives the sink back.
    pub fn finish(mut self) -> Result<W, Error> {
        self.close()?;
        let riff_bytes = self.end - 8;
        let small = u32::try_from(riff_bytes).ok().filter(|&size| size != u32::MAX);
        if let Some(size) = small {
            self.patch(4, &size.to_le_bytes())?;
        } else {
            self.patch(0, self.large_form.form().name().as_bytes())?;
            self.patch(4, &u32::MAX.to_le_bytes())?;
            self.write_ds64(riff_bytes)?;
        }
        self.sink.seek(SeekFrom::Start(self.end))?;
        self.sink.flush()?;
        Ok(self.sink)
    }

    fn write_ds64(&mut self, riff_bytes: u64) -> Result<(), Error> {
        let mut payload = Vec::with_capacity(DS64_BYTES);
        payload.extend(riff_bytes.to_le_bytes());
        payload.extend(self.data_bytes.to_le_bytes());
        payload.extend(self.frames.to_le_bytes());
        let entries = u32::try_from(self.table.len()).expect("at most 3 slots");
        payload.extend(entries.to_le_bytes());
        for (id, size) in &self.table {
            payload.extend(id);
            payload.extend(size.to_le_bytes());
        }
        self.patch(DS64_AT, b"ds64")?;
        self.patch(DS64_AT + 8, &payload)?;
        // Both 32-bit sizes point here, whichever of them made the file a large one [Tech 3306].
        self.patch(self.data_at + 4, &u32::MAX.to_le_bytes())
    }

    /// Ends the chunk that is open, if any: pad byte, size, place in the table.
    fn close(&mut self) -> Result<(), Error> {
        let Some(OpenChunk { id, bytes }) = self.open.take() else { return Ok(()) };
        if !bytes.is_multiple_of(2) {
            self.sink.write_all(&[0])?;
        }
        let padded = bytes.checked_add(bytes % 2 + 8).ok_or(Error::TooLong)?;
        let size = u32::try_from(bytes).unwrap_or(u32::MAX);
        if size == u32::MAX && &id != b"data" {
            if self.table.len() == TABLE_SLOTS {
                return Err(Error::TooManyLargeChunks { id: id_text(id) });
            }
            self.table.push((id, bytes));
        }
        self.patch(self.end + 4, &size.to_le_bytes())?;
        self.end = self.end.checked_add(padded).ok_or(Error::TooLong)?;
        self.sink.seek(SeekFrom::Start(self.end))?;
        Ok(())
    }

    fn patch(&mut self, at: u64, bytes: &[u8]) -> Result<(), Error> {
        self.sink.seek(SeekFrom::Start(at))?;
        self.sink.write_all(bytes)?;
        Ok(())
    }
}

/// A chunk being written; [`Write`] appends to it. Dropping it ends it as [`ChunkWriter::end`]
/// does, except that a failure shows only in the next call.
#[derive(Debug)]
pub struct ChunkWriter<'a, W> {
    tail: &'a mut TailWriter<W>,
}

impl<W: Write + Seek> ChunkWriter<'_, W> {
    /// Ends the chunk.
    pub fn end(self) -> Result<(), Error> {
        self.tail.close()
    }
}

impl<W: Write> Write for ChunkWriter<'_, W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let count = self.tail.sink.write(bytes)?;
        if let Some(chunk) = &mut self.tail.open {
            chunk.bytes += count as u64;
        }
        Ok(count)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.tail.sink.flush()
    }
}

fn push_chunk(head: &mut Vec<u8>, id: [u8; 4], payload: &[u8]) {
    let size = u32::try_from(payload.len()).expect("header chunks are small");
    head.extend(id);
    head.extend(size.to_le_bytes());
    head.extend(payload);
}
