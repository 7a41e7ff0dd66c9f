//! The blocks of a document one by one, for a render that follows them to the letter.
//!
//! Between the points of an [`Automation`](super::Automation) the *place* of an object moves on a
//! straight line. The ITU's renderer never moves a place: it computes *gains* where the value of a block is
//! reached and draws straight lines between those, steps where a block says so, and plays nothing where
//! no block is. [BS.2127-0 §7.2] That cannot be told by points; a [`BlockSequence`] tells it.
//!
//! Blocks of one length that follow each other are kept as one run, and their values as points of
//! which those on straight lines are left out, so that memory grows with what is irregular.

use super::movement::Line;
use super::{Automation, AutomationCursor, ObjectState};
use std::sync::Arc;

/// Times that differ by less are the same: a millionth of a frame.
const SAME: f64 = 1e-6;

/// When a block is, in frames from the start of its object; whole numbers where times are on frames.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactSpan {
    /// Its start, 0 or more.
    pub start: f64,
    /// How long it lasts; infinite for one that is never over.
    pub length: f64,
    /// Frames from its start after which its value is reached; `None` for all of the block.
    pub reached_after: Option<f64>,
}

/// A block to be played to the letter. Times are frames, which need not be whole.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExactBlock {
    /// Its start.
    pub start: f64,
    /// From here on its value holds; its start when it follows no other block.
    pub reached: f64,
    /// Its end, not before `reached`; infinite for one that is never over.
    pub end: f64,
    /// What it leads to.
    pub state: ObjectState,
    /// Whether the block before ends where this one starts.
    pub joined: bool,
}

/// Blocks of equal length without gaps.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Run {
    /// Number of its first block.
    first: u64,
    span: ExactSpan,
}

impl Run {
    fn start_of(&self, number: u64) -> f64 {
        match number - self.first {
            0 => self.span.start,
            after => self.span.start + after as f64 * self.span.length,
        }
    }
}

/// The blocks of an object, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct BlockSequence {
    /// The state of each block at the frame of its number.
    states: Automation,
    runs: Vec<Run>,
    count: u64,
    tolerance: f64,
}

impl BlockSequence {
    /// What it takes to keep it: points and runs.
    pub fn kept(&self) -> usize {
        self.states.points().len() + self.runs.len()
    }
}

/// Makes a [`BlockSequence`] while the blocks come in.
///
/// ```
/// use cupola_model::automation::{BlockRecorder, BlockWalk, ExactSpan};
/// # use cupola_model::*;
/// # let state = |x| ObjectState { position: Position::Room(RoomPosition { x, y: 1.0, z: 0.0 }),
/// #     gain: LinearGain::UNITY, size: 0.0 };
/// let mut blocks = BlockRecorder::new(1.5);
/// for (start, reached_after) in [(0.0, None), (480.0, None), (960.0, Some(0.0)), (4800.0, None)] {
///     blocks.push(ExactSpan { start, length: 480.0, reached_after }, state(start / 4800.0));
/// }
/// let sequence = blocks.finish().expect("blocks in order");
/// let seen = BlockWalk::new(sequence.into(), 0.0).map(|b| (b.start, b.reached, b.end, b.joined));
/// // A value reached at the start, one at the end, a jump, and a block behind a gap.
/// assert!(seen.eq([
///     (0.0, 0.0, 480.0, false),
///     (480.0, 960.0, 960.0, true),
///     (960.0, 960.0, 1440.0, true),
///     (4800.0, 4800.0, 5280.0, false),
/// ]));
/// ```
#[derive(Debug)]
pub struct BlockRecorder {
    line: Line,
    runs: Vec<Run>,
    count: u64,
    tolerance: f64,
    in_order: bool,
}

impl BlockRecorder {
    /// One without blocks. Gaps and overlaps of at most `tolerance` frames are errors of rounding and
    /// are taken for none.
    pub fn new(tolerance: f64) -> Self {
        Self { line: Line::default(), runs: Vec::new(), count: 0, tolerance, in_order: true }
    }

