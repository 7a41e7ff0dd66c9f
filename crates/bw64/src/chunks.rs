//! The walk over the chunks of a file: where each is, and what had to be mended.

use crate::format::Form;
use crate::{Error, Repair, id_text};
use std::io::{self, Read, Seek, SeekFrom};

/// Real files have about ten; the limit keeps a file of empty chunks from eating memory.
const MAX_CHUNKS: usize = 16_384;

/// A 32-bit size that stands for a size in `ds64`.
const IN_DS64: u32 = u32::MAX;

/// One chunk of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// The four letters, for example `*b"axml"`.
    pub id: [u8; 4],
    /// Where the payload starts, in bytes from the start of the file.
    pub offset: u64,
    /// Bytes of payload, the pad byte not counted.
    pub size: u64,
}

/// What the walk found.
pub(crate) struct Contents {
    pub(crate) form: Form,
    pub(crate) chunks: Vec<Chunk>,
    pub(crate) repairs: Vec<Repair>,
}

/// The 64-bit sizes of `ds64`.
struct LargeSizes {
    riff: u64,
    data: u64,
    /// Chunks in file order; an entry is taken out when its chunk comes by.
    table: Vec<([u8; 4], u64)>,
}

struct Walker<'a, R> {
    source: &'a mut R,
    file_bytes: u64,
    riff_size: u32,
    large: Option<LargeSizes>,
    contents: Contents,
}

/// Finds every chunk, reading nothing but headers and `ds64`.
pub(crate) fn walk<R: Read + Seek>(source: &mut R) -> Result<Contents, Error> {
    let file_bytes = source.seek(SeekFrom::End(0))?;
    source.seek(SeekFrom::Start(0))?;
    let mut head = Vec::with_capacity(12);
    source.by_ref().take(12).read_to_end(&mut head)?;
    let (form, riff_size) = read_head(&head)?;
    let contents = Contents { form, chunks: vec![], repairs: vec![] };
    let mut walker = Walker { source, file_bytes, riff_size, large: None, contents };
    let mut at = 12;
    while at < file_bytes {
        at = walker.step(at)?;
    }
    walker.check_total();
    Ok(walker.contents)
}

fn read_head(head: &[u8]) -> Result<(Form, u32), Error> {
    let not_wave = || Error::NotWave { found: head.escape_ascii().to_string() };
    let head: &[u8; 12] = head.first_chunk().ok_or_else(not_wave)?;
    let form = [Form::Riff, Form::Rf64, Form::Bw64]
        .into_iter()
        .find(|form| head.starts_with(form.name().as_bytes()) && head.ends_with(b"WAVE"))
        .ok_or_else(not_wave)?;
    Ok((form, u32::from_le_bytes([head[4], head[5], head[6], head[7]])))
}

