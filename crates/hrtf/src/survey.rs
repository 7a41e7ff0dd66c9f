//! The first look at a file: which measurements count, when they arrive, what they have in common.

use crate::HrtfError;
use crate::ears::{Difference, left_receiver};
use crate::hull::triangulate;
use crate::remark::{Remark, RemarkKind};
use crate::response::{Analyser, Arrival};
use crate::sofa::Sofa;
use crate::sphere::{Direction, angle_deg, fill_holes, largest_hole};

/// Directions nearer than this, in degrees, are the same.
const SAME_DEG: f64 = 0.02;

/// The largest interaural time differences of heads, in seconds.
const HEADS_ITD_S: [f64; 2] = [550e-6, 950e-6];

/// Fewer directions than this are remarked upon, and an empty circle wider than this, in degrees,
/// whose middle is above this elevation.
const FEW: usize = 16;
const WIDE_HOLE_DEG: f64 = 40.0;
const HOLES_ABOVE_DEG: f64 = -30.0;

/// The band of level differences in Hz.
const ILD_HZ: [f64; 2] = [1500.0, 16_000.0];

/// The band in which a set's level is 1; loudspeakers of measurements end near its edges.
pub(crate) const LEVEL_HZ: [f64; 2] = [200.0, 16_000.0];

/// Power shares of bins: every octave alike.
pub(crate) fn octave_mean(values: &[f64], band: std::ops::Range<usize>) -> f64 {
    let (mut sum, mut shares) = (0.0, 0.0);
    for k in band {
        sum += values[k] / k as f64;
        shares += 1.0 / k as f64;
    }
    sum / shares
}

/// What a first look finds.
#[derive(Debug)]
pub(crate) struct Survey {
    /// Numbers of the measurements that count.
    pub(crate) kept: Vec<usize>,
    /// Their directions, then those made up.
    pub(crate) directions: Vec<Direction>,
    pub(crate) triangles: Vec<[u32; 3]>,
    /// Share of the sphere of each direction.
    pub(crate) areas: Vec<f64>,
    /// Arrival at the left and the right ear of each measurement that counts, file delay included.
    pub(crate) arrivals: Vec<[Arrival; 2]>,
    /// Level difference left − right in decibels, of each measurement that counts.
    pub(crate) ild_db: Vec<f64>,
    /// Mean power over the sphere and both ears, bin by bin of the analysis.
    pub(crate) diffuse: Vec<f64>,
    /// Receiver that is the left ear.
    pub(crate) left: usize,
    pub(crate) duplicates: usize,
    pub(crate) silent: usize,
    pub(crate) remarks: Vec<Remark>,
    pub(crate) analyser: Analyser,
}

impl Survey {
    pub(crate) fn of(sofa: &Sofa) -> Result<Self, HrtfError> {
        let (kept, duplicates, silent) = choose(sofa);
        if kept.is_empty() {
            return Err(HrtfError::NotSofa { what: "all its responses are silent".into() });
        }
        let mut directions: Vec<_> = kept.iter().map(|&i| sofa.directions[i]).collect();
        let mut remarks = coverage(&directions, duplicates, silent);
        let made_up = fill_holes(&directions);
        if !made_up.is_empty() {
            let text = format!(
                "{} made up where none is within {} degrees, from the nearest measured",
                count(made_up.len(), "direction was", "directions were"),
                crate::sphere::WIDEST_HOLE_DEG
            );
            remarks.push(Remark::new(RemarkKind::Synthetic, text));
        }
        directions.extend(made_up);
        let triangles = triangulate(&directions)?;
        let areas = areas(&directions, &triangles);
        let peak = sofa.taps.iter().fold(0.0_f64, |a, t| a.max(t.abs()));
        let mut survey = Self {
            analyser: Analyser::new(sofa.rate_hz, sofa.tap_count, peak),
            kept,
            directions,
            triangles,
            areas,
            arrivals: Vec::new(),
            ild_db: Vec::new(),
            diffuse: Vec::new(),
            left: 0,
            duplicates,
            silent,
            remarks,
        };
        survey.listen(sofa);
        Ok(survey)
    }