    /// Takes the next block.
    pub fn push(&mut self, span: ExactSpan, state: ObjectState) {
        let legal = span.start.is_finite() && span.start >= 0.0 && span.length >= 0.0;
        let last = self.runs.last().copied();
        let rises = last.is_none_or(|run| run.start_of(self.count - 1) + SAME < span.start);
        self.in_order &= legal && rises && span.reached_after.is_none_or(|after| after >= 0.0);
        if !self.in_order {
            return;
        }
        let goes_on = last.is_some_and(|run| {
            let same = |a: f64, b: f64| (a - b).abs() < SAME;
            run.span.reached_after == span.reached_after
                && same(run.span.length, span.length)
                && same(run.start_of(self.count), span.start)
        });
        if !goes_on {
            self.runs.push(Run { first: self.count, span });
        }
        self.line.push(self.count, state);
        self.count += 1;
    }

    /// What it takes to keep what came so far: points and runs.
    pub fn kept(&self) -> usize {
        self.line.kept() + self.runs.len()
    }

    /// The sequence; `None` without blocks, when one does not start later than the one before, or when
    /// they mix two systems of coordinates.
    pub fn finish(self) -> Option<BlockSequence> {
        let states = Automation::new(self.line.finish()).ok().filter(|_| self.in_order)?;
        let Self { runs, count, tolerance, .. } = self;
        Some(BlockSequence { states, runs, count, tolerance })
    }
}

/// The blocks of a sequence one after the other, later by so many frames.
#[derive(Clone, Debug)]
pub struct BlockWalk {
    sequence: Arc<BlockSequence>,
    states: AutomationCursor,
    shift: f64,
    number: u64,
    run: usize,
    joined: bool,
}

impl BlockWalk {
    /// A walk from the first block on.
    pub fn new(sequence: Arc<BlockSequence>, shift: f64) -> Self {
        let states = AutomationCursor::new(sequence.states.clone());
        Self { sequence, states, shift, number: 0, run: 0, joined: false }
    }

    /// The run of the next block.
    fn next_run(&self) -> usize {
        let later = self.sequence.runs.get(self.run + 1);
        self.run + usize::from(later.is_some_and(|run| run.first == self.number + 1))
    }
}

impl Iterator for BlockWalk {
    type Item = ExactBlock;

