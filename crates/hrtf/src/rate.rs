//! A minimum-phase response at another rate, by way of its magnitude.

use realfft::num_complex::Complex64;
use realfft::{ComplexToReal, RealFftPlanner, RealToComplex};
use std::f64::consts::{FRAC_PI_2, PI};
use std::fmt;
use std::sync::Arc;

/// Least points of the transform of a response. Cepstra of a 128-tap response fade long before half
/// of it.
const BASE_FFT: usize = 8192;

/// Points of the transform that stands for a response of so many samples.
pub(crate) fn analysis_points(samples: usize) -> usize {
    BASE_FFT.max((4 * samples).next_power_of_two())
}

/// Taps at another rate that last as long as the old ones and the fade-out added to them.
pub(crate) fn lasting_taps(old_tap_count: usize, from_hz: f64, to_hz: f64) -> usize {
    (old_tap_count as f64 * to_hz / from_hz * (1.0 + FADE)).round() as usize
}

/// Where the spectrum begins to level off, in parts of the lower of the two Nyquist frequencies,
/// where it is flat: 22 … 24 kHz on the way up from 48 kHz. A slope there would ring.
const JOIN: f64 = 11.0 / 12.0;

/// Taps added for the fade-out, in parts of those that last as long as the old response. A converted
/// response may not end as early as the old one, which was faded to nothing when it was made.
const FADE: f64 = 1.0 / 16.0;

/// Magnitudes are held above this before their logarithm is taken.
pub(crate) const SMALLEST: f64 = 1e-7;

/// Converts responses one after the other.
pub(crate) struct RateConverter {
    from_hz: f64,
    to_hz: f64,
    tap_count: usize,
    analysis: Arc<dyn RealToComplex<f64>>,
    forward: Arc<dyn RealToComplex<f64>>,
    inverse: Arc<dyn ComplexToReal<f64>>,
    old_time: Vec<f64>,
    old_spectrum: Vec<Complex64>,
    old_log: Vec<f64>,
    time: Vec<f64>,
    spectrum: Vec<Complex64>,
}

impl fmt::Debug for RateConverter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RateConverter({} Hz → {} Hz)", self.from_hz, self.to_hz)
    }
}

impl RateConverter {
    /// A converter of spectra of `old_length` points at `from_hz` to `tap_count` taps at `to_hz`.
    pub(crate) fn new(from_hz: f64, to_hz: f64, old_length: usize, tap_count: usize) -> Self {
        let ratio = to_hz / from_hz;
        let longest = analysis_points(tap_count);
        let length = (old_length * (ratio.ceil() as usize).next_power_of_two()).max(longest);
        let mut planner = RealFftPlanner::new();
        let analysis = planner.plan_fft_forward(old_length);
        let forward = planner.plan_fft_forward(length);
        let inverse = planner.plan_fft_inverse(length);
        Self {
            from_hz,
            to_hz,
            tap_count,
            old_time: analysis.make_input_vec(),
            old_spectrum: analysis.make_output_vec(),
            old_log: vec![0.0; old_length / 2 + 1],
            time: forward.make_input_vec(),
            spectrum: forward.make_output_vec(),
            analysis,
            forward,
            inverse,
        }
    }

    /// New samples per old sample.
    pub(crate) fn ratio(&self) -> f64 {
        self.to_hz / self.from_hz
    }

    /// Writes the converted response to `out` (`tap_count` long) and returns by how many new
    /// samples it has to come later, so that the low-frequency arrival stays where it was: what is
    /// added or lost at the top of the spectrum changes the phase of a minimum-phase response
    /// everywhere.
    pub(crate) fn convert(&mut self, taps: &[f32], out: &mut [f32]) -> f64 {
        self.analyse(taps);
        self.shape(out);
        let delay_change_s = phase_delay_s(taps, self.from_hz) - phase_delay_s(out, self.to_hz);
        delay_change_s * self.to_hz
    }

    /// Writes to `out` the minimum-phase response whose magnitude is the exponential of `log`, given
    /// at the old frequencies, and returns its own phase delay in seconds.
    pub(crate) fn realise(&mut self, log: &[f64], out: &mut [f32]) -> f64 {
        self.old_log.copy_from_slice(log);
        self.shape(out);
        phase_delay_s(out, self.to_hz)
    }

