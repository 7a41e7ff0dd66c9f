//! Gains of loudspeaker channels. [BS.2127-0 §8]

use super::geometry::{difference, is_between, length, place};
use super::point::PointPanner;
use super::rules::stand_ins;
use super::speakers::{Speaker, speakers};
use crate::RenderError;
use crate::pan::region::Vec3;
use crate::pan::room::RoomPanner;
use cupola_model::{Layout, PolarPosition, RoomPosition};

/// Distances and bounds this near are met.
const TOLERANCE: f64 = 1e-5;

/// A channel meant for a loudspeaker. The elements are those of [BS.2076-2].
#[derive(Clone, Debug, PartialEq)]
pub struct SpeakerChannel {
    /// Labels, the best first: of [BS.2051-3] or URNs that hold one.
    pub labels: Vec<String>,
    /// Where the loudspeaker ought to stand.
    pub position: SpeakerPosition,
    /// The standard layout the channel is from, if the programme says so, for example `0+5+0`.
    pub from_layout: Option<&'static str>,
    /// Whether its band marks it as low-frequency effects.
    pub low_band: bool,
}

/// A position whose coordinates may have bounds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum SpeakerPosition {
    /// Azimuth and elevation in degrees, distance.
    Polar([Bounded; 3]),
    /// x, y and z in the room.
    Room([Bounded; 3]),
}

/// A coordinate and how far a loudspeaker may be from it; without bounds, not at all.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bounded {
    /// The coordinate.
    pub value: f64,
    /// The least allowed.
    pub min: Option<f64>,
    /// The most allowed.
    pub max: Option<f64>,
}

impl Bounded {
    /// A coordinate without bounds.
    pub const fn exactly(value: f64) -> Self {
        Self { value, min: None, max: None }
    }

    fn range(&self) -> (f64, f64) {
        (self.min.unwrap_or(self.value), self.max.unwrap_or(self.value))
    }
}

/// The standard layout a pack of the common definitions stands for, by its identifier such as
/// `AP_00010003`. [BS.2127-0 §8.4]
pub fn layout_of_pack(id: &str) -> Option<&'static str> {
    Some(match id {
        "AP_00010001" => "0+1+0",
        "AP_00010002" => "0+2+0",
        "AP_00010003" | "AP_0001000c" => "0+5+0",
        "AP_00010004" => "2+5+0",
        "AP_00010005" => "4+5+0",
        "AP_00010007" => "3+7+0",
        "AP_00010008" => "4+9+0",
        "AP_00010009" => "9+10+3",
        "AP_0001000f" => "0+7+0",
        "AP_00010010" => "4+5+1",
        "AP_00010017" => "4+7+0",
        _ => return None,
    })
}

/// Gains of loudspeaker channels on a layout.
///
/// The first that applies: the table of stand-ins for channels of standard layouts; a loudspeaker of
/// the same label; the one nearest loudspeaker within the bounds; for an LFE the first LFE or
/// silence; for others the point source panner, by direction or in the room as the position is given.
#[derive(Debug)]
pub struct SpeakerCalculator {
    layout: String,
    targets: Vec<Target>,
    point: PointPanner,
    room: RoomPanner,
}

/// A loudspeaker, which may be an LFE.
#[derive(Debug)]
struct Target {
    label: String,
    lfe: bool,
    nominal: PolarPosition,
    cube: Vec3,
}

impl SpeakerCalculator {
    /// A calculator for a layout; see [`GainCalculator`](super::GainCalculator::new).
    pub fn new(layout: &Layout) -> Result<Self, RenderError> {
        let panned = speakers(layout)?;
        let point = PointPanner::new(layout, &panned)?;
        let targets = layout.speakers().iter().enumerate().map(|(channel, speaker)| {
            let own: Option<&Speaker> = panned.iter().find(|s| s.channel == channel);
            let room = speaker.room;
            Target {
                label: speaker.label.clone(),
                lfe: speaker.lfe,
                nominal: own.map_or(speaker.direction, |own| own.nominal),
                cube: [room.x, room.y, room.z],
            }
        });
        let names = std::iter::once(&layout.name).chain(&layout.aliases);
        let standard = names.into_iter().find(|name| name.split('+').count() == 3);
        Ok(Self {
            layout: standard.unwrap_or(&layout.name).clone(),
            targets: targets.collect(),
            point,
            room: RoomPanner::new(layout),
        })
    }

