//! The key `path`.

use crate::curve::Curve;
use crate::parse_position::PositionTrack;
use crate::path::{Cylinder, End, Path, PathSpots, Shape, Walk, angle_between};
use crate::place::Findings;
use crate::read::{Cursor, Fields, list_words};
use crate::rules;
use crate::spec::{self, MapSpec};
use crate::stop::Stop;
use crate::time::{Clock, Moment};
use crate::value::{AZIMUTH, DISTANCE, ELEVATION, RADIUS, REPEATS, ROOM, SEED, STEP, TURNS};
use cupola_model::{Finding, PolarPosition, Position, RoomPosition, position::wrap_degrees};

/// Two directions farther apart than this have no one way between them.
const OPPOSITE_DEG: f64 = 179.9;

type ReadShape = fn(&mut Fields<'_>, &Cursor<'_>, &mut Findings) -> Option<Shape>;

/// The ways round, with their signs.
pub(crate) const DIRECTIONS: [(&str, f64); 2] = [("anticlockwise", 1.0), ("clockwise", -1.0)];

/// A form of path.
struct Form {
    name: &'static str,
    spec: &'static MapSpec,
    /// The key of its cycle.
    cycle: &'static str,
    /// Whether it goes on to the end of the programme.
    goes_on: bool,
    read_shape: ReadShape,
}

const fn form(
    name: &'static str,
    spec: &'static MapSpec,
    cycle: &'static str,
    goes_on: bool,
    read_shape: ReadShape,
) -> Form {
    Form { name, spec, cycle, goes_on, read_shape }
}

const FORMS: [Form; 6] = [
    form("orbit", &spec::ORBIT, "period", true, read_orbit),
    form("line", &spec::LINE, "duration", false, read_line),
    form("arc", &spec::ARC, "duration", false, read_arc),
    form("spiral", &spec::SPIRAL, "duration", false, read_spiral),
    form("pendulum", &spec::PENDULUM, "period", true, read_pendulum),
    form("random_walk", &spec::RANDOM_WALK, "every", true, read_walk),
];

pub(crate) fn read_path(
    cursor: &Cursor<'_>,
    clock: &Clock,
    findings: &mut Findings,
) -> Option<Path> {
    let mut fields = cursor.fields(findings, &spec::PATH)?;
    let mut paths = Vec::new();
    for form in &FORMS {
        if let Some(cursor) = fields.get(form.name) {
            paths.push(read_form(&cursor, form, clock, findings));
        }
    }
    let known = list_words(spec::PATH.words());
    fields.finish(findings);
    if paths.len() != 1 {
        let finding = if paths.is_empty() {
            Finding::error(rules::KEY_MISSING, "it is not said which path this is")
        } else {
            Finding::error(rules::KEY_CONFLICT, "an object has one path")
        };
        let finding = finding.allowed(format!("one of {known}"));
        cursor.report(findings, finding.hint("write for example {orbit: {period: 8 s}}"));
        return None;
    }
    paths.pop()?
}

fn read_form(
    cursor: &Cursor<'_>,
    form: &Form,
    clock: &Clock,
    findings: &mut Findings,
) -> Option<Path> {
    let mut fields = cursor.fields(findings, form.spec)?;
    let cycle = fields.need(form.cycle, findings, &format!("{}: 8 s", form.cycle));
    let span = cycle.as_ref().and_then(|c| c.span(findings, clock));
    let start_key = fields.get("start");
    let start = match &start_key {
        Some(c) => c.moment(findings, clock, None),
        None => Some(Moment::start()),
    };
    let repeats = fields.get("repeats");
    let until = fields.get("until");
    if let (Some(_), Some(until)) = (&repeats, &until) {
        let finding =
            Finding::error(rules::KEY_CONFLICT, "`repeats` and `until` exclude each other");
        until.report(findings, finding.hint("keep one of them"));
    }
    let end_key = repeats.as_ref().or(until.as_ref()).or(cycle.as_ref());
    let spots = PathSpots {
        start: start_key.as_ref().unwrap_or(cursor).spot(),
        end: end_key.filter(|_| !form.goes_on).map(Cursor::spot),
    };
    let end = match (repeats, until) {
        (Some(repeats), _) => repeats.whole(findings, &REPEATS).map(End::Repeats),
        (None, Some(until)) => read_until(&until, start.as_ref(), clock, findings),
        (None, None) => Some(if form.goes_on { End::Programme } else { End::Repeats(1.0) }),
    };
    let shape = (form.read_shape)(&mut fields, cursor, findings);
    fields.finish(findings);
    Some(Path::new(shape?, clock.clone(), (start?, span?, end?), spots))
}

