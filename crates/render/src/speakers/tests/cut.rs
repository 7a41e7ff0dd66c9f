//! A programme that was cut is rendered as its uncut render, cut.

use super::*;
use std::ops::Range;

/// Frames kept of a programme of 48000, in order: a cut, a repeat, a jump back; none a multiple of the
/// grid.
const KEPT: [Range<u64>; 4] = [0..9_333, 12_001..20_002, 17_777..30_000, 5_555..16_666];

/// Twice the grid: near a join gains are computed where the uncut programme has none.
const NEAR: u64 = 960;

/// The automation of the cut programme, from what a cut is: every piece has the values of the frames
/// it keeps, and the grid they had. From piece to piece the state jumps within one frame.
fn cut(whole: &Automation, shifted: bool) -> Automation {
    let mut points: Vec<TimedPoint> = vec![];
    let mut shifts = vec![];
    let mut at = 0;
    for kept in KEPT {
        let inside = whole.points().iter().map(|p| p.frame.0).filter(|f| kept.contains(f));
        let mut frames: Vec<u64> = inside.chain([kept.start, kept.end - 1]).collect();
        frames.sort_unstable();
        frames.dedup();
        points.extend(frames.into_iter().map(|frame| TimedPoint {
            frame: FrameIndex(at + frame - kept.start),
            state: whole.state_at(FrameIndex(frame)),
        }));
        shifts.push(GridShift { from: FrameIndex(at), shift: at as i64 - kept.start as i64 });
        at += kept.end - kept.start;
    }
    let cut = Automation::new(points).unwrap();
    if shifted { cut.with_grid_shifts(shifts) } else { cut }
}

fn object_of(automation: Automation) -> Timeline {
    let Item::Object(object) = object(0, automation.points().to_vec()) else { unreachable!() };
    timeline(vec![Item::Object(Object { automation, ..object })], 1)
}

/// A block of all that is kept of another, filled up to whole grid blocks.
fn cut_block(whole: &PlanarBlock) -> PlanarBlock {
    let kept: u64 = KEPT.iter().map(|kept| kept.end - kept.start).sum();
    let mut block = PlanarBlock::new(whole.channels(), kept.next_multiple_of(480) as usize);
    for (to, from) in block.iter_mut().zip(whole.iter()) {
        let pieces = KEPT.map(|kept| &from[kept.start as usize..kept.end as usize]);
        let pieces = pieces.concat();
        to[..pieces.len()].copy_from_slice(&pieces);
    }
    block
}

/// Whether a frame of the cut programme is far from every join, the end included.
fn is_far_from_joins(frame: u64) -> bool {
    let mut join = 0;
    KEPT.iter().all(|kept| {
        join += kept.end - kept.start;
        frame.abs_diff(join) > NEAR
    })
}

/// The loudest difference between the render of the cut and the cut of the render, away from joins.
fn difference(whole: &Automation, shifted: bool) -> f32 {
    let layout = layout("4+7+0");
    let lanes = noise(1, 48_000, &mut Dice(7));
    let by_position = PannerChoice::ByPosition;
    let uncut = render(&object_of(whole.clone()), &layout, by_position, &lanes);
    let edited = object_of(cut(whole, shifted));
    let got = render(&edited, &layout, by_position, &cut_block(&lanes));
    let mut most = 0.0_f32;
    for (got, wanted) in got.iter().zip(cut_block(&uncut).iter()) {
        for (frame, (a, b)) in got.iter().zip(wanted).enumerate() {
            if is_far_from_joins(frame as u64) {
                most = most.max((a - b).abs());
            }
        }
    }
    most
}

#[test]
fn a_cut_programme_is_rendered_as_its_uncut_render_cut() {
    // Fast enough that a grid in another place would be heard.
    let moving = |position: fn(&mut Dice) -> Position| {
        let mut dice = Dice(11);
        let points = (0..17).map(|n| TimedPoint {
            frame: FrameIndex(n * 2801),
            state: ObjectState {
                position: position(&mut dice),
                gain: LinearGain(dice.roll(0.3, 1.0)),
                size: 0.0,
            },
        });
        Automation::new(points.collect()).unwrap()
    };
    for (name, position) in [("VBAP", polar as fn(&mut Dice) -> Position), ("room", room)] {
        let whole = moving(position);
        let found = difference(&whole, true);
        let other_grid = difference(&whole, false);
        println!("{name}: {found:e}, on another grid {other_grid:e}");
        assert!(found <= 1e-6, "{name}: {found:e}");
        assert!(other_grid > 1e-4, "{name}: the test hears no grid, {other_grid:e}");
    }
}
