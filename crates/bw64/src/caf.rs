//! The Core Audio Format with plain PCM, as DAMF masters hold their sound. [CAF]
//!
//! Sizes are 64-bit, numbers in headers big-endian; samples are integers or floats of either order of
//! bytes. Other codecs in CAF are not read here.

use crate::format::{MAX_CHANNELS, check_channels};
use crate::sound::Sound;
use crate::{Error, Format, Repair, SampleFormat, id_text};
use std::io::{self, Read, Seek, SeekFrom};

/// Most chunks before the sound.
const MAX_CHUNKS: usize = 1024;
/// Size of the description of the sound.
const DESC_BYTES: usize = 32;
/// Flags of the description: samples are floats, samples are little-endian.
const FLOAT: u32 = 1;
const LITTLE_ENDIAN: u32 = 2;
/// The number of edits at the start of the sound.
const EDIT_COUNT_BYTES: u64 = 4;
/// The size of sound that lasts to the end of the file.
const TO_THE_END: i64 = -1;

/// An open CAF file.
///
/// ```
/// use cupola_bw64::CafReader;
/// # let mut file = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
/// # file.extend(48_000_f64.to_be_bytes());
/// # file.extend(b"lpcm\0\0\0\0\0\0\0\x02\0\0\0\x01\0\0\0\x01\0\0\0\x10");
/// # file.extend(b"data\0\0\0\0\0\0\0\x08\0\0\0\0\x40\x00\xc0\x00");
/// // One channel of 16 bits, big-endian: 0x4000 and 0xc000.
/// let mut reader = CafReader::new(std::io::Cursor::new(file))?;
/// let mut planes = [[0.0; 2]];
/// assert_eq!((reader.frames(), reader.read(&mut planes, 2)?), (2, 2));
/// assert_eq!(planes, [[0.5, -0.5]]);
/// # Ok::<(), cupola_bw64::Error>(())
/// ```
#[derive(Debug)]
pub struct CafReader<R> {
    source: R,
    format: Format,
    order: Order,
    repairs: Vec<Repair>,
    sound: Sound,
}

/// How the bytes of a sample differ from those in a WAVE file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Order {
    /// Not at all.
    Same,
    /// The most significant byte comes first.
    Reversed,
    /// Eight bits with a sign, where WAVE has an offset.
    Signed,
}

impl<R: Read + Seek> CafReader<R> {
    /// Reads the headers. The file starts at byte 0 of `source`.
    pub fn new(mut source: R) -> Result<Self, Error> {
        let file_bytes = source.seek(SeekFrom::End(0))?;
        source.seek(SeekFrom::Start(0))?;
        check_head(&read_up_to(&mut source, 8)?)?;
        let mut described = None;
        let mut offset = 8;
        for _ in 0..MAX_CHUNKS {
            source.seek(SeekFrom::Start(offset))?;
            let head = read_up_to(&mut source, 12)?;
            let Some((id, rest)) = head.split_first_chunk::<4>() else { break };
            let Some(size) = rest.first_chunk::<8>() else { break };
            let size = i64::from_be_bytes(*size);
            let start = offset + 12;
            if id == b"desc" && described.is_none() {
                described = Some(describe(&read_up_to(&mut source, DESC_BYTES)?)?);
            } else if id == b"data" {
                let (format, order) = described.ok_or(Error::MissingChunk { id: "desc" })?;
                return Self::at_data(source, format, order, start, size, file_bytes);
            }
            let next = u64::try_from(size).ok().and_then(|size| start.checked_add(size));
            offset = next
                .filter(|next| *next <= file_bytes)
                .ok_or_else(|| Error::NotAChunk { offset, found: id_text(*id) })?;
        }
        Err(Error::MissingChunk { id: "data" })
    }

    fn at_data(
        source: R,
        format: Format,
        order: Order,
        start: u64,
        size: i64,
        file_bytes: u64,
    ) -> Result<Self, Error> {
        let there = file_bytes.saturating_sub(start);
        let declared = match size {
            TO_THE_END => there,
            size => u64::try_from(size).map_err(|_| bad("size of the sound", size, "0 or more"))?,
        };
        let mut repairs = Vec::new();
        if declared > there {
            repairs.push(Repair::DataCut { declared, found: there });
        }
        let bytes = declared.min(there).saturating_sub(EDIT_COUNT_BYTES);
        let frame_bytes = format.frame_bytes() as u64;
        let extra = bytes % frame_bytes;
        if extra > 0 && repairs.is_empty() {
            repairs.push(Repair::PartialFrame { extra });
        }
        let sound = Sound::new(start + EDIT_COUNT_BYTES, bytes / frame_bytes);
        Ok(Self { source, format, order, repairs, sound })
    }

    /// What the description says; samples as they are once their bytes are in order.
    pub fn format(&self) -> &Format {
        &self.format
    }

