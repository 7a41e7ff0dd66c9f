//! Frames of interleaved samples somewhere in a file.

use crate::{Error, Format, sample};
use std::io::{self, Read, Seek, SeekFrom};

/// Bytes of sound fetched with one call; few calls, yet small beside the second-level cache.
const PIECE_BYTES: usize = 192 * 1024;

/// The sound of a file and how far it was read.
#[derive(Debug)]
pub(crate) struct Sound {
    /// Where its first frame starts in the file.
    offset: u64,
    frames: u64,
    next_frame: u64,
    /// Whether the source stands at `next_frame`.
    in_place: bool,
    piece: Vec<u8>,
}

impl Sound {
    pub(crate) fn new(offset: u64, frames: u64) -> Self {
        Self { offset, frames, next_frame: 0, in_place: false, piece: Vec::new() }
    }

    /// Whole frames.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Somebody else has moved the source.
    pub(crate) fn displaced(&mut self) {
        self.in_place = false;
    }

    pub(crate) fn seek_frame(&mut self, frame: u64) -> Result<(), Error> {
        if frame > self.frames {
            return Err(Error::NoSuchFrame { found: frame, frames: self.frames });
        }
        self.in_place = frame == self.next_frame && self.in_place;
        self.next_frame = frame;
        Ok(())
    }

    /// Reads the next frames into the start of each plane; `prepare` makes the bytes of whole frames
    /// those of a WAVE file.
    pub(crate) fn read<R: Read + Seek, P: AsMut<[f32]>>(
        &mut self,
        source: &mut R,
        format: &Format,
        planes: &mut [P],
        frames: usize,
        prepare: impl Fn(&mut [u8]),
    ) -> Result<usize, Error> {
        assert_eq!(planes.len(), usize::from(format.channels), "one plane a channel");
        let left = usize::try_from(self.frames - self.next_frame).unwrap_or(usize::MAX);
        let frames = frames.min(left);
        let frame_bytes = format.frame_bytes();
        if !self.in_place && frames > 0 {
            let at = self.offset + self.next_frame * frame_bytes as u64;
            source.seek(SeekFrom::Start(at))?;
            self.in_place = true;
        }
        let most = (PIECE_BYTES / frame_bytes).max(1);
        let mut done = 0;
        while done < frames {
            let count = most.min(frames - done);
            // Grows once; zeroing it again would cost as much as the conversion.
            if self.piece.len() < count * frame_bytes {
                self.piece.resize(count * frame_bytes, 0);
            }
            let piece = &mut self.piece[..count * frame_bytes];
            if let Err(cause) = source.read_exact(piece) {
                self.in_place = false;
                return Err(match cause.kind() {
                    io::ErrorKind::UnexpectedEof => {
                        Error::Shrunk { frame: self.next_frame, frames: self.frames }
                    }
                    _ => cause.into(),
                });
            }
            prepare(piece);
            sample::decode(format, piece, planes, done);
            done += count;
            self.next_frame += count as u64;
        }
        Ok(done)
    }
}
