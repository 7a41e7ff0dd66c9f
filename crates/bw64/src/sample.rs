//! Samples to f32 and back.
//!
//! Integers are scaled by 2^-(bits-1). The other way, the value is scaled exactly, rounded half to
//! even and held inside the range; the 24-bit words are packed four samples to three words.

use crate::format::{Format, SampleFormat};
use fearless_simd::{Level, Simd, dispatch, f32x4, i32x4, prelude::*, u8x16, u32x4};
use std::ops::Range;

/// Frames quantised at once: enough for the packing to run in long strides, few enough that the
/// tile of a 128-channel file stays in the first-level cache.
const TILE_FRAMES: usize = 32;

/// Bytes of interleaved sound de-interleaved at once; half of a small first-level cache.
const DECODE_BYTES: usize = 16 * 1024;

/// De-interleaves whole frames into `planes`, from frame `start` of each plane on.
pub(crate) fn decode<P: AsMut<[f32]>>(
    format: &Format,
    bytes: &[u8],
    planes: &mut [P],
    start: usize,
) {
    decode_with(Level::new(), format, bytes, planes, start);
}

/// The same with the vectors of this level; the bits are those of any other.
fn decode_with<P: AsMut<[f32]>>(
    level: Level,
    format: &Format,
    bytes: &[u8],
    planes: &mut [P],
    mut start: usize,
) {
    let frame_bytes = format.frame_bytes();
    let step = usize::from(format.sample.bytes());
    let whole = start..start + bytes.len() / frame_bytes;
    match (format.sample, &mut *planes) {
        (SampleFormat::I24, [one]) => return decode_mono(bytes, &mut one.as_mut()[whole]),
        (SampleFormat::I24, [left, right]) => {
            let (left, right) = (left.as_mut(), right.as_mut());
            return decode_stereo(bytes, &mut left[whole.clone()], &mut right[whole]);
        }
        _ => {}
    }
    let tile_frames = (DECODE_BYTES / frame_bytes).max(1);
    for tile in bytes.chunks(tile_frames * frame_bytes) {
        let frames = start..start + tile.len() / frame_bytes;
        let first = if format.sample == SampleFormat::I24 { planes.len() / 4 * 4 } else { 0 };
        let (fours, _) = planes[..first].as_chunks_mut::<4>();
        dispatch!(level, simd => decode_fours(simd, tile, frame_bytes, fours, frames.clone()));
        for (channel, plane) in (first..).zip(&mut planes[first..]) {
            let out = &mut plane.as_mut()[frames.clone()];
            decode_plane(format.sample, &tile[channel * step..], frame_bytes, out);
        }
        start = frames.end;
    }
}

/// Four samples of 24 bits are three words; as below, the 24 bits go to the top of a word.
#[inline]
fn four(bytes: &[u8; 12]) -> [f32; 4] {
    let word =
        |at: usize| u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    let (low, mid, high) = (word(0), word(4), word(8));
    let words = [
        low << 8,
        low >> 16 & 0xFF00 | mid << 16,
        mid >> 8 & 0x00FF_FF00 | high << 24,
        high & 0xFFFF_FF00,
    ];
    words.map(|word| word.cast_signed() as f32 / 2_147_483_648.0)
}

/// Reads 24 bits of one channel alone.
fn decode_mono(bytes: &[u8], out: &mut [f32]) {
    let (twelves, _) = bytes.as_chunks();
    let (fours, rest) = out.as_chunks_mut();
    for (out, twelve) in fours.iter_mut().zip(twelves) {
        *out = four(twelve);
    }
    decode_plane(SampleFormat::I24, &bytes[twelves.len() * 12..], 3, rest);
}

/// Reads 24 bits of two channels that are alone.
fn decode_stereo(bytes: &[u8], left: &mut [f32], right: &mut [f32]) {
    let (twelves, _) = bytes.as_chunks();
    let ((lefts, left), (rights, right)) = (left.as_chunks_mut(), right.as_chunks_mut());
    for ((left, right), twelve) in lefts.iter_mut().zip(rights).zip(twelves) {
        let [a, b, c, d] = four(twelve);
        (*left, *right) = ([a, c], [b, d]);
    }
    let rest = &bytes[twelves.len() * 12..];
    decode_plane(SampleFormat::I24, rest, 6, left);
    decode_plane(SampleFormat::I24, rest.get(3..).unwrap_or_default(), 6, right);
}

