//! The time rule: how a few timed points become the ramps of a render and the blocks of a master.
//!
//! An object is described by sparse [`TimedPoint`]s. Between two points its value is the straight
//! line (azimuth the short way round); before the first and after the last it stands still. Authored
//! curves end before they get here. Nobody stores anything denser: a render walks
//! [`Automation::next_knot`] and ramps gains between knots, a master walks
//! [`Automation::master_blocks`], and since both evaluate [`Automation::state_at`] on the same grid
//! of absolute frames, they cannot disagree. [`Movement`] is the way back: the blocks of a master to
//! sparse points.

mod blocks;
mod cursor;
mod movement;

pub use blocks::{BlockRecorder, BlockSequence, BlockWalk, ExactBlock, ExactSpan};
pub use cursor::AutomationCursor;
pub use movement::{BlockSpan, Movement, TimeRule};

use crate::{FrameCount, FrameIndex, LinearGain, Position, SampleRate};
use cursor::Span;
use std::fmt;
use std::sync::Arc;

/// Length of the ramp that draws a `hold` step; it ends at the keyframe. It equals the 250 samples
/// of `interpolationLength` in the Dolby Atmos Master ADM profile.
pub const HOLD_RAMP: FrameCount = FrameCount(250);

/// Shortest master block in seconds: its `interpolationLength` must fit into it. [Atmos-ADM]
const SHORTEST_BLOCK_S: f64 = 0.005_208;

/// Shortest block of a master in frames: 250 at 48 kHz, as long as [`HOLD_RAMP`], so that a step of
/// one value can be told while another one moves.
pub fn shortest_block(rate: SampleRate) -> FrameCount {
    FrameCount((SHORTEST_BLOCK_S * f64::from(rate.hz())).ceil() as u64)
}

/// What an object is like at one instant.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ObjectState {
    /// Where it is.
    pub position: Position,
    /// Amplitude factor.
    pub gain: LinearGain,
    /// 0 (a point) to 1 (everywhere).
    pub size: f64,
}

/// The state an object has reached at a frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TimedPoint {
    /// When, from the start of the programme.
    pub frame: FrameIndex,
    /// What.
    pub state: ObjectState,
}

/// The timed points of an object: at least one, frames strictly rising, one system of coordinates.
#[derive(Clone, Debug, PartialEq)]
pub struct Automation {
    points: Vec<TimedPoint>,
    /// In order of time.
    grid_shifts: Vec<GridShift>,
    /// The blocks it was read from and by how many frames they start later.
    blocks: Option<(Arc<BlockSequence>, f64)>,
}

/// From a frame on, the 10 ms grid lies elsewhere.
///
/// Where a song was cut, the grid moves along with what comes after the cut, so that an object moves
/// there as it did before the cut was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GridShift {
    /// From here on.
    pub from: FrameIndex,
    /// The grid lines are where `frame - shift` is a multiple of the grid.
    pub shift: i64,
}

/// Why points are not an automation; the number is the index of the point at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AutomationError {
    /// There is no point.
    Empty,
    /// The point is not later than the one before it.
    NotRising(usize),
    /// The point mixes polar and room positions with the first one.
    MixedPositions(usize),
    /// Position, gain or size is not finite or out of range.
    OutOfRange(usize),
}

impl fmt::Display for AutomationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("an object needs at least one point"),
            Self::NotRising(i) => write!(f, "point {i} is not later than the point before it"),
            Self::MixedPositions(i) => {
                write!(f, "point {i} mixes polar and room positions; an object uses one of them")
            }
            Self::OutOfRange(i) => write!(f, "point {i} has a value out of range"),
        }
    }
}

impl std::error::Error for AutomationError {}

/// One `audioBlockFormat` of an object, before rounding to the times of the file.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MasterBlock {
    /// First frame.
    pub start: FrameIndex,
    /// Frames up to the next block or the end of the programme.
    pub duration: FrameCount,
    /// The value at `start`.
    pub state: ObjectState,
}

impl ObjectState {
    fn is_legal(&self) -> bool {
        let position_ok = match self.position {
            Position::Polar(p) => {
                (-180.0..=180.0).contains(&p.azimuth_deg)
                    && (-90.0..=90.0).contains(&p.elevation_deg)
                    && (0.0..=1.0).contains(&p.distance)
            }
            Position::Room(r) => r.is_inside_cube(),
        };
        position_ok && (0.0..=1.0).contains(&self.size) && (0.0..1e6).contains(&self.gain.0)
    }

