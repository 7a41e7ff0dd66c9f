//! The way of an object through the room, as straight pieces.

use crate::picture::Picture;
use crate::thin::{Sample, thin, within_budget};
use cupola_model::{Automation, FrameIndex, Position, position::wrap_degrees};

/// Most points of all trails of a picture together.
const BUDGET: usize = 60_000;
/// Finest tolerance in room units, less than half a pixel.
const FINEST: f64 = 0.001;
/// Degrees of a polar movement drawn as one straight piece of the room.
const STEP_DEG: f64 = 2.0;
/// Frames within which a change of place is a jump, not a movement.
const JUMP_FRAMES: u64 = 250;

/// Points in rising time; an object that stands still has one.
#[derive(Debug)]
pub(crate) struct Trail {
    pub(crate) points: Vec<Sample<3>>,
}

/// The pieces of a way that are walked, and those that are jumped.
#[derive(Debug)]
pub(crate) struct Pieces {
    pub(crate) walks: Vec<Vec<[f64; 3]>>,
    pub(crate) jumps: Vec<[[f64; 3]; 2]>,
}

/// One trail an object, and the tolerance all of them had to be thinned to, in room units.
#[derive(Debug)]
pub(crate) struct Trails {
    pub(crate) list: Vec<Trail>,
    pub(crate) tolerance: f64,
}

impl Trails {
    pub(crate) fn new(picture: &Picture<'_>) -> Self {
        let fine = |points: &[Sample<3>], factor: f64| thin(points, |_| [FINEST * factor; 3]);
        let trail = |automation| Trail { points: fine(&way(automation, picture.length), 1.0) };
        let (factor, list) = within_budget(
            BUDGET,
            |list: &Vec<Trail>| list.iter().map(|trail| trail.points.len()).sum(),
            picture.objects.iter().map(|object| trail(object.automation)).collect(),
            |list, factor| list.iter().map(|t| Trail { points: fine(&t.points, factor) }).collect(),
        );
        Self { list, tolerance: FINEST * factor }
    }

    /// Whether the tolerance can be seen.
    pub(crate) fn are_coarse(&self) -> bool {
        self.tolerance > 4.0 * FINEST
    }

    /// Lowest height to be shown: a little below the ears, or below what goes lowest.
    pub(crate) fn low(&self) -> f64 {
        let points = self.list.iter().flat_map(|trail| &trail.points);
        (points.map(|p| p.1[2]).fold(0.0, f64::min) - 0.12).clamp(-1.0, -0.15)
    }
}

impl Trail {
    /// Whether it leaves its place.
    pub(crate) fn moves(&self) -> bool {
        self.points.len() > 1
    }

    /// The way, taken apart.
    pub(crate) fn pieces(&self) -> Pieces {
        let (mut walks, mut jumps) = (Vec::new(), Vec::new());
        let mut walk: Vec<[f64; 3]> = self.points.first().map(|p| p.1).into_iter().collect();
        for pair in self.points.windows(2) {
            let [(from, a), (to, b)] = [pair[0], pair[1]];
            let apart = a.iter().zip(b).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            if to - from <= JUMP_FRAMES && apart > 0.05 {
                walks.push(std::mem::replace(&mut walk, vec![b]));
                jumps.push([a, b]);
            } else if apart > 0.0 {
                walk.push(b);
            }
        }
        walks.push(walk);
        walks.retain(|walk| walk.len() > 1);
        Pieces { walks, jumps }
    }
}

/// Every point on the way, polar movements cut into short pieces.
fn way(automation: &Automation, length: FrameIndex) -> Vec<Sample<3>> {
    let last = FrameIndex(length.0.saturating_sub(1));
    let inner = automation.points().iter().filter(|p| p.frame > FrameIndex(0) && p.frame < last);
    let start = (FrameIndex(0), automation.state_at(FrameIndex(0)).position);
    let end = (last, automation.state_at(last).position);
    let stops = inner.map(|p| (p.frame, p.state.position)).chain((last.0 > 0).then_some(end));
    let mut way = vec![(0, room(start.1))];
    let mut from = start;
    for to in stops {
        let span = to.0 - from.0;
        // Pieces are whole frames, so that times keep rising.
        let pieces = pieces(from.1, to.1).min(span.0).max(1);
        for piece in 1..=pieces {
            let frame = from.0.0 + span.0 * piece / pieces;
            let t = (frame - from.0.0) as f64 / span.0 as f64;
            way.push((frame, room(from.1.lerp(to.1, t))));
        }
        from = to;
    }
    way
}

/// How many straight pieces of the room make a polar movement.
fn pieces(from: Position, to: Position) -> u64 {
    let (Position::Polar(a), Position::Polar(b)) = (from, to) else { return 1 };
    let turn = wrap_degrees(b.azimuth_deg - a.azimuth_deg).abs();
    let rise = (b.elevation_deg - a.elevation_deg).abs();
    let way = turn.max(rise).max((b.distance - a.distance).abs() * 20.0);
    (way / STEP_DEG).ceil() as u64
}

fn room(position: Position) -> [f64; 3] {
    let r = position.to_room();
    [r.x, r.y, r.z]
}
