//! What the metadata of two items differs in.

use super::pairs::{Match, Pair};
use super::{Allowed, difference};
use crate::project::Project;
use crate::rules;
use cupola_model::{
    AmbisonicBed, Bed, Decibels, Finding, FrameCount, FrameIndex, Item, LinearGain, Object,
    ObjectFeatures, ObjectState, Position, SampleRate, Timeline,
};

/// Below this every gain is silence, in dB.
const SILENCE_DB: f64 = -120.0;

/// Every difference of a pair beyond what is allowed; no sound. Both have one sample rate.
pub(super) fn compare(timelines: [&Timeline; 2], pair: &Pair, allowed: Allowed) -> Vec<Finding> {
    let [a, b] = [0, 1].map(|side| &timelines[side].items[pair.items[side]]);
    let mut tell = Teller { subject: a.name().to_owned(), findings: Vec::new() };
    if a.name() != b.name() {
        let by = match pair.by {
            Match::Sound => "the same sound",
            Match::Name | Match::Number => "the same number",
        };
        tell.say(rules::DIFF_RENAMED, format!("renamed to {}, {by}", b.name()));
    }
    match (a, b) {
        (Item::Bed(a), Item::Bed(b)) => beds(a, b, &mut tell),
        (Item::Ambisonic(a), Item::Ambisonic(b)) => {
            let format = |bed: &AmbisonicBed| format!("{}, {}", bed.kind(), bed.scale.name());
            tell.words(rules::DIFF_BED, "format", [a, b].map(format));
            tell.words(rules::DIFF_BINAURAL, "binaural", [a, b].map(|o| o.binaural.name().into()));
            tell.words(rules::DIFF_GROUPS, "groups", [a, b].map(|o| listed(&o.groups)));
        }
        (Item::Object(a), Item::Object(b)) => {
            let length = timelines[0].length.min(timelines[1].length);
            movement([a, b], length, timelines[0].sample_rate, allowed, &mut tell);
            tell.words(rules::DIFF_BINAURAL, "binaural", [a, b].map(|o| o.binaural.name().into()));
            tell.words(rules::DIFF_GROUPS, "groups", [a, b].map(|o| listed(&o.groups)));
            features(&a.features, &b.features, &mut tell);
        }
        _ => {}
    }
    tell.findings
}

/// A gain that never changes is as well one of the sound: an import makes it one. Of pairs whose gains both
/// stand still they become a part of their tracks, and are compared there.
pub(super) fn fold_levels(sides: &mut [Project; 2], pairs: &[Pair]) {
    for pair in pairs {
        let level = |side: usize| match &sides[side].timeline.items[pair.items[side]] {
            Item::Object(object) => Some((object.lane.0, level_of(object)?)),
            _ => None,
        };
        let (Some(a), Some(b)) = (level(0), level(1)) else { continue };
        for (side, (lane, gain)) in sides.iter_mut().zip([a, b]) {
            for source in &mut side.timeline.lanes[lane].sources {
                source.gain.0 *= gain.0;
            }
        }
    }
}

/// The gain of an object, if it never changes.
fn level_of(object: &Object) -> Option<LinearGain> {
    let points = object.automation.points();
    let gain = points.first()?.state.gain;
    points.iter().all(|point| point.state.gain == gain).then_some(gain)
}

struct Teller {
    subject: String,
    findings: Vec<Finding>,
}

impl Teller {
    fn say(&mut self, rule: &'static str, message: String) {
        self.findings.push(difference(rule, &self.subject, message));
    }

    fn words(&mut self, rule: &'static str, what: &str, words: [String; 2]) {
        if words[0] != words[1] {
            self.say(rule, format!("{what}: {} -> {}", words[0], words[1]));
        }
    }
}

fn listed(names: &[String]) -> String {
    if names.is_empty() { "none".to_owned() } else { names.join(", ") }
}

fn beds(a: &Bed, b: &Bed, tell: &mut Teller) {
    tell.words(rules::DIFF_BED, "format", [a, b].map(|bed| bed.format.name().to_owned()));
    let modes = [a, b].map(|bed| {
        let full = bed.channels.iter().find(|channel| !channel.label.is_lfe());
        full.map_or("off", |channel| channel.binaural.name()).to_owned()
    });
    tell.words(rules::DIFF_BINAURAL, "binaural", modes);
    tell.words(rules::DIFF_GROUPS, "groups", [a, b].map(|bed| listed(&bed.groups)));
}

fn features(a: &ObjectFeatures, b: &ObjectFeatures, tell: &mut Teller) {
    let yes_no = |f: &ObjectFeatures| match f.snap {
        None => "no".to_owned(),
        Some(snap) => snap.within.map_or("yes".to_owned(), |within| format!("within {within}")),
    };
    tell.words(rules::DIFF_FEATURES, "snap", [a, b].map(yes_no));
    let zones = |f: &ObjectFeatures| {
        let named = f.zones.named().map(|zone| zone.name.to_owned());
        let boxes = f.zones.boxes.iter().map(|zone| format!("{:?}..{:?}", zone.min, zone.max));
        listed(&named.chain(boxes).collect::<Vec<_>>())
    };
    tell.words(rules::DIFF_FEATURES, "zones", [a, b].map(zones));
    let divergence = |f: &ObjectFeatures| {
        f.divergence.map_or("none".to_owned(), |d| format!("{} over {}", d.value, d.width))
    };
    tell.words(rules::DIFF_FEATURES, "divergence", [a, b].map(divergence));
    tell.words(rules::DIFF_FEATURES, "diffuse", [a, b].map(|f| f.diffuse.to_string()));
    let locked = |f: &ObjectFeatures| if f.head_locked { "yes" } else { "no" }.to_owned();
    tell.words(rules::DIFF_FEATURES, "head locked", [a, b].map(locked));
    let on_screen = |f: &ObjectFeatures| if f.screen_ref { "yes" } else { "no" }.to_owned();
    tell.words(rules::DIFF_FEATURES, "screen_ref", [a, b].map(on_screen));
    let edges =
        |f: &ObjectFeatures| listed(&f.screen_edge.names().map(str::to_owned).collect::<Vec<_>>());
    tell.words(rules::DIFF_FEATURES, "screen_edge", [a, b].map(edges));
    tell.words(rules::DIFF_FEATURES, "importance", [a, b].map(|f| f.importance.to_string()));
}

