//! Second-order filters by the formulas of the audio EQ cookbook. [EQ-Cookbook]

use realfft::num_complex::Complex64;
use std::f64::consts::TAU;

/// A shape of a second-order filter.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum BiquadShape {
    /// Raises or lowers what lies around the frequency, by this many decibels in the middle.
    Peak {
        /// Decibels.
        gain_db: f64,
    },
    /// Raises or lowers what lies below the frequency, where it has half the decibels.
    LowShelf {
        /// Decibels.
        gain_db: f64,
    },
    /// Raises or lowers what lies above the frequency, where it has half the decibels.
    HighShelf {
        /// Decibels.
        gain_db: f64,
    },
    /// Keeps what lies below.
    LowPass,
    /// Keeps what lies above.
    HighPass,
    /// Keeps what lies around, 0 dB in the middle.
    BandPass,
    /// Takes out what lies around.
    Notch,
}

/// A second-order filter with its state in f64; silence ends it in zeros.
#[derive(Clone, Copy, Debug)]
pub struct Biquad {
    b: [f64; 3],
    a: [f64; 2],
    state: [f64; 2],
}

impl Biquad {
    /// A filter at a frequency above 0 and below half the rate, with a Q above 0.
    ///
    /// ```
    /// use cupola_render::{Biquad, BiquadShape};
    /// let mut notch = Biquad::new(BiquadShape::Notch, 12_000.0, 1.0, 48_000.0);
    /// let quarter = [0.0, 1.0, 0.0, -1.0]; // 12 kHz at 48 kHz
    /// let last = (0..4000).map(|n| notch.next(quarter[n % 4])).last().unwrap();
    /// assert!(last.abs() < 1e-9);
    /// ```
    pub fn new(shape: BiquadShape, hz: f64, q: f64, rate_hz: f64) -> Self {
        let (sin, cos) = (TAU * hz / rate_hz).sin_cos();
        let alpha = sin / (2.0 * q);
        let (b, a) = match shape {
            BiquadShape::Peak { gain_db } => {
                let amp = 10_f64.powf(gain_db / 40.0);
                let b = [1.0 + alpha * amp, -2.0 * cos, 1.0 - alpha * amp];
                (b, [1.0 + alpha / amp, -2.0 * cos, 1.0 - alpha / amp])
            }
            BiquadShape::LowShelf { gain_db } => shelf(gain_db, cos, alpha, 1.0),
            BiquadShape::HighShelf { gain_db } => shelf(gain_db, cos, alpha, -1.0),
            BiquadShape::LowPass => {
                ([(1.0 - cos) / 2.0, 1.0 - cos, (1.0 - cos) / 2.0], plain(cos, alpha))
            }
            BiquadShape::HighPass => {
                ([(1.0 + cos) / 2.0, -1.0 - cos, (1.0 + cos) / 2.0], plain(cos, alpha))
            }
            BiquadShape::BandPass => ([alpha, 0.0, -alpha], plain(cos, alpha)),
            BiquadShape::Notch => ([1.0, -2.0 * cos, 1.0], plain(cos, alpha)),
        };
        Self { b: b.map(|v| v / a[0]), a: [a[1] / a[0], a[2] / a[0]], state: [0.0; 2] }
    }

    /// Gain in decibels at a frequency below half the rate it was made for.
    pub fn gain_db_at(&self, hz: f64, rate_hz: f64) -> f64 {
        let z = Complex64::cis(-TAU * hz / rate_hz);
        let [b0, b1, b2] = self.b;
        let [a1, a2] = self.a;
        20.0 * (((b2 * z + b1) * z + b0) / ((a2 * z + a1) * z + 1.0)).norm().log10()
    }

    /// The next sample.
    pub fn next(&mut self, input: f64) -> f64 {
        let output = self.b[0] * input + self.state[0];
        self.state[0] = flushed(self.b[1] * input - self.a[0] * output + self.state[1]);
        self.state[1] = flushed(self.b[2] * input - self.a[1] * output);
        output
    }
}

fn plain(cos: f64, alpha: f64) -> [f64; 3] {
    [1.0 + alpha, -2.0 * cos, 1.0 - alpha]
}

/// A shelf below (`side` 1) or above (−1).
fn shelf(gain_db: f64, cos: f64, alpha: f64, side: f64) -> ([f64; 3], [f64; 3]) {
    let amp = 10_f64.powf(gain_db / 40.0);
    let cos = side * cos;
    let root = 2.0 * amp.sqrt() * alpha;
    let (more, less) = (amp + 1.0, amp - 1.0);
    let b = [
        amp * (more - less * cos + root),
        side * 2.0 * amp * (less - more * cos),
        amp * (more - less * cos - root),
    ];
    let a = [more + less * cos + root, side * -2.0 * (less + more * cos), more + less * cos - root];
    (b, a)
}

/// Numbers too small to be heard are slow on many processors.
fn flushed(value: f64) -> f64 {
    if value.abs() < 1e-30 { 0.0 } else { value }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gain in decibels of a long sine.
    fn gain_db(shape: BiquadShape, hz: f64, q: f64, at: f64) -> f64 {
        let mut filter = Biquad::new(shape, hz, q, 48_000.0);
        let (mut of_sin, mut of_cos) = (0.0, 0.0);
        // Whole periods, after the filter has settled.
        for n in 0..96_000 {
            let (sin, cos) = (TAU * at * f64::from(n) / 48_000.0).sin_cos();
            let out = filter.next(sin);
            if n >= 48_000 {
                of_sin += out * sin;
                of_cos += out * cos;
            }
        }
        20.0 * (f64::hypot(of_sin, of_cos) / 24_000.0).log10()
    }

    #[test]
    fn shapes_have_the_gains_that_define_them() {
        use BiquadShape::*;
        let root_half = 0.5_f64.sqrt();
        for (shape, hz, q, at, wanted) in [
            (Peak { gain_db: 6.0 }, 1000.0, 2.0, 1000.0, 6.0),
            (Peak { gain_db: -9.0 }, 1000.0, 2.0, 20.0, 0.0),
            (LowShelf { gain_db: 5.0 }, 200.0, root_half, 10.0, 5.0),
            (LowShelf { gain_db: 5.0 }, 200.0, root_half, 200.0, 2.5),
            (LowShelf { gain_db: 5.0 }, 200.0, root_half, 10_000.0, 0.0),
            (HighShelf { gain_db: -4.0 }, 3000.0, root_half, 20_000.0, -4.0),
            (HighShelf { gain_db: -4.0 }, 3000.0, root_half, 3000.0, -2.0),
            (HighShelf { gain_db: -4.0 }, 3000.0, root_half, 30.0, 0.0),
            (LowPass, 1000.0, root_half, 1000.0, -3.0103),
            (LowPass, 1000.0, root_half, 10.0, 0.0),
            (HighPass, 1000.0, root_half, 1000.0, -3.0103),
            (HighPass, 1000.0, root_half, 20_000.0, 0.0),
            (BandPass, 500.0, 3.0, 500.0, 0.0),
        ] {
            let found = gain_db(shape, hz, q, at);
            let said = Biquad::new(shape, hz, q, 48_000.0).gain_db_at(at, 48_000.0);
            assert!((found - said).abs() < 0.02, "{shape:?} at {at} Hz: {found} dB, said {said}");
            assert!((found - wanted).abs() < 0.02, "{shape:?} at {at} Hz: {found} dB");
        }
    }
}
