//! The low-pass on the way to an LFE.

use crate::SampleRate;
use std::f64::consts::{FRAC_1_SQRT_2, PI};

/// States below this are silence. Far under any 24-bit signal and far above the denormals, which cost
/// a hundred times as much on some processors.
const SILENCE: f64 = 1e-60;

/// A Linkwitz–Riley low-pass of 24 dB an octave: two equal Butterworth filters of second order, −6 dB
/// at the cut-off. [Linkwitz-1976]
///
/// ```
/// use cupola_model::{LowPass, SampleRate};
/// let mut filter = LowPass::new(120.0, SampleRate::HZ_48000);
/// let settled = (0..48_000).map(|_| filter.next(1.0)).last();
/// assert!((settled.unwrap_or_default() - 1.0).abs() < 1e-9, "what stands still passes");
/// ```
#[derive(Clone, Debug)]
pub struct LowPass {
    coefficients: Coefficients,
    states: [[f64; 2]; 2],
}

/// A filter of second order whose numerator is `b (1 + z⁻¹)²`.
#[derive(Clone, Copy, Debug)]
struct Coefficients {
    b: f64,
    a1: f64,
    a2: f64,
}

impl LowPass {
    /// `cutoff_hz` between 0 and half the rate, both excluded.
    pub fn new(cutoff_hz: f64, rate: SampleRate) -> Self {
        // Bilinear transform of the Butterworth prototype, warped so that the cut-off is met.
        let k = (PI * cutoff_hz / f64::from(rate.hz())).tan();
        let scale = (1.0 + k / FRAC_1_SQRT_2 + k * k).recip();
        let coefficients = Coefficients {
            b: k * k * scale,
            a1: 2.0 * (k * k - 1.0) * scale,
            a2: (1.0 - k / FRAC_1_SQRT_2 + k * k) * scale,
        };
        Self { coefficients, states: [[0.0; 2]; 2] }
    }

    /// Frames after which less than -200 dB is left of what went in before.
    pub fn memory(cutoff_hz: f64, rate: SampleRate) -> u64 {
        // Both pairs of poles decay by exp(-sqrt(2) π f t): 26 nepers, and the factor t of a double pole.
        (6.5 / cutoff_hz * f64::from(rate.hz())).ceil() as u64
    }

    /// Forgets all that went in.
    pub fn reset(&mut self) {
        self.states = [[0.0; 2]; 2];
    }

    /// The next sample out for the next one in.
    pub fn next(&mut self, sample: f64) -> f64 {
        let Coefficients { b, a1, a2 } = self.coefficients;
        let mut x = sample;
        for [s1, s2] in &mut self.states {
            let y = b * x + *s1;
            *s1 = 2.0 * b * x - a1 * y + *s2;
            *s2 = b * x - a2 * y;
            // Both or none: one alone would leave the other circling at this level for ever.
            if s1.abs().max(s2.abs()) < SILENCE {
                (*s1, *s2) = (0.0, 0.0);
            }
            x = y;
        }
        x
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_response_is_that_of_linkwitz_and_riley() {
        let (rate, cutoff) = (SampleRate::HZ_48000, 120.0);
        let mut filter = LowPass::new(cutoff, rate);
        let impulse: Vec<f64> =
            (0..48_000).map(|n| filter.next(if n == 0 { 1.0 } else { 0.0 })).collect();
        for hz in [1.0, 30.0, 60.0, 120.0, 240.0, 480.0, 2000.0] {
            let omega = 2.0 * PI * hz / 48_000.0;
            let (mut re, mut im) = (0.0, 0.0);
            for (n, h) in impulse.iter().enumerate() {
                let (sin, cos) = (omega * n as f64).sin_cos();
                re += h * cos;
                im -= h * sin;
            }
            // Squared Butterworth of second order; frequencies as the bilinear transform bends them.
            let warped = |f: f64| (PI * f / 48_000.0).tan();
            let expected = (1.0 + (warped(hz) / warped(cutoff)).powi(4)).recip();
            let got = re.hypot(im);
            assert!((got / expected - 1.0).abs() < 1e-6, "{hz} Hz: {got} instead of {expected}");
        }
    }

    #[test]
    fn after_the_sound_the_states_become_exact_zeros() {
        let mut filter = LowPass::new(20.0, SampleRate::HZ_48000);
        filter.next(1.0);
        let mut last = f64::NAN;
        for _ in 0..480_000 {
            last = filter.next(0.0);
            assert!(last == 0.0 || last.abs() > f64::MIN_POSITIVE, "denormal {last:e}");
        }
        assert_eq!(last, 0.0, "the filter never falls silent");
    }
}
