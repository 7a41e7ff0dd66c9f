//! Blocks and events of a master to timed points: the time rule backwards.
//!
//! Points on a straight line between their neighbours are left out while the blocks come in, so that
//! memory grows with the movement and not with the number of blocks.

use super::{HOLD_RAMP, ObjectState, TimedPoint};
use crate::position::wrap_degrees;
use crate::{FrameIndex, Position, SampleRate};

/// How far a point may lie off the line that replaces it: coordinates, distance and size.
const FLAT: f64 = 1e-8;
/// The same for angles in degrees.
const FLAT_DEG: f64 = 1e-6;
/// The same for gains, as a share of them, and of the smallest one that counts.
const FLAT_GAIN: f64 = 1e-7;
const LEAST_GAIN: f64 = 1e-2;
/// Azimuth that one line may cover: the short way is the right one below 180.
const LONGEST_SWING_DEG: f64 = 170.0;
/// Blocks of Atmos masters that start closer than this are joined by lines, in seconds. [Atmos-ADM]
const JOINED_S: f64 = 0.030;

/// What a block says of time.
#[derive(Clone, Copy, Debug)]
pub struct BlockSpan {
    /// First frame, from the start of the object.
    pub start: u64,
    /// The frame after the last one.
    pub end: u64,
    /// Frames from the start after which the value is reached; `None` for all of the block.
    pub reached_after: Option<u64>,
}

/// How the blocks of a document follow each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TimeRule {
    /// A block carries the value at its start; close ones are joined, others are steps. [Atmos-ADM]
    Atmos,
    /// A value is reached at the end of its block, or where its interpolation ends. [BS.2127-0 §7.3]
    Itu,
}

/// The movement of an object while its blocks come in.
///
/// Memory grows with the movement and not with the number of blocks.
///
/// ```
/// use cupola_model::automation::{BlockSpan, Movement, TimeRule};
/// # use cupola_model::*;
/// # let state = |x| ObjectState { position: Position::Room(RoomPosition { x, y: 1.0, z: 0.0 }),
/// #     gain: LinearGain::UNITY, size: 0.0 };
/// let mut movement = Movement::new(TimeRule::Atmos, SampleRate::HZ_48000);
/// for (start, x) in [(0, 0.0), (480, 0.1), (960, 0.2), (48_000, 1.0)] {
///     let span = BlockSpan { start, end: start + 480, reached_after: Some(0) };
///     movement.take(span, state(x));
/// }
/// // A line, and a step that is a ramp of 250 frames.
/// let frames: Vec<u64> = movement.finish().iter().map(|point| point.frame.0).collect();
/// assert_eq!(frames, [0, 960, 47_750, 48_000]);
/// ```
#[derive(Debug)]
pub struct Movement {
    rule: TimeRule,
    joined: u64,
    line: Line,
    /// Start and state of the block before.
    last: Option<(u64, ObjectState)>,
}

impl Movement {
    /// One without any block yet.
    pub fn new(rule: TimeRule, rate: SampleRate) -> Self {
        // One frame more: both starts were rounded.
        let joined = rate.frame_at(JOINED_S).0 + 1;
        Self { rule, joined, line: Line::default(), last: None }
    }

    /// Takes the next block; blocks that do not start later than the one before replace it.
    pub fn take(&mut self, span: BlockSpan, state: ObjectState) {
        let Some((before, old)) = self.last else {
            self.line.push(span.start, state);
            self.last = Some((span.start, state));
            return;
        };
        match (self.rule, span.reached_after) {
            (TimeRule::Atmos, Some(_)) => {
                if span.start.saturating_sub(before) > self.joined {
                    self.line.push(span.start - HOLD_RAMP.0.min(span.start), old);
                }
                self.line.push(span.start, state);
            }
            (TimeRule::Itu, Some(0)) => {
                let ramp = span.start.saturating_sub(HOLD_RAMP.0).max(before);
                // Where the block before leads until here, the step takes the last bit of its way.
                if !self.line.shorten(FrameIndex(ramp)) {
                    self.line.push(ramp, old);
                }
                self.line.push(span.start, state);
            }
            (_, after) => {
                self.line.push(span.start, old);
                let length = span.end.saturating_sub(span.start);
                let reached = span.start.saturating_add(after.unwrap_or(length).min(length));
                self.line.push(reached.max(span.start + 1), state);
            }
        }
        self.last = Some((span.start, state));
    }

    /// The state of the block before, for one that does not say everything.
    pub fn state(&self) -> Option<ObjectState> {
        self.last.map(|(_, state)| state)
    }

    /// Points kept so far.
    pub fn points(&self) -> usize {
        self.line.points.len()
    }

    /// The points; none when there was no block.
    pub fn finish(self) -> Vec<TimedPoint> {
        self.line.finish()
    }
}