    fn lerp(&self, to: &Self, t: f64) -> Self {
        Self {
            position: self.position.lerp(to.position, t),
            gain: LinearGain(self.gain.0 + (to.gain.0 - self.gain.0) * t),
            size: self.size + (to.size - self.size) * t,
        }
    }
}

impl Automation {
    /// Checks the points.
    pub fn new(points: Vec<TimedPoint>) -> Result<Self, AutomationError> {
        let Some(first) = points.first() else { return Err(AutomationError::Empty) };
        let kind = std::mem::discriminant(&first.state.position);
        for (i, point) in points.iter().enumerate() {
            if i > 0 && point.frame <= points[i - 1].frame {
                return Err(AutomationError::NotRising(i));
            }
            if std::mem::discriminant(&point.state.position) != kind {
                return Err(AutomationError::MixedPositions(i));
            }
            if !point.state.is_legal() {
                return Err(AutomationError::OutOfRange(i));
            }
        }
        Ok(Self { points, grid_shifts: Vec::new(), blocks: None })
    }

    /// The same points on another grid. The shifts stand in order of time; before the first of them
    /// the grid starts at frame 0.
    #[must_use]
    pub fn with_grid_shifts(self, grid_shifts: Vec<GridShift>) -> Self {
        debug_assert!(grid_shifts.is_sorted_by_key(|shift| shift.from), "shifts in order of time");
        Self { grid_shifts, ..self }
    }

    /// The same points, read from these blocks of an object that starts at this frame, for a render
    /// that follows them to the letter.
    #[must_use]
    pub fn with_blocks(self, blocks: Arc<BlockSequence>, start: f64) -> Self {
        Self { blocks: Some((blocks, start)), ..self }
    }

    /// The blocks this was read from, when a document has them.
    pub fn blocks(&self) -> Option<BlockWalk> {
        let (blocks, start) = self.blocks.as_ref()?;
        Some(BlockWalk::new(blocks.clone(), *start))
    }

    /// The first grid line after a frame.
    fn grid_line_after(&self, after: FrameIndex, grid: u32) -> FrameIndex {
        let line = |shift: i64| {
            let (after, shift, grid) = (i128::from(after.0), i128::from(shift), i128::from(grid));
            let line = after + grid - (after - shift).rem_euclid(grid);
            FrameIndex(u64::try_from(line).unwrap_or(u64::MAX))
        };
        if self.grid_shifts.is_empty() {
            return FrameIndex((after.0 / u64::from(grid) + 1) * u64::from(grid));
        }
        let next = self.grid_shifts.partition_point(|shift| shift.from <= after);
        let here = next.checked_sub(1).map_or(0, |i| self.grid_shifts[i].shift);
        let until = self.grid_shifts.get(next).map_or(FrameIndex(u64::MAX), |shift| shift.from);
        line(here).min(until)
    }

    /// An object that never changes.
    pub fn fixed(state: ObjectState) -> Result<Self, AutomationError> {
        Self::new(vec![TimedPoint { frame: FrameIndex(0), state }])
    }

    /// The points, in time order.
    pub fn points(&self) -> &[TimedPoint] {
        &self.points
    }

    /// Whether the object keeps one state throughout.
    pub fn is_static(&self) -> bool {
        self.points.iter().all(|p| p.state == self.points[0].state)
    }

    /// The state at a frame: the straight line between the points around it.
    pub fn state_at(&self, frame: FrameIndex) -> ObjectState {
        self.span_around(frame).state_at(frame)
    }

    /// The first frame after `after` at which gains have to be computed: a point, or, while
    /// something moves, a multiple of `grid` frames. `None` when nothing changes any more.
    ///
    /// ```
    /// # use cupola_model::*;
    /// # let at = |frame, x| TimedPoint { frame: FrameIndex(frame), state: ObjectState {
    /// #     position: Position::Room(RoomPosition { x, y: 1.0, z: 0.0 }),
    /// #     gain: LinearGain::UNITY, size: 0.0 } };
    /// let moving = Automation::new(vec![at(100, -1.0), at(1000, 1.0)])?;
    /// let mut knots = vec![];
    /// let mut frame = FrameIndex(0);
    /// while let Some(knot) = moving.next_knot(frame, 480) {
    ///     knots.push(knot.0);
    ///     frame = knot;
    /// }
    /// assert_eq!(knots, [100, 480, 960, 1000]);
    /// # Ok::<(), AutomationError>(())
    /// ```
    pub fn next_knot(&self, after: FrameIndex, grid: u32) -> Option<FrameIndex> {
        self.span_around(after).next_knot(|| self.grid_line_after(after, grid))
    }

    fn span_around(&self, frame: FrameIndex) -> Span {
        self.span_before(self.points.partition_point(|p| p.frame <= frame))
    }