    fn shape(&mut self, out: &mut [f32]) {
        self.set_log_magnitude();
        self.make_minimum_phase();
        let fade = (self.tap_count as f64 * FADE) as usize;
        let scale = 1.0 / self.time.len() as f64;
        for (i, (tap, value)) in out.iter_mut().zip(&self.time).enumerate() {
            let left = self.tap_count - i;
            let window =
                if left > fade { 1.0 } else { (FRAC_PI_2 * left as f64 / fade as f64).sin() };
            *tap = (value * scale * window * window) as f32;
        }
    }

    /// Natural logarithm of the old magnitude.
    fn analyse(&mut self, taps: &[f32]) {
        self.old_time.fill(0.0);
        for (to, &tap) in self.old_time.iter_mut().zip(taps) {
            *to = f64::from(tap);
        }
        self.analysis
            .process(&mut self.old_time, &mut self.old_spectrum)
            .expect("buffers come from the plan");
        for (log, bin) in self.old_log.iter_mut().zip(&self.old_spectrum) {
            *log = bin.norm().max(SMALLEST).ln();
        }
    }

    /// The logarithm of the magnitude at the new frequencies, as a real spectrum.
    fn set_log_magnitude(&mut self) {
        let last = self.old_log.len() - 1;
        let end = (last as f64 * self.ratio().min(1.0)) as usize;
        let join = (JOIN * end as f64) as usize;
        let held = self.old_log[join..=end].iter().sum::<f64>() / (end + 1 - join) as f64;
        let step = self.ratio() * last as f64 / (self.spectrum.len() - 1) as f64;
        for (k, bin) in self.spectrum.iter_mut().enumerate() {
            let place = k as f64 * step;
            let lower = (place as usize).min(last - 1);
            let fraction = (place - lower as f64).min(1.0);
            let read = self.old_log[lower] * (1.0 - fraction) + self.old_log[lower + 1] * fraction;
            let along = ((place - join as f64) / (end - join) as f64).clamp(0.0, 1.0);
            let extension = 0.5 - 0.5 * (PI * along).cos();
            *bin = Complex64::new(read + (held - read) * extension, 0.0);
        }
    }

    /// From the logarithm of the magnitude in `spectrum` to the response in `time`, not yet divided
    /// by the transform length: the causal half of the real cepstrum doubled, then exponentiated.
    fn make_minimum_phase(&mut self) {
        let expect = "buffers come from the plan";
        self.inverse.process(&mut self.spectrum, &mut self.time).expect(expect);
        let length = self.time.len();
        for (i, value) in self.time.iter_mut().enumerate() {
            let weight = match i {
                0 => 1.0,
                _ if 2 * i == length => 1.0,
                _ if 2 * i < length => 2.0,
                _ => 0.0,
            };
            *value *= weight / length as f64;
        }
        self.forward.process(&mut self.time, &mut self.spectrum).expect(expect);
        for bin in &mut self.spectrum {
            *bin = bin.exp();
        }
        let last = self.spectrum.len() - 1;
        // A real signal has real first and last bins; rounding leaves dust there.
        self.spectrum[0].im = 0.0;
        self.spectrum[last].im = 0.0;
        self.inverse.process(&mut self.spectrum, &mut self.time).expect(expect);
    }
}

/// Frequencies in Hz at which phase delays are taken, 200 to 1500.
pub(crate) fn delay_frequencies() -> impl Iterator<Item = f64> {
    (0..=13).map(|step| 200.0 + 100.0 * f64::from(step))
}

/// Delay of the phase between 200 and 1500 Hz, the straight line through the origin that fits best.
pub(crate) fn phase_delay_s(taps: &[f32], rate_hz: f64) -> f64 {
    let (mut along, mut square) = (0.0, 0.0);
    for hz in delay_frequencies() {
        let omega = 2.0 * PI * hz;
        let turn = Complex64::cis(-omega / rate_hz);
        // Horner's rule, from the last tap to the first.
        let response =
            taps.iter().rev().fold(Complex64::default(), |sum, &t| sum * turn + f64::from(t));
        along -= omega * response.arg();
        square += omega * omega;
    }
    along / square
}