/// Points in order of time, those on straight lines left out.
///
/// From the last point that is kept, every point since allows a range of slopes within which a line
/// passes it close enough. A new point may end the line when the slope to it is in all of them.
#[derive(Debug, Default)]
pub(super) struct Line {
    points: Vec<TimedPoint>,
    /// The end of the line so far; not yet kept.
    end: Option<TimedPoint>,
    /// Values of the end, azimuth counted on from that of the start.
    values: [f64; 5],
    slopes: [(f64, f64); 5],
}

impl Line {
    /// Points there would be if this were the end.
    pub(super) fn kept(&self) -> usize {
        self.points.len() + usize::from(self.end.is_some())
    }

    /// Ends the line at an earlier frame, so that something else can start there; whether it went on
    /// for longer.
    fn shorten(&mut self, frame: FrameIndex) -> bool {
        let (Some(start), Some(end)) = (self.points.last(), self.end) else { return false };
        if end.frame <= frame {
            return false;
        }
        if frame <= start.frame {
            self.end = None;
            return true;
        }
        let anchor = values_of(&start.state);
        let t = (frame - start.frame).0 as f64 / (end.frame - start.frame).0 as f64;
        self.values = std::array::from_fn(|i| anchor[i] + t * (self.values[i] - anchor[i]));
        self.end = Some(TimedPoint { frame, state: start.state.lerp(&end.state, t) });
        true
    }

    pub(super) fn push(&mut self, frame: u64, state: ObjectState) {
        let point = TimedPoint { frame: FrameIndex(frame), state };
        let Some(start) = self.points.last().copied() else {
            self.points.push(point);
            return;
        };
        let Some(end) = self.end else {
            if point.frame > start.frame {
                self.begin(start, point);
            } else if let Some(last) = self.points.last_mut() {
                last.state = state;
            }
            return;
        };
        if point.frame == end.frame && state == end.state {
            return;
        }
        if point.frame <= end.frame {
            // Two values at one time: the later one counts.
            self.points.push(TimedPoint { frame: end.frame, state });
            self.end = None;
            return;
        }
        let values = values_after(self.values, &state);
        let span = (point.frame - start.frame).0 as f64;
        let anchor = values_of(&start.state);
        let slope = |i: usize| (values[i] - anchor[i]) / span;
        let straight = (0..5).all(|i| self.slopes[i].0 <= slope(i) && slope(i) <= self.slopes[i].1);
        let short = (values[0] - anchor[0]).abs() <= LONGEST_SWING_DEG || !is_polar(&state);
        if straight && short {
            self.narrow(&anchor, &values, span);
            self.values = values;
            self.end = Some(point);
        } else {
            self.points.push(end);
            self.begin(end, point);
        }
    }

    /// Starts a line at a point that is kept.
    fn begin(&mut self, start: TimedPoint, end: TimedPoint) {
        let anchor = values_of(&start.state);
        self.slopes = [(f64::NEG_INFINITY, f64::INFINITY); 5];
        self.values = values_after(anchor, &end.state);
        let values = self.values;
        self.narrow(&anchor, &values, (end.frame - start.frame).0 as f64);
        self.end = Some(end);
    }

    fn narrow(&mut self, anchor: &[f64; 5], values: &[f64; 5], span: f64) {
        for i in 0..5 {
            let flat = match i {
                // Azimuth and elevation of polar positions have larger numbers than coordinates.
                0 | 1 if values[0].abs() > 1.0 || values[1].abs() > 1.0 => FLAT_DEG,
                3 => FLAT_GAIN * values[3].max(LEAST_GAIN),
                _ => FLAT,
            };
            let (low, high) = self.slopes[i];
            let slope = |value: f64| (value - anchor[i]) / span;
            self.slopes[i] = (low.max(slope(values[i] - flat)), high.min(slope(values[i] + flat)));
        }
    }

    pub(super) fn finish(mut self) -> Vec<TimedPoint> {
        self.points.extend(self.end.take());
        // What stands still at the end needs no second point.
        while let [.., a, b] = self.points.as_slice()
            && a.state == b.state
        {
            self.points.pop();
        }
        self.points
    }
}

fn is_polar(state: &ObjectState) -> bool {
    matches!(state.position, Position::Polar(_))
}

/// Position, gain and size as numbers.
fn values_of(state: &ObjectState) -> [f64; 5] {
    let [a, b, c] = match state.position {
        Position::Polar(p) => [p.azimuth_deg, p.elevation_deg, p.distance],
        Position::Room(r) => [r.x, r.y, r.z],
    };
    [a, b, c, state.gain.0, state.size]
}

