//! Offsets, lengths, faults: where a stem's sound lands and what is refused.

mod common;

use common::{read, write_float};
use cupola_model::{PlanarBlock, SampleRate, StemOffset};
use cupola_stems::{StemError, StemReader, probe};
use std::path::Path;

/// Two channels that count frames, so that every sample tells where it came from.
fn counting(frames: usize) -> Vec<Vec<f32>> {
    let ramp = |from: f32| (0..frames).map(|i| from + i as f32 / 65_536.0).collect();
    vec![ramp(0.25), ramp(-0.75)]
}

#[test]
fn an_offset_at_the_session_rate_moves_the_sound_exactly() {
    let folder = tempfile::tempdir().unwrap();
    let planes = counting(20_000);
    let path = write_float(folder.path(), "a.wav", 48_000, &planes);
    let facts = probe(&path).unwrap().facts;
    for n in [0, 1, 4095, 4096, 10_000, -1, -16_384, -16_385, -19_999, -20_000, -30_000] {
        for offset in [StemOffset::SessionFrames(n), StemOffset::FileFrames(n)] {
            let end = usize::try_from(facts.end_at(SampleRate::HZ_48000, offset).0).unwrap();
            let got = read(&path, offset, 48_000, end + 3000, 997);
            for (got, plane) in got.iter().zip(&planes) {
                for (i, &x) in got.iter().enumerate() {
                    let source = usize::try_from(i as i64 - n).ok();
                    let wanted = source.and_then(|i| plane.get(i)).copied().unwrap_or(0.0);
                    assert!(x == wanted, "frame {i} at {offset:?}: {x} instead of {wanted}");
                    assert!(x != 0.0 || i >= end || source.is_none(), "ends before end_at");
                }
            }
        }
    }
}

#[test]
fn the_same_bits_come_whatever_the_sizes_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let path = write_float(folder.path(), "a.wav", 44_100, &counting(9000));
    for offset in [StemOffset::SessionFrames(-700), StemOffset::FileFrames(333)] {
        let whole = read(&path, offset, 48_000, 12_000, 12_000);
        for hop in [1, 7, 480, 1024, 4097] {
            assert!(read(&path, offset, 48_000, 12_000, hop) == whole, "hop {hop} at {offset:?}");
        }
    }
}

#[test]
fn a_file_offset_equals_a_file_with_that_many_frames_more_or_less() {
    let folder = tempfile::tempdir().unwrap();
    let planes = counting(5000);
    let path = write_float(folder.path(), "a.wav", 44_100, &planes);
    let later: Vec<Vec<f32>> =
        planes.iter().map(|p| [vec![0.0; 100], p.clone()].concat()).collect();
    let later = write_float(folder.path(), "later.wav", 44_100, &later);
    let earlier: Vec<Vec<f32>> = planes.iter().map(|p| p[100..].to_vec()).collect();
    let earlier = write_float(folder.path(), "earlier.wav", 44_100, &earlier);
    let reads = |path: &Path, n| read(path, StemOffset::FileFrames(n), 48_000, 7000, 512);
    assert!(reads(&path, 100) == reads(&later, 0));
    assert!(reads(&path, -100) == reads(&earlier, 0));
}

#[test]
fn a_session_offset_is_applied_after_the_conversion() {
    let folder = tempfile::tempdir().unwrap();
    let path = write_float(folder.path(), "a.wav", 44_100, &counting(5000));
    let plain = read(&path, StemOffset::NONE, 48_000, 8000, 512);
    let later = read(&path, StemOffset::SessionFrames(77), 48_000, 8000, 512);
    let earlier = read(&path, StemOffset::SessionFrames(-77), 48_000, 7000, 512);
    for channel in 0..2 {
        assert!(later[channel][77..] == plain[channel][..8000 - 77]);
        assert!(earlier[channel][..] == plain[channel][77..77 + 7000]);
    }
}

#[test]
fn a_huge_offset_is_silence_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = write_float(folder.path(), "a.wav", 44_100, &counting(500));
    for n in [i64::MAX, i64::MIN] {
        for offset in [StemOffset::SessionFrames(n), StemOffset::FileFrames(n)] {
            let got = read(&path, offset, 48_000, 3000, 1000);
            assert!(got.iter().flatten().all(|&x| x == 0.0), "{offset:?}");
        }
    }
}

#[test]
fn a_sample_that_is_no_number_is_refused_with_its_place() {
    let folder = tempfile::tempdir().unwrap();
    for (bad, rate) in [(f32::NAN, 48_000), (f32::INFINITY, 44_100), (f32::NEG_INFINITY, 96_000)] {
        let mut planes = counting(40_000);
        planes[1][33_000] = bad;
        planes[0][33_001] = bad;
        let path = write_float(folder.path(), "a.wav", rate, &planes);
        let mut stem = StemReader::open(&path, StemOffset::NONE, SampleRate::HZ_48000).unwrap();
        let mut block = PlanarBlock::new(2, 50_000);
        let error = stem.read(&mut block, 0..50_000).unwrap_err();
        assert!(
            matches!(error, StemError::NotFinite { channel: 2, frame: 33_000, .. }),
            "{error:?}"
        );
        assert!(error.to_string().contains("channel 2 has NaN or infinity at frame 33000"));
    }
}

#[test]
fn a_wav_file_cut_off_is_read_to_its_end_with_a_warning() {
    let folder = tempfile::tempdir().unwrap();
    let planes = counting(1000);
    let path = write_float(folder.path(), "a.wav", 48_000, &planes);
    let bytes = std::fs::read(&path).unwrap();
    std::fs::write(&path, &bytes[..bytes.len() - 8 * 100 - 3]).unwrap();
    let probe = probe(&path).unwrap();
    assert_eq!(probe.facts.frames, 899);
    let rules: Vec<_> = probe.findings.iter().map(|f| (f.rule, f.severity.name())).collect();
    assert_eq!(rules, [("stems.wav.truncated", "error")]);
    let got = read(&path, StemOffset::NONE, 48_000, 1000, 1000);
    assert!(got[0][..899] == planes[0][..899] && got[0][899..].iter().all(|&x| x == 0.0));
}

#[test]
fn files_beyond_the_limits_are_refused_with_the_limit() {
    let folder = tempfile::tempdir().unwrap();
    let refused = |name: &str, rate, channels: usize| {
        let path = write_float(folder.path(), name, rate, &vec![vec![0.0; 10]; channels]);
        probe(&path).unwrap_err().to_string()
    };
    assert!(refused("a.wav", 48_000, 129).contains("129 channels, 1 to 128 are allowed"));
    assert!(refused("b.wav", 1000, 1).contains("1000 Hz, 4000 to 768000 Hz are allowed"));
    let path = write_float(folder.path(), "c.wav", 44_101, &[vec![0.0; 10]]);
    let error = StemReader::open(&path, StemOffset::NONE, SampleRate::HZ_48000).unwrap_err();
    assert!(matches!(error, StemError::NoConversion { up: 48_000, down: 44_101, .. }), "{error:?}");
}

#[test]
fn a_file_without_sound_is_noted_and_silent() {
    let folder = tempfile::tempdir().unwrap();
    let path = write_float(folder.path(), "a.wav", 44_100, &[vec![]]);
    let probe = probe(&path).unwrap();
    assert_eq!(probe.facts.frames, 0);
    assert_eq!(probe.findings[0].rule, "stems.empty");
    assert!(read(&path, StemOffset::NONE, 48_000, 100, 50)[0].iter().all(|&x| x == 0.0));
}