/// A time after the start, from which a time with `+` counts.
fn read_until(
    cursor: &Cursor<'_>,
    start: Option<&Moment>,
    clock: &Clock,
    findings: &mut Findings,
) -> Option<End> {
    let until = cursor.moment(findings, clock, start)?;
    if start.is_some_and(|start| until.seconds <= start.seconds) {
        let finding = Finding::error(rules::PATH_END, "the path ends before it starts")
            .found(cursor.found())
            .hint("`until` stands after `start`; `+8 bars` counts from there");
        cursor.report(findings, finding);
        return None;
    }
    Some(End::At(until))
}

/// 1 or -1.
fn read_direction(fields: &mut Fields<'_>, findings: &mut Findings) -> f64 {
    fields.get("direction").and_then(|c| c.word(findings, &DIRECTIONS)).unwrap_or(1.0)
}

fn read_orbit(
    fields: &mut Fields<'_>,
    form: &Cursor<'_>,
    findings: &mut Findings,
) -> Option<Shape> {
    let errors = findings.errors();
    let mut number = |key, kind| fields.get(key).map(|c| (c.number(findings, kind), c));
    let azimuth = number("azimuth", &AZIMUTH);
    let elevation = number("elevation", &ELEVATION);
    let distance = number("distance", &DISTANCE);
    let (x, y) = (number("x", &ROOM), number("y", &ROOM));
    let (z, radius) = (number("z", &ROOM), number("radius", &RADIUS));
    let sign = read_direction(fields, findings);
    let room = [&x, &y, &z, &radius].into_iter().flatten().next();
    if let (Some((_, polar)), Some(_)) = (elevation.as_ref().or(distance.as_ref()), room) {
        let finding = Finding::error(rules::POSITION_MIXED, "polar and room coordinates are mixed")
            .allowed("azimuth, elevation, distance, or azimuth, x, y, z, radius")
            .hint("an orbit goes round the listener, or round x, y, z in the room");
        polar.report(findings, finding);
    }
    if findings.errors() > errors {
        return None;
    }
    let is_room = room.is_some();
    let or =
        |given: Option<(Option<f64>, Cursor<'_>)>, usual| given.and_then(|g| g.0).unwrap_or(usual);
    let azimuth_deg = or(azimuth, 0.0);
    if !is_room {
        let (elevation_deg, distance) = (or(elevation, 0.0), or(distance, 1.0));
        let first = PolarPosition { azimuth_deg, elevation_deg, distance };
        return Some(Shape::Orbit { first, sign });
    }
    let centre = RoomPosition { x: or(x, 0.0), y: or(y, 0.0), z: or(z, 0.0) };
    let radius = or(radius, 1.0);
    let reach = centre.x.abs().max(centre.y.abs()) + radius;
    if reach > 1.0 + 1e-9 {
        let finding = Finding::error(rules::PATH_OUTSIDE, "the orbit leaves the room")
            .found(format!("it reaches {reach:.2}"))
            .allowed("at most 1 from the middle of the room")
            .hint("write a smaller `radius`, or move x and y to the middle");
        form.report(findings, finding);
        return None;
    }
    Some(Shape::RoomOrbit { centre, radius, azimuth_deg, sign })
}

/// `from` and `to`; a coordinate that `to` does not mention is that of `from`.
fn read_ends(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<(Position, Position)> {
    let mut track = PositionTrack::default();
    let from = fields.need("from", findings, "from: {azimuth: 90}");
    let from = from.and_then(|c| track.read(&c, findings));
    let to = fields.need("to", findings, "to: {azimuth: -90}");
    let to = to.and_then(|c| track.read(&c, findings));
    Some((from?, to?))
}

/// A curve that is not a step.
fn read_curve(fields: &mut Fields<'_>, findings: &mut Findings) -> Curve {
    let cursor = fields.get("curve");
    cursor.and_then(|c| c.word(findings, &Curve::MOVING_WORDS)).unwrap_or_default()
}

fn read_line(fields: &mut Fields<'_>, _: &Cursor<'_>, findings: &mut Findings) -> Option<Shape> {
    let ends = read_ends(fields, findings);
    let curve = read_curve(fields, findings);
    let (from, to) = ends?;
    Some(Shape::Way { from, to: Stop { position: to, turns: 0.0 }, curve })
}

fn read_arc(fields: &mut Fields<'_>, form: &Cursor<'_>, findings: &mut Findings) -> Option<Shape> {
    let ends = read_ends(fields, findings);
    let curve = read_curve(fields, findings);
    let finding = match ends? {
        (Position::Polar(from), Position::Polar(to)) => {
            if angle_between(from, to).to_degrees() <= OPPOSITE_DEG {
                return Some(Shape::Arc { from, to, curve });
            }
            Finding::error(rules::PATH_OPPOSITE, "the ends of the arc are opposite")
                .hint("every way there is as short; write `line`, or move one end a little")
        }
        _ => Finding::error(rules::POSITION_MIXED, "an arc goes from direction to direction")
            .allowed("azimuth, elevation, distance")
            .hint("in a room write `line` or `spiral`"),
    };
    form.report(findings, finding);
    None
}

fn read_spiral(
    fields: &mut Fields<'_>,
    form: &Cursor<'_>,
    findings: &mut Findings,
) -> Option<Shape> {
    let ends = read_ends(fields, findings);
    let curve = read_curve(fields, findings);
    let turns = fields.need("turns", findings, "turns: 4").and_then(|c| c.whole(findings, &TURNS));
    let ((from, to), turns) = (ends?, turns?);
    let (Position::Room(a), Position::Room(b)) = (from, to) else {
        return Some(Shape::Way { from, to: Stop { position: to, turns }, curve });
    };
    let (mut from, mut to) = (Cylinder::of(a), Cylinder::of(b));
    if from.radius.max(to.radius) > 1.0 + 1e-9 {
        let finding = Finding::error(rules::PATH_OUTSIDE, "the spiral leaves the room")
            .allowed("at most 1 from the middle of the room, √(x² + y²)")
            .hint("corners are too far out for a circle");
        form.report(findings, finding);
        return None;
    }
    // The middle lies in every direction.
    if from.radius == 0.0 {
        from.azimuth_deg = to.azimuth_deg;
    } else if to.radius == 0.0 {
        to.azimuth_deg = from.azimuth_deg;
    }
    let way_deg = wrap_degrees(to.azimuth_deg - from.azimuth_deg) + 360.0 * turns;
    Some(Shape::RoomSpiral { from, to, way_deg, curve })
}

fn read_pendulum(
    fields: &mut Fields<'_>,
    _: &Cursor<'_>,
    findings: &mut Findings,
) -> Option<Shape> {
    let (from, to) = read_ends(fields, findings)?;
    Some(Shape::Pendulum { from, to })
}

fn read_walk(fields: &mut Fields<'_>, _: &Cursor<'_>, findings: &mut Findings) -> Option<Shape> {
    let ends = read_ends(fields, findings);
    let step = fields.get("step").map_or(Some(0.3), |c| c.number(findings, &STEP));
    let seed = fields.get("seed").map_or(Some(0.0), |c| c.whole(findings, &SEED));
    let ((from, to), step, seed) = (ends?, step?, seed?);
    // The range of `SEED` is one of whole numbers that are exact.
    Some(Shape::Walk(Walk::between(from, to, step, seed as u64)))
}
