//! From a SOFA file to the representation everything is rendered with.
//!
//! A set is what it is: nothing is equalised unless asked for, and only a low end that a loudspeaker
//! rolled off is extended. Every response is taken apart into magnitude and arrival, the part of the
//! arrival that both ears share is replaced by that of a rigid sphere (loudspeakers are never exactly
//! equally far, and neighbours have to fit), and the magnitude becomes a minimum-phase response at
//! the session rate. The difference of the ears' arrivals stays to the last digit.

use crate::embedded::LOUDNESS_GAIN_DB;
use crate::rate::RateConverter;
use crate::remark::{Remark, RemarkKind};
use crate::sofa::Sofa;
use crate::sphere::{angle_deg, arrival_s};
use crate::survey::{LEVEL_HZ, Survey, octave_mean};
use crate::{HrtfError, RATES_HZ};
use cupola_model::{HrtfSet, SampleRate};

/// Where the low end is judged and, when it needs to be, extended: its level is compared at the first
/// frequency with that of the band; below the third the direction's own deviation, taken from the
/// last band, shrinks to nothing at 0 Hz.
const LOW_HZ: f64 = 50.0;
const LOW_REFERENCE_HZ: [f64; 2] = [200.0, 500.0];
const LOW_END_HZ: f64 = 250.0;
const LOW_SOURCE_HZ: [f64; 2] = [220.0, 320.0];
const LOW_FADE_HZ: [f64; 2] = [200.0, 300.0];

/// A low end this much weaker, in decibels, is extended.
const LOW_ROLLED_OFF_DB: f64 = 6.0;

/// The diffuse field is smoothed over this part of an octave before it is equalised.
const SMOOTHING_OCTAVES: f64 = 1.0 / 6.0;

/// A made-up direction is a mean of the measured ones up to this much further away than the nearest,
/// of at most so many.
const NEARLY_NEAREST: f64 = 1.25;
const MOST_NEIGHBOURS: usize = 64;

/// How a file is turned into a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SofaOptions {
    /// Taps a response at 48 kHz; at other rates as many as last as long. 128 keep a head and its
    /// ears to 0.2 dB, 256 to 0.1 dB.
    pub taps: usize,
    /// Take out the mean response over all directions, 200 Hz to 16 kHz: the colour of the
    /// loudspeaker and of the ear canal.
    pub diffuse_field_eq: bool,
}

impl Default for SofaOptions {
    fn default() -> Self {
        Self { taps: 128, diffuse_field_eq: false }
    }
}

/// Makes a set at the session rate. Also returns what is remarkable about the file.
pub fn from_sofa(
    sofa: &Sofa,
    rate: SampleRate,
    options: &SofaOptions,
) -> Result<(HrtfSet, Vec<Remark>), HrtfError> {
    if !RATES_HZ.contains(&rate.hz()) {
        return Err(HrtfError::UnsupportedRate { found_hz: rate.hz() });
    }
    let mut survey = Survey::of(sofa)?;
    let shape = Shape::new(&survey, options);
    if shape.low_end.is_some() {
        let text =
            "the low end is rolled off by more than 6 dB at 50 Hz; it is extended from 250 Hz down";
        survey.remarks.push(Remark::new(RemarkKind::LowEnd, text));
    }
    let to_hz = f64::from(rate.hz());
    let tap_count = (options.taps.clamp(16, 2048) as f64 * to_hz / 48_000.0).round() as usize;
    let points = 2 * (survey.analyser.log.len() - 1);
    let mut converter = RateConverter::new(sofa.rate_hz, to_hz, points, tap_count);
    let count = survey.directions.len();
    let mut taps = vec![0.0; count * 2 * tap_count];
    let mut arrivals = Vec::with_capacity(count);
    for n in 0..count {
        let neighbours = neighbours(&survey, n);
        let mut arrival = [0.0; 2];
        for (ear, arrival) in arrival.iter_mut().enumerate() {
            let log = shape.log(sofa, &mut survey, &neighbours, ear);
            let out = &mut taps[(2 * n + ear) * tap_count..][..tap_count];
            let minimum_s = converter.realise(&log, out);
            *arrival = match survey.arrivals.get(n) {
                Some(measured) => measured[ear].excess_s + measured[ear].minimum_s - minimum_s,
                None => mean_arrival(&survey, &arrivals, &neighbours, n, ear),
            };
        }
        if n < survey.kept.len() {
            arrival = without_common_part(survey.directions[n], arrival);
        }
        arrivals.push(arrival);
    }
    let set = HrtfSet {
        name: sofa.name.clone(),
        sample_rate: rate.hz(),
        delay_samples: from_the_earliest(&arrivals, to_hz),
        directions: survey.directions,
        tap_count,
        taps,
        triangles: survey.triangles,
        loudness_gain_db: LOUDNESS_GAIN_DB,
    };
    set.validate()?;
    Ok((set, survey.remarks))
}

/// What is done to all magnitudes alike.
struct Shape {
    /// Added to every bin's logarithm: level and, when asked for, the equaliser.
    gain: Vec<f64>,
    /// Level of the diffuse field at the low end, as a logarithm, when the end is to be extended.
    low_end: Option<f64>,
}

