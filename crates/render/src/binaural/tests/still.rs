//! Sources that stand still.

use super::twin::*;
use crate::binaural::BinauralQuality;
use cupola_model::{HrtfSet, LinearGain, ObjectState, PolarPosition, Position, SampleRate};
use realfft::num_complex::Complex64;
use std::f64::consts::TAU;

pub(super) fn at(azimuth: f64, elevation: f64) -> ObjectState {
    ObjectState { position: polar(azimuth, elevation), gain: LinearGain::UNITY, size: 0.0 }
}

/// Log-spectral distance in dB, the worse ear, and ITD error in µs, of a point source.
fn errors(quality: BinauralQuality, set: &HrtfSet, azimuth: f64, elevation: f64) -> (f64, f64) {
    let rate = f64::from(set.sample_rate);
    let corners = barycentric(set, PolarPosition::on_sphere(azimuth, elevation).direction());
    let got = impulse_response_in(quality, set, at(azimuth, elevation));
    let ratio = |ear: usize, hz: f64| -> Complex64 {
        transform_at(&got[ear], hz, rate) / expected(set, &corners, ear, hz)
    };
    let distance = |ear: usize| {
        let squares: Vec<f64> =
            frequencies().map(|hz| (20.0 * ratio(ear, hz).norm().log10()).powi(2)).collect();
        (squares.iter().sum::<f64>() / squares.len() as f64).sqrt()
    };
    let (mut along, mut square) = (0.0, 0.0);
    for hz in (200..=1500).step_by(100).map(f64::from) {
        let interaural = ratio(0, hz) * ratio(1, hz).conj();
        along += TAU * hz * interaural.arg();
        square += (TAU * hz).powi(2);
    }
    (distance(0).max(distance(1)), (along / square).abs() * 1e6)
}

/// In both qualities that aim at this.
pub(super) fn worst(set: &HrtfSet, directions: &[(f64, f64)]) -> (f64, f64) {
    let ways = directions.iter().flat_map(|place| EXACT.map(|way| (way, place)));
    ways.map(|(quality, &(a, e))| errors(quality, set, a, e)).fold((0.0, 0.0), |w, e| {
        let worse: (f64, f64) = (f64::max(w.0, e.0), f64::max(w.1, e.1));
        worse
    })
}

#[test]
fn directions_in_between_are_barycentric_mixtures() {
    let set = set();
    let mut noise = Noise::new(3);
    let between: Vec<(f64, f64)> =
        (0..30).map(|_| (noise.next() * 360.0 - 180.0, noise.next() * 160.0 - 70.0)).collect();
    let (lsd, itd) = worst(&set, &between);
    println!("30 directions in between: LSD {lsd:.5} dB, ITD {itd:.5} µs at worst");
    assert!(lsd <= 0.05 && itd <= 1.0);
}

#[test]
fn other_session_rates_are_as_exact() {
    for hz in [44_100, 88_200, 96_000, 192_000] {
        let set = cupola_hrtf::embedded(SampleRate::new(hz).unwrap()).unwrap();
        let (lsd, itd) = worst(&set, &[(33.0, 12.0), (-105.0, -4.0), (170.0, 61.0)]);
        println!("{hz} Hz: LSD {lsd:.5} dB, ITD {itd:.5} µs at worst");
        assert!(lsd <= 0.05 && itd <= 1.0, "{hz} Hz: {lsd} dB, {itd} µs");
    }
}

#[test]
fn nothing_of_a_response_wraps_round_the_transform() {
    // Where the response has not begun or is over there may be no more than the roll-off's ringing
    // leaves; a wrapped response would stand out by tens of decibels.
    let set = set();
    let mut lanes = cupola_model::PlanarBlock::new(1, 1920);
    lanes.channel_mut(0)[700] = 1.0;
    let mut worst = f32::NEG_INFINITY;
    for azimuth in [0.0, 37.0, 90.0, -90.0, 141.3] {
        let out = render(&set, vec![object(0, vec![point(0, polar(azimuth, 3.0))])], &lanes);
        for ear in 0..2 {
            let outside = out.channel(ear)[..700].iter().chain(&out.channel(ear)[700 + 256..]);
            worst = worst.max(outside.fold(0.0_f32, |a, v| a.max(v.abs())));
        }
    }
    println!("outside the response: {:.1} dB", 20.0 * worst.log10());
    assert!(20.0 * worst.log10() < -120.0);
}

/// Loudness of pink noise through both ears against one unfiltered channel, K-weighted. [BS.1770]
fn loudness(ears: &[Vec<f32>; 2]) -> f64 {
    // The two filters of BS.1770 at 48 kHz, as the recommendation tabulates them.
    let k_weight = |hz: f64| {
        let z = Complex64::cis(-TAU * hz / RATE);
        let shelf = (1.535_124_859_586_97 - 2.691_696_189_406_38 * z
            + 1.198_392_810_852_85 * z * z)
            / (1.0 - 1.690_659_293_182_41 * z + 0.732_480_774_215_85 * z * z);
        let high_pass = (1.0 - 2.0 * z + z * z)
            / (1.0 - 1.990_047_454_833_98 * z + 0.990_072_250_366_21 * z * z);
        (shelf * high_pass).norm_sqr()
    };
    let (mut through, mut plain) = (0.0, 0.0);
    for i in 0..600 {
        // Pink: equal power in equal steps of the logarithm.
        let hz = 20.0 * 1000_f64.powf(f64::from(i) / 599.0);
        let heard = ears.iter().map(|e| transform_at(e, hz, RATE).norm_sqr()).sum::<f64>();
        through += k_weight(hz) * heard;
        plain += k_weight(hz);
    }
    10.0 * (through / plain).log10()
}