    fn next(&mut self) -> Option<ExactBlock> {
        if self.number >= self.sequence.count {
            return None;
        }
        let run = self.sequence.runs[self.run];
        let span = run.span;
        let next_run = self.next_run();
        let start = run.start_of(self.number);
        let more = self.number + 1 < self.sequence.count;
        let next_start = more.then(|| self.sequence.runs[next_run].start_of(self.number + 1));
        let touching =
            next_start.filter(|next| *next <= start + span.length + self.sequence.tolerance);
        let end = touching.unwrap_or(start + span.length);
        let reached = (start + span.reached_after.unwrap_or(span.length)).min(end);
        let block = ExactBlock {
            start: start + self.shift,
            reached: if self.joined && reached.is_finite() { reached } else { start } + self.shift,
            end: end + self.shift,
            state: self.states.state_at(crate::FrameIndex(self.number)),
            joined: self.joined,
        };
        self.joined = touching.is_some();
        self.run = next_run;
        self.number += 1;
        Some(block)
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::{at, dice};
    use super::*;

    #[test]
    fn a_walk_gives_back_every_block_that_was_pushed() {
        let mut random = dice();
        for _ in 0..300 {
            let mut recorder = BlockRecorder::new(1.5);
            let (mut start, mut pushed) = (random(1000) as f64 / 4.0, vec![]);
            let mut span = (480.25, None);
            for n in 0..1 + random(60) {
                if random(5) == 0 {
                    let length = 10.0 + random(4000) as f64 / 8.0;
                    span = (length, [None, Some(0.0), Some(length / 2.0)][random(3) as usize]);
                }
                start += if random(8) == 0 { 2.0 + random(100) as f64 } else { 0.0 };
                // Lines over several blocks, and values that are on none.
                let x = if random(3) == 0 { random(100) as f64 / 100.0 } else { n as f64 / 100.0 };
                let of = ExactSpan { start, length: span.0, reached_after: span.1 };
                recorder.push(of, at(0, x).state);
                pushed.push((of, x));
                start += span.0;
            }
            let kept = recorder.kept();
            let sequence = recorder.finish().unwrap();
            assert!(sequence.kept() <= kept && kept <= 2 * pushed.len() + 1);
            let walked: Vec<_> = BlockWalk::new(sequence.into(), 100.0).collect();
            assert_eq!(walked.len(), pushed.len());
            let mut before_end = f64::NAN;
            for (block, (of, x)) in walked.iter().zip(&pushed) {
                let near = |a: f64, b: f64| (a - b).abs() < 1e-4;
                let joined = near(before_end, of.start);
                let after = of.reached_after.unwrap_or(of.length);
                assert_eq!(block.joined, joined, "{block:?}");
                assert!(near(block.start, of.start + 100.0), "{block:?}");
                assert!(near(block.end, of.start + of.length + 100.0), "{block:?}");
                let reached = if joined { of.start + after } else { of.start };
                assert!(near(block.reached, reached + 100.0), "{block:?} {of:?}");
                assert!((block.state.position.to_room().x - x).abs() < 2e-7, "{block:?} {x}");
                before_end = of.start + of.length;
            }
        }
    }

    #[test]
    fn an_hour_of_even_blocks_on_a_line_is_kept_in_a_few_words() {
        let mut recorder = BlockRecorder::new(1.5);
        for n in 0..360_000_u32 {
            let span =
                ExactSpan { start: f64::from(n) * 480.0, length: 480.0, reached_after: None };
            recorder.push(span, at(0, f64::from(n) / 360_000.0).state);
        }
        assert!(recorder.kept() < 5);
        assert_eq!(BlockWalk::new(recorder.finish().unwrap().into(), 0.0).count(), 360_000);
    }

    #[test]
    fn rounded_times_leave_neither_gaps_nor_overlaps() {
        let mut recorder = BlockRecorder::new(1.5);
        for (start, length) in [(0.0, 99.5), (100.0, 101.0), (200.0, 50.0), (260.0, 10.0)] {
            recorder.push(ExactSpan { start, length, reached_after: None }, at(0, 0.0).state);
        }
        let walk = BlockWalk::new(recorder.finish().unwrap().into(), 0.0);
        let ends: Vec<_> = walk.map(|block| (block.joined, block.end)).collect();
        assert_eq!(ends, [(false, 100.0), (true, 200.0), (true, 250.0), (false, 270.0)]);
    }

    #[test]
    fn blocks_out_of_order_are_no_sequence() {
        for starts in [[0.0, 0.0], [10.0, 5.0], [0.0, f64::NAN], [-1.0, 0.0]] {
            let mut recorder = BlockRecorder::new(1.5);
            for start in starts {
                recorder
                    .push(ExactSpan { start, length: 5.0, reached_after: None }, at(0, 0.0).state);
            }
            assert!(recorder.finish().is_none(), "{starts:?}");
        }
        assert!(BlockRecorder::new(1.5).finish().is_none());
        let mut endless = BlockRecorder::new(1.5);
        let span = ExactSpan { start: 0.0, length: f64::INFINITY, reached_after: None };
        endless.push(span, at(0, 0.0).state);
        let block = BlockWalk::new(endless.finish().unwrap().into(), 7.0).next().unwrap();
        assert_eq!((block.start, block.reached, block.end), (7.0, 7.0, f64::INFINITY));
    }
}
