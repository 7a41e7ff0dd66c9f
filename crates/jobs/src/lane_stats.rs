//! What passes through the lanes: silence, constants and direct current are noted, never dropped.

use crate::rules;
use cupola_model::ambisonics::component_name;
use cupola_model::{Finding, Item, Timeline};

/// A mean above this share of full scale (−60 dBFS) is called direct current.
const DC_LIMIT: f64 = 0.001;

#[derive(Clone, Copy, Debug)]
struct Lane {
    min: f32,
    max: f32,
    sum: f64,
}

/// Samples looked at side by side, so that they become vectors.
const ROW: usize = 8;
/// Rows whose sum stays in 32 bits: its error, below 1e-6 of their mean, is nothing beside the limit.
const ROWS: usize = 16;

impl Lane {
    fn add(&mut self, samples: &[f32]) {
        let (mut min, mut max) = ([self.min; ROW], [self.max; ROW]);
        for piece in samples.chunks(ROW * ROWS) {
            let mut sum = [0.0_f32; ROW];
            let (rows, rest) = piece.as_chunks::<ROW>();
            for row in rows {
                for i in 0..ROW {
                    // Not `f32::min`, which looks for what is not a number.
                    min[i] = if row[i] < min[i] { row[i] } else { min[i] };
                    max[i] = if row[i] > max[i] { row[i] } else { max[i] };
                    sum[i] += row[i];
                }
            }
            for (i, &sample) in rest.iter().enumerate() {
                min[i] = min[i].min(sample);
                max[i] = max[i].max(sample);
                sum[i] += sample;
            }
            self.sum += sum.iter().map(|&sum| f64::from(sum)).sum::<f64>();
        }
        self.min = min.into_iter().fold(f32::INFINITY, f32::min);
        self.max = max.into_iter().fold(f32::NEG_INFINITY, f32::max);
    }
}

/// Extremes and mean of every lane of a programme.
#[derive(Debug)]
pub(crate) struct LaneStats {
    lanes: Vec<Lane>,
    frames: u64,
}

impl LaneStats {
    pub(crate) fn new(lanes: usize) -> Self {
        let start = Lane { min: f32::INFINITY, max: f32::NEG_INFINITY, sum: 0.0 };
        Self { lanes: vec![start; lanes], frames: 0 }
    }

    /// Takes in the next samples of a lane.
    pub(crate) fn add(&mut self, lane: usize, samples: &[f32]) {
        self.lanes[lane].add(samples);
    }

    /// Counts frames that were taken in of every lane.
    pub(crate) fn advance(&mut self, frames: usize) {
        self.frames += frames as u64;
    }

    /// One note for each remarkable lane that is meant to carry sound.
    pub(crate) fn findings(&self, timeline: &Timeline) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (index, name) in lane_names(timeline).into_iter().enumerate() {
            let lane = self.lanes[index];
            let mean = lane.sum / self.frames.max(1) as f64;
            if timeline.lanes[index].sources.is_empty() || self.frames == 0 {
                continue;
            }
            let finding = if lane.min == 0.0 && lane.max == 0.0 {
                Finding::note(rules::SILENT, format!("{name} is silent throughout"))
                    .hint("check the stem, or leave the item out")
            } else if lane.min == lane.max {
                Finding::note(rules::CONSTANT, format!("{name} holds one value throughout"))
                    .found(format!("{}", lane.min))
                    .hint("check how the stem was exported")
            } else if mean.abs() > DC_LIMIT {
                Finding::note(rules::DIRECT_CURRENT, format!("{name} carries direct current"))
                    .found(format!("a mean of {mean:.4} of full scale"))
                    .allowed(format!("at most {DC_LIMIT}"))
                    .hint("high-pass the stem at about 10 Hz")
            } else {
                continue;
            };
            findings.push(finding.subject(name));
        }
        findings
    }
}

/// What each track is called in reports: the object, or bed and channel.
pub(crate) fn lane_names(timeline: &Timeline) -> Vec<String> {
    let mut names = vec![String::new(); timeline.lanes.len()];
    for item in &timeline.items {
        match item {
            Item::Bed(bed) => {
                for channel in &bed.channels {
                    names[channel.lane.0] = format!("{} {}", bed.name, channel.label);
                }
            }
            Item::Ambisonic(bed) => {
                for channel in &bed.channels {
                    let component = component_name(channel.number);
                    names[channel.lane.0] = format!("{} {component}", bed.name);
                }
            }
            Item::Object(object) => names[object.lane.0].clone_from(&object.name),
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::LaneStats;
    use cupola_model::PlanarBlock;

    #[test]
    fn extremes_and_mean_are_those_of_a_slow_twin() {
        let mut seed = 11_u32;
        for frames in [1, 7, 8, 9, 31, 128, 135, 480] {
            let (mut block, mut stats) = (PlanarBlock::new(3, frames), LaneStats::new(3));
            for lane in block.iter_mut() {
                for sample in lane {
                    seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                    *sample = (seed >> 8) as f32 / 8_388_608.0 - 0.9;
                }
            }
            for (lane, samples) in block.iter().enumerate() {
                stats.add(lane, samples);
                stats.add(lane, samples);
            }
            stats.advance(2 * frames);
            for (lane, samples) in stats.lanes.iter().zip(block.iter()) {
                let sum: f64 = samples.iter().map(|&sample| f64::from(sample)).sum();
                assert!((lane.sum - 2.0 * sum).abs() < 1e-6 * 2.0 * frames as f64);
                assert_eq!(lane.min, samples.iter().copied().fold(f32::INFINITY, f32::min));
                assert_eq!(lane.max, samples.iter().copied().fold(f32::NEG_INFINITY, f32::max));
            }
        }
    }
}