    /// Takes every response apart and finds out which ear is which.
    fn listen(&mut self, sofa: &Sofa) {
        let measured: f64 = self.areas[..self.kept.len()].iter().sum();
        let band = self.analyser.band(ILD_HZ);
        self.diffuse = vec![0.0; self.analyser.log.len()];
        for (n, &i) in self.kept.iter().enumerate() {
            let mut levels = [0.0; 2];
            let mut arrivals = [0, 1].map(|receiver| {
                let arrival = self.analyser.arrival(sofa.response(i, receiver));
                let share = 0.5 * self.areas[n] / measured;
                for (k, log) in self.analyser.log.iter().enumerate() {
                    let power = (2.0 * log).exp();
                    self.diffuse[k] += share * power;
                    if band.contains(&k) {
                        levels[receiver] += power;
                    }
                }
                arrival
            });
            for (arrival, delay) in arrivals.iter_mut().zip(sofa.delay_samples[i]) {
                arrival.excess_s += delay / sofa.rate_hz;
            }
            self.arrivals.push(arrivals);
            self.ild_db.push(10.0 * (levels[0] / levels[1]).log10());
        }
        let pairs = self.arrivals.iter().zip(&self.ild_db);
        let differences: Vec<_> =
            pairs.map(|(a, &level_db)| Difference { lead_s: itd_s(a), level_db }).collect();
        let (left, remarks) = left_receiver(&self.directions, &differences, sofa.declared_left);
        self.left = left;
        self.remarks.extend(remarks);
        if left == 1 {
            self.arrivals.iter_mut().for_each(|a| a.reverse());
            self.ild_db.iter_mut().for_each(|db| *db = -*db);
        }
        let largest = self.arrivals.iter().map(|a| itd_s(a).abs()).fold(0.0, f64::max);
        if !(HEADS_ITD_S[0]..=HEADS_ITD_S[1]).contains(&largest) {
            let text = format!(
                "the largest interaural time difference is {:.0} µs, that of heads {:.0} to {:.0}; the \
                 file may state a wrong sampling rate",
                largest * 1e6,
                HEADS_ITD_S[0] * 1e6,
                HEADS_ITD_S[1] * 1e6
            );
            self.remarks.push(Remark::new(RemarkKind::ItdRange, text));
        }
    }
}

/// By how much the first ear hears a source earlier, in seconds, at low frequencies.
pub(crate) fn itd_s([first, second]: &[Arrival; 2]) -> f64 {
    (second.excess_s + second.minimum_s) - (first.excess_s + first.minimum_s)
}

/// The measurements that count, and how many do not because their direction was there or because an
/// ear hears nothing.
fn choose(sofa: &Sofa) -> (Vec<usize>, usize, usize) {
    let audible = |i: usize| (0..2).all(|ear| sofa.response(i, ear).iter().any(|&t| t != 0.0));
    let heard: Vec<usize> = (0..sofa.directions.len()).filter(|&i| audible(i)).collect();
    let silent = sofa.directions.len() - heard.len();
    let mut by_height = heard.clone();
    by_height
        .sort_by(|&a, &b| sofa.directions[a][2].total_cmp(&sofa.directions[b][2]).then(a.cmp(&b)));
    let mut dropped = vec![false; sofa.directions.len()];
    let reach = SAME_DEG.to_radians();
    for (n, &i) in by_height.iter().enumerate() {
        let near = by_height[n + 1..].iter();
        for &j in near.take_while(|&&j| sofa.directions[j][2] - sofa.directions[i][2] <= reach) {
            let (first, later) = (i.min(j), i.max(j));
            if !dropped[first] && angle_deg(sofa.directions[i], sofa.directions[j]) < SAME_DEG {
                dropped[later] = true;
            }
        }
    }
    let kept: Vec<usize> = heard.into_iter().filter(|&i| !dropped[i]).collect();
    let duplicates = sofa.directions.len() - silent - kept.len();
    (kept, duplicates, silent)
}

fn coverage(directions: &[Direction], duplicates: usize, silent: usize) -> Vec<Remark> {
    let mut remarks = Vec::new();
    let mut say = |kind, text| remarks.push(Remark::new(kind, text));
    if silent > 0 {
        let text =
            count(silent, "measurement is silent and was", "measurements are silent and were");
        say(RemarkKind::Silent, format!("{text} left out"));
    }
    if duplicates > 0 {
        let text = count(duplicates, "measurement repeats", "measurements repeat");
        say(RemarkKind::Duplicates, format!("{text} a direction; the first one is kept"));
    }
    if directions.len() < FEW {
        let text = count(directions.len(), "direction is", "directions are");
        say(RemarkKind::FewDirections, format!("{text} very few; 200 give a good picture"));
    }
    let (at, radius_deg) = largest_hole(directions, HOLES_ABOVE_DEG);
    if 2.0 * radius_deg > WIDE_HOLE_DEG {
        let azimuth = (-at[0]).atan2(at[1]).to_degrees();
        say(
            RemarkKind::Hole,
            format!(
                "a hole {:.0} degrees wide around azimuth {azimuth:.0}, elevation {:.0} has no \
                 measurement",
                2.0 * radius_deg,
                at[2].asin().to_degrees()
            ),
        );
    }
    remarks
}

pub(crate) fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// Share of the sphere that belongs to each direction: a third of the triangles around it.
fn areas(directions: &[Direction], triangles: &[[u32; 3]]) -> Vec<f64> {
    let mut areas = vec![0.0; directions.len()];
    for corners in triangles {
        let [a, b, c] = corners.map(|i| directions[i as usize]);
        let dot = |p: Direction, q: Direction| p[0] * q[0] + p[1] * q[1] + p[2] * q[2];
        let bc = [b[1] * c[2] - b[2] * c[1], b[2] * c[0] - b[0] * c[2], b[0] * c[1] - b[1] * c[0]];
        // Solid angle by Van Oosterom and Strackee, 1983.
        let angle = 2.0 * dot(a, bc).atan2(1.0 + dot(a, b) + dot(b, c) + dot(c, a));
        for &corner in corners {
            areas[corner as usize] += angle / (3.0 * 4.0 * std::f64::consts::PI);
        }
    }
    areas
}
