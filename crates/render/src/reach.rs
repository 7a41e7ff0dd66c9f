//! How well the loudspeakers of a layout reach the directions around the listener.

use crate::{Panner, PannerChoice, RenderError};
use cupola_model::{Layout, LinearGain, ObjectState, PolarPosition, Position};

/// An error up to this many degrees counts as reached. A square of loudspeakers, 90° apart, is within
/// 12.8° all round.
pub const REACHED_DEG: f64 = 15.0;

/// Degrees between neighbouring directions that are tried above and below.
const STEP_DEG: u32 = 3;

/// How well a part of the sphere is reached by panning a point source with VBAP. The error is the angle
/// between where a source is panned and where the energy of the loudspeakers that play it comes from:
/// the energy vector, the sum of their directions weighted with the squares of their gains.
/// [Gerzon-1992]
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reach {
    /// The share of directions whose error is at most [`REACHED_DEG`], 0 to 1.
    pub reached: f64,
    /// Mean error in degrees.
    pub mean_deg: f64,
    /// The largest error in degrees.
    pub worst_deg: f64,
    /// Where it is largest.
    pub worst: PolarPosition,
}

/// The panning errors of a layout.
#[derive(Debug)]
pub struct PanningErrors {
    panner: Box<dyn Panner>,
    directions: Vec<[f64; 3]>,
}

impl PanningErrors {
    /// Prepares to pan on a layout; costs milliseconds.
    pub fn new(layout: &Layout) -> Result<Self, RenderError> {
        let directions = layout.speakers().iter().map(|s| s.direction.direction()).collect();
        Ok(Self { panner: PannerChoice::Vbap.panner(layout)?, directions })
    }

    /// The error of a direction in degrees, 0 to 180; 180 also where all directions cancel out.
    pub fn at(&self, azimuth_deg: f64, elevation_deg: f64) -> f64 {
        let wanted = PolarPosition::on_sphere(azimuth_deg, elevation_deg);
        let position = Position::Polar(wanted);
        let state = ObjectState { position, gain: LinearGain::UNITY, size: 0.0 };
        let mut gains = vec![0.0; self.directions.len()];
        self.panner.gains(&state, &mut gains);
        let mut energy = [0.0; 3];
        for (gain, direction) in gains.iter().zip(&self.directions) {
            for (sum, part) in energy.iter_mut().zip(direction) {
                *sum += gain * gain * part;
            }
        }
        let dot = |a: [f64; 3], b: [f64; 3]| a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
        let length = dot(energy, energy).sqrt();
        if length < 1e-9 {
            return 180.0;
        }
        (dot(energy, wanted.direction()) / length).clamp(-1.0, 1.0).acos().to_degrees()
    }

    /// The circle at the height of the ears, in steps of 1°.
    pub fn ear_level(&self) -> Reach {
        self.over((-180..180).map(|azimuth| (f64::from(azimuth), 0.0)))
    }

    /// Everything above.
    pub fn above(&self) -> Reach {
        self.over(dome())
    }

    /// Everything below.
    pub fn below(&self) -> Reach {
        self.over(dome().map(|(azimuth, elevation)| (azimuth, -elevation)))
    }

    fn over(&self, places: impl Iterator<Item = (f64, f64)>) -> Reach {
        let (mut count, mut reached, mut sum) = (0.0, 0.0, 0.0);
        let (mut worst_deg, mut worst) = (-1.0, PolarPosition::on_sphere(0.0, 0.0));
        for (azimuth, elevation) in places {
            let error = self.at(azimuth, elevation);
            count += 1.0;
            sum += error;
            reached += f64::from(u8::from(error <= REACHED_DEG));
            if error > worst_deg {
                (worst_deg, worst) = (error, PolarPosition::on_sphere(azimuth, elevation));
            }
        }
        Reach { reached: reached / count, mean_deg: sum / count, worst_deg, worst }
    }
}

/// Azimuth and elevation of directions above ear level, each standing for about the same area.
fn dome() -> impl Iterator<Item = (f64, f64)> {
    (1..=90 / STEP_DEG).flat_map(|ring| {
        let elevation = f64::from(ring * STEP_DEG);
        let around = 360.0 * elevation.to_radians().cos() / f64::from(STEP_DEG);
        let count = (around.round() as u32).max(1);
        (0..count).map(move |i| (f64::from(i) * 360.0 / f64::from(count) - 180.0, elevation))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::layout;

    #[test]
    fn a_square_errs_as_the_tangent_law_says() {
        let errors = PanningErrors::new(&layout("quad")).unwrap();
        // Half way from the middle of a side to a loudspeaker the law gives sin 67.5° and sin 22.5°;
        // their squares leave tan = (0.8536 - 0.1464) / 1, which is 35.26° instead of 22.5°.
        assert!((errors.at(22.5, 0.0) - 12.764).abs() < 1e-3, "{}", errors.at(22.5, 0.0));
        let ring = errors.ear_level();
        // The largest of atan(sin 2a) - a is 12.79° at 21.47°.
        assert!((ring.worst_deg - 12.79).abs() < 0.01, "{ring:?}");
        // As far from the middle of a side; the four sides and their halves are alike.
        let from_side = (ring.worst.azimuth_deg.abs() % 90.0 - 45.0).abs();
        assert!((45.0 - from_side - 21.5).abs() < 1.0, "{ring:?}");
        assert_eq!(ring.reached, 1.0);
        for at in [0.0, 45.0, 90.0, 135.0, 180.0] {
            assert!(errors.at(at, 0.0) < 1e-6, "{at}");
        }
    }

    #[test]
    fn what_a_layout_lacks_is_not_reached() {
        let stereo = PanningErrors::new(&layout("2.0")).unwrap();
        let ring = stereo.ear_level();
        // Between the two, and up to 15° beyond them: a quarter of the circle.
        assert!((ring.reached - 0.25).abs() < 0.01, "{ring:?}");
        assert!(ring.worst_deg > 150.0, "{ring:?}");
        let room = PanningErrors::new(&layout("7.1.4")).unwrap();
        let (above, below) = (room.above(), room.below());
        assert!(above.reached > 0.85 && below.reached < 0.5, "{above:?} {below:?}");
        // Nothing plays from below: what is panned straight down errs by a right angle or more.
        assert!(below.worst_deg >= 89.0, "{below:?}");
        let sphere = PanningErrors::new(&layout("22.2")).unwrap();
        assert!(sphere.above().reached > 0.99, "{:?}", sphere.above());
    }

    #[test]
    fn the_dome_is_sampled_evenly() {
        // The share of a half sphere above an elevation is 1 - sin.
        let count = dome().count() as f64;
        for elevation in [15.0_f64, 30.0, 45.0, 60.0] {
            let above = dome().filter(|(_, e)| *e > elevation + 1.0).count() as f64 / count;
            let expected = 1.0 - (elevation + 1.5).to_radians().sin();
            assert!((above - expected).abs() < 0.02, "{elevation}: {above} {expected}");
        }
    }
}
