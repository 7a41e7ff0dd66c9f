use super::*;
use crate::rate::phase_delay_s;

fn at(hz: u32) -> HrtfSet {
    embedded(SampleRate::new(hz).unwrap()).unwrap()
}

fn index_of(set: &HrtfSet, azimuth: f64, elevation: f64) -> usize {
    let u = PolarPosition::on_sphere(azimuth, elevation).direction();
    let distance = |d: &[f64; 3]| d.iter().zip(u).map(|(a, b)| (a - b).powi(2)).sum::<f64>();
    (0..set.directions.len())
        .min_by(|&i, &j| distance(&set.directions[i]).total_cmp(&distance(&set.directions[j])))
        .unwrap()
}

/// Level in dB of a response at a frequency, by the sum that defines the transform.
fn level_db(taps: &[f32], hz: f64, rate: f64) -> f64 {
    let (mut re, mut im) = (0.0, 0.0);
    for (n, &tap) in taps.iter().enumerate() {
        let (sin, cos) = (std::f64::consts::TAU * hz / rate * n as f64).sin_cos();
        re += f64::from(tap) * cos;
        im -= f64::from(tap) * sin;
    }
    10.0 * (re * re + im * im).log10()
}

#[test]
fn spot_values_are_those_python_reads() {
    // The SHA-256 in data/default_hrtf.json vouches for the whole file; these values pin
    // offsets and byte order. Read in data/ with
    //   python3 -c 'import struct; b = open("default_hrtf.bin", "rb").read();
    //   f = lambda o, i: struct.unpack_from("<f", b, o + 4 * i)[0]
    //   for d in (0, 300, 788): print([f(6312, 2*d), f(6312, 2*d+1)],
    //       [f(12624, 256*d + k) for k in (0, 5, 128, 133)])'
    // and, for the sum, sum(struct.unpack_from("<201984f", b, 12624)).
    let set = at(48_000);
    for (d, azimuth, elevation, delays, taps) in [
        (0, 0.0, -40.0, [9.070_691, 9.070_691], [0.506_812_6, -0.088_797_34, 0.506_812_6]),
        (300, -160.0, 0.0, [16.443_626, 8.152_174], [0.232_577_2, 0.066_042_23, 0.401_558_22]),
        (788, 0.0, -90.0, [11.593_172, 11.593_172], [0.371_567_3, 0.010_179_97, 0.371_567_3]),
    ] {
        assert_eq!(index_of(&set, azimuth, elevation), d);
        assert_eq!(set.delay_samples[d], delays, "delays of direction {d}");
        let (left, right) = (set.response(d, 0), set.response(d, 1));
        assert_eq!([left[0], left[5], right[0]], taps, "taps of direction {d}");
    }
    let sum: f64 = set.taps.iter().map(|&t| f64::from(t)).sum();
    assert!((sum - 1_615.380_849_437_772).abs() < 1e-6, "the taps sum to {sum}");
}

#[test]
fn the_triangles_close_the_sphere_and_look_outward() {
    let set = at(48_000);
    let mut edges = std::collections::HashSet::new();
    let mut solid_angle = 0.0;
    for &[a, b, c] in &set.triangles {
        let [u, v, w] = [a, b, c].map(|i| set.directions[i as usize]);
        let cross =
            [v[1] * w[2] - v[2] * w[1], v[2] * w[0] - v[0] * w[2], v[0] * w[1] - v[1] * w[0]];
        let dot = |p: [f64; 3], q: [f64; 3]| p.iter().zip(q).map(|(a, b)| a * b).sum::<f64>();
        let determinant = dot(u, cross);
        assert!(determinant > 1e-6, "triangle {:?} has determinant {determinant}", [a, b, c]);
        // Solid angle of a spherical triangle by Van Oosterom and Strackee.
        solid_angle += 2.0 * determinant.atan2(1.0 + dot(u, v) + dot(v, w) + dot(w, u));
        for edge in [(a, b), (b, c), (c, a)] {
            assert!(edges.insert(edge), "edge {edge:?} occurs twice the same way");
        }
    }
    assert!(edges.iter().all(|&(a, b)| edges.contains(&(b, a))), "the surface has a hole");
    let whole = 4.0 * std::f64::consts::PI;
    assert!((solid_angle - whole).abs() < 1e-9, "solid angle {solid_angle}, not {whole}");
}

#[test]
fn left_and_right_mirror_each_other_bit_for_bit_at_every_rate() {
    for hz in [44_100, 48_000, 96_000] {
        let set = at(hz);
        let image_of = |d: [f64; 3]| {
            set.directions.iter().position(|&e| e == [-d[0], d[1], d[2]]).expect("mirror image")
        };
        let images: Vec<usize> = set.directions.iter().map(|&d| image_of(d)).collect();
        for (i, &j) in images.iter().enumerate() {
            assert_eq!(set.response(i, 0), set.response(j, 1), "{hz} Hz, direction {i}");
            assert_eq!(set.delay_samples[i][0], set.delay_samples[j][1], "{hz} Hz, direction {i}");
        }
        let mut triangles: Vec<[u32; 3]> = set.triangles.clone();
        triangles.iter_mut().for_each(|t| t.sort_unstable());
        for t in &triangles {
            let mut image = t.map(|corner| images[corner as usize] as u32);
            image.sort_unstable();
            assert!(triangles.contains(&image), "{hz} Hz: {t:?} has no mirror image");
        }
    }
}

