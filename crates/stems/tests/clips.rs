//! Clips against a slow twin: the whole stem in memory, gains and sums in f64, frame by frame.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its stem has failed")]

mod common;
#[path = "common/dice.rs"]
mod dice;

use common::{read, write_float};
use cupola_model::{
    Clip, Cuts, Envelope, Fade, FadeDirection, FadeShape, FrameCount, FrameIndex, LinearGain,
    LowPass, PlanarBlock, SampleRate, StemOffset, StemUse,
};
use cupola_stems::{ClipReader, StemError, UseReader, probe};
use dice::{Dice, fixture};
use std::path::Path;

fn clip(at: usize, from: usize, length: usize) -> Clip {
    Clip {
        at: FrameIndex(at as u64),
        from: FrameIndex(from as u64),
        length: FrameCount(length as u64),
        gain: LinearGain::UNITY,
        fades: vec![],
    }
}

fn fade(direction: FadeDirection, shape: FadeShape, start: usize, length: usize) -> Fade {
    let start = i64::try_from(start).unwrap();
    Fade { direction, shape, start, length: FrameCount(length as u64) }
}

fn open(path: &Path, offset: StemOffset, clips: Vec<Clip>) -> Result<ClipReader, StemError> {
    let facts = probe(path).unwrap().facts;
    let stem = StemUse { name: String::new(), facts, offset, clips: Some(clips), cuts: None };
    ClipReader::open(path, &stem, SampleRate::HZ_48000)
}

/// The first `length` frames of the programme, read in pieces of `hop` frames.
fn play(
    path: &Path,
    offset: StemOffset,
    clips: &[Clip],
    length: usize,
    hop: usize,
) -> Vec<Vec<f32>> {
    let mut reader = open(path, offset, clips.to_vec()).unwrap();
    let mut block = PlanarBlock::new(reader.channels(), length);
    block.iter_mut().for_each(|plane| plane.fill(7.0));
    for start in (0..length).step_by(hop) {
        reader.read(&mut block, start..length.min(start + hop)).unwrap();
    }
    block.iter().map(<[f32]>::to_vec).collect()
}

/// The gain of a fade, written down anew from what a fade is: a line or a quarter of a sine from one
/// end to the other, each frame taken at its middle.
fn fade_gain(fade: &Fade, frame: usize) -> f64 {
    let since = frame as f64 + 0.5 - fade.start as f64;
    let done = (since / (fade.length.0 as f64)).clamp(0.0, 1.0);
    let rising = if fade.direction == FadeDirection::In { done } else { 1.0 - done };
    match fade.shape {
        FadeShape::Linear => rising,
        FadeShape::EqualPower => (rising * std::f64::consts::FRAC_PI_2).sin(),
    }
}

/// A channel of the programme, from the same channel of the whole stem.
fn twin(stem: &[f32], clips: &[Clip], length: usize) -> Vec<f64> {
    let mut out = vec![0.0; length];
    for clip in clips {
        let [at, from] = [clip.at, clip.from].map(|f| usize::try_from(f.0).unwrap());
        for n in 0..usize::try_from(clip.length.0).unwrap() {
            let (Some(out), Some(&x)) = (out.get_mut(at + n), stem.get(from + n)) else { break };
            let fades = clip.fades.iter().map(|fade| fade_gain(fade, at + n));
            *out += clip.gain.0 * fades.product::<f64>() * f64::from(x);
        }
    }
    out
}

/// Clips anywhere in a stem, back and forth, some after its end; fades that reach beyond their clip.
fn random_clips(dice: &mut Dice, count: usize, stem: usize, programme: usize) -> Vec<Clip> {
    let mut clips: Vec<Clip> = (0..count)
        .map(|_| {
            let (at, length) = (dice.below(programme), 1 + dice.below(4 * programme / count));
            let mut clip = clip(at, dice.below(stem + 500), length);
            clip.gain = LinearGain(dice.below(1500) as f64 / 1000.0);
            for _ in 0..dice.below(4) {
                let shape = [FadeShape::Linear, FadeShape::EqualPower][dice.below(2)];
                let direction = [FadeDirection::In, FadeDirection::Out][dice.below(2)];
                let start = at + dice.below(length);
                let mut fade = fade(direction, shape, start, 1 + dice.below(length));
                fade.start -= i64::try_from(dice.below(length)).unwrap();
                clip.fades.push(fade);
            }
            clip
        })
        .collect();
    clips.sort_by_key(|clip| clip.at);
    clips
}

fn noise_file(folder: &Path, rate: u32, frames: usize) -> std::path::PathBuf {
    let mut dice = Dice(9);
    let mut noise =
        || (0..frames).map(|_| dice.below(60_001) as f32 / 3e4 - 1.0).collect::<Vec<_>>();
    write_float(folder, &format!("noise{rate}.wav"), rate, &[noise(), noise()])
}

