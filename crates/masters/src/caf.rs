//! The Core Audio Format, as far as a DAMF master needs it. [CAF]
//!
//! A header in big-endian order and one chunk of sound whose size is 64-bit, so nothing changes above
//! 4 GiB. Samples are stored little-endian, as in our WAV files, and the header says so.

use cupola_bw64::{Format, SampleFormat, encode};
use std::io::{self, Seek, SeekFrom, Write};

/// Encoded bytes gathered before they are written.
const PIECE_BYTES: usize = 256 * 1024;
/// `caff`, version 1, no flags; then `desc` with its size of 32.
const HEAD: &[u8] = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20";
/// Samples are integers, little-endian.
const LITTLE_ENDIAN: u32 = 2;
/// Where the size of the sound stands, once it is known.
const DATA_SIZE_AT: u64 = 56;
/// The number of edits, which counts as a part of the sound.
const EDIT_COUNT_BYTES: u64 = 4;

/// A file being written: 24 bits.
#[derive(Debug)]
pub(crate) struct CafWriter<W> {
    sink: W,
    format: Format,
    frames: u64,
    tile: Vec<i32>,
    piece: Vec<u8>,
}

impl<W: Write + Seek> CafWriter<W> {
    /// Writes the header. The sink is empty and stands at its start.
    pub(crate) fn new(mut sink: W, sample_rate: u32, channels: u16) -> io::Result<Self> {
        let format = Format::new(sample_rate, channels, SampleFormat::I24);
        let mut head = HEAD.to_vec();
        head.extend(f64::from(sample_rate).to_be_bytes());
        head.extend(b"lpcm");
        let packet = u32::from(channels) * u32::from(format.sample.bytes());
        for field in [LITTLE_ENDIAN, packet, 1, u32::from(channels), 24] {
            head.extend(field.to_be_bytes());
        }
        head.extend(b"data");
        // Until it is known: up to the end of the file.
        head.extend((-1_i64).to_be_bytes());
        head.extend(0_u32.to_be_bytes());
        sink.write_all(&head)?;
        Ok(Self { sink, format, frames: 0, tile: vec![], piece: vec![] })
    }

    /// Appends `frames` frames of the planes that `plane` gives for channel 0, 1, and so on; each
    /// has that many.
    pub(crate) fn write_with<'a>(
        &mut self,
        frames: usize,
        plane: impl Fn(usize) -> &'a [f32],
    ) -> io::Result<()> {
        let frame_bytes = self.format.frame_bytes();
        let most = (PIECE_BYTES / frame_bytes).max(1);
        let mut done = 0;
        while done < frames {
            let count = (most - self.piece.len() / frame_bytes).min(frames - done);
            encode(&self.format, &plane, done, count, &mut self.tile, &mut self.piece);
            done += count;
            self.frames += count as u64;
            if self.piece.len() >= most * frame_bytes {
                self.flush_piece()?;
            }
        }
        Ok(())
    }

    /// Frames written so far.
    pub(crate) fn frames(&self) -> u64 {
        self.frames
    }

    /// Writes the size into the header and gives the sink back, with the size of the file.
    pub(crate) fn finish(mut self) -> io::Result<(W, u64)> {
        self.flush_piece()?;
        let bytes = self.frames * self.format.frame_bytes() as u64 + EDIT_COUNT_BYTES;
        self.sink.seek(SeekFrom::Start(DATA_SIZE_AT))?;
        self.sink.write_all(&bytes.to_be_bytes())?;
        let end = self.sink.seek(SeekFrom::End(0))?;
        self.sink.flush()?;
        Ok((self.sink, end))
    }

    fn flush_piece(&mut self) -> io::Result<()> {
        self.sink.write_all(&self.piece)?;
        self.piece.clear();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn a_file_of_two_channels_is_the_one_the_format_describes() {
        let mut writer = CafWriter::new(Cursor::new(vec![]), 48_000, 2).unwrap();
        let planes = [[0.5, -1.0], [0.25, 2.0_f32.powi(-23)]];
        writer.write_with(2, |channel| &planes[channel][..]).unwrap();
        assert_eq!(writer.frames(), 2);
        let (sink, bytes) = writer.finish().unwrap();
        let mut want = b"caff\x00\x01\x00\x00desc\x00\x00\x00\x00\x00\x00\x00\x20".to_vec();
        // 48000 as a big-endian double.
        want.extend([0x40, 0xe7, 0x70, 0, 0, 0, 0, 0]);
        want.extend(b"lpcm\x00\x00\x00\x02\x00\x00\x00\x06\x00\x00\x00\x01");
        want.extend(b"\x00\x00\x00\x02\x00\x00\x00\x18");
        want.extend(b"data\x00\x00\x00\x00\x00\x00\x00\x10\x00\x00\x00\x00");
        assert_eq!(want.len(), 68, "where the sound of real files starts");
        want.extend([0, 0, 0x40, 0, 0, 0x20, 0, 0, 0x80, 1, 0, 0]);
        assert_eq!(bytes, want.len() as u64);
        assert_eq!(sink.into_inner(), want);
    }

    #[test]
    fn pieces_of_any_size_give_the_same_file() {
        let plane: Vec<f32> = (0..50_000_u16).map(|i| f32::from(i % 1_000) / 1_000.0).collect();
        let written = |step: usize| {
            let mut writer = CafWriter::new(Cursor::new(vec![]), 96_000, 3).unwrap();
            for piece in plane.chunks(step) {
                writer.write_with(piece.len(), |_| piece).unwrap();
            }
            writer.finish().unwrap().0.into_inner()
        };
        let whole = written(plane.len());
        assert_eq!(whole.len(), 68 + plane.len() * 9);
        for step in [1, 999, 40_000] {
            assert!(written(step) == whole, "in steps of {step}");
        }
    }
}
