//! A set of head-related transfer functions, in the form the headphone renderer wants.

use std::fmt;

/// Minimum-phase responses and arrival times per direction and ear, on a closed triangulation.
///
/// Interpolate inside a triangle: with weights g ≥ 0, Σ g = 1, add the taps and the delays of its
/// three corners. Ear 0 is the left one.
#[derive(Clone, Debug)]
pub struct HrtfSet {
    /// What the set is and where it comes from, for reports.
    pub name: String,
    /// Rate of taps and delays in Hz.
    pub sample_rate: u32,
    /// Unit vectors (x right, y front, z up), one a direction.
    pub directions: Vec<[f64; 3]>,
    /// Arrival time per direction and ear, in samples of `sample_rate`, ≥ 0, fractional.
    pub delay_samples: Vec<[f32; 2]>,
    /// Taps per response.
    pub tap_count: usize,
    /// directions × 2 ears × `tap_count`.
    pub taps: Vec<f32>,
    /// Corners of the triangulation as indices of directions, outward orientation.
    pub triangles: Vec<[u32; 3]>,
    /// Gain in dB that makes an object as loud as on loudspeakers.
    pub loudness_gain_db: f64,
}

/// Why a set cannot be used.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HrtfError(pub String);

impl fmt::Display for HrtfError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "unusable HRTF set: {}", self.0)
    }
}

impl std::error::Error for HrtfError {}

impl HrtfSet {
    /// The response of one direction and ear (0 left, 1 right).
    pub fn response(&self, direction: usize, ear: usize) -> &[f32] {
        let start = (direction * 2 + ear) * self.tap_count;
        &self.taps[start..start + self.tap_count]
    }

    /// Whether all parts fit together and every number is usable.
    pub fn validate(&self) -> Result<(), HrtfError> {
        let n = self.directions.len();
        let fail = |text: String| Err(HrtfError(text));
        if n < 4 || self.triangles.len() < 4 {
            return fail(format!("{n} directions do not enclose the listener"));
        }
        if self.tap_count == 0 || self.taps.len() != n * 2 * self.tap_count {
            return fail(format!(
                "{} taps for {n} directions of 2 × {}",
                self.taps.len(),
                self.tap_count
            ));
        }
        if self.delay_samples.len() != n {
            return fail(format!("{} delays for {n} directions", self.delay_samples.len()));
        }
        if self.triangles.iter().flatten().any(|&i| i as usize >= n) {
            return fail("a triangle names a direction that does not exist".into());
        }
        if !self.taps.iter().all(|t| t.is_finite()) {
            return fail("a tap is not a finite number".into());
        }
        if !self.delay_samples.iter().flatten().all(|d| (0.0..=4096.0).contains(d)) {
            return fail("a delay is negative, huge or not a number".into());
        }
        if !self
            .directions
            .iter()
            .all(|d| (d.iter().map(|c| c * c).sum::<f64>() - 1.0).abs() < 1e-4)
        {
            return fail("a direction is not a unit vector".into());
        }
        Ok(())
    }
}
