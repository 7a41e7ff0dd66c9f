//! What a SOFA file holds, in figures.

use crate::HrtfError;
use crate::remark::Remark;
use crate::sofa::Sofa;
use crate::sphere::largest_hole;
use crate::survey::{LEVEL_HZ, Survey, itd_s, octave_mean};

/// Steps an octave of the diffuse-field curve, and where it begins.
const STEPS_AN_OCTAVE: f64 = 6.0;
const CURVE_FROM_HZ: f64 = 50.0;

/// What a file holds.
#[derive(Clone, Debug)]
pub struct SofaFacts {
    /// Measurements in the file.
    pub measurements: usize,
    /// Left out because their direction was there already.
    pub duplicates: usize,
    /// Left out because an ear hears nothing.
    pub silent: usize,
    /// Directions made up in holes.
    pub synthetic: usize,
    /// Lowest and highest elevation in degrees.
    pub elevation_deg: [f64; 2],
    /// Nearest and furthest source in metres.
    pub distance_m: [f64; 2],
    /// Diameter of the largest empty circle in degrees, and its azimuth and elevation.
    pub largest_hole_deg: [f64; 3],
    /// Receiver that is the left ear.
    pub left_receiver: usize,
    /// Largest interaural time difference at low frequencies in µs.
    pub largest_itd_us: f64,
    /// Largest interaural level difference, 1.5 to 16 kHz, in decibels.
    pub largest_ild_db: f64,
    /// Frequency in Hz, and level of the mean power over the sphere in decibels above its own mean
    /// between 200 Hz and 16 kHz.
    pub diffuse_field: Vec<[f64; 2]>,
    /// Lowest and highest of that curve between 200 Hz and 16 kHz.
    pub diffuse_range_db: [f64; 2],
    /// Every direction that counts.
    pub directions: Vec<DirectionFacts>,
    /// What is remarkable.
    pub remarks: Vec<Remark>,
}

/// What the ears hear of a direction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DirectionFacts {
    /// Azimuth in degrees, left positive, −180 to 180.
    pub azimuth_deg: f64,
    /// Elevation in degrees, up positive.
    pub elevation_deg: f64,
    /// By how much the left ear hears it earlier, in µs, at low frequencies.
    pub itd_us: f64,
    /// By how much the left ear hears it louder, in decibels, 1.5 to 16 kHz.
    pub ild_db: f64,
}

impl SofaFacts {
    /// Listens to a file.
    pub fn of(sofa: &Sofa) -> Result<Self, HrtfError> {
        let survey = Survey::of(sofa)?;
        let measured = &survey.directions[..survey.kept.len()];
        let directions: Vec<_> = measured
            .iter()
            .zip(survey.arrivals.iter().zip(&survey.ild_db))
            .map(|(&d, (arrivals, &ild_db))| {
                let [azimuth_deg, elevation_deg] = angles_deg(d);
                DirectionFacts { azimuth_deg, elevation_deg, itd_us: itd_s(arrivals) * 1e6, ild_db }
            })
            .collect();
        let (at, radius_deg) = largest_hole(measured, -90.0);
        let [azimuth, elevation] = angles_deg(at);
        let diffuse_field = diffuse_field(&survey);
        let in_band = diffuse_field.iter().filter(|p| (LEVEL_HZ[0]..=LEVEL_HZ[1]).contains(&p[0]));
        let largest = |of: fn(&DirectionFacts) -> f64| {
            directions.iter().map(|d| of(d).abs()).fold(0.0, f64::max)
        };
        Ok(Self {
            measurements: sofa.directions.len(),
            duplicates: survey.duplicates,
            silent: survey.silent,
            synthetic: survey.directions.len() - survey.kept.len(),
            elevation_deg: range(directions.iter().map(|d| d.elevation_deg)),
            distance_m: range(sofa.distances_m.iter().copied()),
            largest_hole_deg: [2.0 * radius_deg, azimuth, elevation],
            left_receiver: survey.left,
            largest_itd_us: largest(|d| d.itd_us),
            largest_ild_db: largest(|d| d.ild_db),
            diffuse_range_db: range(in_band.map(|p| p[1])),
            diffuse_field,
            directions,
            remarks: survey.remarks,
        })
    }
}

fn angles_deg(d: [f64; 3]) -> [f64; 2] {
    [(-d[0]).atan2(d[1]).to_degrees(), d[2].clamp(-1.0, 1.0).asin().to_degrees()]
}

fn range(values: impl Iterator<Item = f64>) -> [f64; 2] {
    values.fold([f64::INFINITY, f64::NEG_INFINITY], |[low, high], v| [low.min(v), high.max(v)])
}

/// Sixth-octave means up to where the file ends or 20 kHz.
fn diffuse_field(survey: &Survey) -> Vec<[f64; 2]> {
    let analyser = &survey.analyser;
    let mean = octave_mean(&survey.diffuse, analyser.band(LEVEL_HZ));
    let last = analyser.hz(survey.diffuse.len() - 1).min(20_000.0);
    let half = 2_f64.powf(0.5 / STEPS_AN_OCTAVE);
    (0..)
        .map(|step| CURVE_FROM_HZ * 2_f64.powf(f64::from(step) / STEPS_AN_OCTAVE))
        .take_while(|hz| *hz <= last)
        .map(|hz| {
            let power = octave_mean(&survey.diffuse, analyser.band([hz / half, hz * half]));
            [hz, 10.0 * (power / mean).log10()]
        })
        .collect()
}
