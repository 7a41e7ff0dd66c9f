//! What passes through the lanes: silence, constants and direct current are noted, never dropped.

use crate::rules;
use cupola_model::ambisonics::component_name;
use cupola_model::{Finding, Item, Timeline};
use cupola_render::Extremes;

/// A mean above this share of full scale (−60 dBFS) is called direct current.
const DC_LIMIT: f64 = 0.001;

/// Extremes and mean of every lane of a programme.
#[derive(Debug)]
pub(crate) struct LaneStats {
    lanes: Vec<Extremes>,
    frames: u64,
}

impl LaneStats {
    pub(crate) fn new(lanes: usize) -> Self {
        Self { lanes: vec![Extremes::default(); lanes], frames: 0 }
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
