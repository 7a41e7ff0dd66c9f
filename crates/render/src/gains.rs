//! The one place that knows when gains are computed.
//!
//! An object's gains are computed at the knots of its automation, that is at its points and, while
//! something moves, on every line of the 10 ms grid; between two knots they are straight lines. Knots
//! are absolute frames, so the result does not depend on how the programme is cut into calls. A render
//! that follows a document to the letter takes its blocks instead ([`blocks`]).

mod blocks;

use crate::mix::Ramp;
use crate::pan::Panner;
use blocks::BlockGains;
use cupola_model::{Automation, AutomationCursor, FrameIndex, ObjectState};
use std::ops::Range;

/// The gains of one object along the programme.
#[derive(Debug)]
pub(crate) struct GainTrack {
    source: Source,
    /// Frames during which gains are on one line; the last segment has no end.
    segment: Range<u64>,
    moves: bool,
    gains: Vec<f64>,
    /// Where the lines lead at the end of the segment.
    next_gains: Vec<f64>,
    direct: Bus,
    diffuse: Bus,
}

/// When gains are computed.
#[expect(
    clippy::large_enum_variant,
    reason = "nearly all have knots, and these are at hand in place"
)]
#[derive(Debug)]
enum Source {
    Knots(Knots),
    Blocks(Box<BlockGains>),
}

/// Gains at the knots of an automation.
#[derive(Debug)]
struct Knots {
    automation: AutomationCursor,
    grid_frames: u32,
    state: ObjectState,
    next_state: ObjectState,
}

/// What an object is told of time.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    /// Frames of the grid.
    pub grid_frames: u32,
    /// Whether blocks of a document are followed to the letter where there are any. [BS.2127-0 §7.2]
    pub exact_blocks: bool,
}

/// A part of an object's sound.
#[derive(Debug)]
struct Bus {
    /// Amplitude factor.
    share: f64,
    active: Vec<(usize, Ramp)>,
}

/// A stretch of frames during which every gain is on one line.
#[derive(Debug)]
pub(crate) struct Stretch<'a> {
    /// Frames, counted from the start of the walk.
    pub frames: Range<usize>,
    /// Place of the first of them on the ramp; 0 where nothing moves.
    pub position: u32,
    /// Whether the gains move.
    pub moves: bool,
    /// The channels that are not silent, with their gains.
    pub direct: &'a [(usize, Ramp)],
    /// The same for the part that is decorrelated.
    pub diffuse: &'a [(usize, Ramp)],
}

impl GainTrack {
    /// The track of an object of which this share of the energy, 0 to 1, is decorrelated.
    pub(crate) fn new(
        automation: &Automation,
        diffuse: f64,
        timing: Timing,
        channels: usize,
        panner: &dyn Panner,
    ) -> Self {
        let bus = |energy: f64| Bus { share: energy.sqrt(), active: Vec::with_capacity(channels) };
        let mut next_gains = vec![0.0; channels];
        let blocks = automation.blocks().filter(|_| timing.exact_blocks);
        let source = match blocks {
            Some(blocks) => {
                Source::Blocks(Box::new(BlockGains::new(blocks, timing.grid_frames, channels)))
            }
            None => {
                Source::Knots(Knots::new(automation, timing.grid_frames, panner, &mut next_gains))
            }
        };
        let mut track = Self {
            source,
            segment: 0..0,
            moves: false,
            gains: vec![0.0; channels],
            next_gains,
            direct: bus(1.0 - diffuse),
            diffuse: bus(diffuse),
        };
        track.advance(panner);
        track
    }

    /// Calls `visit` for each stretch of a range of absolute frames, which must start where the last
    /// one ended.
    pub(crate) fn walk(
        &mut self,
        panner: &dyn Panner,
        range: Range<u64>,
        mut visit: impl FnMut(Stretch<'_>),
    ) {
        let mut frame = range.start;
        while frame < range.end {
            if frame >= self.segment.end {
                self.advance(panner);
            }
            let end = self.segment.end.min(range.end);
            let moves = self.moves;
            visit(Stretch {
                frames: (frame - range.start) as usize..(end - range.start) as usize,
                // A moving segment is no longer than the grid.
                position: if moves { (frame - self.segment.start) as u32 } else { 0 },
                moves,
                direct: &self.direct.active,
                diffuse: &self.diffuse.active,
            });
            frame = end;
        }
    }

    /// Enters the next segment.
    fn advance(&mut self, panner: &dyn Panner) {
        let start = self.segment.end;
        let (gains, next_gains) = (&mut self.gains, &mut self.next_gains);
        let (end, moves) = match &mut self.source {
            Source::Knots(knots) => {
                std::mem::swap(gains, next_gains);
                knots.advance(panner, start, gains, next_gains)
            }
            Source::Blocks(blocks) => blocks.advance(panner, start, gains, next_gains),
        };
        self.segment = start..end;
        self.moves = moves;
        self.find_active();
    }

    fn find_active(&mut self) {
        // A bit a channel: to branch at every channel is to guess wrong at a few of them.
        let mut heard = 0_u64;
        for (channel, (&from, &to)) in self.gains.iter().zip(&self.next_gains).enumerate() {
            heard |= u64::from((from != 0.0) | (to != 0.0)) << channel;
        }
        let span = (self.segment.end - self.segment.start) as f64;
        for bus in [&mut self.direct, &mut self.diffuse] {
            bus.active.clear();
            let mut heard = if bus.share == 0.0 { 0 } else { heard };
            while heard != 0 {
                let channel = heard.trailing_zeros() as usize;
                heard &= heard - 1;
                let (from, to) = (self.gains[channel], self.next_gains[channel]);
                let step = (bus.share * ((to - from) / span)) as f32;
                bus.active.push((channel, Ramp { from: (bus.share * from) as f32, step }));
            }
        }
    }
}

impl Knots {
    fn new(
        automation: &Automation,
        grid_frames: u32,
        panner: &dyn Panner,
        gains: &mut [f64],
    ) -> Self {
        let mut automation = AutomationCursor::new(automation.clone());
        let state = automation.state_at(FrameIndex(0));
        compute(panner, &state, gains);
        Self { automation, grid_frames, state, next_state: state }
    }

    /// The end of the segment that starts here, and whether gains move in it. They are those of its
    /// start; the others become those of its end.
    fn advance(
        &mut self,
        panner: &dyn Panner,
        start: u64,
        gains: &[f64],
        next_gains: &mut [f64],
    ) -> (u64, bool) {
        let knot = self.automation.next_knot(FrameIndex(start), self.grid_frames);
        self.state = self.next_state;
        if let Some(knot) = knot {
            self.next_state = self.automation.state_at(knot);
        }
        let moves = self.next_state != self.state;
        if moves {
            compute(panner, &self.next_state, next_gains);
        } else {
            next_gains.copy_from_slice(gains);
        }
        (knot.map_or(u64::MAX, |knot| knot.0), moves)
    }
}

fn compute(panner: &dyn Panner, state: &ObjectState, gains: &mut [f64]) {
    panner.gains(state, gains);
    for gain in gains {
        *gain *= state.gain.0;
    }
}
