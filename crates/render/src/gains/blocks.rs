//! Gains from block to block, as the ITU's renderer draws them. [BS.2127-0 §7.2]

use super::compute;
use crate::pan::Panner;
use cupola_model::ObjectState;
use cupola_model::automation::{BlockWalk, ExactBlock};

/// What a frame may miss an instant by and still be at it: times are sums that were rounded.
const SAME: f64 = 1e-6;

/// The gains of an object along its blocks: those of a block hold where it is reached, lines lead
/// there from those of the block before if the two touch, and nothing sounds where no block is.
#[derive(Debug)]
pub(super) struct BlockGains {
    blocks: BlockWalk,
    grid_frames: u64,
    ahead: Option<ExactBlock>,
    now: Option<ExactBlock>,
    /// The state of `target`.
    state: Option<ObjectState>,
    /// Gains that the line of this block comes from.
    before: Vec<f64>,
    /// Gains of this block.
    target: Vec<f64>,
    moves: bool,
}

impl BlockGains {
    pub(super) fn new(mut blocks: BlockWalk, grid_frames: u32, channels: usize) -> Self {
        let ahead = blocks.next();
        Self {
            blocks,
            grid_frames: grid_frames.into(),
            ahead,
            now: None,
            state: None,
            before: vec![0.0; channels],
            target: vec![0.0; channels],
            moves: false,
        }
    }

    /// The end of the segment that starts here, and whether gains move in it; the gains at its start
    /// and those its lines lead to at its end.
    ///
    /// A line is cut on the grid, however long it is: places on a ramp have to be exact in f32.
    pub(super) fn advance(
        &mut self,
        panner: &dyn Panner,
        start: u64,
        gains: &mut [f64],
        next_gains: &mut [f64],
    ) -> (u64, bool) {
        while let Some(block) = self.ahead.filter(|block| first_frame(block.start) <= start) {
            self.enter(block, panner);
            self.ahead = self.blocks.next();
        }
        let Some(block) = self.now.filter(|block| start < first_frame(block.end)) else {
            gains.fill(0.0);
            next_gains.fill(0.0);
            return (self.ahead.map_or(u64::MAX, |block| first_frame(block.start)), false);
        };
        let reached = first_frame(block.reached);
        if start >= reached || !self.moves {
            gains.copy_from_slice(&self.target);
            next_gains.copy_from_slice(&self.target);
            return (first_frame(block.end), false);
        }
        let line = (start / self.grid_frames + 1) * self.grid_frames;
        let end = reached.min(line);
        let length = block.reached - block.start;
        let ends = self.before.iter().zip(&self.target);
        for ((gain, next_gain), (from, to)) in gains.iter_mut().zip(next_gains).zip(ends) {
            let at = |frame: u64| from + (to - from) * ((frame as f64 - block.start) / length);
            (*gain, *next_gain) = (at(start), at(end));
        }
        (end, true)
    }

    fn enter(&mut self, block: ExactBlock, panner: &dyn Panner) {
        let same = self.state == Some(block.state);
        if same {
            self.before.copy_from_slice(&self.target);
        } else {
            std::mem::swap(&mut self.before, &mut self.target);
            compute(panner, &block.state, &mut self.target);
        }
        self.moves = !same && block.joined;
        self.state = Some(block.state);
        self.now = Some(block);
    }
}

/// The first frame that is not before an instant.
fn first_frame(instant: f64) -> u64 {
    (instant - SAME).ceil() as u64
}

#[cfg(test)]
mod tests {
    use super::super::{GainTrack, Timing};
    use super::*;
    use crate::test_layouts::Dice;
    use cupola_model::automation::{BlockRecorder, ExactSpan};
    use cupola_model::{Automation, LinearGain, Position, RoomPosition};
    use std::sync::Arc;

    /// Two channels, and neither is on a straight line where x is.
    #[derive(Debug)]
    struct Curved;

    impl Panner for Curved {
        fn gains(&self, state: &ObjectState, gains: &mut [f64]) {
            let angle = state.position.to_room().x * std::f64::consts::FRAC_PI_2;
            (gains[0], gains[1]) = (angle.cos(), angle.sin());
        }
    }

    fn state(x: f64, gain: f64) -> ObjectState {
        let position = Position::Room(RoomPosition { x, y: 1.0, z: 0.0 });
        ObjectState { position, gain: LinearGain(gain), size: 0.0 }
    }

    type Row = (f64, f64, Option<f64>, ObjectState);

    /// The gains of every frame, walked in steps of these lengths.
    fn walked(
        rows: &[Row],
        shift: f64,
        frames: u64,
        mut step: impl FnMut() -> u64,
    ) -> Vec<[f32; 2]> {
        let mut recorder = BlockRecorder::new(1.5);
        for &(start, length, reached_after, state) in rows {
            recorder.push(ExactSpan { start, length, reached_after }, state);
        }
        let blocks = Arc::new(recorder.finish().unwrap());
        let automation = Automation::fixed(state(0.0, 1.0)).unwrap().with_blocks(blocks, shift);
        let timing = Timing { grid_frames: 480, exact_blocks: true };
        let mut track = GainTrack::new(&automation, 0.0, timing, 2, &Curved);
        let mut gains = vec![[0.0; 2]; frames as usize];
        let mut frame = 0;
        while frame < frames {
            let end = (frame + step()).min(frames);
            track.walk(&Curved, frame..end, |stretch| {
                for &(channel, ramp) in stretch.direct {
                    for (n, at) in stretch.frames.clone().enumerate() {
                        let place = (stretch.position as usize + n) as f32;
                        gains[frame as usize + at][channel] = ramp.from + ramp.step * place;
                    }
                }
            });
            frame = end;
        }
        gains
    }

