//! Gains over time on the way into a lane.

use cupola_model::{Envelope, FrameIndex, LinearGain};
use std::ops::Range;
use std::sync::Arc;

/// A walk along an envelope that only goes forward, and so never searches.
#[derive(Debug)]
pub(crate) struct EnvelopeWalk {
    envelope: Arc<Envelope>,
    /// The first point that lies ahead.
    next: usize,
    frame: u64,
}

/// A gain on a straight line. It counts from the point at which the line starts, wherever a call
/// does, so that its values do not depend on the calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Line {
    from: f64,
    step: f64,
    /// Frames since the point.
    position: u64,
}

impl Line {
    /// The one gain of a line that is level.
    pub(crate) fn level(&self) -> Option<f64> {
        (self.step == 0.0).then_some(self.from)
    }

    /// The gain at this frame of the stretch.
    pub(crate) fn at(&self, frame: usize) -> f64 {
        self.from + self.step * (self.position + frame as u64) as f64
    }
}

impl EnvelopeWalk {
    /// A walk that starts at frame 0.
    pub(crate) fn new(envelope: Arc<Envelope>) -> Self {
        Self { envelope, next: 0, frame: 0 }
    }

    /// Calls `visit` for each straight stretch of the next frames, which it counts from their start.
    pub(crate) fn walk(&mut self, frames: usize, mut visit: impl FnMut(Range<usize>, Line)) {
        let mut done = 0;
        while done < frames {
            let points = self.envelope.points();
            while points.get(self.next).is_some_and(|(at, _)| at.0 <= self.frame) {
                self.next += 1;
            }
            let before = self.next.checked_sub(1).map(|i| points[i]);
            let line = line(before, points.get(self.next).copied(), self.frame);
            let left = points.get(self.next).map_or(u64::MAX, |(at, _)| at.0 - self.frame);
            let count = usize::try_from(left).unwrap_or(usize::MAX).min(frames - done);
            visit(done..done + count, line);
            done += count;
            self.frame += count as u64;
        }
    }
}

type Point = (FrameIndex, LinearGain);

fn line(before: Option<Point>, after: Option<Point>, frame: u64) -> Line {
    match (before, after) {
        (Some((start, a)), Some((end, b))) => {
            let step = (b.0 - a.0) / (end - start).0 as f64;
            Line { from: a.0, step, position: frame - start.0 }
        }
        (only, other) => {
            let from = only.or(other).map_or(1.0, |(_, gain)| gain.0);
            Line { from, step: 0.0, position: 0 }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_layouts::Dice;

    #[test]
    fn a_walk_sees_what_a_search_finds_whatever_the_steps() {
        let mut dice = Dice(6);
        for round in 0..200 {
            let mut frame = 0;
            let points = (0..1 + round % 9).map(|_| {
                frame += dice.roll(1.0, 400.0) as u64;
                (FrameIndex(frame - 1), LinearGain(dice.roll(0.0, 2.0).round() * 0.7))
            });
            let envelope = Arc::new(Envelope::new(points.collect()).unwrap());
            let mut walk = EnvelopeWalk::new(envelope.clone());
            let mut now = 0;
            while now < frame + 500 {
                let frames = dice.roll(0.0, 300.0) as usize;
                let mut seen = 0;
                walk.walk(frames, |range, line| {
                    assert_eq!(range.start, seen, "a gap");
                    for n in range.clone() {
                        let wanted = envelope.gain_at(FrameIndex(now + n as u64)).0;
                        let got = line.at(n - range.start);
                        assert!((got - wanted).abs() < 1e-12, "{got} instead of {wanted}");
                        assert!(line.level().is_none_or(|level| level == got));
                    }
                    seen = range.end;
                });
                assert_eq!(seen, frames);
                now += frames as u64;
            }
        }
    }
}
