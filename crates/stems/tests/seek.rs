//! Seeking: wherever a reader goes, it delivers the bits that reading from the start delivers there.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its stem has failed")]

mod common;
#[path = "common/dice.rs"]
mod dice;

use common::{read, write_float};
use cupola_model::{PlanarBlock, SampleRate, StemOffset};
use cupola_stems::StemReader;
use dice::{Dice, fixture};
use std::path::{Path, PathBuf};

/// Frames of the long fixtures.
const LONG: usize = 150_001;

/// The sample of the long fixtures: every pair tells the number of its frame.
fn long_sample(channel: usize, frame: usize) -> i16 {
    let period = [32_749, 30_011][channel];
    let value = i16::try_from(frame % period).unwrap();
    if channel == 0 { value } else { -value }
}

fn long_bytes() -> Vec<u8> {
    let samples = (0..LONG).flat_map(|n| [long_sample(0, n), long_sample(1, n)]);
    samples.flat_map(i16::to_be_bytes).collect()
}

/// The long fixture as AIFF. [AIFF]
fn long_aiff(folder: &Path) -> PathBuf {
    let sound = long_bytes();
    let frames = u32::try_from(LONG).unwrap().to_be_bytes();
    // 44100 in 80 bits: the exponent 15 with its bias, then the number shifted left to its first bit.
    let rate = [&0x400E_u16.to_be_bytes()[..], &(44_100_u64 << 48).to_be_bytes()].concat();
    let common = [&[0, 2][..], &frames, &[0, 16], &rate].concat();
    let chunk = |id: &[u8], body: &[u8]| {
        [id, &u32::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
    };
    let chunks = [chunk(b"COMM", &common), chunk(b"SSND", &[&[0; 8][..], &sound].concat())];
    let path = folder.join("long.aiff");
    std::fs::write(&path, chunk(b"FORM", &[&b"AIFF"[..], &chunks.concat()].concat())).unwrap();
    path
}

/// The long fixture as PCM in CAF.
fn long_caf(folder: &Path) -> PathBuf {
    let words = [0_u32, 4, 1, 2, 16].map(u32::to_be_bytes).concat();
    let description = [&44_100_f64.to_be_bytes()[..], b"lpcm", &words].concat();
    let chunk = |id: &[u8], body: &[u8]| {
        [id, &u64::try_from(body.len()).unwrap().to_be_bytes(), body].concat()
    };
    let data = chunk(b"data", &[&[0; 4][..], &long_bytes()].concat());
    let path = folder.join("long.caf");
    let file = [&b"caff\0\x01\0\0"[..], &chunk(b"desc", &description), &data].concat();
    std::fs::write(&path, file).unwrap();
    path
}

/// Reads `count` frames from `frame` on.
fn read_at(stem: &mut StemReader, frame: usize, count: usize) -> Vec<Vec<f32>> {
    let mut block = PlanarBlock::new(stem.channels(), count);
    block.iter_mut().for_each(|plane| plane.fill(7.0));
    stem.seek(frame as u64).unwrap();
    // In two pieces, since what follows a seek must follow it for good.
    stem.read(&mut block, 0..count / 3).unwrap();
    stem.read(&mut block, count / 3..count).unwrap();
    block.iter().map(<[f32]>::to_vec).collect()
}

/// Compares random seeks, far and near, forward and back, with a read from the start.
fn check(path: &Path, offset: StemOffset, session: u32, length: usize) {
    let straight = read(path, offset, session, length + 5000, 1009);
    let session = SampleRate::new(session).unwrap();
    let mut stem = StemReader::open(path, offset, session).unwrap();
    let mut dice = Dice(length as u64);
    let mut frame = 0;
    for round in 0..40 {
        frame = match dice.below(5) {
            0 => frame + dice.below(3000),
            1 => frame.saturating_sub(dice.below(9000)),
            2 => [0, 1, length - 1, length, length + 5000][dice.below(5)],
            _ => dice.below(length),
        }
        .min(length + 5000);
        let count = (1 + dice.below(2500)).min(length + 5000 - frame);
        for (channel, plane) in read_at(&mut stem, frame, count).iter().enumerate() {
            let wanted = &straight[channel][frame..frame + count];
            let same = plane.iter().zip(wanted).all(|(a, b)| a.to_bits() == b.to_bits());
            assert!(same, "{} {offset:?}, seek {round} to {frame}", path.display());
        }
        frame += count;
    }
}

#[test]
fn every_kind_of_file_seeks_to_the_bits_of_a_straight_read() {
    let own_rate = [
        ("stereo24.wav", 44_100, 4507),
        ("stereo24.flac", 44_100, 4507),
        ("stereo24.aiff", 44_100, 4507),
        ("stereo24.caf", 44_100, 4507),
        ("stereo24_alac.caf", 44_100, 4507),
        ("stereo24_alac.m4a", 44_100, 4507),
        ("six16.flac", 48_000, 503),
        ("stereo16.mp3", 48_000, 5003),
        ("stereo16.ogg", 48_000, 5003),
        ("stereo16_aac.m4a", 48_000, 5003),
        ("stereo16_adpcm.wav", 48_000, 5003),
    ];
    for (name, rate, frames) in own_rate {
        check(&fixture(name), StemOffset::NONE, rate, frames);
        check(&fixture(name), StemOffset::SessionFrames(-700), 48_000, frames);
        check(&fixture(name), StemOffset::FileFrames(3333), 96_000, 2 * frames + 7000);
    }
}

#[test]
fn files_long_enough_to_be_searched_seek_to_the_bits_of_a_straight_read() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [
        fixture("long16.flac"),
        fixture("long16_alac.caf"),
        fixture("long16_alac.m4a"),
        long_aiff(folder.path()),
        long_caf(folder.path()),
    ];
    for path in paths {
        let straight = read(&path, StemOffset::NONE, 44_100, LONG, 8192);
        for (channel, plane) in straight.iter().enumerate() {
            let wanted = |n| f32::from(long_sample(channel, n)) / 32_768.0;
            let wrong = (0..LONG).find(|&n| plane[n] != wanted(n));
            assert_eq!(wrong, None, "channel {channel} of {}", path.display());
        }
        check(&path, StemOffset::NONE, 44_100, LONG);
        check(&path, StemOffset::FileFrames(-41), 48_000, 163_266);
    }
}