    #[test]
    fn gains_are_straight_lines_between_blocks_and_silence_is_outside_of_them() {
        let rows = [
            // First: its value at once.
            (100.0, 400.0, None, state(0.0, 1.0)),
            // A line to the end; then one of 100 frames and a hold; then a jump.
            (500.0, 1000.0, None, state(1.0, 1.0)),
            (1500.0, 500.0, Some(100.0), state(0.0, 0.5)),
            (2000.0, 100.0, Some(0.0), state(1.0, 1.0)),
            // A gap: no line.
            (2500.0, 500.0, None, state(0.0, 1.0)),
        ];
        let gains = walked(&rows, 0.0, 4000, || 480);
        for (frame, expected) in [
            (99, [0.0, 0.0]),
            (100, [1.0, 0.0]),
            (500, [1.0, 0.0]),
            (750, [0.75, 0.25]),
            (1499, [0.001, 0.999]),
            (1500, [0.0, 1.0]),
            (1550, [0.25, 0.5]),
            (1600, [0.5, 0.0]),
            (1999, [0.5, 0.0]),
            (2000, [0.0, 1.0]),
            (2099, [0.0, 1.0]),
            (2100, [0.0, 0.0]),
            (2499, [0.0, 0.0]),
            (2500, [1.0, 0.0]),
            (2999, [1.0, 0.0]),
            (3000, [0.0, 0.0]),
            (3999, [0.0, 0.0]),
        ] {
            let got: [f32; 2] = gains[frame];
            let off = [0, 1].map(|c| (f64::from(got[c]) - expected[c]).abs());
            assert!(off.iter().all(|off| *off < 1e-6), "{got:?} at {frame}, not {expected:?}");
        }
    }

    /// A frame for itself, from the definition.
    fn slow(rows: &[Row], shift: f64, frame: u64) -> [f64; 2] {
        let at = frame as f64;
        let holds = |row: &Row| row.0 + shift - SAME <= at && at < row.0 + shift + row.1 - SAME;
        let Some(index) = rows.iter().position(holds) else { return [0.0; 2] };
        let gains = |state: ObjectState| {
            let angle = state.position.to_room().x * std::f64::consts::FRAC_PI_2;
            [angle.cos() * state.gain.0, angle.sin() * state.gain.0]
        };
        let (start, length, reached_after, state) = rows[index];
        let to = gains(state);
        let before = index.checked_sub(1).map(|before| rows[before]);
        let from =
            before.filter(|row| (row.0 + row.1 - start).abs() < SAME).map(|row| gains(row.3));
        let t = (at - start - shift) / reached_after.unwrap_or(length);
        match from {
            Some(from) if t < 1.0 => [0, 1].map(|c| from[c] + (to[c] - from[c]) * t),
            _ => to,
        }
    }

    #[test]
    fn blocks_of_any_kind_give_the_gains_of_the_definition_and_the_same_bits_in_any_steps() {
        let mut dice = Dice(2127);
        for round in 0..60 {
            let (mut start, mut rows, mut length) = (dice.roll(0.0, 300.0).round(), vec![], 480.0);
            // Every second round between frames.
            let odd = if round % 2 == 0 { 0.0 } else { 0.3125 };
            while start < 20_000.0 {
                if dice.roll(0.0, 1.0) < 0.3 {
                    length = dice.roll(1.0, 3000.0).round() + odd;
                }
                let kind = dice.roll(0.0, 4.0) as usize;
                let reached = [None, None, Some(0.0), Some((length * 0.4).round())][kind];
                rows.push((
                    start,
                    length,
                    reached,
                    state(dice.roll(-1.0, 1.0), dice.roll(0.0, 1.0)),
                ));
                let gap =
                    if dice.roll(0.0, 1.0) < 0.2 { dice.roll(3.0, 900.0).round() } else { 0.0 };
                start += length + gap;
            }
            let shift = if round % 3 == 0 { 0.0 } else { 77.5 };
            let gains = walked(&rows, shift, 24_000, || 480);
            for (frame, gains) in gains.iter().enumerate() {
                let expected = slow(&rows, shift, frame as u64);
                let off = [0, 1].map(|c| (f64::from(gains[c]) - expected[c]).abs());
                assert!(
                    off.iter().all(|off| *off < 1e-6),
                    "{gains:?} at {frame}, not {expected:?}"
                );
            }
            assert_eq!(gains, walked(&rows, shift, 24_000, || 24_000));
            assert_eq!(gains, walked(&rows, shift, 24_000, || dice.roll(1.0, 900.0) as u64));
        }
    }
}
