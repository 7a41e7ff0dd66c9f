//! Keyframes to timed points: curves end here.
//!
//! Position, gain and size are three lanes, each running through the keyframes that mention it.
//! [`Lanes`] is the exact value at any frame; [`flatten`] finds few points whose straight lines stay
//! within the tolerances of it.

use crate::curve::Curve;
use crate::pair::{self, Side};
use crate::path::Track;
use crate::scene::Keyframe;
use crate::stop::Stop;
use cupola_model::automation::HOLD_RAMP;
use cupola_model::{
    Decibels, FrameIndex, LinearGain, ObjectState, PolarPosition, Position, RoomPosition,
    TimedPoint,
};

/// Largest error of a direction in degrees.
pub(crate) const TOLERANCE_DEG: f64 = 0.25;
/// Largest error of a room coordinate, and of size and distance.
pub(crate) const TOLERANCE_ROOM: f64 = 0.005;
/// Largest error of a gain in dB.
pub(crate) const TOLERANCE_DB: f64 = 0.05;
/// Share of the tolerances that is used at the frames looked at, so that those between keep them.
const PROBE_SHARE: f64 = 0.9;
/// Frames looked at on a line.
const PROBES: u64 = 12;
/// Lines tried from one point before the best one is taken.
const TRIES: u32 = 24;
/// Share of the tolerance a next try aims at, and the share from which a line is long enough.
const AIM: f64 = 0.97;
const WELL_USED: f64 = 0.8;
/// Azimuth that one line may cover. The short way is the right one below 180.
const LONGEST_SWING_DEG: f64 = 175.0;
/// Difference in amplitude that no tolerance in dB applies to; -240 dB.
const INAUDIBLE: f64 = 1e-12;
/// Difference below which a point lies on the line of its neighbours.
const ON_THE_LINE: f64 = 1e-9;

/// How a lane gets from its previous value to `value` at `at`.
#[derive(Clone, Copy, Debug)]
struct Step<T> {
    /// Where the movement starts; the previous value holds until then.
    from: u64,
    at: u64,
    value: T,
    curve: Curve,
}

/// One value over time.
#[derive(Clone, Debug)]
struct Lane<T> {
    start: T,
    steps: Vec<Step<T>>,
}

/// A gain and the scale on which a line to it is straight.
#[derive(Clone, Copy, Debug)]
struct Level {
    db: f64,
    /// Whether the line to this level is straight in amplitude instead of in dB.
    linear: bool,
}

/// The exact values of an object over time.
#[derive(Clone, Debug)]
pub(crate) struct Lanes<'p> {
    /// Where the position comes from when not from keyframes.
    path: Option<&'p Track<'p>>,
    position: Lane<Stop>,
    /// Multiplied with each other.
    gains: Vec<Lane<Level>>,
    size: Lane<f64>,
    /// Which half of a pair this is, and the pair's width.
    pair: Option<(f64, Side)>,
}

impl<T> Step<T> {
    /// The share of the way that is done at a frame from `from` on.
    fn share(&self, frame: u64) -> f64 {
        let t = (frame - self.from) as f64 / (self.at - self.from) as f64;
        self.curve.shape(t.min(1.0))
    }
}

impl<T: Copy> Lane<T> {
    /// `mentions` are the keyframes that mention this value, in order of time.
    fn new(start: T, mentions: impl Iterator<Item = (u64, Curve, T)>) -> Self {
        let mut lane = Self { start, steps: Vec::new() };
        let mut before: Option<u64> = None;
        for (at, curve, value) in mentions {
            // Until its first keyframe a value stands still, so that keyframe is a step.
            let curve = if before.is_some() { curve } else { Curve::Hold };
            let from = match (before, curve) {
                (Some(before), curve) if curve != Curve::Hold => before,
                _ => at.saturating_sub(HOLD_RAMP.0).max(before.unwrap_or(0)),
            };
            if at == 0 {
                lane.start = value;
            } else {
                lane.steps.push(Step { from, at, value, curve });
            }
            before = Some(at);
        }
        lane
    }

    /// The value before, the value after, and how far between them the frame is.
    fn around(&self, frame: u64) -> (T, T, f64) {
        let next = self.steps.partition_point(|step| step.at <= frame);
        let before = if next == 0 { self.start } else { self.steps[next - 1].value };
        match self.steps.get(next) {
            Some(step) if frame > step.from => (before, step.value, step.share(frame)),
            _ => (before, before, 0.0),
        }
    }

    fn knots(&self) -> impl Iterator<Item = u64> + '_ {
        self.steps.iter().flat_map(|step| [step.from, step.at])
    }
}

impl Lane<Level> {
    /// The gains of keyframes; 0 dB before.
    fn of_gains(keyframes: &[Keyframe]) -> Self {
        let gains = keyframes.iter().filter_map(|k| Some((k.at.0, k.curves.gain, k.gain_db?)));
        let mut first = true;
        let levels = gains.map(|(at, curve, db)| {
            // Steps are ramps of amplitude.
            let linear = matches!(curve, Curve::Hold | Curve::Amplitude);
            let linear = std::mem::replace(&mut first, false) || linear;
            (at, curve, Level { db, linear })
        });
        Self::new(Level { db: 0.0, linear: true }, levels)
    }