/// Reads the frames of a tile, 24 bits, into these frames of all channels but the last few.
#[inline(always)]
fn decode_fours<S: Simd, P: AsMut<[f32]>>(
    simd: S,
    tile: &[u8],
    frame_bytes: usize,
    fours: &mut [[P; 4]],
    frames: Range<usize>,
) {
    for (index, four) in fours.iter_mut().enumerate() {
        let four = four.each_mut().map(|plane| &mut plane.as_mut()[frames.clone()]);
        decode_four(simd, &tile[index * 12..], frame_bytes, four);
    }
}

/// Reads four channels of 24 bits at once: `bytes` starts at the first sample of the first of them.
#[inline(always)]
fn decode_four<S: Simd>(simd: S, bytes: &[u8], frame_bytes: usize, planes: [&mut [f32]; 4]) {
    // Four frames at a time, where a vector from the last of them does not reach beyond the end.
    let last = bytes.len().checked_sub(16);
    let whole = last.map_or(0, |last| (last / frame_bytes + 1) / 4 * 4);
    let order = u8x16::from_slice(simd, &[0, 0, 1, 2, 3, 3, 4, 5, 6, 6, 7, 8, 9, 9, 10, 11]);
    let mask = u32x4::splat(simd, 0xFFFF_FF00);
    let scale = f32x4::splat(simd, 1.0 / 2_147_483_648.0);
    let [a, b, c, d] = planes;
    for n in (0..whole).step_by(4) {
        let row = |k: usize| {
            let at = (n + k) * frame_bytes;
            let sixteen = u8x16::from_slice(simd, &bytes[at..at + 16]);
            let words: u32x4<S> = sixteen.swizzle_dyn_within_blocks(order).bitcast();
            let words: i32x4<S> = (words & mask).bitcast();
            f32x4::float_from(words) * scale
        };
        let (ac, bd) = (row(0).interleave(row(2)), row(1).interleave(row(3)));
        let (first, last) = (ac.0.interleave(bd.0), ac.1.interleave(bd.1));
        first.0.store_slice(&mut a[n..n + 4]);
        first.1.store_slice(&mut b[n..n + 4]);
        last.0.store_slice(&mut c[n..n + 4]);
        last.1.store_slice(&mut d[n..n + 4]);
    }
    for (n, frame) in bytes.chunks(frame_bytes).enumerate().skip(whole) {
        let twelve = frame.first_chunk().expect("a frame holds a sample of every channel");
        [a[n], b[n], c[n], d[n]] = four(twelve);
    }
}

/// Reads one channel: `bytes` starts at its first sample.
fn decode_plane(sample: SampleFormat, bytes: &[u8], frame_bytes: usize, out: &mut [f32]) {
    match sample {
        SampleFormat::U8 => strided(bytes, frame_bytes, out, |[b]| (f32::from(b) - 128.0) / 128.0),
        SampleFormat::I16 => {
            strided(bytes, frame_bytes, out, |b| f32::from(i16::from_le_bytes(b)) / 32_768.0);
        }
        SampleFormat::I24 => {
            // The 24 bits go to the top of a word, so the scale is that of 32 bits.
            strided(bytes, frame_bytes, out, |[a, b, c]| {
                i32::from_le_bytes([0, a, b, c]) as f32 / 2_147_483_648.0
            });
        }
        SampleFormat::I32 => {
            strided(bytes, frame_bytes, out, |b| i32::from_le_bytes(b) as f32 / 2_147_483_648.0);
        }
        SampleFormat::F32 => strided(bytes, frame_bytes, out, f32::from_le_bytes),
        SampleFormat::F64 => strided(bytes, frame_bytes, out, |b| narrow(f64::from_le_bytes(b))),
    }
}