/// The largest difference of one value over time.
#[derive(Default)]
struct Largest {
    by: f64,
    at: FrameIndex,
    states: Option<[ObjectState; 2]>,
}

impl Largest {
    fn take(&mut self, by: f64, at: FrameIndex, states: [ObjectState; 2]) {
        if by > self.by {
            *self = Self { by, at, states: Some(states) };
        }
    }
}

/// Both follow straight lines between their points, so that they differ most at a point of one of them,
/// or for directions close to a line of the grid.
fn movement(
    objects: [&Object; 2],
    length: FrameCount,
    rate: SampleRate,
    allowed: Allowed,
    tell: &mut Teller,
) {
    let [a, b] = objects.map(|object| &object.automation);
    let grid = rate.grid_frames();
    // Those are in the sound.
    let levels = objects.iter().all(|object| level_of(object).is_some());
    let (mut moved, mut gain, mut size) =
        (Largest::default(), Largest::default(), Largest::default());
    let mut frame = Some(FrameIndex(0));
    while let Some(at) = frame.filter(|at| at.0 < length.0) {
        let states = [a, b].map(|automation| automation.state_at(at));
        moved.take(degrees_between(states.map(|state| state.position)), at, states);
        let [gain_a, gain_b] = states.map(gain_db);
        gain.take((gain_a - gain_b).abs(), at, states);
        size.take((states[0].size - states[1].size).abs(), at, states);
        frame = [a, b].into_iter().filter_map(|automation| automation.next_knot(at, grid)).min();
    }
    let seconds = |largest: &Largest| rate.seconds(FrameCount(largest.at.0));
    if let Some(states) = moved.states.filter(|_| moved.by > allowed.degrees) {
        let [from, to] = states.map(|state| place(state.position));
        let (by, at) = (moved.by, seconds(&moved));
        tell.say(
            rules::DIFF_MOVED,
            format!("moved by up to {by:.2}° at {at:.3} s: {from} -> {to}"),
        );
    }
    if let Some(states) = gain.states.filter(|_| gain.by > allowed.gain_db && !levels) {
        let [from, to] = states.map(|state| decibels(gain_db(state)));
        tell.say(rules::DIFF_GAIN, format!("gain: {from} -> {to} at {:.3} s", seconds(&gain)));
    }
    if let Some([from, to]) = size.states.filter(|_| size.by > allowed.size) {
        let (from, to, at) = (from.size, to.size, seconds(&size));
        tell.say(rules::DIFF_SIZE, format!("size: {from:.3} -> {to:.3} at {at:.3} s"));
    }
}

fn gain_db(state: ObjectState) -> f64 {
    Decibels::from(LinearGain(state.gain.0)).0.max(SILENCE_DB)
}

fn decibels(db: f64) -> String {
    if db <= SILENCE_DB { "-inf dB".to_owned() } else { format!("{db:+.2} dB") }
}

/// How far two places are apart, as an angle seen from the middle of a sphere that reaches to the walls:
/// for polar positions at distance 1 the angle between them.
fn degrees_between(positions: [Position; 2]) -> f64 {
    let [a, b] = match positions {
        [Position::Polar(a), Position::Polar(b)] => {
            [a, b].map(|p| p.direction().map(|axis| axis * p.distance))
        }
        [a, b] => [a, b].map(|position| {
            let room = position.to_room();
            [room.x, room.y, room.z]
        }),
    };
    let square: f64 = a.iter().zip(b).map(|(a, b)| (a - b) * (a - b)).sum();
    2.0 * (square.sqrt() / 2.0).min(1.0).asin().to_degrees()
}

fn place(position: Position) -> String {
    match position {
        Position::Polar(p) => format!("{:.1}°/{:.1}°", p.azimuth_deg, p.elevation_deg),
        Position::Room(r) => format!("({:.3} {:.3} {:.3})", r.x, r.y, r.z),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cupola_model::{PolarPosition, RoomPosition};

    #[test]
    fn degrees_are_angles_for_directions_and_arcs_of_the_room_for_places() {
        let polar = |a, e| Position::Polar(PolarPosition::on_sphere(a, e));
        let room = |x, y, z| Position::Room(RoomPosition { x, y, z });
        for (a, b, degrees) in [
            (polar(0.0, 0.0), polar(32.0, 0.0), 32.0),
            (polar(170.0, 0.0), polar(-170.0, 0.0), 20.0),
            (polar(45.0, 90.0), polar(-45.0, 90.0), 0.0),
            (room(0.0, 1.0, 0.0), room(0.0, -1.0, 0.0), 180.0),
            (room(1.0, 1.0, 0.0), room(0.0, 1.0, 0.0), 60.0),
            // The front is the front in both.
            (polar(0.0, 0.0), room(0.0, 1.0, 0.0), 0.0),
        ] {
            let found = degrees_between([a, b]);
            assert!((found - degrees).abs() < 1e-9, "{found} for {a:?} {b:?}");
        }
    }
}