    /// The amplitude factor at a frame.
    fn gain_at(&self, frame: u64) -> f64 {
        let (a, b, t) = self.around(frame);
        let factor = |db: f64| LinearGain::from(Decibels(db)).0;
        if t <= 0.0 {
            factor(a.db)
        } else if b.linear || !a.db.is_finite() || !b.db.is_finite() {
            let (a, b) = (factor(a.db), factor(b.db));
            a + (b - a) * t
        } else {
            factor(a.db + (b.db - a.db) * t)
        }
    }
}

impl<'p> Lanes<'p> {
    /// The lanes of an object with these values at rest. A gain of 0 dB is added to the static gain,
    /// which is not in here.
    pub(crate) fn new(
        position: Position,
        size: f64,
        keyframes: &[Keyframe],
        pair: Option<(f64, Side)>,
        path: Option<&'p Track<'p>>,
    ) -> Self {
        let stop = |k: &Keyframe| Some(Stop { position: k.position?, turns: k.turns });
        let positions =
            keyframes.iter().filter_map(|k| Some((k.at.0, k.curves.position, stop(k)?)));
        let sizes = keyframes.iter().filter_map(|k| Some((k.at.0, k.curves.size, k.size?)));
        Self {
            path,
            position: Lane::new(Stop { position, turns: 0.0 }, positions),
            gains: vec![Lane::of_gains(keyframes)],
            size: Lane::new(size, sizes),
            pair,
        }
    }

    /// Several gains over time, multiplied with each other, at a place without meaning.
    pub(crate) fn of_gains<'k>(keyframes: impl Iterator<Item = &'k [Keyframe]>) -> Self {
        let position = Position::Room(RoomPosition { x: 0.0, y: 0.0, z: 0.0 });
        let gains = keyframes.map(Lane::of_gains).collect();
        Self { gains, ..Self::new(position, 0.0, &[], None, None) }
    }

    /// The exact state at a frame.
    pub(crate) fn state_at(&self, frame: u64) -> ObjectState {
        let (a, b, t) = self.position.around(frame);
        let centre = match self.path {
            Some(track) => track.position_at(frame),
            None if t > 0.0 => b.position_from(&a, t),
            None => a.position,
        };
        let position = match self.pair {
            Some((width, side)) => pair::place(centre, width, side),
            None => centre,
        };
        let gain = self.gains.iter().fold(1.0, |gain, lane| gain * lane.gain_at(frame));
        let gain = LinearGain(gain);
        let (a, b, t) = self.size.around(frame);
        ObjectState { position, gain, size: a + (b - a) * t }
    }

    /// Degrees of azimuth the centre goes between two frames of one movement.
    fn swing_deg(&self, from: u64, to: u64) -> f64 {
        if let Some(track) = self.path {
            return track.swing_deg(from, to);
        }
        let next = self.position.steps.partition_point(|step| step.at <= from);
        let Some(step) = self.position.steps.get(next) else { return 0.0 };
        let start =
            if next == 0 { self.position.start } else { self.position.steps[next - 1].value };
        let share = |frame: u64| step.share(frame.max(step.from));
        (step.value.way_deg(&start) * (share(to) - share(from))).abs()
    }

    fn point_at(&self, frame: u64) -> TimedPoint {
        TimedPoint { frame: FrameIndex(frame), state: self.state_at(frame) }
    }

    /// Frames at which a movement starts or ends, and frame 0.
    fn knots(&self) -> Vec<u64> {
        let mut knots = vec![0];
        knots.extend(self.position.knots());
        knots.extend(self.path.iter().flat_map(|track| track.knots()));
        knots.extend(self.gains.iter().flat_map(Lane::knots));
        knots.extend(self.size.knots());
        knots.sort_unstable();
        knots.dedup();
        knots
    }
}

/// Few points whose straight lines stay within the tolerances of the lanes, exact at every keyframe.
/// `None` when more than `most` would be needed.
pub(crate) fn flatten(lanes: &Lanes<'_>, most: usize) -> Option<Vec<TimedPoint>> {
    let mut points = vec![lanes.point_at(0)];
    for pair in lanes.knots().windows(2) {
        let mut at = points[points.len() - 1];
        // A movement that is not straight tends to need steps of similar length.
        let mut step = pair[1] - pair[0];
        while at.frame.0 < pair[1] {
            let next = farthest(lanes, &at, step.min(pair[1] - at.frame.0), pair[1]);
            step = next.frame.0 - at.frame.0;
            at = next;
            points.push(at);
            if points.len() > most {
                return None;
            }
        }
    }
    Some(without_idle_points(points))
}