fn strided<const N: usize>(
    bytes: &[u8],
    frame_bytes: usize,
    out: &mut [f32],
    convert: impl Fn([u8; N]) -> f32,
) {
    // The last frame of a later channel is shorter than a whole one, hence `chunks`.
    for (out, frame) in out.iter_mut().zip(bytes.chunks(frame_bytes)) {
        let sample = frame.first_chunk().expect("a frame holds a sample of every channel");
        *out = convert(*sample);
    }
}

#[expect(clippy::cast_possible_truncation, reason = "narrowing to f32 is what is asked for")]
fn narrow(value: f64) -> f32 {
    value as f32
}

/// Appends `frames` frames of the planes, from frame `start` of each on, to `out`: interleaved,
/// little-endian, as every container of this family holds them. [`Writer`](crate::Writer) does this
/// by itself; other containers of the same samples call it.
///
/// `tile` is scratch space, kept by the caller so that nothing is allocated in the long run.
///
/// # Panics
/// When a plane that `plane` gives for channel 0, 1, and so on ends before the last frame.
pub fn encode<'a>(
    format: &Format,
    plane: &impl Fn(usize) -> &'a [f32],
    start: usize,
    frames: usize,
    tile: &mut Vec<i32>,
    out: &mut Vec<u8>,
) {
    let channels = usize::from(format.channels);
    if format.sample == SampleFormat::F64 {
        for frame in start..start + frames {
            out.extend((0..channels).flat_map(|c| f64::from(plane(c)[frame]).to_le_bytes()));
        }
        return;
    }
    tile.resize(TILE_FRAMES * channels, 0);
    for first in (start..start + frames).step_by(TILE_FRAMES) {
        let count = TILE_FRAMES.min(start + frames - first);
        for channel in 0..channels {
            let samples = &plane(channel)[first..first + count];
            quantise_plane(format.sample, samples, &mut tile[channel..], channels);
        }
        pack(format.sample, &tile[..count * channels], out);
    }
}

/// Writes one channel into a frame-major tile, as integers or as the bits of floats.
fn quantise_plane(sample: SampleFormat, samples: &[f32], tile: &mut [i32], channels: usize) {
    match sample {
        SampleFormat::U8 => scatter(samples, tile, channels, |x| quantise::<8>(x) + 128),
        SampleFormat::I16 => scatter(samples, tile, channels, quantise::<16>),
        SampleFormat::I24 => scatter(samples, tile, channels, quantise::<24>),
        SampleFormat::I32 => scatter(samples, tile, channels, quantise_32),
        SampleFormat::F32 | SampleFormat::F64 => {
            scatter(samples, tile, channels, |x| x.to_bits().cast_signed());
        }
    }
}

/// Converts in a row of its own, which the compiler turns into vectors, and only then scatters.
fn scatter(samples: &[f32], tile: &mut [i32], channels: usize, convert: impl Fn(f32) -> i32) {
    let mut row = [0; TILE_FRAMES];
    for (word, &x) in row.iter_mut().zip(samples) {
        *word = convert(x);
    }
    for (frame, word) in tile.chunks_mut(channels).zip(&row[..samples.len()]) {
        frame[0] = *word;
    }
}

/// The integer of `BITS` bits (at most 24) nearest to x · 2^(BITS-1), ties to even, held inside the
/// range. What is not a number becomes 0.
///
/// Written so that it becomes vectors on any processor: `round_ties_even` is a call without SSE4.1,
/// and a cast to an integer checks its range sample by sample.
#[inline]
fn quantise<const BITS: u32>(x: f32) -> i32 {
    const WHOLE: f32 = 8_388_608.0; // from 2^23 to 2^24, neighbours are 1 apart
    let scale = (1_u32 << (BITS - 1)) as f32;
    let number = if x.is_nan() { 0.0 } else { x };
    let scaled = number * scale; // exact: a power of two
    let below = if scaled > scale - 1.0 { scale - 1.0 } else { scaled };
    let held = if below < -scale { -scale } else { below };
    // The addition rounds the magnitude to a whole number, which then fills the low bits.
    let magnitude = (held.abs() + WHOLE).to_bits().wrapping_sub(WHOLE.to_bits()).cast_signed();
    let sign = held.to_bits().cast_signed() >> 31;
    (magnitude ^ sign).wrapping_sub(sign)
}

