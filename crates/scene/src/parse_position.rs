//! Positions: coordinates of one kind, or the name of a loudspeaker.

use crate::layouts::find_layout;
use crate::place::{Findings, Spot};
use crate::read::{Cursor, Fields, did_you_mean, list_words, shorten};
use crate::rules;
use crate::spec;
use crate::value::{AZIMUTH, DISTANCE, ELEVATION, Quantity, ROOM};
use cupola_model::{Finding, PolarPosition, Position, RoomPosition, Speaker};

/// The layouts whose loudspeakers may be named, the first one first.
const NAMED_LAYOUTS: [&str; 2] = ["7.1.4", "9.1.6"];

/// What a mapping says of a position.
pub(crate) struct Given {
    /// In the order of [`COORDINATES`].
    values: [Option<f64>; 6],
    /// A loudspeaker instead of coordinates.
    speaker: Option<&'static Speaker>,
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
    /// `None` when no position is mentioned, or a wrong one.
    pub(crate) fn read(fields: &mut Fields<'_>, findings: &mut Findings) -> Option<Self> {
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
        if let Some(cursor) = fields.get("speaker") {
            let speaker = find_speaker(&cursor, findings)?;
            let spot = cursor.spot();
            if spots.iter().any(Option::is_some) {
                let finding = Finding::error(
                    rules::KEY_CONFLICT,
                    "a loudspeaker and coordinates exclude each other",
                );
                findings.push(&spot, finding.hint("keep one of them"));
                return None;
            }
            return Some(Self { values, speaker: Some(speaker), spot });
        }
        let polar = spots[..3].iter().flatten().next();
        let room = spots[3..].iter().flatten().next();
        if let (Some(_), Some(spot)) = (polar, room) {
            refuse_mixture(spot, findings);
            return None;
        }
        let spot = polar.or(room)?.clone();
        legal.then_some(Self { values, speaker: None, spot })
    }

    fn is_room(&self) -> bool {
        self.values[3..].iter().any(Option::is_some)
    }
}

/// The loudspeakers of the [`NAMED_LAYOUTS`]. An LFE is nothing to move to.
fn speakers() -> impl Iterator<Item = &'static Speaker> {
    let layouts = NAMED_LAYOUTS.iter().filter_map(|layout| find_layout(layout));
    layouts.flat_map(|layout| layout.speakers()).filter(|speaker| !speaker.lfe)
}

/// The names a `speaker` may have, sorted.
pub(crate) fn speaker_names() -> Vec<&'static str> {
    let mut names: Vec<_> = speakers().map(|speaker| speaker.name.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names
}

fn find_speaker(cursor: &Cursor<'_>, findings: &mut Findings) -> Option<&'static Speaker> {
    let name = cursor.scalar(findings, "the name of a loudspeaker such as Ltf")?;
    let speaker = speakers().find(|speaker| speaker.name == name);
    if speaker.is_none() {
        let names = speaker_names();
        let finding = Finding::error(rules::VALUE_WORD, "there is no such loudspeaker")
            .found(shorten(name))
            .allowed(list_words(names.iter().copied()))
            .hint(did_you_mean(name, names.iter().copied()));
        cursor.report(findings, finding);
    }
    speaker
}

fn refuse_mixture(spot: &Spot, findings: &mut Findings) {
    let finding = Finding::error(rules::POSITION_MIXED, "polar and room coordinates are mixed")
        .allowed("azimuth, elevation, distance or x, y, z throughout one object")
        .hint("use one kind here; another object may use the other");
    findings.push(spot, finding);
}

/// The position so far: a coordinate that is not mentioned stays as it last was.
#[derive(Default)]
pub(crate) struct PositionTrack {
    pub(crate) last: Option<Position>,
}

impl PositionTrack {
    /// The position of a mapping of its own.
    pub(crate) fn read(
        &mut self,
        cursor: &Cursor<'_>,
        findings: &mut Findings,
    ) -> Option<Position> {
        let errors = findings.errors();
        let mut fields = cursor.fields(findings, &spec::POSITION)?;
        let given = Given::read(&mut fields, findings);
        fields.finish(findings);
        if given.is_none() && findings.errors() == errors {
            let finding = Finding::error(rules::VALUE_EMPTY, "no position is given")
                .allowed("azimuth, elevation, distance, or x, y, z, or speaker")
                .hint("write for example {azimuth: 30} or {x: 0, y: 1}");
            cursor.report(findings, finding);
        }
        given.and_then(|given| self.place(&given, cursor, findings))
    }

    /// The position after `given`. A loudspeaker stands where the room has it, so that in every
    /// layout it is the one that plays; an object that is polar already takes its direction.
    pub(crate) fn place(
        &mut self,
        given: &Given,
        whole: &Cursor<'_>,
        findings: &mut Findings,
    ) -> Option<Position> {
        if let Some(speaker) = given.speaker {
            let position = match self.last {
                Some(Position::Polar(_)) => Position::Polar(speaker.direction),
                _ => Position::Room(speaker.room),
            };
            self.last = Some(position);
            return Some(position);
        }
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