#[test]
fn clips_of_any_kind_of_file_are_those_of_the_slow_twin() {
    let folder = tempfile::tempdir().unwrap();
    let paths = [
        noise_file(folder.path(), 48_000, 30_000),
        noise_file(folder.path(), 44_100, 30_000),
        noise_file(folder.path(), 96_000, 30_000),
        fixture("stereo24.flac"),
        fixture("stereo24_alac.m4a"),
        fixture("stereo16.mp3"),
        fixture("long16.flac"),
    ];
    let mut dice = Dice(1);
    for path in paths {
        for offset in [StemOffset::NONE, StemOffset::SessionFrames(-777)] {
            let facts = probe(&path).unwrap().facts;
            let stem = usize::try_from(facts.end_at(SampleRate::HZ_48000, offset).0).unwrap();
            let whole = read(&path, offset, 48_000, stem, 1000);
            let length = 40_000;
            let clips = random_clips(&mut dice, 40, stem, length);
            let got = play(&path, offset, &clips, length, 1111);
            for (channel, got) in got.iter().enumerate() {
                let wanted = twin(&whole[channel], &clips, length);
                for (frame, (a, b)) in got.iter().zip(&wanted).enumerate() {
                    let apart = (f64::from(*a) - b).abs();
                    assert!(apart < 4e-6, "{apart} at {frame} of {}, {offset:?}", path.display());
                }
            }
        }
    }
}

#[test]
fn the_same_bits_come_whatever_the_sizes_asked_for() {
    let folder = tempfile::tempdir().unwrap();
    let mut dice = Dice(2);
    for path in [noise_file(folder.path(), 44_100, 20_000), fixture("stereo16.ogg")] {
        let clips = random_clips(&mut dice, 50, 18_000, 12_000);
        let whole = play(&path, StemOffset::NONE, &clips, 12_000, 12_000);
        assert!(whole[0].iter().any(|&x| x != 0.0));
        for hop in [1, 7, 480, 1024, 4097] {
            let got = play(&path, StemOffset::NONE, &clips, 12_000, hop);
            assert!(got == whole, "hop {hop} of {}", path.display());
        }
    }
}

#[test]
fn a_thousand_repetitions_do_not_drift() {
    let folder = tempfile::tempdir().unwrap();
    let path = noise_file(folder.path(), 44_100, 10_000);
    let whole = read(&path, StemOffset::NONE, 48_000, 10_884, 1000);
    // 251 frames from frame 3333 on, each after a gap of one frame.
    let clips: Vec<Clip> = (0..1000).map(|n| clip(252 * n, 3333, 251)).collect();
    let got = play(&path, StemOffset::NONE, &clips, 252_100, 5000);
    for (channel, got) in got.iter().enumerate() {
        for (n, &x) in got.iter().enumerate() {
            let heard = n < 252_000 && n % 252 < 251;
            let wanted = if heard { whole[channel][3333 + n % 252] } else { 0.0 };
            assert!(x == wanted, "frame {n}: {x} instead of {wanted}");
        }
    }
}

#[test]
fn a_stem_cut_and_joined_where_it_was_cut_is_the_stem() {
    let folder = tempfile::tempdir().unwrap();
    let path = noise_file(folder.path(), 96_000, 30_000);
    let whole = read(&path, StemOffset::NONE, 48_000, 15_000, 1000);
    let pieces = [0, 1, 480, 5000, 5001, 12_345, 15_000];
    let clips: Vec<Clip> = pieces.windows(2).map(|w| clip(w[0], w[0], w[1] - w[0])).collect();
    assert!(play(&path, StemOffset::NONE, &clips, 15_000, 777) == whole);
}

#[test]
fn an_equal_power_cross_fade_of_a_constant_keeps_its_power() {
    let folder = tempfile::tempdir().unwrap();
    // Two clips on two channels' worth of constants: the left of the first half, the right of the other.
    let planes: [Vec<f32>; 2] =
        [0.0, 1.0].map(|at| (0..2000).map(|n| f32::from((n >= 1000) == (at > 0.5))).collect());
    let path = write_float(folder.path(), "halves.wav", 48_000, &planes);
    let mut clips = [clip(0, 0, 1000), clip(760, 1000, 1000)];
    let equal = FadeShape::EqualPower;
    clips[0].fades.push(fade(FadeDirection::Out, equal, 760, 240));
    clips[1].fades.push(fade(FadeDirection::In, equal, 760, 240));
    let got = play(&path, StemOffset::NONE, &clips, 1760, 100);
    for (n, (left, right)) in got[0].iter().zip(&got[1]).enumerate() {
        let power = left.powi(2) + right.powi(2);
        assert!((power - 1.0).abs() < 1e-6, "{power} at {n}");
    }
    assert!((got[0][880] - got[1][879]).abs() < 1e-6 && got[0][880] < 0.71);
}

