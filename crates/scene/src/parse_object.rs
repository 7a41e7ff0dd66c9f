//! Objects, their positions and their keyframes.

use crate::parse::{Context, groups};
use crate::parse_bed::read_channel;
use crate::place::{Findings, Spot};
use crate::read::{Cursor, Fields};
use crate::rules;
use crate::scene::{Curve, Feed, Keyframe, ObjectEntry};
use crate::time::{Clock, Moment};
use crate::value::{AZIMUTH, DISTANCE, ELEVATION, PAIR_ANGLE, PAIR_ROOM, Quantity, ROOM, SIZE};
use cupola_model::{Finding, PolarPosition, Position, RoomPosition, SampleRate};

pub(crate) fn read_objects(
    fields: &mut Fields<'_>,
    context: &mut Context,
    findings: &mut Findings,
) -> Vec<ObjectEntry> {
    let Some(list) = fields.get("objects") else { return Vec::new() };
    let items = list.items(findings, "a list of objects");
    items.iter().filter_map(|item| read_object(item, context, findings)).collect()
}

fn read_object(
    item: &Cursor<'_>,
    context: &mut Context,
    findings: &mut Findings,
) -> Option<ObjectEntry> {
    if findings.is_enough() {
        return None;
    }
    let mut fields =
        item.fields(findings, "a mapping such as {stem: lead, position: {azimuth: 0}}")?;
    let name = fields.get("name").map(|c| c.text(findings));
    let stem = fields.need("stem", findings, "stem: lead").and_then(|c| context.stem(&c, findings));
    let position_key = fields.get("position");
    let mut track = PositionTrack::default();
    let errors = findings.errors();
    let position = position_key.as_ref().and_then(|c| {
        let mut inner = c.fields(findings, "a mapping such as {azimuth: 30, elevation: 0}")?;
        let given = Given::read(&mut inner, findings);
        inner.finish(findings);
        given.and_then(|given| track.place(&given, c, findings))
    });
    let position_failed = findings.errors() > errors;
    let gain = fields.get("gain").and_then(|c| c.gain(findings));
    let size = fields.get("size").and_then(|c| c.number(findings, &SIZE));
    let binaural = context.binaural(&mut fields, findings);
    let groups = groups(&mut fields, findings);
    let automation = fields.get("automation");
    let keyframes = automation
        .map_or_else(Vec::new, |list| read_keyframes(&list, &mut track, &context.clock, findings));
    let first_position =
        position.or_else(|| keyframes.iter().find_map(|keyframe| keyframe.position));
    let feed = read_feed(&mut fields, first_position, findings);
    fields.finish(findings);
    if first_position.is_none() && !position_failed && position_key.is_none() {
        let finding = Finding::error(rules::KEY_MISSING, "`position` is missing")
            .hint("add `position: {azimuth: 0}` or `position: {x: 0, y: 1}`");
        item.report(findings, finding);
    }
    let stem = stem?;
    let usual_name = || Some(context.stems[stem].name.clone());
    Some(ObjectEntry {
        name: name.unwrap_or_else(usual_name)?,
        stem,
        feed,
        groups,
        binaural,
        gain_db: gain.unwrap_or(0.0),
        size: size.unwrap_or(0.0),
        position: first_position?,
        keyframes,
        silenced: false,
        spot: item.spot(),
    })
}

/// `channel`, `fold` or `pair`, of which one may be given.
fn read_feed(fields: &mut Fields<'_>, position: Option<Position>, findings: &mut Findings) -> Feed {
    let channel = fields.get("channel");
    let fold = fields.get("fold");
    let pair = fields.get("pair");
    let keys = [&channel, &fold, &pair];
    if let Some(second) = keys.into_iter().flatten().nth(1) {
        let finding =
            Finding::error(rules::KEY_CONFLICT, "`channel`, `fold` and `pair` exclude each other")
                .hint("keep one of them");
        second.report(findings, finding);
    }
    if let Some(cursor) = pair {
        let spot = cursor.spot();
        let width = cursor.fields(findings, "a mapping such as {width: 60}").and_then(|mut f| {
            let kind = match position {
                Some(Position::Room(_)) => &PAIR_ROOM,
                _ => &PAIR_ANGLE,
            };
            let example = if kind.is_angle() { "width: 60" } else { "width: 1" };
            let width = f.need("width", findings, example).and_then(|c| c.number(findings, kind));
            f.finish(findings);
            width
        });
        return Feed::Pair { width: width.unwrap_or(0.0), spot };
    }
    if let Some(cursor) = fold {
        cursor.word(findings, &[("mono", ())]);
        return Feed::FoldMono(cursor.spot());
    }
    match channel.and_then(|cursor| read_channel(&cursor, findings)) {
        Some((channel, spot)) => Feed::Channel(channel, spot),
        None => Feed::Whole,
    }
}

/// The coordinates a mapping mentions, in the order of [`COORDINATES`].
struct Given {
    values: [Option<f64>; 6],
    /// Where the first one stands.
    spot: Spot,
}

const COORDINATES: [(&str, &Quantity); 6] = [
    ("azimuth", &AZIMUTH),
    ("elevation", &ELEVATION),
    ("distance", &DISTANCE),
    ("x", &ROOM),
    ("y", &ROOM),
    ("z", &ROOM),
];

