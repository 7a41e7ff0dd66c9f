//! From point to point, always forward.

use super::{Automation, ObjectState, TimedPoint};
use crate::FrameIndex;

/// The stretch from one point to the next, the first point included.
#[derive(Clone, Copy, Debug)]
pub(super) struct Span {
    pub start: TimedPoint,
    pub end: Option<TimedPoint>,
    /// Whether the state at the end is another one than at the start.
    pub moves: bool,
}

impl Span {
    pub(super) fn state_at(&self, frame: FrameIndex) -> ObjectState {
        let start = self.start;
        match self.end {
            Some(end) if self.moves && frame != start.frame => {
                let t = (frame - start.frame).0 as f64 / (end.frame - start.frame).0 as f64;
                start.state.lerp(&end.state, t)
            }
            _ => start.state,
        }
    }

    pub(super) fn next_knot(&self, grid_line: impl Fn() -> FrameIndex) -> Option<FrameIndex> {
        let end = self.end?.frame;
        Some(if self.moves { grid_line().min(end) } else { end })
    }
}

/// A walk along an automation that only goes forward, and so never searches.
///
/// It gives what [`Automation::state_at`] and [`Automation::next_knot`] give, but each step looks at
/// two points that it has at hand: the points of a hundred objects do not fit into the caches of a
/// processor, and to search them costs more than to mix the objects.
#[derive(Clone, Debug)]
pub struct AutomationCursor {
    automation: Automation,
    /// Index of the point at the end of the span.
    next: usize,
    span: Span,
}

impl AutomationCursor {
    /// A walk that starts at frame 0.
    pub fn new(automation: Automation) -> Self {
        let span = automation.span_before(0);
        Self { automation, next: 0, span }
    }

    /// [`Automation::state_at`] for a frame that is not before any frame asked for so far.
    pub fn state_at(&mut self, frame: FrameIndex) -> ObjectState {
        self.forward_to(frame).state_at(frame)
    }

    /// [`Automation::next_knot`] after a frame that is not before any frame asked for so far.
    pub fn next_knot(&mut self, after: FrameIndex, grid: u32) -> Option<FrameIndex> {
        let span = *self.forward_to(after);
        span.next_knot(|| self.automation.grid_line_after(after, grid))
    }

    fn forward_to(&mut self, frame: FrameIndex) -> &Span {
        debug_assert!(frame >= self.span.start.frame, "a cursor only goes forward");
        while self.span.end.is_some_and(|end| end.frame <= frame) {
            self.next += 1;
            self.span = self.automation.span_before(self.next);
        }
        &self.span
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, dice};
    use super::*;
    use crate::{FrameCount, GridShift};

    #[test]
    fn a_cursor_sees_what_a_search_finds_whatever_the_steps() {
        let mut random = dice();
        for _ in 0..500 {
            let mut frame = random(600);
            let mut points = vec![];
            for _ in 0..=random(12) {
                points.push(at(frame, random(3) as f64 - 1.0));
                frame += 1 + random(700);
            }
            let shifts = (0..random(3)).map(|i| GridShift {
                from: FrameIndex(i * 1500 + random(1000)),
                shift: random(10_000) as i64 - 5000,
            });
            let shifts = shifts.collect();
            let automation = Automation::new(points).unwrap().with_grid_shifts(shifts);
            let mut cursor = AutomationCursor::new(automation.clone());
            let longest_step = [2, 500, 3000][random(3) as usize];
            let mut now = FrameIndex(0);
            while now.0 < frame + 1000 {
                let (knot, state) = (automation.next_knot(now, 480), automation.state_at(now));
                assert_eq!(cursor.next_knot(now, 480), knot, "{now} of {automation:?}");
                assert_eq!(cursor.state_at(now), state, "{now} of {automation:?}");
                now = now + FrameCount(random(longest_step));
            }
        }
    }
}
