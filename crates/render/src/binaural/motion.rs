//! Where a source is and how loud, at absolute frames, without computing it again while nothing moves.

use cupola_model::{
    Automation, AutomationCursor, FrameIndex, LinearGain, ObjectState, Position, TimedPoint,
};

/// Where a source is heard and how far it spreads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pose {
    /// Unit vector, x right, y front, z up.
    pub(super) direction: [f64; 3],
    /// Half-angle of the spread in degrees, 0 for a point.
    pub(super) half_angle_deg: f64,
}

/// The last state asked for and how long it holds.
#[derive(Clone, Copy, Debug)]
struct Held {
    state: ObjectState,
    from: u64,
    until: u64,
}

/// Reads an automation front to back, at one place for gains and, a latency behind, at another for
/// poses. Poses are asked for at every hop, so there a cursor spares the search.
#[derive(Clone, Debug)]
pub(super) struct Motion {
    automation: Automation,
    /// The gain of every point, when they have one in common.
    only_gain: Option<f64>,
    gains: Held,
    poses: Held,
    way: AutomationCursor,
}

impl Pose {
    /// Size spreads to 90°; nearness to the middle of the room spreads on to all directions.
    pub(super) fn of(state: &ObjectState) -> Self {
        let polar = state.position.to_polar();
        let by_size = 90.0 * state.size;
        Self {
            direction: polar.direction(),
            half_angle_deg: by_size + (180.0 - by_size) * (1.0 - polar.distance),
        }
    }

    /// Mean of the directions within the spread, −1 (left) to 1 (right): the middle of a cap lies at
    /// (1 + cos α)/2.
    pub(super) fn lateral(&self) -> f64 {
        self.direction[0] * (1.0 + self.half_angle_deg.to_radians().cos()) / 2.0
    }
}

impl Motion {
    /// At the start of the programme.
    pub(super) fn new(automation: Automation) -> Self {
        let held = Held::at(&automation, 0);
        let points = automation.points();
        let gain = points[0].state.gain;
        let only_gain = points.iter().all(|p| p.state.gain == gain).then_some(gain.0);
        let way = AutomationCursor::new(automation.clone());
        Self { automation, only_gain, gains: held, poses: held, way }
    }

    /// What moves it.
    pub(super) fn automation(&self) -> &Automation {
        &self.automation
    }

    /// Whether the source is ever anything but a point.
    pub(super) fn ever_spreads(&self) -> bool {
        let points = self.automation.points();
        let spreads = |state: &ObjectState| Pose::of(state).half_angle_deg > 0.0;
        // A straight line between two walls leads through the room.
        let crosses = |pair: &[TimedPoint]| {
            matches!(pair[0].state.position, Position::Room(_))
                && pair[0].state.position != pair[1].state.position
        };
        points.iter().any(|p| spreads(&p.state)) || points.windows(2).any(crosses)
    }

    /// The pose at a frame.
    pub(super) fn pose_at(&mut self, frame: u64) -> Pose {
        Pose::of(&self.state_at(frame))
    }

    /// The state at a frame, no earlier than any asked for so far.
    pub(super) fn state_at(&mut self, frame: u64) -> ObjectState {
        self.poses.advance_along(&mut self.way, frame);
        self.poses.state
    }

    /// Whether nothing changes from one frame to another.
    pub(super) fn rests(&mut self, from: u64, to: u64) -> bool {
        self.poses.advance_along(&mut self.way, from);
        to <= self.poses.until
    }

    /// Multiplies a block that starts at `start` by the gain of each frame: straight lines from point
    /// to point, whatever the block.
    pub(super) fn apply_gain(&mut self, start: u64, block: &mut [f32]) {
        if let Some(gain) = self.only_gain {
            scale(block, gain);
            return;
        }
        let end = start + block.len() as u64;
        let mut from = start;
        while from < end {
            let first = self.gain_at(from);
            let next = self.automation.next_knot(FrameIndex(from), u32::MAX);
            let to = next.map_or(end, |knot| knot.0.min(end));
            let part = &mut block[(from - start) as usize..(to - start) as usize];
            let last = self.gain_at(to);
            if first == last {
                scale(part, first);
            } else {
                let slope = (last - first) / (to - from) as f64;
                for (i, sample) in part.iter_mut().enumerate() {
                    *sample *= (first + slope * i as f64) as f32;
                }
            }
            from = to;
        }
    }

    fn gain_at(&mut self, frame: u64) -> f64 {
        self.gains.advance(&self.automation, frame);
        self.gains.state.gain.0
    }
}

impl Held {
    fn at(automation: &Automation, frame: u64) -> Self {
        let state = automation.state_at(FrameIndex(frame));
        Self::until(frame, state, automation.next_knot(FrameIndex(frame), 1))
    }

    /// What holds from a frame to the next knot.
    fn until(frame: u64, state: ObjectState, knot: Option<FrameIndex>) -> Self {
        // While something moves, every frame is a knot of the finest grid.
        let until = match knot {
            None => u64::MAX,
            Some(knot) if knot.0 == frame + 1 => frame,
            Some(knot) => knot.0,
        };
        Self { state, from: frame, until }
    }

    fn advance(&mut self, automation: &Automation, frame: u64) {
        if !(self.from..=self.until).contains(&frame) {
            *self = Self::at(automation, frame);
        }
    }

    fn advance_along(&mut self, way: &mut AutomationCursor, frame: u64) {
        if !(self.from..=self.until).contains(&frame) {
            let state = way.state_at(FrameIndex(frame));
            *self = Self::until(frame, state, way.next_knot(FrameIndex(frame), 1));
        }
    }
}

fn scale(block: &mut [f32], gain: f64) {
    if gain != 1.0 {
        block.iter_mut().for_each(|sample| *sample *= gain as f32);
    }
}

/// The fixed state of a bed channel.
pub(super) fn standing(position: Position) -> Automation {
    Automation::fixed(ObjectState { position, gain: LinearGain::UNITY, size: 0.0 })
        .expect("bed channels stand inside the room")
}
