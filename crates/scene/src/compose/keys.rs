//! Timed points of an object to the keyframes of its lanes.

use super::print::{decibels, number};
use super::thin::thin;
use cupola_model::automation::HOLD_RAMP;
use cupola_model::position::wrap_degrees;
use cupola_model::{
    Automation, Decibels, FrameIndex, LinearGain, PolarPosition, Position, RoomPosition, SampleRate,
};
use std::collections::BTreeMap;

/// Differences that are none: coordinates and sizes, and shares of a gain.
const SAME: f64 = 1e-8;
/// The least gain whose share counts.
const LEAST_GAIN: f64 = 0.01;
/// A movement of mostly shorter steps than this, in seconds, and of more of them, was not written by hand.
const FINE_S: f64 = 0.050;
const FINE_STEPS: usize = 200;
/// Largest difference of a size that is thinned.
const SIZE_TOLERANCE: f64 = 0.002;
/// Azimuth that a line may cover, unless it is one of the timeline.
const LONGEST_SWING_DEG: f64 = 175.0;
/// Gains between keyframes are lines in dB unless they say otherwise, those of a timeline in amplitude. Up
/// to this difference the two are 4e-5 dB apart at most: 107 dB below the sound.
const SAME_LINE_DB: f64 = 0.05;

/// How a value gets to its keyframe.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Way {
    Line,
    Step,
    /// A line in amplitude, for a gain.
    Amplitude,
}

impl Way {
    fn of(hold: bool) -> Self {
        if hold { Self::Step } else { Self::Line }
    }

    /// The word for the curve; the usual one has none.
    fn word(self) -> Option<&'static str> {
        match self {
            Self::Line => None,
            Self::Step => Some("hold"),
            Self::Amplitude => Some("amplitude"),
        }
    }
}

/// What one keyframe says.
#[derive(Debug, Default)]
pub(super) struct Key {
    position: Option<(Position, Way)>,
    gain: Option<(f64, Way)>,
    size: Option<(f64, Way)>,
}

/// An object at rest, and its keyframes.
#[derive(Debug)]
pub(super) struct Track {
    position: Position,
    pub(super) size: f64,
    /// A gain that never changes; 1 where keyframes have it.
    pub(super) still_gain: f64,
    pub(super) keys: BTreeMap<u64, Key>,
    pub(super) largest_deg: f64,
    pub(super) largest_size: f64,
    /// Which coordinates are ever different: azimuth, elevation, distance or x, y, z.
    varies: [bool; 3],
}

impl Track {
    pub(super) fn of(
        automation: &Automation,
        length: u64,
        rate: SampleRate,
        thin_deg: f64,
    ) -> Self {
        let first = automation.points()[0].state;
        let mut track = Self {
            position: first.position,
            size: first.size,
            still_gain: 1.0,
            keys: BTreeMap::new(),
            largest_deg: 0.0,
            largest_size: 0.0,
            varies: [false; 3],
        };
        let frames = frames_within(automation, length);
        let states: Vec<_> =
            frames.iter().map(|frame| automation.state_at(FrameIndex(*frame))).collect();
        let fine = (rate.frame_at(FINE_S).0, thin_deg > 0.0);
        track.positions(
            &frames,
            &states.iter().map(|s| s.position).collect::<Vec<_>>(),
            fine,
            thin_deg,
        );
        track.sizes(&frames, &states.iter().map(|s| s.size).collect::<Vec<_>>(), fine);
        track.gains(&frames, &states.iter().map(|s| s.gain.0).collect::<Vec<_>>());
        track
    }

    fn positions(&mut self, frames: &[u64], values: &[Position], fine: (u64, bool), thin_deg: f64) {
        let exact = |a: usize, b: usize, i: usize| {
            let line = values[a].lerp(values[b], share(frames, a, b, i));
            turn_fits(values, a, b).max(apart(line, values[i]) / SAME)
        };
        let mut kept = thin(frames.len(), exact);
        if is_fine(frames, &kept, fine) {
            let near = |a: usize, b: usize, i: usize| {
                let line = values[a].lerp(values[b], share(frames, a, b, i));
                turn_fits(values, a, b).max(apart_deg(line, values[i]) / thin_deg)
            };
            kept = thin(frames.len(), near);
            self.largest_deg = largest(&kept, |a, b, i| {
                apart_deg(values[a].lerp(values[b], share(frames, a, b, i)), values[i])
            });
        }
        for position in values {
            let differs = coordinates(*position).into_iter().zip(coordinates(self.position));
            for (varies, (a, b)) in self.varies.iter_mut().zip(differs) {
                *varies |= (a - b).abs() > SAME;
            }
        }
        let same = |a: usize, b: usize| apart(values[a], values[b]) <= SAME;
        for (i, hold) in marked(frames, &kept, same) {
            self.keys.entry(frames[i]).or_default().position = Some((values[i], Way::of(hold)));
        }
    }

