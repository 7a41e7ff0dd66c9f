//! How loud a signal is in each octave.

use crate::{Biquad, BiquadShape};

/// Centres of the octaves in Hz. [IEC-61260-1]
pub const OCTAVES_HZ: [f64; 10] =
    [31.25, 62.5, 125.0, 250.0, 500.0, 1000.0, 2000.0, 4000.0, 8000.0, 16_000.0];

/// Band-passes in a row for each octave.
const STAGES: usize = 3;

/// Adds up the energy of a signal, octave by octave.
///
/// Three equal band-passes in a row, together 3 dB down at the edges of the octave and 18 dB an octave
/// beyond: enough to compare two signals of nearly the same spectrum.
#[derive(Debug)]
pub struct OctaveMeter {
    bands: [[Biquad; STAGES]; OCTAVES_HZ.len()],
    energies: [f64; OCTAVES_HZ.len()],
}

impl OctaveMeter {
    /// A meter at a rate of at least 44.1 kHz.
    pub fn new(rate_hz: f64) -> Self {
        // An octave is 1/√2 wide in parts of its centre; each of n stages has its edges at −3/n dB.
        let narrower = (2_f64.powf(1.0 / STAGES as f64) - 1.0).sqrt();
        let q = std::f64::consts::SQRT_2 * narrower;
        let band = |hz| [Biquad::new(BiquadShape::BandPass, hz, q, rate_hz); STAGES];
        Self { bands: OCTAVES_HZ.map(band), energies: [0.0; OCTAVES_HZ.len()] }
    }

    /// Adds samples.
    pub fn add(&mut self, samples: &[f32]) {
        for (stages, energy) in self.bands.iter_mut().zip(&mut self.energies) {
            for &sample in samples {
                let out = stages.iter_mut().fold(f64::from(sample), |s, stage| stage.next(s));
                *energy += out * out;
            }
        }
    }

    /// The sum of the squares in each octave of [`OCTAVES_HZ`].
    pub fn energies(&self) -> &[f64; OCTAVES_HZ.len()] {
        &self.energies
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sine_is_in_its_own_octave() {
        let sine = |hz: f64| -> Vec<f32> {
            let at = |n: u32| (std::f64::consts::TAU * hz * f64::from(n) / 48_000.0).sin() as f32;
            (0..48_000).map(at).collect()
        };
        for (i, hz) in OCTAVES_HZ.into_iter().enumerate() {
            let mut meter = OctaveMeter::new(48_000.0);
            meter.add(&sine(hz));
            let own = meter.energies()[i];
            assert!((own / 24_000.0 - 1.0).abs() < 0.1, "{hz} Hz: {own}");
            for (j, other) in meter.energies().iter().enumerate().filter(|(j, _)| *j != i) {
                let below = 10.0 * (own / other).log10();
                assert!(below > 10.0, "{hz} Hz: {below} dB below in octave {j}");
            }
        }
        // At the edge between two octaves both have half of it.
        let mut meter = OctaveMeter::new(48_000.0);
        meter.add(&sine(1000.0 * std::f64::consts::SQRT_2));
        for octave in [5, 6] {
            let db = 10.0 * (meter.energies()[octave] / 24_000.0).log10();
            assert!((db + 3.0).abs() < 0.3, "octave {octave}: {db} dB");
        }
    }
}
