//! Conversion between rates: flatness, images, alignment, length.
//!
//! Expected values are those of the sines put in: a sine of frequency f and phase p at one rate is
//! the sine of the same f and p at any other.

#![expect(clippy::unwrap_used, reason = "a test that cannot read its stem has failed")]

mod common;

use common::{read, write_float};
use cupola_model::{SampleRate, StemOffset};
use cupola_stems::probe;
use std::f64::consts::TAU;

const PHASE: f64 = 0.7;

fn sine(frequency: f64, rate: u32, frames: usize) -> Vec<f32> {
    let step = frequency / f64::from(rate);
    (0..frames).map(|n| (0.5 * (TAU * step * n as f64 + PHASE).sin()) as f32).collect()
}

/// What became of a sine: gain in dB, delay in output frames, everything else in dB below it.
struct Measured {
    gain_db: f64,
    delay_frames: f64,
    rest_db: f64,
}

/// Least-squares fit of a sine of known frequency to samples whose first is number `first`.
fn measure(samples: &[f32], first: usize, frequency: f64, rate: u32) -> Measured {
    let step = TAU * frequency / f64::from(rate);
    let (mut ss, mut sc, mut cc, mut sx, mut cx, mut xx) = (0.0, 0.0, 0.0, 0.0, 0.0, 0.0);
    for (i, &x) in samples.iter().enumerate() {
        let (s, c) = (step * (first + i) as f64).sin_cos();
        let x = f64::from(x);
        (ss, sc, cc) = (ss + s * s, sc + s * c, cc + c * c);
        (sx, cx, xx) = (sx + s * x, cx + c * x, xx + x * x);
    }
    let determinant = ss * cc - sc * sc;
    let (a, b) = ((sx * cc - cx * sc) / determinant, (cx * ss - sx * sc) / determinant);
    let amplitude = a.hypot(b);
    let rest: f64 = samples
        .iter()
        .enumerate()
        .map(|(i, &x)| {
            let (s, c) = (step * (first + i) as f64).sin_cos();
            (f64::from(x) - a * s - b * c).powi(2)
        })
        .sum();
    let turn = (b.atan2(a) - PHASE + TAU / 2.0).rem_euclid(TAU) - TAU / 2.0;
    Measured {
        gain_db: 20.0 * (amplitude / 0.5).log10(),
        delay_frames: -turn / step,
        rest_db: 10.0 * (rest / (xx - rest)).log10(),
    }
}

/// Sines of these frequencies after conversion, one measurement each, away from both ends.
fn convert_sines(from: u32, to: u32, frequencies: &[f64]) -> Vec<Measured> {
    let folder = tempfile::tempdir().unwrap();
    let frames = from as usize / 2;
    let planes: Vec<_> = frequencies.iter().map(|&f| sine(f, from, frames)).collect();
    let path = write_float(folder.path(), "sines.wav", from, &planes);
    let length = to as usize / 2;
    let out = read(&path, StemOffset::NONE, to, length, 1024);
    let middle = length / 4..length * 3 / 4;
    let measured = out.iter().zip(frequencies);
    measured.map(|(p, &f)| measure(&p[middle.clone()], middle.start, f, to)).collect()
}

#[test]
fn a_sweep_from_44100_to_48000_is_flat_to_20_khz_and_free_of_images() {
    let frequencies: Vec<f64> = (0..=80)
        .map(|i| 20.0 * 1000_f64.powf(f64::from(i) / 80.0))
        .chain([20_500.0, 21_000.0])
        .collect();
    let measured = convert_sines(44_100, 48_000, &frequencies);
    let (mut ripple_db, mut rest_db) = (0_f64, f64::NEG_INFINITY);
    for (m, f) in measured.iter().zip(&frequencies) {
        assert!(m.gain_db.abs() <= 0.01, "{f:.0} Hz comes out {} dB off", m.gain_db);
        assert!(m.rest_db <= -120.0, "{f:.0} Hz has images of {:.1} dB", m.rest_db);
        (ripple_db, rest_db) = (ripple_db.max(m.gain_db.abs()), rest_db.max(m.rest_db));
    }
    println!("ripple {ripple_db:.6} dB, images {rest_db:.1} dB");
}

