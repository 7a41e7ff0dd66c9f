//! A source on a circle, and two twins that renew filters and delays all the time.
//!
//! They differ in what a movement is. In one the response changes as a whole, arrival time and all; in the
//! other, as in a delay line, each frame comes with the delay it had itself and then meets the taps
//! of the frame that is heard. The first is what qualities with delays in their filters aim at, the
//! second what is measured against, as with sources that move in air.

use super::twin::*;
use crate::binaural::BinauralQuality;
use cupola_model::position::wrap_degrees;
use cupola_model::{HrtfSet, PlanarBlock, PolarPosition, TimedPoint};
use realfft::num_complex::Complex64;
use std::f64::consts::TAU;

/// Sums of sines of 100 Hz to 15 kHz: noise whose value at any fraction of a frame is known.
struct Sines {
    partials: Vec<(f64, f64)>,
}

impl Sines {
    fn new() -> Self {
        let mut noise = Noise::new(11);
        let partial = |_| (100.0 + 14_900.0 * noise.next(), TAU * noise.next());
        Self { partials: (0..120).map(partial).collect() }
    }

    fn signal(&self, frames: usize) -> Vec<f32> {
        let at = |n: usize| -> f64 {
            self.partials.iter().map(|(hz, phase)| (TAU * hz * n as f64 / RATE + phase).cos()).sum()
        };
        (0..frames).map(|n| (at(n) * 0.02) as f32).collect()
    }
}

/// Frames after which the twin renews filters and delays. What it misses in between must be far less
/// than what it judges: at 360°/s and 8 frames that would be −46 dB.
const RENEWED: usize = 2;

/// The stored directions about the place that is heard from a frame on.
fn corners_at(set: &HrtfSet, path: &dyn Fn(f64) -> [f64; 3], start: usize) -> [(usize, f64); 3] {
    barycentric(set, path(start as f64 + (RENEWED - 1) as f64 / 2.0 - 48.0))
}

/// What both ears hear of the sines from a path: filters and delays renewed all the time, latency
/// added.
///
/// The delay turns with the filter, as one response that changes.
fn changing_response(
    set: &HrtfSet,
    sines: &Sines,
    path: &dyn Fn(f64) -> [f64; 3],
    frames: usize,
) -> [Vec<f32>; 2] {
    let gain = 10_f64.powf(set.loudness_gain_db / 20.0) * 0.02;
    let stored: Vec<[Vec<Complex64>; 2]> = (0..set.directions.len())
        .map(|i| {
            [0, 1].map(|ear| {
                let at = |p: &(f64, f64)| transform_at(set.response(i, ear), p.0, RATE) * gain;
                sines.partials.iter().map(at).collect()
            })
        })
        .collect();
    let mut out = [vec![0.0; frames], vec![0.0; frames]];
    for start in (0..frames).step_by(RENEWED) {
        let corners = corners_at(set, path, start);
        for (ear, out) in out.iter_mut().enumerate() {
            let delay = arrival(set, &corners, ear);
            for (k, (hz, phase)) in sines.partials.iter().enumerate() {
                let h: Complex64 = corners.iter().map(|&(i, w)| stored[i][ear][k] * w).sum();
                for (n, out) in out.iter_mut().enumerate().skip(start).take(RENEWED) {
                    let time = n as f64 - 48.0 - delay;
                    *out += (h * Complex64::cis(TAU * hz * time / RATE + phase)).re as f32;
                }
            }
        }
    }
    out
}

/// The same where sound first takes its time and then meets the filter, frame by frame: each frame comes
/// with the delay it had itself, and is convolved with the taps of the frame that is heard.
fn slow_delay_line(
    set: &HrtfSet,
    sines: &Sines,
    path: &dyn Fn(f64) -> [f64; 3],
    frames: usize,
) -> [Vec<f32>; 2] {
    let gain = 10_f64.powf(set.loudness_gain_db / 20.0) * 0.02;
    let mut late = [vec![0.0; frames], vec![0.0; frames]];
    let mut out = [vec![0.0; frames], vec![0.0; frames]];
    for start in (0..frames).step_by(RENEWED) {
        let corners = corners_at(set, path, start);
        for ear in 0..2 {
            let delay = arrival(set, &corners, ear);
            let mut taps = vec![0.0; set.tap_count];
            for &(i, weight) in &corners {
                let stored = set.response(i, ear);
                taps.iter_mut().zip(stored).for_each(|(sum, &tap)| *sum += weight * f64::from(tap));
            }
            for n in start..frames.min(start + RENEWED) {
                let time = n as f64 - 48.0 - delay;
                let waves = sines.partials.iter();
                late[ear][n] =
                    waves.map(|(hz, phase)| (TAU * hz * time / RATE + phase).cos()).sum();
                let heard = taps.iter().zip(late[ear][..=n].iter().rev());
                out[ear][n] = (gain * heard.map(|(tap, s)| tap * s).sum::<f64>()) as f32;
            }
        }
    }
    out
}

/// Error of every quality in dB, against the response that changes and against the delay line.
pub(super) fn circling(speed_deg_s: f64) -> [[f64; 2]; BinauralQuality::ALL.len()] {
    let set = set();
    let frames = 14_400;
    let end = frames as f64 / RATE * speed_deg_s;
    let azimuth = |frame: f64| wrap_degrees(frame.max(0.0) / frames as f64 * end);
    // Azimuth takes the short way, so a circle needs points less than half a turn apart.
    let points: Vec<TimedPoint> = (0..=20)
        .map(|i| i * frames as u64 / 20)
        .map(|f| point(f, polar(azimuth(f as f64), 10.0)))
        .collect();
    let path = move |frame: f64| PolarPosition::on_sphere(azimuth(frame), 10.0).direction();
    let sines = Sines::new();
    let mut lanes = PlanarBlock::new(1, frames);
    lanes.channel_mut(0).copy_from_slice(&sines.signal(frames));
    let twins = [
        changing_response(&set, &sines, &path, frames),
        slow_delay_line(&set, &sines, &path, frames),
    ];
    BinauralQuality::ALL.map(|quality| {
        let got = render_in(quality, &set, vec![object(0, points.clone())], &lanes);
        let settled = 960;
        let heard = || (0..2).flat_map(|ear| &got.channel(ear)[settled..]);
        twins
            .each_ref()
            .map(|twin| difference_db(heard(), twin.iter().flat_map(|ear| &ear[settled..])))
    })
}