    fn sizes(&mut self, frames: &[u64], values: &[f64], fine: (u64, bool)) {
        let off = |a: usize, b: usize, i: usize| {
            (values[a] + (values[b] - values[a]) * share(frames, a, b, i) - values[i]).abs()
        };
        let mut kept = thin(frames.len(), |a, b, i| off(a, b, i) / SAME);
        if is_fine(frames, &kept, fine) {
            kept = thin(frames.len(), |a, b, i| off(a, b, i) / SIZE_TOLERANCE);
            self.largest_size = largest(&kept, off);
        }
        let same = |a: usize, b: usize| (values[a] - values[b]).abs() <= SAME;
        for (i, hold) in marked(frames, &kept, same) {
            self.keys.entry(frames[i]).or_default().size = Some((values[i], Way::of(hold)));
        }
    }

    fn gains(&mut self, frames: &[u64], values: &[f64]) {
        let close = |a: f64, b: f64| (a - b).abs() <= SAME * a.max(b).max(LEAST_GAIN);
        if values.iter().all(|gain| close(*gain, values[0])) {
            self.still_gain = values[0];
            return;
        }
        let off = |a: usize, b: usize, i: usize| {
            let line = values[a] + (values[b] - values[a]) * share(frames, a, b, i);
            (line - values[i]).abs() / (SAME * values[i].max(LEAST_GAIN))
        };
        let kept = thin(frames.len(), off);
        // Before its first keyframe a gain is 0 dB.
        if !close(values[0], 1.0) {
            self.keys.entry(0).or_default().gain = Some((values[0], Way::Line));
        }
        let mut before = values[0];
        for (i, hold) in marked(frames, &kept, |a, b| close(values[a], values[b])) {
            let way = if hold { Way::Step } else { fade(before, values[i]) };
            self.keys.entry(frames[i]).or_default().gain = Some((values[i], way));
            before = values[i];
        }
    }

    /// Where it is before anything moves.
    pub(super) fn position_at_rest(&self) -> String {
        self.coordinates_text(self.position, |i, value| {
            // Elevation and height are 0, distance is 1 unless something else is said.
            let usual = match (i, self.position) {
                (2, Position::Polar(_)) => Some(1.0),
                (1, Position::Polar(_)) | (2, Position::Room(_)) => Some(0.0),
                _ => None,
            };
            usual != Some(value)
        })
    }

    fn coordinates_text(&self, position: Position, wanted: impl Fn(usize, f64) -> bool) -> String {
        let names = match position {
            Position::Polar(_) => ["azimuth", "elevation", "distance"],
            Position::Room(_) => ["x", "y", "z"],
        };
        let values = coordinates(position).into_iter().enumerate();
        let wanted = values.filter(|(i, value)| wanted(*i, *value));
        let texts = wanted.map(|(i, value)| format!("{}: {}", names[i], number(value)));
        texts.collect::<Vec<_>>().join(", ")
    }

    /// A keyframe, without its time.
    pub(super) fn key_text(&self, key: &Key) -> String {
        let mut parts = Vec::new();
        let mut ways = Vec::new();
        if let Some((position, way)) = key.position {
            let any = self.varies.contains(&true);
            parts.push(self.coordinates_text(position, |i, _| self.varies[i] || (!any && i == 0)));
            ways.push(("position", way));
        }
        if let Some((gain, way)) = key.gain {
            parts.push(format!("gain: {}", decibels(LinearGain(gain))));
            ways.push(("gain", way));
        }
        if let Some((size, way)) = key.size {
            parts.push(format!("size: {}", number(size)));
            ways.push(("size", way));
        }
        let one = ways.first().map_or(Way::Line, |(_, way)| *way);
        let curve = |(lane, way): &(&str, Way)| Some(format!("{lane}: {}", way.word()?));
        let each: Vec<_> = ways.iter().filter_map(curve).collect();
        match one.word().filter(|_| ways.iter().all(|(_, way)| *way == one)) {
            Some(word) => parts.push(format!("curve: {word}")),
            None if !each.is_empty() => parts.push(format!("curve: {{{}}}", each.join(", "))),
            None => {}
        }
        parts.join(", ")
    }
}

