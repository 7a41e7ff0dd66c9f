//! Triangular dither for 16 bits, the same for every block size and thread count.

use cupola_model::FrameIndex;

/// A generator without state: the noise of a sample depends on its channel and frame alone.
///
/// The frame steps a Weyl sequence by the golden ratio, the channel picks its starting point, and
/// two rounds of xor-shift and multiplication (the finaliser of SplitMix64) spread the bits. The
/// two halves of the word are two independent uniform numbers.
fn hash(channel: u64, frame: u64) -> u64 {
    let start = mix(channel.wrapping_add(1).wrapping_mul(0xd1b5_4a32_d192_ed03));
    mix(start.wrapping_add(frame.wrapping_mul(0x9e37_79b9_7f4a_7c15)))
}

fn mix(word: u64) -> u64 {
    let word = (word ^ (word >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let word = (word ^ (word >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    word ^ (word >> 31)
}

/// Noise in steps of the output format: triangular between −1 and 1, mean 0, variance 1/6.
fn triangular(channel: u64, frame: u64) -> f64 {
    const SCALE: f64 = 1.0 / 4_294_967_296.0;
    let [high, low] = [hash(channel, frame) >> 32, hash(channel, frame) & 0xffff_ffff];
    (high as f64 - low as f64) * SCALE
}

/// Writes to `out` the samples as the 16-bit values they become, still scaled to ±1.
pub(crate) fn to_16_bits(samples: &[f32], channel: usize, start: FrameIndex, out: &mut [f32]) {
    const STEPS: f64 = 32_768.0;
    for ((sample, out), frame) in samples.iter().zip(out).zip(start.0..) {
        let noisy = f64::from(*sample) * STEPS + triangular(channel as u64, frame);
        let held = noisy.round_ties_even().clamp(-STEPS, STEPS - 1.0);
        #[expect(clippy::cast_possible_truncation, reason = "16 bits fit the 24 of f32 exactly")]
        let exact = (held / STEPS) as f32;
        *out = exact;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const COUNT: u64 = 1_000_000;

    #[test]
    fn the_noise_is_triangular_with_the_mean_and_variance_of_theory() {
        let (mut sum, mut squares, mut inner) = (0.0, 0.0, 0_u32);
        for frame in 0..COUNT {
            let noise = triangular(3, frame);
            assert!(noise > -1.0 && noise < 1.0);
            sum += noise;
            squares += noise * noise;
            inner += u32::from(noise.abs() < 0.5);
        }
        let n = COUNT as f64;
        // Five standard errors of each estimate: sqrt(1/6/n), sqrt(7/180/n), sqrt(3/16/n).
        assert!((sum / n).abs() < 0.0021, "mean {}", sum / n);
        assert!((squares / n - 1.0 / 6.0).abs() < 0.001, "variance {}", squares / n);
        // A triangle has three quarters of its area between the halves.
        assert!((f64::from(inner) / n - 0.75).abs() < 0.0022, "inner {inner}");
    }

    #[test]
    fn neighbours_in_time_and_across_channels_are_uncorrelated() {
        let n = COUNT as f64;
        for (channel, lag) in [(0, 1), (0, 2), (0, 48_000), (1, 0), (7, 0), (1, 1)] {
            let products: f64 =
                (0..COUNT).map(|f| triangular(0, f) * triangular(channel, f + lag)).sum();
            // Five standard errors: variance of the product is 1/36.
            assert!((products / n).abs() < 5.0 / 6.0 / n.sqrt(), "channel {channel}, lag {lag}");
        }
    }

    #[test]
    fn dither_keeps_the_average_of_a_level_below_one_step() {
        let level = 0.3 / 32_768.0;
        let samples = vec![level; 1_000_000];
        let mut out = vec![0.0; samples.len()];
        to_16_bits(&samples, 0, FrameIndex(0), &mut out);
        let mean = out.iter().map(|&x| f64::from(x)).sum::<f64>() / out.len() as f64 * 32_768.0;
        // Error variance of triangular dither is 1/4 step²; five standard errors.
        assert!((mean - 0.3).abs() < 0.0025, "mean {mean}");
        let error: f64 = out.iter().map(|&x| (f64::from(x) * 32_768.0 - 0.3).powi(2)).sum();
        let variance = error / out.len() as f64;
        assert!((variance - 0.25).abs() < 0.005, "error variance {variance}");
    }

    #[test]
    fn blocks_of_any_size_give_the_same_samples() {
        let samples: Vec<f32> = (0..1000_u16).map(|i| f32::from(i) / 777.0 - 0.5).collect();
        let mut whole = vec![0.0; 1000];
        to_16_bits(&samples, 5, FrameIndex(123_456_789_012), &mut whole);
        let mut pieces = vec![0.0; 1000];
        let mut at = 0;
        for size in [1, 7, 333, 480, 179] {
            let start = FrameIndex(123_456_789_012 + at as u64);
            to_16_bits(&samples[at..at + size], 5, start, &mut pieces[at..at + size]);
            at += size;
        }
        assert_eq!(at, 1000);
        assert_eq!(whole, pieces);
    }

    #[test]
    fn every_value_is_a_16_bit_value_within_range() {
        let samples = [0.9, -0.9, 1.0, -1.0, 2.0, -2.0, 0.999_99];
        let mut out = [0.0; 7];
        for frame in 0..1000 {
            to_16_bits(&samples, 0, FrameIndex(frame), &mut out);
            for (value, sample) in out.iter().zip(samples) {
                let steps = value * 32_768.0;
                assert!(steps.fract() == 0.0 && (-32_768.0..=32_767.0).contains(&steps));
                assert!((steps - (sample * 32_768.0).clamp(-32_768.0, 32_767.0)).abs() <= 1.5);
            }
        }
    }
}