impl<R: Read + Seek> Walker<'_, R> {
    /// Notes the chunk at `at` and returns where the next one starts.
    fn step(&mut self, at: u64) -> Result<u64, Error> {
        let Some((id, declared)) = self.header_at(at)? else {
            return self.no_chunk_at(at);
        };
        if self.contents.chunks.len() == MAX_CHUNKS {
            return Err(Error::TooManyChunks { max: MAX_CHUNKS });
        }
        let once = matches!(&id, b"fmt " | b"data" | b"ds64");
        if once && self.contents.chunks.iter().any(|c| c.id == id) {
            return Err(Error::DuplicateChunk { id: id_text(id), offset: at });
        }
        let offset = at + 8;
        let size = self.size_of(id, declared, offset)?;
        self.contents.chunks.push(Chunk { id, offset, size });
        if &id == b"ds64" {
            self.large = Some(self.read_ds64(offset, size)?);
        }
        self.after(id, offset + size, size)
    }

    /// The header of the chunk at `at`, or `None` when no chunk can start there.
    fn header_at(&mut self, at: u64) -> Result<Option<([u8; 4], u32)>, Error> {
        if self.file_bytes - at < 8 {
            return Ok(None);
        }
        let mut head = [0; 8];
        self.source.seek(SeekFrom::Start(at))?;
        self.source.read_exact(&mut head)?;
        let [id @ .., a, b, c, d] = head;
        let plausible = id.iter().all(|byte| (b' '..=b'~').contains(byte));
        Ok(plausible.then(|| (id, u32::from_le_bytes([a, b, c, d]))))
    }

    /// Bytes that are no chunk: harmless after the sound, fatal before it.
    fn no_chunk_at(&mut self, at: u64) -> Result<u64, Error> {
        let found = self.file_bytes - at;
        if found >= 8 && !self.contents.chunks.iter().any(|c| &c.id == b"data") {
            let mut bytes = [0; 4];
            self.source.seek(SeekFrom::Start(at))?;
            self.source.read_exact(&mut bytes)?;
            return Err(Error::NotAChunk { offset: at, found: id_text(bytes) });
        }
        self.contents.repairs.push(Repair::TrailingBytes { offset: at, found });
        Ok(self.file_bytes)
    }

    /// The true size of a chunk: from `ds64` where it is there, never beyond the end of the file.
    fn size_of(&mut self, id: [u8; 4], declared: u32, offset: u64) -> Result<u64, Error> {
        let there = self.file_bytes - offset;
        let is_data = &id == b"data";
        let large = if declared == IN_DS64 { self.take_large_size(id) } else { None };
        if declared == IN_DS64 && large.is_none() && self.contents.form != Form::Riff {
            return Err(Error::NoLargeSize { id: id_text(id) });
        }
        let size = large.unwrap_or(u64::from(declared));
        let unsized_stream = match large {
            Some(size) => size == u64::MAX || size == 0 && self.total_ends_before(offset),
            None => declared == IN_DS64 || declared == 0 && self.total_ends_before(offset),
        };
        if is_data && unsized_stream && (there > 0 || declared == IN_DS64) {
            self.contents.repairs.push(Repair::StreamedData { found: there });
            return Ok(there);
        }
        if size > there {
            let (declared, found) = (size, there);
            self.contents.repairs.push(if is_data {
                Repair::DataCut { declared, found }
            } else {
                Repair::ChunkCut { id, declared, found }
            });
        }
        Ok(size.min(there))
    }

    /// Whether the size of the whole says nothing about bytes from `offset` on.
    fn total_ends_before(&self, offset: u64) -> bool {
        self.declared_total().is_none_or(|total| total.saturating_add(8) <= offset)
    }

    /// The size of the whole as the header tells it; `None` when it does not.
    fn declared_total(&self) -> Option<u64> {
        match (self.riff_size, &self.large) {
            (IN_DS64, Some(large)) => Some(large.riff),
            (IN_DS64, None) => None,
            (size, _) => Some(u64::from(size)),
        }
    }

    fn take_large_size(&mut self, id: [u8; 4]) -> Option<u64> {
        let large = self.large.as_mut()?;
        if &id == b"data" {
            return Some(large.data);
        }
        let index = large.table.iter().position(|entry| entry.0 == id)?;
        Some(large.table.remove(index).1)
    }

    fn read_ds64(&mut self, offset: u64, size: u64) -> Result<LargeSizes, Error> {
        let most = 28 + 12 * MAX_CHUNKS as u64;
        if !(28..=most).contains(&size) {
            let what = format!("it has {size} bytes, 28 to {most} are allowed");
            return Err(Error::BadDs64 { what });
        }
        self.source.seek(SeekFrom::Start(offset))?;
        let mut payload = vec![];
        self.source.by_ref().take(size).read_to_end(&mut payload)?;
        let Some((head, table)) = payload.split_first_chunk::<28>() else {
            return Err(io::Error::from(io::ErrorKind::UnexpectedEof).into());
        };
        let u64_at =
            |i: usize| u64::from_le_bytes(*head[i..].first_chunk().expect("8 of 28 bytes"));
        let entries = u32::from_le_bytes([head[24], head[25], head[26], head[27]]);
        let rows = table.as_chunks::<12>().0;
        let Some(rows) = usize::try_from(entries).ok().and_then(|n| rows.get(..n)) else {
            let what = format!("its table promises {entries} entries, {} fit", rows.len());
            return Err(Error::BadDs64 { what });
        };
        let table = rows.iter().map(|row| {
            let [a, b, c, d, size @ ..] = *row;
            ([a, b, c, d], u64::from_le_bytes(size))
        });
        // At 16 stands the number of frames, which the size of the sound tells more surely.
        Ok(LargeSizes { riff: u64_at(0), data: u64_at(8), table: table.collect() })
    }

    /// Where the next chunk starts after one that ends at `end`.
    fn after(&mut self, id: [u8; 4], end: u64, size: u64) -> Result<u64, Error> {
        if size.is_multiple_of(2) {
            return Ok(end);
        }
        if end >= self.file_bytes {
            let cut = self.contents.repairs.iter().any(|repair| {
                matches!(
                    repair,
                    Repair::DataCut { .. } | Repair::StreamedData { .. } | Repair::ChunkCut { .. }
                )
            });
            if !cut {
                self.contents.repairs.push(Repair::MissingPad { id });
            }
            return Ok(end);
        }
        // With the pad byte first: some writers leave rubbish in it.
        if end + 1 < self.file_bytes
            && !self.starts_whole_chunk(end + 1)?
            && self.starts_whole_chunk(end)?
        {
            self.contents.repairs.push(Repair::MissingPad { id });
            return Ok(end);
        }
        Ok(end + 1)
    }

    fn starts_whole_chunk(&mut self, at: u64) -> Result<bool, Error> {
        let header = self.header_at(at)?;
        Ok(header.is_some_and(|(_, size)| u64::from(size) <= self.file_bytes - at - 8))
    }

    fn check_total(&mut self) {
        let found = self.file_bytes - 8;
        let repairs = &mut self.contents.repairs;
        if self.contents.form != Form::Riff && self.large.is_none() {
            repairs.push(Repair::NoDs64);
        }
        // A wrong total is no news when the file was cut or streamed.
        let explained = repairs.iter().any(|repair| {
            matches!(
                repair,
                Repair::DataCut { .. }
                    | Repair::StreamedData { .. }
                    | Repair::ChunkCut { .. }
                    | Repair::NoDs64
            )
        });
        let declared = self.declared_total().unwrap_or(u64::from(IN_DS64));
        // One byte off: writers disagree whether the last pad byte counts.
        if !explained && declared.abs_diff(found) > 1 {
            self.contents.repairs.push(Repair::RiffSize { declared, found });
        }
    }
}