    /// Whole frames of sound.
    pub fn frames(&self) -> u64 {
        self.sound.frames()
    }

    /// What was wrong with the file and has been mended.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// Goes to a frame; the one after the last is allowed.
    pub fn seek_frame(&mut self, frame: u64) -> Result<(), Error> {
        self.sound.seek_frame(frame)
    }

    /// Reads the next frames, as [`Reader::read`](crate::Reader::read) does.
    ///
    /// # Panics
    /// When there is not one plane a channel or a plane is shorter than `frames`.
    pub fn read<P: AsMut<[f32]>>(
        &mut self,
        planes: &mut [P],
        frames: usize,
    ) -> Result<usize, Error> {
        let (order, width) = (self.order, usize::from(self.format.sample.bytes()));
        let prepare = |bytes: &mut [u8]| match order {
            Order::Same => {}
            Order::Reversed => bytes.chunks_exact_mut(width).for_each(<[u8]>::reverse),
            Order::Signed => bytes.iter_mut().for_each(|byte| *byte ^= 0x80),
        };
        self.sound.read(&mut self.source, &self.format, planes, frames, prepare)
    }
}

fn check_head(head: &[u8]) -> Result<(), Error> {
    if !head.starts_with(b"caff") {
        let found = head.iter().take(4).copied().collect::<Vec<_>>().escape_ascii().to_string();
        return Err(Error::NotCaf { found });
    }
    match head.get(4..6) {
        Some([0, 1]) => Ok(()),
        Some([a, b]) => Err(bad("version of the file", u16::from_be_bytes([*a, *b]), "1")),
        _ => Err(Error::MissingChunk { id: "desc" }),
    }
}

/// The format of the sound.
fn describe(payload: &[u8]) -> Result<(Format, Order), Error> {
    let Some(desc) = payload.first_chunk::<DESC_BYTES>() else {
        return Err(bad("size of the description", payload.len(), "32 bytes"));
    };
    let u32_at =
        |at: usize| u32::from_be_bytes([desc[at], desc[at + 1], desc[at + 2], desc[at + 3]]);
    let rate = f64::from_be_bytes(desc[..8].try_into().expect("eight of 32 bytes"));
    let (codec, flags) = (&desc[8..12], u32_at(12));
    if codec != b"lpcm" {
        return Err(Error::NotPcm { codec: codec.escape_ascii().to_string() });
    }
    let (packet_bytes, packet_frames) = (u32_at(16), u32_at(20));
    let (channels, bits) = (u32_at(24), u32_at(28));
    let channels = u16::try_from(channels)
        .map_err(|_| bad("number of channels", channels, format!("1 to {MAX_CHANNELS}")))?;
    check_channels(channels)?;
    let whole = rate >= 1.0 && rate <= f64::from(u32::MAX) && rate.fract() == 0.0;
    if !whole {
        return Err(bad("sample rate", rate, "a whole number of Hz"));
    }
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a whole number in range"
    )]
    let rate = rate as u32;
    let sample = match (flags & FLOAT != 0, bits) {
        (false, 8) => SampleFormat::U8,
        (false, 16) => SampleFormat::I16,
        (false, 24) => SampleFormat::I24,
        (false, 32) => SampleFormat::I32,
        (true, 32) => SampleFormat::F32,
        (true, 64) => SampleFormat::F64,
        _ => return Err(bad("number of bits", bits, "8, 16, 24 or 32, of floats 32 or 64")),
    };
    let format = Format::new(rate, channels, sample);
    let packet = format.frame_bytes();
    if packet_frames != 1 || packet_bytes as usize != packet {
        let found = format!("{packet_bytes} bytes of {packet_frames} frames");
        let allowed = format!("{packet} bytes of one frame for {channels} channels of {bits} bits");
        return Err(bad("packet", found, allowed));
    }
    let order = match (sample, flags & LITTLE_ENDIAN != 0) {
        (SampleFormat::U8, _) => Order::Signed,
        (_, true) => Order::Same,
        (_, false) => Order::Reversed,
    };
    Ok((format, order))
}

fn bad(what: &'static str, found: impl ToString, allowed: impl Into<String>) -> Error {
    Error::BadCaf { what, found: found.to_string(), allowed: allowed.into() }
}

