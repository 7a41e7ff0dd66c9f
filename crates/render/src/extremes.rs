//! The least and the largest sample of a signal, and the sum of all.

use fearless_simd::{Level, Simd, dispatch, f32x8, prelude::*};

/// Samples looked at side by side, whatever the processor's vectors are.
const ROW: usize = 8;
/// Rows whose sum stays in 32 bits: its error is below 1e-6 of their mean.
const ROWS: usize = 16;

/// What a signal of finite samples keeps within, and its sum.
///
/// The same bits on every processor, but not for every way of cutting the signal: the sum is of single
/// precision within 128 samples.
///
/// ```
/// use cupola_render::Extremes;
/// let mut seen = Extremes::default();
/// seen.add(&[0.25, -0.5]);
/// seen.add(&[1.0]);
/// assert_eq!((seen.min, seen.max, seen.sum), (-0.5, 1.0, 0.75));
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Extremes {
    /// The least sample; infinity as long as there was none.
    pub min: f32,
    /// The largest sample; minus infinity as long as there was none.
    pub max: f32,
    /// The sum of all samples.
    pub sum: f64,
}

impl Default for Extremes {
    fn default() -> Self {
        Self { min: f32::INFINITY, max: f32::NEG_INFINITY, sum: 0.0 }
    }
}

impl Extremes {
    /// Takes in the next samples.
    pub fn add(&mut self, samples: &[f32]) {
        dispatch!(Level::new(), simd => add(simd, self, samples));
    }
}

#[inline(always)]
fn add<S: Simd>(simd: S, seen: &mut Extremes, samples: &[f32]) {
    let (mut min, mut max) = (f32x8::splat(simd, seen.min), f32x8::splat(simd, seen.max));
    for piece in samples.chunks(ROW * ROWS) {
        let mut sum = f32x8::splat(simd, 0.0);
        let (rows, rest) = piece.as_chunks::<ROW>();
        for row in rows {
            let row = f32x8::from_slice(simd, row);
            (min, max) = (min.min(row), max.max(row));
            sum += row;
        }
        let mut row = [0.0; ROW];
        sum.store_slice(&mut row);
        for (sum, &sample) in row.iter_mut().zip(rest) {
            (seen.min, seen.max) = (seen.min.min(sample), seen.max.max(sample));
            *sum += sample;
        }
        seen.sum += row.iter().map(|&sum| f64::from(sum)).sum::<f64>();
    }
    let (mut least, mut largest) = ([0.0; ROW], [0.0; ROW]);
    min.store_slice(&mut least);
    max.store_slice(&mut largest);
    seen.min = least.into_iter().fold(seen.min, f32::min);
    seen.max = largest.into_iter().fold(seen.max, f32::max);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extremes_and_sum_are_those_of_a_slow_twin() {
        let mut seed = 11_u32;
        for frames in [1, 7, 8, 9, 31, 128, 135, 480] {
            let samples: Vec<f32> = (0..frames)
                .map(|_| {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    (seed >> 8) as f32 / 8_388_608.0 - 0.9
                })
                .collect();
            for level in [Level::new(), Level::baseline()] {
                let mut seen = Extremes::default();
                for _ in 0..2 {
                    dispatch!(level, simd => add(simd, &mut seen, &samples));
                }
                let sum: f64 = samples.iter().map(|&sample| f64::from(sample)).sum();
                assert!((seen.sum - 2.0 * sum).abs() < 1e-6 * 2.0 * frames as f64, "{frames}");
                assert_eq!(seen.min, samples.iter().copied().fold(f32::INFINITY, f32::min));
                assert_eq!(seen.max, samples.iter().copied().fold(f32::NEG_INFINITY, f32::max));
            }
        }
    }

    #[test]
    fn every_vector_width_gives_the_same_bits() {
        let samples: Vec<f32> = (0..1001).map(|n| (n as f32 * 0.7).sin()).collect();
        let of = |level: Level| {
            let mut seen = Extremes::default();
            dispatch!(level, simd => add(simd, &mut seen, &samples));
            (seen.min, seen.max, seen.sum.to_bits())
        };
        assert_eq!(of(Level::new()), of(Level::baseline()));
    }
}