#[test]
fn what_lies_above_the_new_band_is_gone() {
    let folder = tempfile::tempdir().unwrap();
    for (from, tones) in
        [(96_000, [25_000.0, 28_000.0, 47_000.0]), (88_200, [24_800.0, 30_000.0, 43_000.0])]
    {
        let planes: Vec<_> = tones.iter().map(|&f| sine(f, from, 48_000)).collect();
        let path = write_float(folder.path(), "high.wav", from, &planes);
        for (plane, tone) in read(&path, StemOffset::NONE, 48_000, 20_000, 1024).iter().zip(tones) {
            // The start and the end of a tone are clicks with sound at all frequencies.
            let middle = &plane[6000..14_000];
            let power: f64 = middle.iter().map(|&x| f64::from(x).powi(2)).sum::<f64>() / 8000.0;
            let level_db = 10.0 * (power / 0.125).log10();
            assert!(level_db <= -120.0, "{tone} Hz at {from} Hz leaves {level_db:.1} dB");
        }
    }
}

#[test]
fn every_rate_lands_on_the_same_instant_to_a_ten_thousandth_of_a_frame() {
    let ratios = [
        (44_100, 48_000),
        (48_000, 44_100),
        (96_000, 48_000),
        (88_200, 48_000),
        (48_000, 96_000),
        (32_000, 48_000),
        (22_050, 48_000),
        (192_000, 48_000),
        (47_952, 48_000),
    ];
    for (from, to) in ratios {
        let tones = [50.0, 440.0, 997.0, 5000.0, 9000.0];
        for (m, f) in convert_sines(from, to, &tones).iter().zip(tones) {
            let delay = m.delay_frames;
            assert!(delay.abs() <= 1e-4, "{f} Hz, {from} to {to}: {delay} frames late");
            assert!(m.rest_db <= -120.0, "{f} Hz, {from} to {to}: images of {:.1} dB", m.rest_db);
        }
    }
}

#[test]
fn an_impulse_stays_on_its_instant_and_is_symmetric() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to, at, lands) in [
        (44_100, 48_000, 147 * 20, 160 * 20),
        (48_000, 44_100, 160 * 20, 147 * 20),
        (96_000, 48_000, 6000, 3000),
        (88_200, 48_000, 147 * 40, 80 * 40),
        (48_000, 96_000, 3000, 6000),
        (32_000, 48_000, 2000, 3000),
    ] {
        let mut plane = vec![0.0; 2 * at];
        plane[at] = 1.0;
        let path = write_float(folder.path(), "impulse.wav", from, &[plane]);
        let out = &read(&path, StemOffset::NONE, to, 2 * lands, 1024)[0];
        let peak = (0..out.len()).max_by(|&a, &b| out[a].total_cmp(&out[b])).unwrap();
        assert_eq!(peak, lands, "{from} to {to}");
        for i in 1..400 {
            let difference = (out[peak + i] - out[peak - i]).abs();
            assert!(difference < 1e-5, "{from} to {to}: {difference} at {i} frames from the peak");
        }
    }
}

#[test]
fn the_length_is_exact_and_the_tail_is_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    for (from, to) in
        [(44_100, 48_000), (48_000, 44_100), (96_000, 48_000), (32_000, 48_000), (8000, 48_000)]
    {
        for frames in [1_usize, 2, 146, 147, 1175, 1176, 1177, 5000] {
            let path = write_float(folder.path(), "step.wav", from, &[vec![0.5; frames]]);
            let wanted = (frames * to as usize).div_ceil(from as usize);
            let facts = probe(&path).unwrap().facts;
            let session = SampleRate::new(to).unwrap();
            assert_eq!(facts.frames_at(session).0, wanted as u64, "{frames} frames");
            let out = &read(&path, StemOffset::NONE, to, wanted + 5000, 333)[0];
            assert!(out[wanted..].iter().all(|&x| x == 0.0), "{from} to {to}, {frames} frames");
            // The step is still up on the last frame of the file, and at full height inside. One
            // or two frames are no step yet.
            let last = out[(frames - 1) * to as usize / from as usize];
            assert!(frames < 100 || last > 0.25, "{from} to {to}, {frames}: {last}");
            if frames == 5000 {
                assert!((out[wanted / 2] - 0.5).abs() < 1e-3, "{}", out[wanted / 2]);
            }
        }
    }
}