#[test]
fn magnitudes_at_other_rates_agree_within_a_tenth_of_a_decibel_up_to_18_khz() {
    let reference = at(48_000);
    for hz in [44_100, 88_200, 96_000, 176_400, 192_000] {
        let set = at(hz);
        assert_eq!(set.sample_rate, hz);
        let mut worst = (0.0_f64, 0, 0.0);
        for i in (0..set.directions.len()).step_by(7) {
            for step in 0..=90 {
                let f = 20.0 + 17_980.0 / 90.0 * f64::from(step);
                for ear in 0..2 {
                    let was = level_db(reference.response(i, ear), f, 48_000.0);
                    let is = level_db(set.response(i, ear), f, f64::from(hz));
                    if (is - was).abs() > worst.0 {
                        worst = ((is - was).abs(), i, f);
                    }
                }
            }
        }
        println!(
            "{hz} Hz: largest deviation {:.4} dB, direction {}, {:.0} Hz",
            worst.0, worst.1, worst.2
        );
        assert!(worst.0 <= 0.1, "{hz} Hz: {worst:?}");
    }
}

#[test]
fn arrival_times_between_the_ears_stay_within_a_microsecond_at_other_rates() {
    let arrival_us = |set: &HrtfSet, i: usize, ear: usize| {
        let rate = f64::from(set.sample_rate);
        let delay = f64::from(set.delay_samples[i][ear]) / rate;
        (delay + phase_delay_s(set.response(i, ear), rate)) * 1e6
    };
    let reference = at(48_000);
    for hz in [44_100, 88_200, 96_000, 192_000] {
        let set = at(hz);
        let common = arrival_us(&set, 0, 0) - arrival_us(&reference, 0, 0);
        let mut worst = 0.0_f64;
        for i in 0..set.directions.len() {
            for ear in 0..2 {
                let shift = arrival_us(&set, i, ear) - arrival_us(&reference, i, ear);
                worst = worst.max((shift - common).abs());
            }
        }
        println!("{hz} Hz: arrivals within {worst:.3} µs, common shift {common:.2} µs");
        assert!(worst < 0.5, "{hz} Hz: {worst} µs");
        assert!(common.abs() < 20.0, "{hz} Hz: everything moved by {common} µs");
    }
}

#[test]
fn converted_responses_are_over_before_they_are_cut() {
    for hz in [44_100, 96_000, 192_000] {
        let set = at(hz);
        let share = (0..set.directions.len()).map(|i| {
            let taps = set.response(i, 0);
            let energy = |t: &[f32]| t.iter().map(|&v| f64::from(v).powi(2)).sum::<f64>();
            10.0 * (energy(&taps[taps.len() * 15 / 16..]) / energy(taps)).log10()
        });
        let worst = share.fold(f64::NEG_INFINITY, f64::max);
        println!("{hz} Hz: at most {worst:.1} dB of a response in its last sixteenth");
        assert!(worst < -50.0, "{hz} Hz: {worst} dB left in the last sixteenth");
    }
}

#[test]
fn rates_outside_the_range_are_refused_with_advice() {
    for hz in [8_000, 32_000, 384_000] {
        let error = embedded(SampleRate::new(hz).unwrap()).unwrap_err();
        assert_eq!(error, HrtfError::UnsupportedRate { found_hz: hz });
        assert!(error.to_string().contains("best 48000"), "{error}");
    }
}

#[test]
fn damaged_data_are_refused() {
    assert!(matches!(parse(&DATA[1..]), Err(HrtfError::Damaged { .. })));
    let with = |offset: usize, bytes: &[u8]| {
        let mut data = DATA.to_vec();
        data[offset..offset + bytes.len()].copy_from_slice(bytes);
        parse(&data).map(|_| ())
    };
    assert!(matches!(with(TRIANGLES_OFFSET, &[0xff, 0xff]), Err(HrtfError::Damaged { .. })));
    assert!(matches!(with(0, &90_f32.to_le_bytes()), Err(HrtfError::Damaged { .. })));
    assert!(matches!(with(0, &f32::NAN.to_le_bytes()), Err(HrtfError::Damaged { .. })));
    assert!(matches!(with(TAPS_OFFSET, &f32::NAN.to_le_bytes()), Err(HrtfError::Set(_))));
    assert!(matches!(with(DELAY_OFFSET, &(-1_f32).to_le_bytes()), Err(HrtfError::Set(_))));
}

#[test]
fn the_set_is_ready_at_once_at_48_khz() {
    let start = std::time::Instant::now();
    let set = at(48_000);
    let at_48 = start.elapsed();
    let start = std::time::Instant::now();
    at(96_000);
    println!("48 kHz: {at_48:?}, 96 kHz: {:?}", start.elapsed());
    assert!(at_48.as_millis() < 50, "{at_48:?}");
    assert!(set.validate().is_ok());
}
