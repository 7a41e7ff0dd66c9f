//! What the page knows of an object: position, gain and size, each as the few points it needs.

use crate::picture::Thing;
use crate::thin::{Sample, thin};
use cupola_model::{FrameIndex, Lane, Position, position::wrap_degrees};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Steps a degree, a room unit, a share, an amplitude factor are counted in.
const DEGREE: f64 = 100.0;
const UNIT: f64 = 10_000.0;
const GAIN: f64 = 1_000_000.0;

/// Finest tolerances: degrees, room units and shares, and a share of the gain.
const NEAR_DEG: f64 = 0.02;
const NEAR: f64 = 0.0005;
const NEAR_GAIN: f64 = 0.001;

/// The thinned points of one object.
#[derive(Debug)]
pub(crate) struct Tracks {
    polar: bool,
    position: Vec<Sample<3>>,
    gain: Vec<Sample<1>>,
    /// The gain of the track before the object's own.
    lane: Vec<Sample<1>>,
    size: Vec<Sample<1>>,
}

impl Tracks {
    /// Points within the finest tolerance.
    pub(crate) fn new(thing: &Thing<'_>) -> Self {
        let points = thing.automation.points();
        let polar = points.iter().any(|p| matches!(p.state.position, Position::Polar(_)));
        let mut turned = 0.0;
        let positions: Vec<Sample<3>> = points
            .iter()
            .map(|point| match point.state.position {
                Position::Polar(p) => {
                    // Unwrapped, so that the line between any two points left goes the way round
                    // that all points between them went.
                    turned += wrap_degrees(p.azimuth_deg - turned);
                    (point.frame.0, [turned, p.elevation_deg, p.distance])
                }
                Position::Room(r) => (point.frame.0, [r.x, r.y, r.z]),
            })
            .collect();
        let gains: Vec<Sample<1>> = points.iter().map(|p| (p.frame.0, [p.state.gain.0])).collect();
        let sizes: Vec<Sample<1>> = points.iter().map(|p| (p.frame.0, [p.state.size])).collect();
        Self { polar, position: positions, gain: gains, lane: lane_gains(thing.lane), size: sizes }
            .coarser(1.0)
    }

    /// The same with fewer points, within `factor` times the finest tolerance of these.
    pub(crate) fn coarser(&self, factor: f64) -> Self {
        let gain = |[g]: &[f64; 1]| [(NEAR_GAIN * g).max(0.5 / GAIN) * factor];
        let near = if self.polar { [NEAR_DEG, NEAR_DEG, NEAR] } else { [NEAR; 3] };
        Self {
            polar: self.polar,
            position: thin(&self.position, |_| near.map(|n| n * factor)),
            gain: thin(&self.gain, gain),
            lane: thin(&self.lane, gain),
            size: thin(&self.size, |_| [NEAR * factor]),
        }
    }

    /// The tolerance of positions at a factor, in degrees and in room units.
    pub(crate) fn nearness(factor: f64) -> [f64; 2] {
        [NEAR_DEG * factor, NEAR * factor]
    }

    /// How many numbers it takes.
    pub(crate) fn numbers(&self) -> usize {
        4 * self.position.len() + 2 * (self.gain.len() + self.lane.len() + self.size.len())
    }

    /// Whether it leaves its place.
    pub(crate) fn position_changes(&self) -> bool {
        self.position.len() > 1
    }

    /// Times and values as differences from the one before, in whole steps.
    pub(crate) fn json(&self) -> Value {
        let units = if self.polar { [DEGREE, DEGREE, UNIT] } else { [UNIT; 3] };
        json!({
            "polar": self.polar,
            "position": columns(&self.position, units),
            "gain": columns(&self.gain, [GAIN]),
            "lane": columns(&self.lane, [GAIN]),
            "size": columns(&self.size, [UNIT]),
        })
    }
}

/// The gain of a track wherever it may bend.
fn lane_gains(lane: &Lane) -> Vec<Sample<1>> {
    let envelopes = lane.sources.iter().filter_map(|source| source.envelope.as_ref());
    let bends = envelopes.flat_map(|envelope| envelope.points()).map(|(frame, _)| frame.0);
    let frames: BTreeSet<u64> = bends.chain([0]).collect();
    frames.into_iter().map(|frame| (frame, [lane.gain_at(FrameIndex(frame)).0])).collect()
}

/// One list of times, and one list for each of the values.
fn columns<const N: usize>(points: &[Sample<N>], units: [f64; N]) -> Vec<Vec<i64>> {
    let times = points.iter().map(|p| p.0 as i64).collect();
    let values =
        (0..N).map(|i| points.iter().map(|p| (p.1[i] * units[i]).round() as i64).collect());
    std::iter::once(times).chain(values).map(differences).collect()
}

fn differences(values: Vec<i64>) -> Vec<i64> {
    let mut before = 0;
    let step = |value| value - std::mem::replace(&mut before, value);
    values.into_iter().map(step).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use cupola_model::{
        Automation, Envelope, LaneSource, LinearGain, ObjectState, PolarPosition, StemIndex,
        TimedPoint,
    };
    use std::sync::Arc;

    /// Twice round, in steps of 40°, with a dip of the gain.
    fn orbit() -> Automation {
        let points = (0..=18_u64).map(|i| {
            let azimuth_deg = wrap_degrees(100.0 + 40.0 * i as f64);
            let state = ObjectState {
                position: Position::Polar(PolarPosition::on_sphere(azimuth_deg, 10.0)),
                gain: LinearGain(if i == 9 { 0.25 } else { 1.0 }),
                size: 0.5,
            };
            TimedPoint { frame: FrameIndex(i * 1000), state }
        });
        Automation::new(points.collect()).unwrap()
    }

    #[test]
    fn an_even_orbit_is_two_points_that_count_whole_turns_and_a_constant_is_one() {
        let automation = orbit();
        let points = vec![(FrameIndex(50), LinearGain(1.0)), (FrameIndex(90), LinearGain(0.0))];
        let envelope = Some(Arc::new(Envelope::new(points).unwrap()));
        let source = |gain, envelope| LaneSource {
            stem: StemIndex(0),
            channel: 0,
            gain: LinearGain(gain),
            low_pass_hz: None,
            envelope,
        };
        let lane = Lane { sources: vec![source(0.5, envelope), source(0.25, None)] };
        let thing =
            Thing { name: String::new(), groups: vec![0], lane: &lane, automation: &automation };
        let json = Tracks::new(&thing).json();
        assert_eq!(
            json["position"],
            json!([[0, 18_000], [10_000, 72_000], [1000, 0], [10_000, 0]])
        );
        assert_eq!(
            json["gain"],
            json!([[0, 8000, 1000, 1000, 8000], [1_000_000, 0, -750_000, 750_000, 0]])
        );
        assert_eq!(json["lane"], json!([[0, 50, 40], [750_000, 0, -500_000]]));
        assert_eq!(json["size"], json!([[0], [5000]]));
    }
}