/// The same for 32 bits, where every f32 large enough to matter is a whole number already.
#[expect(clippy::cast_possible_truncation, reason = "the cast holds the value inside the range")]
fn quantise_32(x: f32) -> i32 {
    (x * 2_147_483_648.0).round_ties_even() as i32
}

/// Appends the low bytes of every word.
fn pack(sample: SampleFormat, tile: &[i32], out: &mut Vec<u8>) {
    let width = usize::from(sample.bytes());
    let start = out.len();
    out.resize(start + tile.len() * width, 0);
    let out = &mut out[start..];
    match sample {
        SampleFormat::I24 => pack_24(tile, out),
        SampleFormat::U8 => pack_low::<1>(tile, out),
        SampleFormat::I16 => pack_low::<2>(tile, out),
        SampleFormat::I32 | SampleFormat::F32 | SampleFormat::F64 => pack_low::<4>(tile, out),
    }
}

fn pack_low<const N: usize>(tile: &[i32], out: &mut [u8]) {
    for (out, word) in out.as_chunks_mut::<N>().0.iter_mut().zip(tile) {
        let bytes = word.to_le_bytes();
        out.copy_from_slice(&bytes[..N]);
    }
}

/// Four samples make three words, which is four times as fast as byte by byte.
fn pack_24(tile: &[i32], out: &mut [u8]) {
    let (fours, rest) = tile.as_chunks::<4>();
    let (twelves, tail) = out.split_at_mut(fours.len() * 12);
    for (out, four) in twelves.as_chunks_mut::<12>().0.iter_mut().zip(fours) {
        let [a, b, c, d] = four.map(|word| word.cast_unsigned() & 0x00FF_FFFF);
        out[0..4].copy_from_slice(&(a | b << 24).to_le_bytes());
        out[4..8].copy_from_slice(&(b >> 8 | c << 16).to_le_bytes());
        out[8..12].copy_from_slice(&(c >> 16 | d << 8).to_le_bytes());
    }
    pack_low::<3>(rest, tail);
}

