//! Directions left out of the embedded set and rebuilt from their neighbours.

use super::*;
use crate::hull::triangulate;
use crate::rate::phase_delay_s;
use cupola_model::SampleRate;

/// Measured directions of the set; made-up ones follow.
const MEASURED: usize = 710;
const LEFT_OUT: usize = 160;

/// Level in decibels in bands one ERB wide (Glasberg and Moore 1990), 200 Hz to 16 kHz.
fn levels_db(taps: &[f32]) -> Vec<f64> {
    let rate = |hz: f64| 21.4 * (1.0 + 0.004_37 * hz).log10();
    let hz = |rate: f64| (10_f64.powf(rate / 21.4) - 1.0) / 0.004_37;
    let (from, to) = (rate(200.0), rate(16_000.0));
    let bands = (to - from).floor();
    let power = |rate: f64| {
        let (sin, cos) = (std::f64::consts::TAU * hz(rate) / 48_000.0).sin_cos();
        let (re, im) = taps.iter().rev().fold((0.0, 0.0), |(re, im), &tap| {
            (re * cos + im * sin + f64::from(tap), im * cos - re * sin)
        });
        re * re + im * im
    };
    (0..bands as u32)
        .map(|band| {
            let sum: f64 = (0..5).map(|i| power(from + f64::from(band) + f64::from(i) / 5.0)).sum();
            10.0 * (sum / 5.0).log10()
        })
        .collect()
}

/// Weights of the corners of the triangle a direction lies in, by Cramer's rule on all of them.
fn weights(u: [f64; 3], directions: &[[f64; 3]], triangles: &[[u32; 3]]) -> [(usize, f64); 3] {
    let det = |a: [f64; 3], b: [f64; 3], c: [f64; 3]| {
        a[0] * (b[1] * c[2] - b[2] * c[1]) - a[1] * (b[0] * c[2] - b[2] * c[0])
            + a[2] * (b[0] * c[1] - b[1] * c[0])
    };
    let solve = |t: &[u32; 3]| {
        let [a, b, c] = t.map(|i| directions[i as usize]);
        let whole = det(a, b, c);
        [det(u, b, c) / whole, det(a, u, c) / whole, det(a, b, u) / whole]
    };
    let fit = |g: [f64; 3]| g[0].min(g[1]).min(g[2]);
    let best = triangles.iter().max_by(|a, b| fit(solve(a)).total_cmp(&fit(solve(b)))).unwrap();
    let found = solve(best).map(|g| g.max(0.0));
    let sum: f64 = found.iter().sum();
    [0, 1, 2].map(|i| (best[i] as usize, found[i] / sum))
}

fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    [mean, values[values.len() * 95 / 100], values[values.len() - 1]]
}

/// Errors of the directions left out: LSD of each ear, ITD in µs and broadband ILD in decibels of each.
#[derive(Default)]
struct Errors {
    lsd: Vec<f64>,
    itd: Vec<f64>,
    ild: Vec<f64>,
}

fn rebuild(set: &HrtfSet, out: &[usize], errors: &mut Errors) {
    let kept: Vec<usize> = (0..set.directions.len()).filter(|i| !out.contains(i)).collect();
    let directions: Vec<_> = kept.iter().map(|&i| set.directions[i]).collect();
    let triangles = triangulate(&directions).unwrap();
    for &i in out {
        let corners = weights(set.directions[i], &directions, &triangles);
        let (mut error_us, mut difference_db) = (0.0, 0.0);
        for ear in 0..2 {
            let mut taps = vec![0.0; set.tap_count];
            let mut delay = 0.0;
            for (corner, weight) in corners {
                for (sum, tap) in taps.iter_mut().zip(set.response(kept[corner], ear)) {
                    *sum += weight as f32 * tap;
                }
                delay += weight * f64::from(set.delay_samples[kept[corner]][ear]);
            }
            let (is, was) = (levels_db(&taps), levels_db(set.response(i, ear)));
            let wrong: Vec<f64> = is.iter().zip(&was).map(|(a, b)| a - b).collect();
            let count = wrong.len() as f64;
            errors.lsd.push((wrong.iter().map(|e| e * e).sum::<f64>() / count).sqrt());
            let arrival =
                |delay: f64, taps: &[f32]| delay / 48_000.0 + phase_delay_s(taps, 48_000.0);
            let stored = f64::from(set.delay_samples[i][ear]);
            let late = arrival(delay, &taps) - arrival(stored, set.response(i, ear));
            let sign = if ear == 0 { 1.0 } else { -1.0 };
            error_us += sign * late * 1e6;
            difference_db += sign * wrong.iter().sum::<f64>() / count;
        }
        errors.itd.push(error_us.abs());
        errors.ild.push(difference_db.abs());
    }
}

#[test]
fn directions_left_out_are_rebuilt_from_their_neighbours() {
    let set = embedded(SampleRate::HZ_48000).unwrap();
    let mut measured: Vec<usize> = (0..MEASURED).collect();
    let mut state = 2026_u64;
    for last in (1..MEASURED).rev() {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        measured.swap(last, (state >> 33) as usize % (last + 1));
    }
    let mut errors = Errors::default();
    for out in measured.chunks_exact(LEFT_OUT) {
        rebuild(&set, out, &mut errors);
    }
    let (lsd, itd, ild) = (spread(errors.lsd), spread(errors.itd), spread(errors.ild));
    println!("mean, p95, largest: LSD {lsd:.2?} dB, ITD {itd:.1?} µs, ILD {ild:.2?} dB");
    assert!(lsd[0] <= 0.6 && lsd[1] <= 2.0, "{lsd:?} dB");
    assert!(itd[0] <= 5.0 && itd[1] <= 15.0 && itd[2] <= 35.0, "{itd:?} µs");
    assert!(ild[0] <= 0.5, "{ild:?} dB");
}