    /// Writes one gain a channel of the layout.
    ///
    /// Panics when `out` has another length than the layout has loudspeakers.
    pub fn gains(&self, channel: &SpeakerChannel, out: &mut [f64]) {
        assert_eq!(out.len(), self.targets.len(), "one gain a loudspeaker");
        out.fill(0.0);
        let labels: Vec<&str> = channel.labels.iter().map(|l| standard_label(l)).collect();
        let lfe = channel.low_band || labels.iter().any(|l| matches!(*l, "LFE1" | "LFE2"));
        let find = |label: &str| self.targets.iter().position(|t| t.label == label);
        if let (Some(from), Some(label)) = (channel.from_layout, labels.first())
            && let Some(stand_ins) = stand_ins(label, from, &self.layout, find)
        {
            for (target, energy) in stand_ins {
                out[target] = energy.sqrt();
            }
            return;
        }
        let same = labels.iter().filter_map(|l| find(l)).find(|&t| self.targets[t].lfe == lfe);
        if let Some(target) = same.or_else(|| self.nearest(&channel.position, lfe)) {
            out[target] = 1.0;
        } else if lfe {
            if let Some(target) = find("LFE1") {
                out[target] = 1.0;
            }
        } else {
            match channel.position {
                SpeakerPosition::Polar(p) => {
                    let [azimuth, elevation, distance] = p.map(|c| c.value);
                    self.point.gains(place(azimuth, elevation, distance), out);
                }
                SpeakerPosition::Room(p) => {
                    let [x, y, z] = p.map(|c| c.value);
                    self.room.pan(RoomPosition { x, y, z }, 0.0, out);
                }
            }
        }
    }

    /// The loudspeaker within the bounds that is nearer than any other.
    fn nearest(&self, position: &SpeakerPosition, lfe: bool) -> Option<usize> {
        let distances = self.targets.iter().enumerate().filter(|(_, t)| t.lfe == lfe);
        let distances = distances.filter_map(|(n, t)| Some((n, t.distance_within(position)?)));
        let least = distances.clone().map(|(_, d)| d).fold(f64::INFINITY, f64::min);
        let mut nearest = distances.filter(|(_, d)| (d - least).abs() < TOLERANCE);
        match (nearest.next(), nearest.next()) {
            (Some((only, _)), None) => Some(only),
            _ => None,
        }
    }
}

impl Target {
    /// How far from the position, if within its bounds.
    fn distance_within(&self, position: &SpeakerPosition) -> Option<f64> {
        match position {
            SpeakerPosition::Polar(p) => {
                let [azimuth, elevation, distance] = p.map(|c| c.value);
                let PolarPosition { azimuth_deg, elevation_deg, .. } = self.nominal;
                let [azimuths, elevations, distances] = p.map(|c| c.range());
                let within = |(min, max): (f64, f64), value: f64| {
                    value > min - TOLERANCE && value < max + TOLERANCE
                };
                let at_pole = elevation_deg.abs() >= 90.0 - TOLERANCE;
                let inside = (at_pole
                    || is_between(azimuth_deg, azimuths.0, azimuths.1, TOLERANCE))
                    && within(elevations, elevation_deg)
                    && within(distances, 1.0);
                let here = place(azimuth, elevation, distance);
                inside.then(|| length(difference(self.nominal.direction(), here)))
            }
            SpeakerPosition::Room(p) => {
                let inside = p.iter().zip(self.cube).all(|(bounded, at)| {
                    let (min, max) = bounded.range();
                    at + TOLERANCE >= min && at - TOLERANCE <= max
                });
                inside.then(|| length(difference(self.cube, p.map(|c| c.value))))
            }
        }
    }
}

/// The label of [BS.2051-3] that a label or URN stands for.
fn standard_label(label: &str) -> &str {
    let from_urn = label.strip_prefix("urn:itu:bs:2051:").and_then(|rest| {
        let (edition, name) = rest.split_once(":speaker:")?;
        let is_number = !edition.is_empty() && edition.bytes().all(|b| b.is_ascii_digit());
        is_number.then_some(name)
    });
    match from_urn.unwrap_or(label) {
        "LFE" | "LFEL" => "LFE1",
        "LFER" => "LFE2",
        other => other,
    }
}