/// The same with the azimuth counted on, so that it does not jump at 180°.
fn values_after(before: [f64; 5], state: &ObjectState) -> [f64; 5] {
    let mut values = values_of(state);
    if is_polar(state) {
        values[0] = before[0] + wrap_degrees(values[0] - before[0]);
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Automation, LinearGain, PolarPosition, RoomPosition};

    fn room(x: f64) -> ObjectState {
        let position = Position::Room(RoomPosition { x, y: 1.0, z: 0.0 });
        ObjectState { position, gain: LinearGain::UNITY, size: 0.0 }
    }

    fn movement(rule: TimeRule) -> Movement {
        Movement::new(rule, SampleRate::HZ_48000)
    }

    fn x_at(points: &[TimedPoint], frame: u64) -> f64 {
        let automation = Automation::new(points.to_vec()).unwrap();
        automation.state_at(FrameIndex(frame)).position.to_room().x
    }

    #[test]
    fn close_blocks_of_a_master_are_joined_and_others_are_steps_that_end_at_their_block() {
        let mut master = movement(TimeRule::Atmos);
        let step = |start| BlockSpan { start, end: start + 480, reached_after: Some(250) };
        for (start, x) in [(0, 0.0), (480, 0.1), (960, 0.2), (1440, 0.2), (48_000, -0.5)] {
            master.take(step(start), room(x));
        }
        let points = master.finish();
        let frames: Vec<u64> = points.iter().map(|p| p.frame.0).collect();
        assert_eq!(frames, [0, 960, 47_750, 48_000]);
        assert!((x_at(&points, 240) - 0.05).abs() < 1e-12);
        assert!((x_at(&points, 47_875) - (0.2 - 0.5) / 2.0).abs() < 1e-12);
    }

    #[test]
    fn a_value_of_the_itu_is_reached_at_the_end_of_its_block_or_of_its_interpolation() {
        let mut itu = movement(TimeRule::Itu);
        let span = |start, end, reached_after| BlockSpan { start, end, reached_after };
        itu.take(span(0, 1000, None), room(0.0));
        itu.take(span(1000, 3000, None), room(1.0));
        itu.take(span(3000, 5000, Some(500)), room(0.0));
        itu.take(span(5000, 9000, Some(0)), room(-1.0));
        let points = itu.finish();
        for (frame, x) in [
            (500, 0.0),
            (1000, 0.0),
            (2000, 0.5),
            (3000, 1.0),
            (3250, 0.5),
            (3500, 0.0),
            (4750, 0.0),
            (4875, -0.5),
            (5000, -1.0),
            (9000, -1.0),
        ] {
            assert!((x_at(&points, frame) - x).abs() < 1e-9, "at {frame}");
        }
    }

    #[test]
    fn a_jump_leaves_the_way_before_it_where_it_was() {
        for (second, jump) in [(1000, 3000), (1000, 1100)] {
            let mut itu = movement(TimeRule::Itu);
            let span = |start, end, reached_after| BlockSpan { start, end, reached_after };
            itu.take(span(0, second, None), room(0.0));
            itu.take(span(second, jump, None), room(1.0));
            itu.take(span(jump, 9000, Some(0)), room(-1.0));
            let points = itu.finish();
            assert_eq!(x_at(&points, jump), -1.0);
            assert_eq!(x_at(&points, 1000), 0.0);
            if jump == 3000 {
                assert!((x_at(&points, 2000) - 0.5).abs() < 1e-9);
                assert!((x_at(&points, 2750) - 0.875).abs() < 1e-9);
            }
        }
    }

    #[test]
    fn a_way_round_the_back_keeps_its_direction_and_few_points() {
        let mut itu = movement(TimeRule::Itu);
        for i in 0..=360_u32 {
            let azimuth = wrap_degrees(f64::from(i));
            let state = ObjectState {
                position: Position::Polar(PolarPosition::on_sphere(azimuth, 0.0)),
                ..room(0.0)
            };
            let start = u64::from(i) * 480;
            itu.take(BlockSpan { start, end: start + 480, reached_after: None }, state);
        }
        let points = itu.finish();
        assert!(points.len() <= 5, "{} points", points.len());
        let automation = Automation::new(points).unwrap();
        for i in 1..360_u32 {
            let Position::Polar(p) =
                automation.state_at(FrameIndex(u64::from(i) * 480 + 480)).position
            else {
                panic!("polar stays polar")
            };
            let off = wrap_degrees(p.azimuth_deg - f64::from(i)).abs();
            assert!(off < 1e-4, "{off} off at {i}");
        }
    }

    #[test]
    fn leaving_points_out_never_moves_the_line() {
        // A slow twin: every point kept.
        let mut seed = 3_u64;
        let mut dice = || {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) as f64 / f64::from(1_u32 << 31)
        };
        for _ in 0..200 {
            let mut all = vec![];
            let mut line = Line::default();
            let (mut frame, mut x, mut slope) = (0, 0.0_f64, 0.01);
            for _ in 0..100 {
                if dice() < 0.1 {
                    slope = (dice() - 0.5) / 20.0;
                }
                let steps: u32 = if dice() < 0.5 { 1 } else { 3 };
                frame += 480 * u64::from(steps);
                x = (x + slope * f64::from(steps)).clamp(-1.0, 1.0);
                line.push(frame, room(x));
                all.push(TimedPoint { frame: FrameIndex(frame), state: room(x) });
            }
            let kept = line.finish();
            assert!(kept.len() < all.len() / 2, "{} of {}", kept.len(), all.len());
            for point in &all {
                let x = point.state.position.to_room().x;
                assert!((x_at(&kept, point.frame.0) - x).abs() < 2e-7);
            }
        }
    }
}
