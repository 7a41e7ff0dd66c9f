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
