//! Making stems and reading them whole.

#![expect(clippy::unwrap_used, reason = "a test that cannot write or read its stem has failed")]

use cupola_model::{PlanarBlock, SampleRate, StemOffset};
use cupola_stems::StemReader;
use std::path::{Path, PathBuf};

/// Writes a 32-bit float WAV file with hound.
pub(crate) fn write_float(folder: &Path, name: &str, rate: u32, planes: &[Vec<f32>]) -> PathBuf {
    let path = folder.join(name);
    let spec = hound::WavSpec {
        channels: u16::try_from(planes.len()).unwrap(),
        sample_rate: rate,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    let mut writer = hound::WavWriter::create(&path, spec).unwrap();
    for frame in 0..planes[0].len() {
        for plane in planes {
            writer.write_sample(plane[frame]).unwrap();
        }
    }
    writer.finalize().unwrap();
    path
}

/// The first `length` frames of the programme, read in pieces of `hop` frames.
pub(crate) fn read(
    path: &Path,
    offset: StemOffset,
    session: u32,
    length: usize,
    hop: usize,
) -> Vec<Vec<f32>> {
    let session = SampleRate::new(session).unwrap();
    let mut stem = StemReader::open(path, offset, session).unwrap();
    let mut block = PlanarBlock::new(stem.channels(), length);
    block.iter_mut().for_each(|plane| plane.fill(7.0));
    for start in (0..length).step_by(hop) {
        stem.read(&mut block, start..length.min(start + hop)).unwrap();
    }
    block.iter().map(<[f32]>::to_vec).collect()
}