/// About the farthest point up to `end` that a straight line from `from` reaches within the
/// tolerances; `first` is the span to try first.
///
/// The error of a line across a smooth curve grows with the square of its span, so each try leads to
/// the next.
fn farthest(lanes: &Lanes<'_>, from: &TimedPoint, first: u64, end: u64) -> TimedPoint {
    let longest = end - from.frame.0;
    let mut span = first;
    let mut good = lanes.point_at(from.frame.0 + 1);
    let mut bad = longest + 1;
    for _ in 0..TRIES {
        let to = lanes.point_at(from.frame.0 + span);
        let error = line_error(lanes, from, &to) / PROBE_SHARE;
        if error <= 1.0 {
            good = to;
        } else {
            bad = span;
        }
        let reached = good.frame.0 - from.frame.0;
        let well_used = error <= 1.0 && error > WELL_USED;
        if well_used || reached == longest || bad <= reached + reached / 8 + 1 {
            break;
        }
        let growth = (AIM / error.max(1e-6)).sqrt().clamp(0.3, 8.0);
        span = ((span as f64 * growth) as u64).min(longest);
        if span <= reached || span >= bad {
            span = reached + (bad - reached) / 2;
        }
    }
    good
}

/// The largest error of the straight line between two points, as a share of the tolerance.
fn line_error(lanes: &Lanes<'_>, a: &TimedPoint, b: &TimedPoint) -> f64 {
    let span = b.frame.0 - a.frame.0;
    let probes = PROBES.min(span);
    let error_at = |i: u64| {
        let offset = span * i / probes;
        let t = offset as f64 / span as f64;
        let line = ObjectState {
            position: a.state.position.lerp(b.state.position, t),
            gain: LinearGain(a.state.gain.0 + (b.state.gain.0 - a.state.gain.0) * t),
            size: a.state.size + (b.state.size - a.state.size) * t,
        };
        error_share(&line, &lanes.state_at(a.frame.0 + offset))
    };
    // Points look alike after a whole turn, and a line takes the short way.
    let swing = lanes.swing_deg(a.frame.0, b.frame.0) / LONGEST_SWING_DEG;
    (1..probes).map(error_at).fold(swing * swing * PROBE_SHARE, f64::max)
}

/// How far apart two states are, as a share of the tolerances.
fn error_share(a: &ObjectState, b: &ObjectState) -> f64 {
    let position = match (a.position, b.position) {
        (Position::Polar(p), Position::Polar(q)) => {
            let distance = (p.distance - q.distance).abs() / TOLERANCE_ROOM;
            (angle_deg(p, q) / TOLERANCE_DEG).max(distance)
        }
        (p, q) => {
            let (p, q) = (p.to_room(), q.to_room());
            (p.x - q.x).abs().max((p.y - q.y).abs()).max((p.z - q.z).abs()) / TOLERANCE_ROOM
        }
    };
    let gain = if (a.gain.0 - b.gain.0).abs() <= INAUDIBLE {
        0.0
    } else {
        (20.0 * (a.gain.0 / b.gain.0).log10()).abs() / TOLERANCE_DB
    };
    position.max(gain).max((a.size - b.size).abs() / TOLERANCE_ROOM)
}

/// The angle between two directions.
fn angle_deg(a: PolarPosition, b: PolarPosition) -> f64 {
    let (u, v) = (a.direction(), b.direction());
    let chord: f64 = u.iter().zip(v).map(|(p, q)| (p - q) * (p - q)).sum::<f64>().sqrt();
    2.0 * (chord / 2.0).min(1.0).asin().to_degrees()
}

/// Leaves out points that lie on the line between those that stay, and the end of a standstill.
fn without_idle_points(points: Vec<TimedPoint>) -> Vec<TimedPoint> {
    let mut kept: Vec<TimedPoint> = Vec::with_capacity(points.len());
    for (i, point) in points.iter().enumerate() {
        let Some(before) = kept.last() else {
            kept.push(*point);
            continue;
        };
        let idle = match points.get(i + 1) {
            Some(next) => lies_between(before, point, next),
            None => before.state == point.state,
        };
        if !idle {
            kept.push(*point);
        }
    }
    kept
}

fn lies_between(a: &TimedPoint, point: &TimedPoint, b: &TimedPoint) -> bool {
    let t = (point.frame.0 - a.frame.0) as f64 / (b.frame.0 - a.frame.0) as f64;
    let near = |a: f64, b: f64| (a - b).abs() <= ON_THE_LINE;
    let line = a.state.position.lerp(b.state.position, t);
    let position = match (line, point.state.position) {
        (Position::Polar(p), Position::Polar(q)) => {
            near(p.azimuth_deg, q.azimuth_deg)
                && near(p.elevation_deg, q.elevation_deg)
                && near(p.distance, q.distance)
        }
        (p, q) => {
            let (p, q) = (p.to_room(), q.to_room());
            near(p.x, q.x) && near(p.y, q.y) && near(p.z, q.z)
        }
    };
    let gain = a.state.gain.0 + (b.state.gain.0 - a.state.gain.0) * t;
    position
        && (gain - point.state.gain.0).abs() <= ON_THE_LINE * gain
        && near(a.state.size + (b.state.size - a.state.size) * t, point.state.size)
}

#[cfg(test)]
mod tests;
