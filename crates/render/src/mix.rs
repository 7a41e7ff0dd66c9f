//! The hot loops: one signal into one channel, or into a few at once.
//!
//! Every output sample is one product and one sum, in the order of the calls, without fused
//! multiply-add. Wider vectors therefore change the speed and never the bits.

use fearless_simd::{Level, Simd, dispatch, f32x16, prelude::*};
use std::ops::Range;

/// Frames a step: two of the usual vectors, one of the widest.
const WIDTH: usize = 16;

/// A gain on a straight line: `from + step · position`, position counted in frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Ramp {
    pub from: f32,
    pub step: f32,
}

/// Adds `gain · signal` to `out`.
pub(crate) fn add_constant(level: Level, out: &mut [f32], signal: &[f32], gain: f32) {
    dispatch!(level, simd => constant(simd, out, signal, gain));
}

/// Adds `signal` to these frames of some channels, each with a gain that moves along its ramp; the
/// first frame is at `position`.
///
/// `ramps` names different channels of `out`, all equally long. Places on a ramp are whole numbers
/// that f32 holds exactly, which they are below 2²⁴.
pub(crate) fn add_ramps(
    level: Level,
    out: &mut [&mut [f32]],
    frames: Range<usize>,
    signal: &[f32],
    ramps: &[(usize, Ramp)],
    position: u32,
) {
    dispatch!(level, simd => {
        for group in ramps.chunks(4) {
            // A sample is loaded once for all channels of a group.
            match *group {
                [a] => ramped(simd, out, frames.clone(), signal, [a], position),
                [a, b] => ramped(simd, out, frames.clone(), signal, [a, b], position),
                [a, b, c] => ramped(simd, out, frames.clone(), signal, [a, b, c], position),
                [a, b, c, d] => ramped(simd, out, frames.clone(), signal, [a, b, c, d], position),
                _ => {}
            }
        }
    });
}

#[inline(always)]
fn constant<S: Simd>(_: S, out: &mut [f32], signal: &[f32], gain: f32) {
    for (out, x) in out.iter_mut().zip(signal) {
        *out += gain * x;
    }
}

#[inline(always)]
fn ramped<S: Simd, const N: usize>(
    simd: S,
    out: &mut [&mut [f32]],
    frames: Range<usize>,
    signal: &[f32],
    ramps: [(usize, Ramp); N],
    position: u32,
) {
    let channels = out.get_disjoint_mut(ramps.map(|(channel, _)| channel));
    let channels = channels.expect("the channels differ").map(|c| &mut c[frames.clone()]);
    assert!(channels.iter().all(|c| c.len() == signal.len()), "as many frames out as in");
    let (rows, rest) = signal.as_chunks::<WIDTH>();
    let mut channels = channels.map(|channel| channel.as_chunks_mut::<WIDTH>());
    let from = ramps.map(|(_, ramp)| f32x16::splat(simd, ramp.from));
    let step = ramps.map(|(_, ramp)| f32x16::splat(simd, ramp.step));
    // Counting in f32 is exact here and spares a conversion.
    let mut place = f32x16::from_fn(simd, |lane| (position as usize + lane) as f32);
    // Told once, so that it is not asked at every row.
    assert!(channels.iter().all(|(sums, _)| sums.len() == rows.len()));
    for (n, row) in rows.iter().enumerate() {
        let x = f32x16::from_slice(simd, row);
        for (channel, (sums, _)) in channels.iter_mut().enumerate() {
            let sums = &mut sums[n];
            let gain = from[channel] + step[channel] * place;
            (f32x16::from_slice(simd, sums) + gain * x).store_slice(sums);
        }
        place += WIDTH as f32;
    }
    let first = position as usize + rows.len() * WIDTH;
    for ((_, sums), (_, ramp)) in channels.iter_mut().zip(ramps) {
        for (n, (sum, x)) in sums.iter_mut().zip(rest).enumerate() {
            *sum += (ramp.from + ramp.step * (first + n) as f32) * x;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One sample after the other.
    fn slow(out: &mut [f32], signal: &[f32], ramp: Ramp, position: u32) {
        for i in 0..out.len() {
            let gain = std::hint::black_box(ramp.step * (position as f32 + i as f32)) + ramp.from;
            out[i] += std::hint::black_box(gain * signal[i]);
        }
    }

    const LEVELS: [fn() -> Level; 2] = [Level::new, Level::baseline];

    fn signal() -> Vec<f32> {
        (0..1001).map(|n| (n as f32 * 0.7).sin()).collect()
    }

    #[test]
    fn every_vector_width_gives_the_bits_of_the_plain_loop() {
        let signal = signal();
        for len in [0, 1, 7, 8, 31, 480, 1001] {
            let start: Vec<f32> = (0..len).map(|n| (n as f32).cos()).collect();
            for gain in [0.3, 1.0, 0.0, -0.7] {
                let mut expected = start.clone();
                slow(&mut expected, &signal, Ramp { from: gain, step: 0.0 }, 0);
                for level in LEVELS.map(|level| level()) {
                    let mut got = start.clone();
                    add_constant(level, &mut got, &signal, gain);
                    assert_eq!(got, expected, "{level:?} constant {gain} {len}");
                }
            }
        }
    }

    #[test]
    fn any_number_of_channels_at_once_gives_the_bits_of_one_after_the_other() {
        let signal = signal();
        // Some channels of nine in any order, every number of them at once.
        let order = [4, 0, 7, 8, 1, 3, 6];
        for count in 0..=order.len() {
            let ramp = |channel: usize| {
                let c = channel as f32;
                Ramp { from: 0.3 + 0.1 * c, step: [1e-3, 0.0, -2.1e-3][channel % 3] }
            };
            let ramps: Vec<(usize, Ramp)> = order[..count].iter().map(|&c| (c, ramp(c))).collect();
            for (frames, position) in [(0..0, 0), (5..6, 3), (2..9, 0), (13..493, 77), (0..1001, 1)]
            {
                let signal = &signal[frames.clone()];
                let start = |c: usize| -> Vec<f32> {
                    (0..1001).map(|n| (n as f32 + c as f32).cos()).collect()
                };
                let mut expected: Vec<Vec<f32>> = (0..9).map(start).collect();
                for &(channel, ramp) in &ramps {
                    slow(&mut expected[channel][frames.clone()], signal, ramp, position);
                }
                for level in LEVELS.map(|level| level()) {
                    let mut got: Vec<Vec<f32>> = (0..9).map(start).collect();
                    let mut out: Vec<&mut [f32]> = got.iter_mut().map(Vec::as_mut_slice).collect();
                    add_ramps(level, &mut out, frames.clone(), signal, &ramps, position);
                    assert_eq!(got, expected, "{level:?} {count} channels, {frames:?} {position}");
                }
            }
        }
    }
}