#[test]
fn a_converted_stem_seeks_to_the_bits_of_a_straight_read() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(3);
    let noise = vec![(0..60_000).map(|_| dice.below(60_001) as f32 / 3e4 - 1.0).collect()];
    for rate in [44_100, 96_000, 88_200, 32_000, 47_952] {
        let path = write_float(folder.path(), "noise.wav", rate, &noise);
        let length = 60_000 * 48_000_usize / rate as usize;
        for offset in [
            StemOffset::NONE,
            StemOffset::SessionFrames(12_345),
            StemOffset::SessionFrames(-1234),
            StemOffset::FileFrames(5001),
            StemOffset::FileFrames(-777),
        ] {
            check(&path, offset, 48_000, length);
        }
    }
}

#[test]
fn a_huge_offset_is_silence_wherever_one_goes() {
    let folder = tempfile::tempdir().unwrap();
    for rate in [44_100, 48_000] {
        let path = write_float(folder.path(), "a.wav", rate, &[vec![0.5; 500]]);
        for n in [i64::MAX, i64::MIN] {
            for offset in [StemOffset::SessionFrames(n), StemOffset::FileFrames(n)] {
                let mut stem = StemReader::open(&path, offset, SampleRate::HZ_48000).unwrap();
                for frame in [1000, u64::MAX, 0, 1 << 62] {
                    stem.seek(frame).unwrap();
                    let mut block = PlanarBlock::new(1, 3000);
                    block.channel_mut(0).fill(7.0);
                    stem.read(&mut block, 0..3000).unwrap();
                    assert!(block.channel(0).iter().all(|&x| x == 0.0), "{offset:?} at {frame}");
                }
            }
        }
    }
}

/// A FLAC file with a table of seek points, each a frame, a byte after the first packet, and the
/// length of the packet there. [RFC 9639 §8.5]
fn with_seek_table(path: &Path, folder: &Path, points: &[(u64, u64)]) -> PathBuf {
    let flac = std::fs::read(path).unwrap();
    // The mark, then STREAMINFO: a header of 4 bytes and a body of 34.
    let (head, rest) = flac.split_at(4 + 4 + 34);
    let mut bytes = head.to_vec();
    bytes[4] &= 0x7F;
    bytes.extend([3, 0, 0, u8::try_from(18 * points.len()).unwrap()]);
    for &(frame, byte) in points {
        bytes.extend(frame.to_be_bytes());
        bytes.extend(byte.to_be_bytes());
        bytes.extend(4608_u16.to_be_bytes());
    }
    bytes.extend(rest);
    let path = folder.join("table.flac");
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_table_of_seek_points_that_lies_misleads_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let tables: [&[(u64, u64)]; 4] = [
        &[(4608, 60_000), (92_160, 80_000)],
        &[(4608, 10), (138_240, 20)],
        &[(0, 90_000), (92_160, 5)],
        &[(46_080, u64::MAX - 5), (92_160, 1 << 62)],
    ];
    for points in tables {
        let path = with_seek_table(&fixture("long16.flac"), folder.path(), points);
        check(&path, StemOffset::NONE, 44_100, LONG);
    }
}

#[test]
fn a_file_that_changes_behind_our_back_is_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.mp3");
    std::fs::copy(fixture("stereo16.mp3"), &path).unwrap();
    let mut stem = StemReader::open(&path, StemOffset::NONE, SampleRate::HZ_48000).unwrap();
    let mut block = PlanarBlock::new(2, 4000);
    stem.read(&mut block, 0..4000).unwrap();
    std::fs::write(&path, b"no sound").unwrap();
    stem.seek(4).and_then(|()| stem.read(&mut block, 0..4000)).unwrap_err();
}