impl Given {
    /// `None` when no coordinate is mentioned or one of them is wrong.
    fn read(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Self> {
        let mut values = [None; 6];
        let mut spots: [Option<Spot>; 6] = Default::default();
        let mut legal = true;
        for (i, (key, kind)) in COORDINATES.iter().enumerate() {
            if let Some(cursor) = fields.get(key) {
                values[i] = cursor.number(findings, kind);
                legal &= values[i].is_some();
                spots[i] = Some(cursor.spot());
            }
        }
        let polar = spots[..3].iter().flatten().next();
        let room = spots[3..].iter().flatten().next();
        if let (Some(_), Some(spot)) = (polar, room) {
            refuse_mixture(spot, findings);
            return None;
        }
        let spot = polar.or(room)?.clone();
        legal.then_some(Self { values, spot })
    }

    fn is_room(&self) -> bool {
        self.values[3..].iter().any(Option::is_some)
    }
}

fn refuse_mixture(spot: &Spot, findings: &mut Findings) {
    let finding = Finding::error(rules::POSITION_MIXED, "polar and room coordinates are mixed")
        .allowed("azimuth, elevation, distance or x, y, z throughout one object")
        .hint("use one kind here; another object may use the other");
    findings.push(spot, finding);
}

/// The position so far: a coordinate that is not mentioned stays as it last was.
#[derive(Default)]
struct PositionTrack {
    last: Option<Position>,
}

impl PositionTrack {
    fn place(
        &mut self,
        given: &Given,
        whole: &Cursor<'_>,
        findings: &mut Findings,
    ) -> Option<Position> {
        let v = &given.values;
        let position = match (self.last, given.is_room()) {
            (Some(Position::Polar(_)), true) | (Some(Position::Room(_)), false) => {
                refuse_mixture(&given.spot, findings);
                return None;
            }
            (Some(Position::Room(r)), true) => Position::Room(RoomPosition {
                x: v[3].unwrap_or(r.x),
                y: v[4].unwrap_or(r.y),
                z: v[5].unwrap_or(r.z),
            }),
            (None, true) => {
                let (Some(x), Some(y)) = (v[3], v[4]) else {
                    let finding = Finding::error(
                        rules::KEY_MISSING,
                        "a place in the room needs at least x and y",
                    );
                    whole.report(findings, finding.hint("add the one that is missing; z is 0"));
                    return None;
                };
                Position::Room(RoomPosition { x, y, z: v[5].unwrap_or(0.0) })
            }
            (last, false) => {
                let p = match last {
                    Some(Position::Polar(polar)) => polar,
                    _ => PolarPosition::on_sphere(0.0, 0.0),
                };
                Position::Polar(PolarPosition {
                    azimuth_deg: v[0].unwrap_or(p.azimuth_deg),
                    elevation_deg: v[1].unwrap_or(p.elevation_deg),
                    distance: v[2].unwrap_or(p.distance),
                })
            }
        };
        self.last = Some(position);
        Some(position)
    }
}

fn read_keyframes(
    list: &Cursor<'_>,
    track: &mut PositionTrack,
    clock: &Clock,
    findings: &mut Findings,
) -> Vec<Keyframe> {
    let items = list.items(findings, "a list such as [{at: 10 s, azimuth: 30}]");
    let mut keyframes: Vec<Keyframe> = Vec::with_capacity(items.len());
    let mut last = None;
    for item in &items {
        let Some(keyframe) = read_keyframe(item, track, clock, &mut last, findings) else {
            continue;
        };
        if let Some(before) = keyframes.last() {
            check_order(before, &keyframe, clock.rate, findings);
        }
        keyframes.push(keyframe);
    }
    keyframes
}

fn check_order(before: &Keyframe, this: &Keyframe, rate: SampleRate, findings: &mut Findings) {
    let seconds = |k: &Keyframe| k.at.0 as f64 / f64::from(rate.hz());
    let finding = if this.at == before.at {
        Finding::error(rules::KEYFRAME_TWICE, "two keyframes stand at one time")
            .found(format!("{} s twice", seconds(this)))
            .hint("put their values into one keyframe")
    } else if this.at < before.at {
        Finding::error(rules::KEYFRAME_ORDER, "keyframes must stand in order of time")
            .found(format!("{} s after {} s", seconds(this), seconds(before)))
            .hint("move this keyframe up or correct its time")
    } else {
        return;
    };
    findings.push(&this.spot, finding);
}

fn read_keyframe(
    item: &Cursor<'_>,
    track: &mut PositionTrack,
    clock: &Clock,
    last: &mut Option<Moment>,
    findings: &mut Findings,
) -> Option<Keyframe> {
    if findings.is_enough() {
        return None;
    }
    let errors = findings.errors();
    let mut fields = item.fields(findings, "a mapping such as {at: 10 s, azimuth: 30}")?;
    let at = fields.need("at", findings, "at: 10 s");
    let given = Given::read(&mut fields, findings);
    let gain_db = fields.get("gain").and_then(|c| c.gain(findings));
    let size = fields.get("size").and_then(|c| c.number(findings, &SIZE));
    let curve = fields
        .get("curve")
        .and_then(|c| c.word(findings, &[("linear", Curve::Linear), ("hold", Curve::Hold)]));
    fields.finish(findings);
    let position = given.and_then(|given| track.place(&given, item, findings));
    let spot = at.as_ref().map_or_else(|| item.spot(), Cursor::spot);
    let moment = at?.moment(findings, clock, last.as_ref())?;
    *last = Some(moment);
    let at = moment.frame(clock.rate);
    if position.is_none() && gain_db.is_none() && size.is_none() && errors == findings.errors() {
        let finding = Finding::error(rules::KEYFRAME_EMPTY, "this keyframe changes nothing")
            .hint("give it a position, a gain or a size");
        item.report(findings, finding);
    }
    Some(Keyframe { at, position, gain_db, size, curve: curve.unwrap_or_default(), spot })
}
