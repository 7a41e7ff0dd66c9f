//! One `audioBlockFormat`, whatever it describes.

use super::features::{Feature, features_of};
use super::time::{Time, seconds_to_frames};
use crate::check::report::{Report, Where};
use crate::node::Node;
use crate::rules::import as rules;
use cupola_model::position::wrap_degrees;
use cupola_model::{
    Decibels, LinearGain, ObjectFeatures, ObjectState, PolarPosition, Position, RoomPosition,
    SampleRate,
};

/// Widest extent of a polar object in degrees that a size stands for: all directions of a half.
const FULL_EXTENT_DEG: f64 = 180.0;
/// Largest gain taken over, 100 dB.
const MAX_GAIN: f64 = 1e5;

/// What a block says.
#[derive(Debug)]
pub(super) struct Block {
    pub(super) start: Option<Time>,
    pub(super) duration: Option<Time>,
    /// In frames; `None` when the value is reached at the end of the block.
    pub(super) reached_after: Option<f64>,
    pub(super) labels: Vec<String>,
    pub(super) position: Option<Position>,
    pub(super) gain: LinearGain,
    pub(super) size: f64,
    pub(super) features: ObjectFeatures,
    pub(super) left_out: Vec<Feature>,
}

impl Block {
    pub(super) fn read(node: &Node, rate: SampleRate, report: &mut Report) -> Self {
        let mut reader = Reader { node, report };
        let position = reader.position();
        let polar = matches!(position, Some(Position::Polar(_)));
        let size = reader.size(polar);
        let gain = node.child("gain").map_or(LinearGain::UNITY, |gain| reader.gain(gain));
        Self {
            start: reader.time("rtime"),
            duration: reader.time("duration"),
            reached_after: reached_after(node, rate),
            labels: node.all("speakerLabel").map(|label| label.text.clone()).collect(),
            position,
            gain,
            size,
            features: features_of(node, polar),
            left_out: Feature::of_block(node),
        }
    }

    /// The state this block leads to; a position that is missing is that of the block before.
    pub(super) fn state(&self, before: Option<ObjectState>) -> Option<ObjectState> {
        let position = self.position.or(before.map(|state| state.position))?;
        Some(ObjectState { position, gain: self.gain, size: self.size })
    }
}

fn reached_after(node: &Node, rate: SampleRate) -> Option<f64> {
    let jump = node.child("jumpPosition").filter(|jump| jump.text == "1")?;
    Some(seconds_to_frames(jump.attribute("interpolationLength"), rate))
}

struct Reader<'a> {
    node: &'a Node,
    report: &'a mut Report,
}

impl Reader<'_> {
    /// Says that a value was changed, and how.
    fn ranged(&mut self, what: &str, found: f64, low: f64, high: f64) -> f64 {
        if (low..=high).contains(&found) {
            return found;
        }
        self.report.warning(
            rules::BLOCK_RANGE,
            Where::of(self.node),
            format!("{what} is out of range"),
            found.to_string(),
            format!("{low} to {high}"),
        );
        if found > high { high } else { low }
    }

    fn time(&mut self, name: &str) -> Option<Time> {
        // Versions differ in the name; it means the same in a block.
        let names = [name, if name == "rtime" { "lstart" } else { "lduration" }];
        let text = names.iter().map(|name| self.node.attribute(name)).find(|t| !t.is_empty())?;
        let time = Time::parse(text);
        if time.is_none() {
            let (place, message) = (Where::of(self.node), format!("{name} cannot be read"));
            self.report.warning(rules::TIME_FORM, place, message, text, "hh:mm:ss.fffff");
        }
        time
    }

    fn position(&mut self) -> Option<Position> {
        let mut found = [None; 6];
        let names = ["X", "Y", "Z", "azimuth", "elevation", "distance"];
        for node in self.node.all("position") {
            // The bounds of a loudspeaker say where it may stand, not where it does.
            if !node.attribute("bound").is_empty() {
                continue;
            }
            let axis = node.attribute("coordinate");
            let value = node.text.parse::<f64>().ok().filter(|value| value.is_finite());
            if let (Some(i), Some(value)) = (names.iter().position(|n| *n == axis), value) {
                found[i].get_or_insert(value);
            }
        }
        let [x, y, z, azimuth, elevation, distance] = found;
        if let (Some(x), Some(y)) = (x, y) {
            let z = z.unwrap_or(0.0);
            return Some(Position::Room(RoomPosition {
                x: self.ranged("X", x, -1.0, 1.0),
                y: self.ranged("Y", y, -1.0, 1.0),
                z: self.ranged("Z", z, -1.0, 1.0),
            }));
        }
        let (azimuth, elevation) = (azimuth?, elevation.unwrap_or(0.0));
        let azimuth = if azimuth.abs() > 180.0 {
            self.ranged("azimuth", azimuth, -180.0, 180.0);
            wrap_degrees(azimuth)
        } else {
            azimuth
        };
        Some(Position::Polar(PolarPosition {
            azimuth_deg: azimuth,
            elevation_deg: self.ranged("elevation", elevation, -90.0, 90.0),
            distance: self.ranged("distance", distance.unwrap_or(1.0), 0.0, 1.0),
        }))
    }

    /// One size for three extents: an angle for polar positions, shares of the room for others.
    fn size(&mut self, polar: bool) -> f64 {
        let mut number = |name: &str, most: f64| {
            let node = self.node.child(name)?;
            let value = node.text.parse::<f64>().ok().filter(|value| value.is_finite())?;
            Some(self.ranged(name, value, 0.0, most))
        };
        let edges = if polar {
            [number("width", 360.0), number("height", 360.0)]
                .map(|edge| edge.map(|deg| (deg / FULL_EXTENT_DEG).min(1.0)))
                .to_vec()
        } else {
            ["width", "height", "depth"].map(|name| number(name, 1.0)).to_vec()
        };
        let known: Vec<f64> = edges.iter().map(|edge| edge.unwrap_or(0.0)).collect();
        let mean = known.iter().sum::<f64>() / known.len() as f64;
        if known.iter().any(|edge| (edge - known[0]).abs() > 1e-6) {
            let found = known.iter().map(|edge| format!("{edge:.4}")).collect::<Vec<_>>().join(" ");
            let (place, message) = (Where::of(self.node), "the extents of an object differ");
            self.report.warning(rules::SIZE, place, message, found, format!("{mean:.4}"));
            return mean;
        }
        known[0]
    }

    fn gain(&mut self, gain: &Node) -> LinearGain {
        let value = gain_of(gain);
        let legal = value.unwrap_or(f64::NAN);
        if !(0.0..=MAX_GAIN).contains(&legal) {
            let (place, message) = (Where::of(self.node), "the gain cannot be used");
            self.report.warning(rules::BLOCK_RANGE, place, message, gain.text.clone(), "0 to 1e5");
            return if legal > MAX_GAIN { LinearGain(MAX_GAIN) } else { LinearGain::UNITY };
        }
        LinearGain(legal)
    }
}

/// The amplitude factor a `gain` element states, in dB where it says so. [BS.2076-2 §5.4]
pub(super) fn gain_of(node: &Node) -> Option<f64> {
    let text = node.text.trim();
    let silent = ["-inf", "-infinity"].contains(&text.to_ascii_lowercase().as_str());
    let decibels = node.attribute("gainUnit").eq_ignore_ascii_case("db");
    if silent && decibels {
        return Some(0.0);
    }
    let value = text.parse::<f64>().ok().filter(|value| value.is_finite())?;
    Some(if decibels { LinearGain::from(Decibels(value)).0 } else { value })
}
