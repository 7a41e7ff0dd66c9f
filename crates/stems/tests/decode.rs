//! Every kind of file against its WAV twin, which hound decodes.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its fixture has failed")]

use cupola_model::{PlanarBlock, SampleRate, StemOffset};
use cupola_stems::{StemError, StemReader, probe};
use std::path::PathBuf;

fn fixture(name: &str) -> PathBuf {
    [env!("CARGO_MANIFEST_DIR"), "tests", "fixtures", name].iter().collect()
}

/// The channels of a WAV file of integers, decoded by hound.
fn twin(name: &str) -> Vec<Vec<f32>> {
    let mut reader = hound::WavReader::open(fixture(name)).unwrap();
    let spec = reader.spec();
    let scale = 2_f64.powi(i32::from(spec.bits_per_sample) - 1);
    let mut planes = vec![vec![]; usize::from(spec.channels)];
    for (i, sample) in reader.samples::<i32>().enumerate() {
        planes[i % usize::from(spec.channels)].push((f64::from(sample.unwrap()) / scale) as f32);
    }
    planes
}

/// The stem at its own rate, read in pieces of `hop` frames until `extra` frames after its end.
fn read_all(name: &str, hop: usize, extra: usize) -> Vec<Vec<f32>> {
    let facts = probe(&fixture(name)).unwrap().facts;
    let session = SampleRate::new(facts.sample_rate).unwrap();
    let mut stem = StemReader::open(&fixture(name), StemOffset::NONE, session).unwrap();
    assert_eq!(stem.facts(), &facts);
    let length = usize::try_from(facts.frames).unwrap() + extra;
    let mut block = PlanarBlock::new(stem.channels(), length);
    block.iter_mut().for_each(|plane| plane.fill(7.0));
    for start in (0..length).step_by(hop) {
        stem.read(&mut block, start..length.min(start + hop)).unwrap();
    }
    block.iter().map(<[f32]>::to_vec).collect()
}

#[test]
fn lossless_files_decode_to_the_bits_of_their_twin() {
    let cases = [
        ("stereo24.wav", "stereo24.wav", "WAV, 24-bit PCM"),
        ("stereo24.flac", "stereo24.wav", "FLAC, 24-bit"),
        ("stereo24.aiff", "stereo24.wav", "AIFF, 24-bit PCM"),
        ("stereo24.caf", "stereo24.wav", "CAF, 24-bit PCM"),
        ("stereo24_alac.caf", "stereo24.wav", "CAF, ALAC"),
        ("stereo24_alac.m4a", "stereo24.wav", "MP4, ALAC"),
        ("six16.flac", "six16.wav", "FLAC, 16-bit"),
    ];
    for (file, twin_file, format) in cases {
        let probe = probe(&fixture(file)).unwrap();
        let twin = twin(twin_file);
        assert_eq!(probe.facts.format, format, "{file}");
        assert_eq!(probe.facts.frames, twin[0].len() as u64, "{file}");
        assert_eq!(usize::from(probe.facts.channels), twin.len(), "{file}");
        assert!(!probe.facts.lossy, "{file}");
        assert_eq!(probe.findings, [], "{file}");
        let sound = read_all(file, 1000, 100);
        for (channel, (got, wanted)) in sound.iter().zip(&twin).enumerate() {
            assert!(got[..wanted.len()] == wanted[..], "channel {channel} of {file} differs");
            assert!(
                got[wanted.len()..].iter().all(|&x| x == 0.0),
                "{file} is not silent at its end"
            );
        }
    }
}

#[test]
fn lossy_files_are_read_with_a_warning_and_deliver_the_length_they_state() {
    // The encoders' own delays are trimmed for MP3 and Vorbis; MP4 keeps those of AAC, and ADPCM
    // is padded to whole blocks.
    let cases = [
        ("stereo16.mp3", "MP3", Some(5003)),
        ("stereo16.ogg", "OGG, Vorbis", Some(5003)),
        ("stereo16_aac.m4a", "MP4, AAC", None),
        ("stereo16_adpcm.wav", "WAV, ADPCM", None),
    ];
    for (file, format, frames) in cases {
        let probe = probe(&fixture(file)).unwrap();
        assert!(probe.facts.lossy, "{file}");
        assert_eq!(probe.facts.format, format, "{file}");
        assert_eq!(probe.facts.sample_rate, 48_000, "{file}");
        if let Some(frames) = frames {
            assert_eq!(probe.facts.frames, frames, "{file}");
        }
        let rules: Vec<_> = probe.findings.iter().map(|f| f.rule).collect();
        assert_eq!(rules, ["stems.lossy"], "{file}");
        let sound = read_all(file, 777, 50);
        let twin = twin("stereo16.wav");
        if frames.is_some() {
            let error: f32 = sound[0].iter().zip(&twin[0]).map(|(a, b)| (a - b).powi(2)).sum();
            let power: f32 = twin[0].iter().map(|x| x * x).sum();
            assert!(
                error < 0.05 * power,
                "{file} is not the sound of its twin: {error} of {power}"
            );
        }
    }
}