    /// The span that ends at this point, or lasts for ever when there is no such point.
    fn span_before(&self, next: usize) -> Span {
        let end = self.points.get(next).copied();
        let start = match next.checked_sub(1) {
            Some(before) => self.points[before],
            None => TimedPoint { frame: FrameIndex(0), state: self.points[0].state },
        };
        Span { start, end, moves: end.is_some_and(|end| end.state != start.state) }
    }

    /// The blocks of a master of this length: they start at 0, tile it without gap or overlap, and
    /// none is shorter than the profile's interpolation (a programme shorter than that is one block).
    ///
    /// A block starts at every point and, while something moves, on every grid line. Where two
    /// starts would be too close, points win over grid lines, a point that repeats what already
    /// holds is left out, and any other start moves back by the missing frames.
    pub fn master_blocks(
        &self,
        length: FrameCount,
        rate: SampleRate,
    ) -> impl Iterator<Item = MasterBlock> + '_ {
        self.master_blocks_on(length, rate, rate.grid_frames())
    }

    /// [`master_blocks`](Self::master_blocks) on another grid: while something moves, a block every
    /// `grid` frames.
    pub fn master_blocks_on(
        &self,
        length: FrameCount,
        rate: SampleRate,
        grid: u32,
    ) -> impl Iterator<Item = MasterBlock> + '_ {
        let end = FrameIndex(length.0);
        let mut start = (length.0 > 0).then_some(FrameIndex(0));
        std::iter::from_fn(move || {
            let block_start = start?;
            start = self.next_block_start(block_start, end, rate, grid);
            let block_end = start.unwrap_or(end);
            Some(MasterBlock {
                start: block_start,
                duration: block_end - block_start,
                state: self.state_at(block_start),
            })
        })
    }

    fn next_block_start(
        &self,
        start: FrameIndex,
        end: FrameIndex,
        rate: SampleRate,
        grid: u32,
    ) -> Option<FrameIndex> {
        let shortest = shortest_block(rate);
        let earliest = start + shortest;
        // One frame more: where the last block ends is rounded and cannot give way.
        let latest = FrameIndex(end.0.saturating_sub(shortest.0 + 1));
        let mut knot = start;
        loop {
            knot = self.next_knot(knot, grid)?;
            if knot >= end || earliest > latest {
                return None;
            }
            let next_point = self.points.get(self.points.partition_point(|p| p.frame <= knot));
            let room = next_point.filter(|p| p.frame < end).map(|p| p.frame - knot);
            let is_point = self.is_point(knot);
            if !is_point && room.is_some_and(|room| room < shortest) {
                continue;
            }
            // Before a step that is as long as a block can be, too.
            let repeats = || self.state_at(knot) == self.state_at(start);
            if is_point && room.is_some_and(|room| room <= shortest) && repeats() {
                continue;
            }
            if knot < earliest && !is_point {
                continue;
            }
            return Some(knot.clamp(earliest, latest));
        }
    }

    fn is_point(&self, frame: FrameIndex) -> bool {
        self.points.binary_search_by_key(&frame, |p| p.frame).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::RoomPosition;

    pub(super) fn at(frame: u64, x: f64) -> TimedPoint {
        let position = Position::Room(RoomPosition { x, y: 1.0, z: 0.0 });
        TimedPoint {
            frame: FrameIndex(frame),
            state: ObjectState { position, gain: LinearGain::UNITY, size: 0.0 },
        }
    }

    /// Numbers below a limit, the same ones every time.
    pub(super) fn dice() -> impl FnMut(u64) -> u64 {
        let mut seed = 7_u64;
        move |limit| {
            seed = seed
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            (seed >> 33) % limit
        }
    }

    fn x_of(state: ObjectState) -> f64 {
        state.position.to_room().x
    }

    fn starts(points: Vec<TimedPoint>, length: u64) -> Vec<u64> {
        let automation = Automation::new(points).unwrap();
        let blocks: Vec<_> =
            automation.master_blocks(FrameCount(length), SampleRate::HZ_48000).collect();
        let mut expected = 0;
        for block in &blocks {
            assert_eq!(block.start.0, expected, "gap or overlap in {blocks:?}");
            assert!(block.duration.0 >= 250 || blocks.len() == 1, "short block in {blocks:?}");
            expected += block.duration.0;
        }
        assert_eq!(expected, length, "the blocks do not end with the programme");
        blocks.iter().map(|b| b.start.0).collect()
    }

    #[test]
    fn the_value_between_two_points_is_the_straight_line() {
        let automation = Automation::new(vec![at(100, -1.0), at(300, 1.0)]).unwrap();
        for (frame, x) in [(0, -1.0), (100, -1.0), (150, -0.5), (200, 0.0), (300, 1.0), (999, 1.0)]
        {
            assert_eq!(x_of(automation.state_at(FrameIndex(frame))), x, "at frame {frame}");
        }
    }

    #[test]
    fn a_still_object_is_one_block() {
        assert_eq!(starts(vec![at(0, 0.5)], 480_000), [0]);
        assert_eq!(starts(vec![at(0, 0.5)], 10), [0]);
    }

    #[test]
    fn a_moving_object_has_a_block_on_every_grid_line_and_point() {
        assert_eq!(starts(vec![at(1000, -1.0), at(2400, 1.0)], 4800), [0, 1000, 1440, 1920, 2400]);
    }

    #[test]
    fn a_grid_line_too_close_before_a_point_gives_way() {
        assert_eq!(starts(vec![at(0, -1.0), at(1000, 1.0)], 4800), [0, 480, 1000]);
    }

    #[test]
    fn a_hold_step_becomes_one_new_block_at_the_keyframe() {
        let held = vec![at(0, -1.0), at(23_750, -1.0), at(24_000, 1.0)];
        assert_eq!(starts(held, 48_000), [0, 24_000]);
    }

    #[test]
    fn a_step_of_one_value_while_another_moves_has_blocks_at_both_its_ends() {
        let mut points = vec![at(0, -1.0), at(23_750, 0.0), at(24_000, 0.1), at(48_000, 1.0)];
        for quiet in &mut points[2..] {
            quiet.state.gain = LinearGain(0.1);
        }
        let got = starts(points, 96_000);
        assert!(got.contains(&23_750) && got.contains(&24_000), "{got:?}");
    }

    #[test]
    fn points_closer_than_a_block_may_be_move_back_without_losing_the_last_value() {
        let points = vec![at(0, -1.0), at(1000, 0.0), at(1100, 0.5), at(1200, 1.0)];
        let automation = Automation::new(points.clone()).unwrap();
        let last =
            automation.master_blocks(FrameCount(48_000), SampleRate::HZ_48000).last().unwrap();
        assert_eq!(x_of(last.state), 1.0);
        starts(points, 48_000);
    }

    #[test]
    fn a_change_in_the_last_milliseconds_still_leaves_a_long_enough_block() {
        let got = starts(vec![at(0, -1.0), at(4700, 1.0)], 4800);
        assert!(*got.last().unwrap() <= 4800 - 251, "{got:?}");
    }

    #[test]
    fn after_a_shift_the_grid_lies_where_the_song_before_the_cut_has_it() {
        let cut = |points| {
            // Frames 1000 to 1700 were cut: 700 frames, not a multiple of 480.
            let shift = GridShift { from: FrameIndex(1000), shift: -700 };
            Automation::new(points).unwrap().with_grid_shifts(vec![shift])
        };
        let knots = |automation: &Automation, mut frame: u64, end: u64| {
            let mut knots = vec![];
            while let Some(knot) =
                automation.next_knot(FrameIndex(frame), 480).filter(|k| k.0 < end)
            {
                knots.push(knot.0);
                frame = knot.0;
            }
            knots
        };
        let whole = Automation::new(vec![at(0, -1.0), at(5000, 1.0)]).unwrap();
        let edited = cut(vec![at(0, -1.0), at(1000, -0.6), at(1001, -0.3), at(4300, 1.0)]);
        assert_eq!(knots(&edited, 0, 1000), knots(&whole, 0, 1000));
        let moved: Vec<u64> = knots(&whole, 1701, 5000).iter().map(|k| k - 700).collect();
        assert_eq!(knots(&edited, 1001, 4300), moved);
    }

    #[test]
    fn random_points_always_tile() {
        let mut random = dice();
        for _ in 0..2000 {
            let mut frame = random(600);
            let mut points = vec![];
            for _ in 0..=random(12) {
                points.push(at(frame, random(3) as f64 - 1.0));
                frame += 1 + random(700);
            }
            starts(points, 1 + random(9000));
        }
    }

    #[test]
    fn unusable_points_are_refused() {
        assert_eq!(Automation::new(vec![]), Err(AutomationError::Empty));
        assert_eq!(
            Automation::new(vec![at(5, 0.0), at(5, 0.1)]),
            Err(AutomationError::NotRising(1))
        );
        assert_eq!(Automation::new(vec![at(5, 1.5)]), Err(AutomationError::OutOfRange(0)));
        assert_eq!(Automation::new(vec![at(5, f64::NAN)]), Err(AutomationError::OutOfRange(0)));
    }
}
