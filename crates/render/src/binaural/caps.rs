//! Sources that spread.
//!
//! A spread of half-angle α stands for every direction within α of the source's own. One signal
//! cannot come from many directions without combing unless their responses are aligned first; they
//! are, since arrival times are kept apart. So the minimum-phase responses within the cap are added
//! by the area each stands for, the sum is scaled to their mean power (200 Hz to 16 kHz, every octave
//! alike, both ears together), and its delay is their mean delay. That is worked out beforehand around
//! every stored direction for the half-angles [`HALF_ANGLES_DEG`]; between two of them the mean
//! responses are mixed in proportion and scaled to the power in proportion. Half-angle 0 is the stored
//! response itself; 180° is the mean of the sphere, the same wherever the source stands.

use cupola_model::HrtfSet;

/// Half-angles of the prepared caps in degrees, narrowest first.
pub(super) const HALF_ANGLES_DEG: [f64; 5] = [0.0, 20.0, 45.0, 90.0, 180.0];

/// A cap's rim fades over this many degrees to either side, so that grids of 5 to 15 degrees do not
/// show in its outline.
const RIM_DEG: f64 = 7.5;

/// The mean response of a cap, before its power is corrected.
#[derive(Debug)]
pub(super) struct CapMean {
    /// Mean arrival at each ear in frames.
    pub(super) arrival: [f64; 2],
    /// The directions it is made of and their shares, summing to 1.
    pub(super) shares: Vec<(usize, f64)>,
    taps: Vec<f32>,
}

impl CapMean {
    /// The cap around a stored direction.
    pub(super) fn new(set: &HrtfSet, area: &[f64], centre: usize, half_angle_deg: f64) -> Self {
        let c = set.directions[centre];
        let mut shares: Vec<(usize, f64)> = Vec::new();
        for (i, (d, area)) in set.directions.iter().zip(area).enumerate() {
            let cosine = c[0] * d[0] + c[1] * d[1] + c[2] * d[2];
            let share = area * inside(cosine.clamp(-1.0, 1.0).acos().to_degrees(), half_angle_deg);
            if share > 0.0 {
                shares.push((i, share));
            }
        }
        let sum: f64 = shares.iter().map(|s| s.1).sum();
        let mut mean = Self { arrival: [0.0; 2], shares, taps: vec![0.0; 2 * set.tap_count] };
        for (i, share) in &mut mean.shares {
            *share /= sum;
            for (arrival, &delay) in mean.arrival.iter_mut().zip(&set.delay_samples[*i]) {
                *arrival += *share * f64::from(delay);
            }
            let taps = &set.taps[*i * 2 * set.tap_count..][..2 * set.tap_count];
            let weight = *share as f32;
            mean.taps.iter_mut().zip(taps).for_each(|(m, t)| *m += weight * t);
        }
        mean
    }

    /// Taps of one ear.
    pub(super) fn response(&self, ear: usize) -> &[f32] {
        let count = self.taps.len() / 2;
        &self.taps[ear * count..][..count]
    }
}

/// How far a direction `away_deg` from the middle belongs to the cap: 1 inside, 0 outside.
fn inside(away_deg: f64, half_angle_deg: f64) -> f64 {
    if half_angle_deg >= 180.0 {
        return 1.0;
    }
    let out = ((away_deg - half_angle_deg) / (2.0 * RIM_DEG) + 0.5).clamp(0.0, 1.0);
    0.5 + 0.5 * (std::f64::consts::PI * out).cos()
}