#[cfg(test)]
mod tests {
    #![expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "the slow twin casts values it has held inside the range"
    )]
    use super::*;

    const ALL: [SampleFormat; 6] = [
        SampleFormat::U8,
        SampleFormat::I16,
        SampleFormat::I24,
        SampleFormat::I32,
        SampleFormat::F32,
        SampleFormat::F64,
    ];

    /// Quantises in f64 and writes byte by byte.
    fn slow_encode(sample: SampleFormat, x: f32) -> Vec<u8> {
        let integer = |bits: i32| {
            let scale = 2_f64.powi(bits - 1);
            (f64::from(x) * scale).round_ties_even().clamp(-scale, scale - 1.0) as i64
        };
        match sample {
            SampleFormat::U8 => vec![(integer(8) + 128) as u8],
            SampleFormat::I16 => integer(16).to_le_bytes()[..2].to_vec(),
            SampleFormat::I24 => integer(24).to_le_bytes()[..3].to_vec(),
            SampleFormat::I32 => integer(32).to_le_bytes()[..4].to_vec(),
            SampleFormat::F32 => x.to_le_bytes().to_vec(),
            SampleFormat::F64 => f64::from(x).to_le_bytes().to_vec(),
        }
    }

    /// Puts an integer together byte by byte and scales it in f64.
    fn slow_decode(sample: SampleFormat, b: &[u8]) -> f32 {
        let integer = |bits: i32| {
            let raw = b.iter().rev().fold(0_i64, |sum, &byte| sum * 256 + i64::from(byte));
            let signed = if raw >= 1 << (bits - 1) { raw - (1 << bits) } else { raw };
            (signed as f64 / 2_f64.powi(bits - 1)) as f32
        };
        match sample {
            SampleFormat::U8 => ((f64::from(b[0]) - 128.0) / 128.0) as f32,
            SampleFormat::I16 => integer(16),
            SampleFormat::I24 => integer(24),
            SampleFormat::I32 => integer(32),
            SampleFormat::F32 => f32::from_le_bytes(b.try_into().unwrap()),
            SampleFormat::F64 => f64::from_le_bytes(b.try_into().unwrap()) as f32,
        }
    }

    /// Loud, quiet, clipping and exactly-between values.
    fn signal(length: usize) -> Vec<f32> {
        let mut seed = 0x2545_F491_4F6C_DD1D_u64;
        let mut next = || {
            seed ^= seed << 13;
            seed ^= seed >> 7;
            seed ^= seed << 17;
            seed
        };
        let mut out = vec![0.0, -0.0, 1.0, -1.0, 2.0, -2.0, f32::MAX, f32::MIN, f32::MIN_POSITIVE];
        out.extend([f32::INFINITY, f32::NEG_INFINITY]);
        out.extend(
            [0.5_f32, 1.5, 2.5, -0.5, -1.5, -2.5, 32_766.5, 4_194_304.5].map(|n| n / 8_388_608.0),
        );
        out.extend([0.5_f32, 1.5, 2.5, -0.5, -1.5, 126.5, 127.5].map(|n| n / 32_768.0));
        out.extend([0.5_f32, 1.5, 126.5, 127.5, -127.5, -128.5].map(|n| n / 128.0));
        while out.len() < length {
            let level = [1.1, 0.01, 1e-4, 1e-7][(next() % 4) as usize];
            out.push(((next() >> 40) as f32 / 8_388_608.0 - 1.0) * level);
        }
        out
    }

    fn planes(channels: usize, frames: usize) -> Vec<Vec<f32>> {
        signal(channels * frames).chunks(frames).take(channels).map(<[f32]>::to_vec).collect()
    }

    #[test]
    fn encoding_equals_the_slow_twin_bit_for_bit() {
        for sample in ALL {
            for (channels, frames) in [(1, 1003), (2, 517), (3, 67), (12, 100), (128, 33)] {
                let planes = planes(channels, frames);
                let format = Format::new(48_000, channels as u16, sample);
                let mut fast = vec![];
                let plane = |c: usize| planes[c].as_slice();
                encode(&format, &plane, 0, 5, &mut vec![], &mut fast);
                encode(&format, &plane, 5, frames - 5, &mut vec![], &mut fast);
                let slow: Vec<u8> = (0..frames)
                    .flat_map(|f| planes.iter().map(move |p| p[f]))
                    .flat_map(|x| slow_encode(sample, x))
                    .collect();
                assert!(fast == slow, "{sample:?}, {channels} channels");
            }
        }
    }

    #[test]
    fn decoding_equals_the_slow_twin_bit_for_bit() {
        for sample in ALL {
            for (channels, frames) in
                [(1, 20_011), (1, 7), (2, 9001), (2, 1), (3, 67), (4, 5000), (9, 801), (128, 33)]
            {
                let format = Format::new(48_000, channels as u16, sample);
                let step = usize::from(sample.bytes());
                let bytes: Vec<u8> = signal(channels * frames)[..channels * frames]
                    .iter()
                    .flat_map(|&x| slow_encode(sample, x))
                    .collect();
                for level in [Level::new(), Level::baseline()] {
                    let mut planes = vec![vec![9.0; frames + 3]; channels];
                    decode_with(level, &format, &bytes, &mut planes, 2);
                    for (i, raw) in bytes.chunks(step).enumerate() {
                        let got = planes[i % channels][i / channels + 2];
                        let expected = slow_decode(sample, raw);
                        assert_eq!(got.to_bits(), expected.to_bits(), "{sample:?} {raw:?}");
                    }
                    assert!(planes.iter().all(|p| p[..2] == [9.0; 2] && p[frames + 2] == 9.0));
                }
            }
        }
    }

    #[test]
    fn every_16_bit_and_24_bit_value_survives_the_trip() {
        for value in -8_388_608..=8_388_607_i32 {
            assert_eq!(quantise::<24>(value as f32 / 8_388_608.0), value);
        }
        for value in -32_768..=32_767_i16 {
            assert_eq!(quantise::<16>(f32::from(value) / 32_768.0), i32::from(value));
        }
    }

    #[test]
    fn not_a_number_becomes_silence() {
        assert_eq!(quantise::<24>(f32::NAN), 0);
    }
}