/// The frames of the points up to the end of the programme, and the end where a line leads beyond it.
fn frames_within(automation: &Automation, length: u64) -> Vec<u64> {
    let points = automation.points().iter().map(|point| point.frame.0);
    let mut frames: Vec<u64> = points.clone().take_while(|frame| *frame <= length).collect();
    if frames.is_empty() || points.clone().any(|frame| frame > length) {
        frames.push(length);
    }
    frames
}

/// How a line in amplitude is written.
fn fade(from: f64, to: f64) -> Way {
    // To and from silence a line in amplitude is meant anyway.
    if from <= 0.0 || to <= 0.0 {
        return Way::Line;
    }
    let span_db = Decibels::from(LinearGain(to / from)).0.abs();
    if span_db <= SAME_LINE_DB { Way::Line } else { Way::Amplitude }
}

/// How far point i is on the way from a to b.
fn share(frames: &[u64], a: usize, b: usize, i: usize) -> f64 {
    (frames[i] - frames[a]) as f64 / (frames[b] - frames[a]) as f64
}

/// Whether most steps of a movement are so short that no one wrote them.
fn is_fine(frames: &[u64], kept: &[usize], (fine, wanted): (u64, bool)) -> bool {
    let steps = kept.windows(2).map(|pair| frames[pair[1]] - frames[pair[0]]);
    // The ramps of steps are short and readable.
    let moving: Vec<u64> = steps.filter(|step| *step != HOLD_RAMP.0).collect();
    let short = moving.iter().filter(|step| **step < fine).count();
    wanted && short * 2 > moving.len() && short > FINE_STEPS
}

/// The largest deviation of all points from the lines between those that are kept.
fn largest(kept: &[usize], off: impl Fn(usize, usize, usize) -> f64) -> f64 {
    let pairs = kept.windows(2);
    let each = pairs.flat_map(|pair| (pair[0] + 1..pair[1]).map(|i| off(pair[0], pair[1], i)));
    each.fold(0.0, f64::max)
}

/// Which of the kept points are keyframes, and whether each is a step: where lines start and end, and
/// where ramps of 250 frames end before which the value stood.
fn marked(
    frames: &[u64],
    kept: &[usize],
    same: impl Fn(usize, usize) -> bool,
) -> Vec<(usize, bool)> {
    let mut marks: BTreeMap<usize, bool> = BTreeMap::new();
    for (n, pair) in kept.windows(2).enumerate() {
        let (a, b) = (pair[0], pair[1]);
        if same(a, b) {
            continue;
        }
        let stood = n == 0 || same(kept[n - 1], a);
        if stood && frames[b] - frames[a] == HOLD_RAMP.0 {
            marks.insert(b, true);
            continue;
        }
        marks.entry(a).or_insert(false);
        marks.insert(b, false);
    }
    marks.into_iter().collect()
}

fn coordinates(position: Position) -> [f64; 3] {
    match position {
        Position::Polar(PolarPosition { azimuth_deg, elevation_deg, distance }) => {
            [azimuth_deg, elevation_deg, distance]
        }
        Position::Room(RoomPosition { x, y, z }) => [x, y, z],
    }
}

/// The largest difference of two positions of one kind, angles in parts of a radian.
fn apart(a: Position, b: Position) -> f64 {
    let [p, q] = [coordinates(a), coordinates(b)];
    match a {
        Position::Polar(_) => {
            let azimuth = wrap_degrees(p[0] - q[0]).to_radians().abs();
            azimuth.max((p[1] - q[1]).to_radians().abs()).max((p[2] - q[2]).abs())
        }
        Position::Room(_) => p.iter().zip(q).map(|(p, q)| (p - q).abs()).fold(0.0, f64::max),
    }
}

/// The angle between two positions as seen from the middle, where they are as far away as the walls;
/// nearer ones by the length of their difference.
fn apart_deg(a: Position, b: Position) -> f64 {
    let vector = |position: Position| {
        let polar = position.to_polar();
        polar.direction().map(|c| c * polar.distance)
    };
    let (u, v) = (vector(a), vector(b));
    let chord = u.iter().zip(v).map(|(p, q)| (p - q) * (p - q)).sum::<f64>().sqrt();
    chord.to_degrees()
}

/// Above 1 where it is a matter of rounding which way round is the short one.
fn turn_fits(values: &[Position], a: usize, b: usize) -> f64 {
    let swing = wrap_degrees(coordinates(values[b])[0] - coordinates(values[a])[0]);
    let polar = matches!(values[a], Position::Polar(_));
    if polar && swing.abs() > LONGEST_SWING_DEG && b - a > 1 { 2.0 } else { 0.0 }
}
