//! The hot loops: one signal into one channel.
//!
//! Every output sample is one product and one sum, in the order of the calls, without fused
//! multiply-add. Wider vectors therefore change the speed and never the bits.

use fearless_simd::{Level, Simd, dispatch};

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

/// Adds `signal` to `out` with a gain that moves along the ramp; the first frame is at `position`.
pub(crate) fn add_ramp(level: Level, out: &mut [f32], signal: &[f32], ramp: Ramp, position: u32) {
    dispatch!(level, simd => ramped(simd, out, signal, ramp, position));
}

#[inline(always)]
fn constant<S: Simd>(_: S, out: &mut [f32], signal: &[f32], gain: f32) {
    for (out, x) in out.iter_mut().zip(signal) {
        *out += gain * x;
    }
}

#[inline(always)]
fn ramped<S: Simd>(_: S, out: &mut [f32], signal: &[f32], ramp: Ramp, position: u32) {
    // Counting in i32 converts to f32 in one instruction a vector; u32 and usize do not.
    let first = position as i32;
    for (i, (out, x)) in out.iter_mut().zip(signal).enumerate() {
        *out += (ramp.from + ramp.step * (first + i as i32) as f32) * x;
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

    #[test]
    fn every_vector_width_gives_the_bits_of_the_plain_loop() {
        let signal: Vec<f32> = (0..1001).map(|n| (n as f32 * 0.7).sin()).collect();
        for (from, step, position) in
            [(0.3, 1e-3, 0), (1.0, -2.1e-3, 77), (0.0, 0.0, 5), (0.7, 0.0, 0)]
        {
            let ramp = Ramp { from, step };
            for len in [0, 1, 7, 8, 31, 480, 1001] {
                let start: Vec<f32> = (0..len).map(|n| (n as f32).cos()).collect();
                let mut expected = start.clone();
                slow(&mut expected, &signal, ramp, position);
                for level in [Level::new(), Level::baseline()] {
                    let mut got = start.clone();
                    add_ramp(level, &mut got, &signal, ramp, position);
                    assert_eq!(got, expected, "{level:?} {ramp:?} {position} {len}");
                    if step == 0.0 {
                        let mut got = start.clone();
                        add_constant(level, &mut got, &signal, from);
                        assert_eq!(got, expected, "{level:?} constant {from} {len}");
                    }
                }
            }
        }
    }
}