impl Shape {
    fn new(survey: &Survey, options: &SofaOptions) -> Self {
        let analyser = &survey.analyser;
        let bins = survey.diffuse.len();
        let log_power = |band| octave_mean(&survey.diffuse, band).ln() / 2.0;
        let low = analyser.band([LOW_HZ * 0.8, LOW_HZ * 1.25]);
        let drop = log_power(analyser.band(LOW_REFERENCE_HZ)) - log_power(low);
        let rolled_off = 20.0 * drop / std::f64::consts::LN_10 > LOW_ROLLED_OFF_DB;
        let equaliser = if options.diffuse_field_eq { equaliser(survey) } else { vec![0.0; bins] };
        let pairs = survey.diffuse.iter().zip(&equaliser);
        let after: Vec<f64> = pairs.map(|(power, eq)| power * (2.0 * eq).exp()).collect();
        let level = octave_mean(&after, analyser.band(LEVEL_HZ)).ln() / 2.0;
        let low_end = octave_mean(&after, analyser.band(LOW_SOURCE_HZ)).ln() / 2.0 - level;
        Self {
            gain: equaliser.iter().map(|eq| eq - level).collect(),
            low_end: rolled_off.then_some(low_end),
        }
    }

    /// The logarithm of an ear's magnitude: that of a measurement, or the mean of several.
    fn log(
        &self,
        sofa: &Sofa,
        survey: &mut Survey,
        neighbours: &[(usize, f64)],
        ear: usize,
    ) -> Vec<f64> {
        let mut log = self.gain.clone();
        for &(n, weight) in neighbours {
            let receiver = if ear == 0 { survey.left } else { 1 - survey.left };
            survey.analyser.magnitude(sofa.response(survey.kept[n], receiver));
            for (sum, value) in log.iter_mut().zip(&survey.analyser.log) {
                *sum += weight * value;
            }
        }
        if let Some(level) = self.low_end {
            extend_low_end(&mut log, level, survey);
        }
        log
    }
}

fn extend_low_end(log: &mut [f64], level: f64, survey: &Survey) {
    let source = survey.analyser.band(LOW_SOURCE_HZ);
    let deviation = log[source.clone()].iter().sum::<f64>() / source.len() as f64 - level;
    for (k, value) in log.iter_mut().enumerate() {
        let hz = survey.analyser.hz(k);
        if hz >= LOW_FADE_HZ[1] {
            break;
        }
        let measured = ((hz - LOW_FADE_HZ[0]) / (LOW_FADE_HZ[1] - LOW_FADE_HZ[0])).clamp(0.0, 1.0);
        let extended = level + deviation * (hz / LOW_END_HZ).min(1.0);
        *value = measured * *value + (1.0 - measured) * extended;
    }
}

/// The inverse of the diffuse field, smoothed, constant outside the band of the set's level.
fn equaliser(survey: &Survey) -> Vec<f64> {
    let mut sums = vec![0.0];
    for power in &survey.diffuse {
        sums.push(sums[sums.len() - 1] + power);
    }
    let last = survey.diffuse.len();
    let band = survey.analyser.band(LEVEL_HZ);
    let half = 2_f64.powf(SMOOTHING_OCTAVES / 2.0);
    let smoothed = |k: usize| {
        let k = k.clamp(band.start, band.end) as f64;
        let from = (k / half).round() as usize;
        let to = ((k * half).round() as usize + 1).min(last);
        (sums[to] - sums[from]) / (to - from) as f64
    };
    (0..last).map(|k| -smoothed(k).ln() / 2.0).collect()
}

/// The measurement itself, or what a made-up direction is the mean of, with weights that sum to 1.
fn neighbours(survey: &Survey, n: usize) -> Vec<(usize, f64)> {
    if n < survey.kept.len() {
        return vec![(n, 1.0)];
    }
    let measured = survey.directions[..survey.kept.len()].iter();
    let mut near: Vec<(usize, f64)> =
        measured.map(|&d| angle_deg(d, survey.directions[n])).enumerate().collect();
    let least = near.iter().map(|&(_, angle)| angle).fold(f64::INFINITY, f64::min);
    near.retain(|&(_, angle)| angle <= NEARLY_NEAREST * least);
    let step = near.len().div_ceil(MOST_NEIGHBOURS);
    let mut near: Vec<_> = near.into_iter().step_by(step).collect();
    near.iter_mut().for_each(|(_, angle)| *angle = angle.powi(-4));
    let sum: f64 = near.iter().map(|&(_, weight)| weight).sum();
    near.iter_mut().for_each(|(_, weight)| *weight /= sum);
    near
}

/// The arrival at a made-up direction: that of the sphere, and by how much measured ones differ.
fn mean_arrival(
    survey: &Survey,
    arrivals: &[[f64; 2]],
    neighbours: &[(usize, f64)],
    n: usize,
    ear: usize,
) -> f64 {
    let beyond = |i: usize| arrivals[i][ear] - arrival_s(survey.directions[i])[ear];
    let mean: f64 = neighbours.iter().map(|&(i, weight)| weight * beyond(i)).sum();
    arrival_s(survey.directions[n])[ear] + mean
}

/// Replaces what both ears share by what they share on a rigid sphere.
fn without_common_part(direction: [f64; 3], arrival: [f64; 2]) -> [f64; 2] {
    let sphere = arrival_s(direction);
    let common = (arrival[0] - sphere[0] + arrival[1] - sphere[1]) / 2.0;
    arrival.map(|a| a - common)
}

/// Arrivals in samples, the earliest of them 0.
fn from_the_earliest(arrivals: &[[f64; 2]], rate_hz: f64) -> Vec<[f32; 2]> {
    let earliest = arrivals.iter().flatten().copied().fold(f64::INFINITY, f64::min);
    arrivals.iter().map(|ears| ears.map(|a| ((a - earliest) * rate_hz) as f32)).collect()
}