#[test]
fn more_clips_at_once_than_are_read_are_refused_with_the_limit() {
    let path = fixture("stereo16.wav");
    let clips = vec![clip(5, 5, 10); Clip::MAX_OVERLAP];
    open(&path, StemOffset::NONE, clips.clone()).unwrap();
    // One that starts where the others end is none too many, one that starts before that is.
    let after = [clips.clone(), vec![clip(15, 5, 10)]].concat();
    open(&path, StemOffset::NONE, after).unwrap();
    let many = [clips, vec![clip(14, 5, 10)]].concat();
    let error = open(&path, StemOffset::NONE, many).unwrap_err();
    assert!(matches!(error, StemError::Overlap { found: 65, .. }), "{error:?}");
    assert!(error.to_string().contains("65 clips of the stem sound at once, at most 64 may"));
}

#[test]
fn a_stem_without_clips_and_a_clip_after_the_end_of_the_stem_are_silent() {
    let path = fixture("stereo16.wav");
    for clips in [vec![], vec![clip(10, 6000, 500), clip(20, 1 << 60, 500)]] {
        let got = play(&path, StemOffset::NONE, &clips, 1000, 300);
        assert!(got.iter().flatten().all(|&x| x == 0.0));
    }
}

#[test]
fn clips_entered_anywhere_have_the_bits_of_a_straight_read() {
    let path = fixture("stereo24.wav");
    let mut dice = Dice(77);
    let mut below = |n: usize| dice.below(n);
    let clips: Vec<Clip> = (0..40).map(|_| clip(below(3000), below(400), 1 + below(500))).collect();
    let mut clips = clips;
    clips.sort_by_key(|clip| clip.at);
    let whole = play(&path, StemOffset::NONE, &clips, 4000, 512);
    let mut reader = open(&path, StemOffset::NONE, clips).unwrap();
    for _ in 0..60 {
        let (start, length) = (below(4000), 1 + below(300));
        let length = length.min(4000 - start);
        let mut block = PlanarBlock::new(2, length);
        reader.seek(start as u64).unwrap();
        reader.read(&mut block, 0..length).unwrap();
        for (got, whole) in block.iter().zip(&whole) {
            assert_eq!(got, &whole[start..start + length], "from {start}");
        }
    }
}

/// The twin filters the whole song at once and then cuts it.
#[test]
fn what_is_filtered_before_it_is_cut_is_the_filtered_song_cut_by_hand() {
    let path = fixture("stereo24.wav");
    let facts = probe(&path).unwrap().facts;
    let rate = SampleRate::HZ_48000;
    let loops: Vec<Clip> = (0..60).map(|n| clip(700 * n, 20, 640)).collect();
    let song_length = 42_000;
    let song = play(&path, StemOffset::NONE, &loops, song_length, 1024);
    let points = vec![(FrameIndex(0), LinearGain(1.0)), (FrameIndex(40_000), LinearGain(0.2))];
    let envelope = Envelope::new(points).unwrap();
    let hz = 300.0;
    let filtered: Vec<Vec<f64>> = song
        .iter()
        .map(|plane| {
            let mut filter = LowPass::new(hz, rate);
            let gain = |n: usize| envelope.gain_at(FrameIndex(n as u64)).0;
            plane.iter().enumerate().map(|(n, x)| filter.next(gain(n) * f64::from(*x))).collect()
        })
        .collect();
    let cuts = vec![clip(0, 20_000, 5000), clip(4900, 100, 3000), clip(9000, 40_000, 2000)];
    let stem = StemUse {
        name: String::new(),
        facts,
        offset: StemOffset::NONE,
        clips: Some(loops),
        cuts: Some(Cuts {
            low_pass_hz: hz,
            envelope: Some(envelope.clone().into()),
            clips: cuts.clone(),
        }),
    };
    let mut reader = UseReader::open(&path, &stem, rate).unwrap();
    let mut block = PlanarBlock::new(2, 12_000);
    for start in (0..12_000).step_by(500) {
        reader.read(&mut block, start..start + 500).unwrap();
    }
    let mut loudest = 0.0_f64;
    for (got, filtered) in block.iter().zip(&filtered) {
        let mut wanted = vec![0.0; 12_000];
        for cut in &cuts {
            let [at, from] = [cut.at, cut.from].map(|f| usize::try_from(f.0).unwrap());
            for n in 0..usize::try_from(cut.length.0).unwrap() {
                wanted[at + n] += filtered[from + n];
            }
        }
        for (got, wanted) in got.iter().zip(&wanted) {
            loudest = loudest.max(wanted.abs());
            assert!((f64::from(*got) - wanted).abs() < 1e-7, "{got}, not {wanted}");
        }
    }
    assert!(loudest > 0.01, "the test hears nothing: {loudest}");
}