#[test]
fn what_is_not_read_is_refused_with_a_remedy() {
    let opus = probe(&fixture("stereo16.opus")).unwrap_err();
    assert!(matches!(opus, StemError::Unsupported { .. }), "{opus:?}");
    assert!(
        opus.to_string().ends_with("Opus is not read; convert the file to WAV, FLAC or AIFF"),
        "{opus}"
    );

    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("drums.wv");
    std::fs::write(&path, b"wvpk\0\0\0\0rest").unwrap();
    assert!(probe(&path).unwrap_err().to_string().contains("WavPack is not read"));
    std::fs::write(&path, b"no sound at all, just some text that goes on for a while").unwrap();
    assert!(probe(&path).is_err());
    std::fs::write(&path, b"").unwrap();
    assert!(probe(&path).is_err());
    assert!(matches!(probe(&folder.path().join("none.wav")), Err(StemError::Io { .. })));
}

#[test]
fn a_coded_file_cut_off_is_an_error_or_a_finding_never_silence() {
    let folder = tempfile::tempdir().unwrap();
    for name in [
        "stereo24.flac",
        "stereo24.aiff",
        "stereo24.caf",
        "stereo24_alac.caf",
        "stereo16.mp3",
        "stereo16.ogg",
    ] {
        let whole = std::fs::read(fixture(name)).unwrap();
        let path = folder.path().join(name);
        std::fs::write(&path, &whole[..whole.len() * 2 / 3]).unwrap();
        let Ok(probe) = probe(&path) else { continue };
        if probe.findings.iter().any(|f| f.rule.ends_with("truncated")) {
            continue;
        }
        let session = SampleRate::new(probe.facts.sample_rate).unwrap();
        let mut stem = StemReader::open(&path, StemOffset::NONE, session).unwrap();
        let mut block = PlanarBlock::new(stem.channels(), 6000);
        let outcome = stem.read(&mut block, 0..6000);
        if probe.facts.lossy && outcome.is_ok() {
            // Streams without a stated length end where they end.
            assert!(probe.facts.frames < 5003, "{name}");
            continue;
        }
        assert!(outcome.is_err(), "{name} read {:?}", probe.facts);
    }
}

#[test]
fn damaged_files_are_errors_or_sound_but_never_panic() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("damaged");
    // 3000 rounds take a minute and a half.
    let rounds: u64 = std::env::var("DAMAGE_ROUNDS").map_or(60, |n| n.parse().unwrap());
    let mut seed = 1_u64;
    let mut random = |below: usize| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(seed >> 33).unwrap() % below
    };
    for name in [
        "stereo24.flac",
        "stereo24.aiff",
        "stereo24.caf",
        "stereo24_alac.caf",
        "stereo24_alac.m4a",
        "stereo16.mp3",
        "stereo16.ogg",
        "stereo16_aac.m4a",
        "long16.flac",
        "long16_alac.caf",
        "long16_alac.m4a",
    ] {
        let whole = std::fs::read(fixture(name)).unwrap();
        for _ in 0..rounds {
            let mut bytes = whole.clone();
            for _ in 0..=random(3) {
                // Headers are where damage is most inventive.
                let reach = if random(2) == 0 { 200 } else { bytes.len() };
                let at = random(reach.min(bytes.len()));
                bytes[at] = [0, 0x7F, 0x80, 0xFF, random(256) as u8][random(5)];
            }
            std::fs::write(&path, &bytes).unwrap();
            let Ok(mut stem) = StemReader::open(&path, StemOffset::NONE, SampleRate::HZ_48000)
            else {
                continue;
            };
            let mut block = PlanarBlock::new(stem.channels(), 7000);
            let _ = stem.read(&mut block, 0..7000);
            for frame in [120_000, 90_000, 4000] {
                let _ = stem.seek(frame).and_then(|()| stem.read(&mut block, 0..7000));
            }
            assert!(block.iter().flatten().all(|x| x.is_finite()), "{name}");
        }
    }
}