#[test]
fn objects_are_as_loud_as_the_set_was_measured_to_be() {
    // Measured on the set by other means, before its loudness gain of −3.01 dB: reference/binaural,
    // "Loudness of the default set", to a tenth of a decibel.
    let set = set();
    for (azimuth, elevation, measured) in [
        (0.0, 0.0, 3.2),
        (30.0, 0.0, 3.6),
        (90.0, 0.0, 4.4),
        (-110.0, 0.0, 3.7),
        (135.0, 0.0, 2.2),
        (180.0, 0.0, 1.0),
        (0.0, 90.0, 1.2),
    ] {
        let got = loudness(&impulse_response(&set, at(azimuth, elevation)));
        let wanted = measured - 3.01;
        println!("{azimuth}°, {elevation}°: {got:+.2} LU, wanted {wanted:+.2}");
        assert!((got - wanted).abs() < 0.15, "{azimuth}°: {got} instead of {wanted}");
    }
}

fn power(ears: &[Vec<f32>; 2]) -> f64 {
    let heard = |hz: f64| ears.iter().map(|e| transform_at(e, hz, RATE).norm_sqr()).sum::<f64>();
    frequencies().map(heard).sum::<f64>()
}

#[test]
fn a_spread_source_keeps_the_power_of_the_directions_it_covers() {
    let set = set();
    for (azimuth, elevation, size, distance) in [
        (0.0, 0.0, 0.1, 1.0),
        (60.0, 10.0, 0.35, 1.0),
        (-110.0, 0.0, 1.0, 1.0),
        (0.0, 0.0, 0.0, 0.0),
    ] {
        let spread = PolarPosition { azimuth_deg: azimuth, elevation_deg: elevation, distance };
        let state = ObjectState { position: Position::Polar(spread), size, ..at(0.0, 0.0) };
        let got = 10.0 * power(&impulse_response(&set, state)).log10();
        // The mean over stored directions within the half-angle, weighted by nothing but the area
        // that an equal-angle grid gives them.
        let half_angle = 90.0 * size + (180.0 - 90.0 * size) * (1.0 - distance);
        let c = spread.direction();
        let golden = std::f64::consts::PI * (3.0 - 5_f64.sqrt());
        let (mut sum, mut count) = (0.0, 0.0);
        for i in 0..2000 {
            let z = 1.0 - (2.0 * f64::from(i) + 1.0) / 2000.0;
            let (sin, cos) = (golden * f64::from(i)).sin_cos();
            let r = (1.0 - z * z).sqrt();
            let u = [r * sin, r * cos, z];
            let along: f64 = c.iter().zip(u).map(|(a, b)| a * b).sum();
            if along.clamp(-1.0, 1.0).acos().to_degrees() <= half_angle
                && (i % 8 == 0 || half_angle < 30.0)
            {
                let corners = barycentric(&set, u);
                sum += frequencies()
                    .map(|hz| {
                        (0..2).map(|ear| expected(&set, &corners, ear, hz).norm_sqr()).sum::<f64>()
                    })
                    .sum::<f64>();
                count += 1.0;
            }
        }
        let wanted = 10.0 * (sum / count).log10();
        println!("size {size}, distance {distance}: {:+.2} dB", got - wanted);
        assert!(
            (got - wanted).abs() < 1.0,
            "size {size}, distance {distance}: {got} against {wanted}"
        );
    }
}

#[test]
fn a_spread_of_next_to_nothing_is_the_point() {
    let set = set();
    let point = impulse_response(&set, at(20.0, 10.0));
    let tiny = impulse_response(&set, ObjectState { size: 1e-6, ..at(20.0, 10.0) });
    let zero = impulse_response(&set, ObjectState { size: 0.0, ..at(20.0, 10.0) });
    assert_eq!(point, zero);
    let difference = difference_db(tiny.iter().flatten(), point.iter().flatten());
    println!("size 1e-6 differs by {difference:.1} dB");
    assert!(difference < -80.0);
    let mut last = point;
    for step in 1..=20 {
        let size = f64::from(step) / 20.0;
        let now = impulse_response(&set, ObjectState { size, ..at(20.0, 10.0) });
        let jump = difference_db(now.iter().flatten(), last.iter().flatten());
        assert!(jump < -10.0, "a jump of {jump} dB at size {size}");
        last = now;
    }
}

#[test]
fn in_the_middle_of_the_room_a_source_is_everywhere_alike() {
    let set = set();
    let from = |azimuth_deg: f64| {
        let position = PolarPosition { azimuth_deg, elevation_deg: 0.0, distance: 0.0 };
        impulse_response(&set, ObjectState { position: Position::Polar(position), ..at(0.0, 0.0) })
    };
    let (left, back) = (from(90.0), from(180.0));
    assert!(difference_db(left.iter().flatten(), back.iter().flatten()) < -100.0);
    assert!(difference_db(left[0].iter(), left[1].iter()) < -100.0, "the ears differ");
}
