//! Energy as pink noise would have it: every octave alike, 200 Hz to 16 kHz.

use realfft::RealFftPlanner;
use realfft::num_complex::Complex64;
use std::fmt;
use std::sync::Arc;

/// The band that counts, in Hz.
const BAND_HZ: [f64; 2] = [200.0, 16_000.0];

/// Measures responses up to a length.
pub(super) struct Weighted {
    forward: Arc<dyn realfft::RealToComplex<f64>>,
    band: std::ops::Range<usize>,
}

impl fmt::Debug for Weighted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Weighted({:?})", self.band)
    }
}

impl Weighted {
    /// For responses of at most so many frames.
    pub(super) fn new(frames: usize, rate_hz: f64) -> Self {
        // Bins of at most 40 Hz, so that the octave above 200 Hz has some.
        let length = frames.max((rate_hz / 40.0) as usize).next_power_of_two();
        let bin = |hz: f64| (hz * length as f64 / rate_hz).round() as usize;
        let band = bin(BAND_HZ[0]).max(1)..bin(BAND_HZ[1]).min(length / 2);
        Self { forward: RealFftPlanner::new().plan_fft_forward(length), band }
    }

    /// Mean power of the responses of both ears, added.
    pub(super) fn energy(&self, left: &[f64], right: &[f64]) -> f64 {
        let mut time = self.forward.make_input_vec();
        let mut spectrum = self.forward.make_output_vec();
        let mut sum = 0.0;
        for ear in [left, right] {
            time.fill(0.0);
            time[..ear.len()].copy_from_slice(ear);
            self.forward.process(&mut time, &mut spectrum).expect("planned buffers");
            sum += self.of_spectrum(&spectrum);
        }
        sum
    }

    fn of_spectrum(&self, spectrum: &[Complex64]) -> f64 {
        let shares: f64 = self.band.clone().map(|k| 1.0 / k as f64).sum();
        let power = |k: usize| spectrum[k].norm_sqr() / k as f64;
        self.band.clone().map(power).sum::<f64>() / shares
    }
}