/// As many bytes as there are, up to a number.
fn read_up_to(source: &mut impl Read, bytes: usize) -> io::Result<Vec<u8>> {
    let mut read = Vec::with_capacity(bytes);
    source.by_ref().take(bytes as u64).read_to_end(&mut read)?;
    Ok(read)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    /// A file as the format describes it, its sound written by hand.
    fn file(
        codec: &[u8; 4],
        flags: u32,
        channels: u32,
        bits: u32,
        size: i64,
        pcm: &[u8],
    ) -> Vec<u8> {
        let mut file = b"caff\0\x01\0\0desc\0\0\0\0\0\0\0\x20".to_vec();
        file.extend(48_000_f64.to_be_bytes());
        file.extend(codec);
        for field in [flags, channels * bits / 8, 1, channels, bits] {
            file.extend(field.to_be_bytes());
        }
        // A chunk that nobody needs.
        file.extend(b"free\0\0\0\0\0\0\0\x03abc");
        file.extend(b"data");
        file.extend(size.to_be_bytes());
        file.extend([0; 4]);
        file.extend(pcm);
        file
    }

    fn samples(bytes: Vec<u8>, channels: usize) -> Vec<Vec<f32>> {
        let mut reader = CafReader::new(Cursor::new(bytes)).unwrap();
        let frames = usize::try_from(reader.frames()).unwrap();
        let mut planes = vec![vec![0.0; frames]; channels];
        assert_eq!(reader.read(&mut planes, frames + 9).unwrap(), frames);
        planes
    }

    #[test]
    fn every_sample_format_of_either_order_is_the_same_sound() {
        // Two channels: a half and minus a quarter.
        let integer = |bits: u32, little: bool| {
            let each = [0x4000_0000_i32, -0x2000_0000].map(|top| {
                let word = top >> (32 - bits);
                let bytes = word.to_be_bytes()[(4 - bits as usize / 8)..].to_vec();
                if little { bytes.into_iter().rev().collect::<Vec<_>>() } else { bytes }
            });
            each.concat()
        };
        for bits in [8, 16, 24, 32] {
            for flags in [0, LITTLE_ENDIAN] {
                let pcm = integer(bits, flags != 0);
                let size = 4 + pcm.len() as i64;
                let read = samples(file(b"lpcm", flags, 2, bits, size, &pcm), 2);
                assert_eq!(read, [[0.5], [-0.25]], "{bits} bits, flags {flags}");
            }
        }
        let floats = [0.5_f32, -0.25].map(f32::to_be_bytes).concat();
        assert_eq!(samples(file(b"lpcm", 1, 2, 32, 12, &floats), 2), [[0.5], [-0.25]]);
        let doubles = [0.5_f64, -0.25].map(f64::to_le_bytes).concat();
        assert_eq!(samples(file(b"lpcm", 3, 2, 64, 20, &doubles), 2), [[0.5], [-0.25]]);
    }

    #[test]
    fn sound_without_a_size_lasts_to_the_end_and_what_is_cut_off_is_told() {
        let open =
            |size| CafReader::new(Cursor::new(file(b"lpcm", 0, 1, 16, size, &[0; 7]))).unwrap();
        let streamed = open(-1);
        assert_eq!(
            (streamed.frames(), streamed.repairs()),
            (3, &[Repair::PartialFrame { extra: 1 }][..])
        );
        let whole = open(10);
        assert_eq!((whole.frames(), whole.repairs()), (3, &[][..]));
        let cut = open(5_000_000_004);
        let repair = Repair::DataCut { declared: 5_000_000_004, found: 11 };
        assert_eq!((cut.frames(), cut.repairs()), (3, &[repair][..]));
    }

    #[test]
    fn a_frame_can_be_entered_anywhere() {
        let pcm: Vec<u8> = (0..100_u8).flat_map(|n| [n, 0]).collect();
        let mut reader = CafReader::new(Cursor::new(file(b"lpcm", 0, 1, 16, 204, &pcm))).unwrap();
        let mut plane = [[0.0; 3]];
        for at in [97_u16, 5, 0, 98] {
            reader.seek_frame(u64::from(at)).unwrap();
            let count = reader.read(&mut plane, 3).unwrap();
            assert_eq!(count, usize::from(100 - at).min(3));
            assert_eq!(plane[0][0], f32::from(at) / 128.0, "at {at}");
        }
        assert!(reader.seek_frame(101).is_err());
    }

    #[test]
    fn what_is_no_pcm_in_caf_is_refused_by_name() {
        let error = |bytes: Vec<u8>| CafReader::new(Cursor::new(bytes)).unwrap_err().to_string();
        let good = file(b"lpcm", 0, 1, 16, 6, &[0; 2]);
        for (bytes, words) in [
            (b"RIFF".to_vec(), "RIFF"),
            (vec![], "not a CAF file"),
            (file(b"alac", 0, 1, 16, 6, &[0; 2]), "alac"),
            (file(b"lpcm", 0, 0, 16, 6, &[0; 2]), "0 channels"),
            (file(b"lpcm", 0, 1, 20, 6, &[0; 2]), "20"),
            (file(b"lpcm", 1, 1, 16, 6, &[0; 2]), "16"),
            (file(b"lpcm", 0, 1, 16, -2, &[0; 2]), "-2"),
            (good[..60].to_vec(), "`data`"),
            (good[..20].to_vec(), "description"),
            (good[..8].to_vec(), "`data`"),
        ] {
            assert!(error(bytes.clone()).contains(words), "{words}: {}", error(bytes));
        }
    }
}
