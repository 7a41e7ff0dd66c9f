//! Objects: where they are and how that changes.

use super::Absent::{Means, Refused, Value};
use super::bed::{CHANNEL, PRESET_KEY, STEM};
use super::feature;
use super::preset::REMOVE;
use super::scene::{BINAURAL, GROUPS};
use super::{KeySpec, Kind, MapSpec, PATH, Together, words};
use crate::curve::Curve;
use crate::parse_object::FOLDS;
use crate::parse_position::speaker_names;
use crate::value::{AZIMUTH, DISTANCE, ELEVATION, PAIR_ANGLE, PAIR_ROOM, ROOM, SIZE, TURNS};

pub(super) const AZIMUTH_KEY: KeySpec = KeySpec {
    key: "azimuth",
    about: "Direction round the listener, in degrees: 0 in front, 90 left, -90 right, 180 behind.",
    kind: Kind::Number(&AZIMUTH),
    absent: Means("0, or what it was before"),
    example: "30",
};
pub(super) const ELEVATION_KEY: KeySpec = KeySpec {
    key: "elevation",
    about: "Direction up and down, in degrees: 0 at the height of the ears, 90 straight up.",
    kind: Kind::Number(&ELEVATION),
    absent: Means("0, or what it was before"),
    example: "45",
};
pub(super) const DISTANCE_KEY: KeySpec = KeySpec {
    key: "distance",
    about: "1 is as far away as the loudspeakers, 0 the middle of the room.",
    kind: Kind::Number(&DISTANCE),
    absent: Means("1, or what it was before"),
    example: "0.5",
};
pub(super) const X_KEY: KeySpec = KeySpec {
    key: "x",
    about: "Place in the room from the left wall, -1, to the right wall, 1.",
    kind: Kind::Number(&ROOM),
    absent: Means("what it was before; a first place needs x and y"),
    example: "-0.5",
};
pub(super) const Y_KEY: KeySpec = KeySpec {
    key: "y",
    about: "Place in the room from the back wall, -1, to the front wall, 1.",
    kind: Kind::Number(&ROOM),
    absent: Means("what it was before; a first place needs x and y"),
    example: "1",
};
pub(super) const Z_KEY: KeySpec = KeySpec {
    key: "z",
    about: "Height in the room: 0 at the ears, 1 at the ceiling, -1 at the floor.",
    kind: Kind::Number(&ROOM),
    absent: Means("0, or what it was before"),
    example: "0.7",
};
const SPEAKER_KEY: KeySpec = KeySpec {
    key: "speaker",
    about: "The place of a loudspeaker of 7.1.4 or 9.1.6, instead of coordinates.",
    kind: Kind::Words(speaker_names),
    absent: Means("coordinates"),
    example: "Ltf",
};

pub(crate) static OBJECT: MapSpec = MapSpec {
    name: "object",
    about: "A stem, or one channel of it, with a place of its own. A stereo stem needs `pair`, `channel` \
            or `fold`.",
    example: "{stem: lead, position: {azimuth: 0}}",
    keys: &[
        KeySpec {
            key: "name",
            about: "What players and reports call it.",
            kind: Kind::Text,
            absent: Means("the name of the stem"),
            example: "Lead vocal",
        },
        KeySpec { example: "lead", ..STEM },
        PRESET_KEY,
        KeySpec {
            key: "position",
            about: "Where it is. An object uses one kind of coordinates throughout, polar or room.",
            kind: Kind::Map(&POSITION),
            absent: Means("that of the first keyframe or of the path, one of which it then needs"),
            example: "{azimuth: 0, elevation: 5}",
        },
        KeySpec {
            key: "gain",
            about: "Added to the level of the stem. Gains of keyframes come on top.",
            kind: Kind::Gain,
            absent: Value("0"),
            example: "2.5",
        },
        KeySpec {
            key: "size",
            about: "How large it is: 0 is a point, 1 sounds from everywhere.",
            kind: Kind::Number(&SIZE),
            absent: Value("0"),
            example: "0.2",
        },
        feature::SNAP_KEY,
        feature::ZONES_KEY,
        feature::DIVERGENCE_KEY,
        feature::DIFFUSE_KEY,
        feature::IMPORTANCE_KEY,
        feature::HEAD_LOCKED_KEY,
        feature::SCREEN_REF_KEY,
        feature::SCREEN_EDGE_KEY,
        REMOVE,
        BINAURAL,
        GROUPS,
        KeySpec {
            key: "automation",
            about: "Keyframes in order of time. Between two that mention it, a value goes from one to \
                    the other.",
            kind: Kind::List(&Kind::Map(&KEYFRAME)),
            absent: Value("[]"),
            example: "[{at: 10 s, azimuth: 0}, {at: 14 s, azimuth: 90}]",
        },
        KeySpec {
            key: "path",
            about: "A movement drawn by rule, instead of positions.",
            kind: Kind::Map(&PATH),
            absent: Means("no movement but that of the keyframes"),
            example: "{orbit: {period: 8 s}}",
        },
        CHANNEL,
        KeySpec {
            key: "fold",
            about: "`mono` mixes a stereo stem to one object, (L+R)/2.",
            kind: Kind::Words(|| words(&FOLDS)),
            absent: Means("no folding"),
            example: "mono",
        },
        KeySpec {
            key: "pair",
            about: "Makes a stereo stem two objects that stay linked, left and right of the position.",
            kind: Kind::Map(&PAIR),
            absent: Means("one object"),
            example: "{width: 60}",
        },
    ],
    together: &[
        Together::AtMostOne(&[&["channel"], &["fold"], &["pair"]]),
        Together::AtMostOne(&[&["position"], &["path"]]),
    ],
};

pub(crate) static PAIR: MapSpec = MapSpec {
    name: "pair",
    about: "How far the two objects of a stereo stem are apart.",
    example: "{width: 60}",
    keys: &[KeySpec {
        key: "width",
        about: "The full angle between them in degrees or, where the position is a place in the room, \
                their distance in x, of which 2 is from wall to wall.",
        kind: Kind::OneOf(&[Kind::Number(&PAIR_ANGLE), Kind::Number(&PAIR_ROOM)]),
        absent: Refused,
        example: "60",
    }],
    together: &[],
};

pub(crate) static POSITION: MapSpec = MapSpec {
    name: "position",
    about: "A direction (`azimuth`, `elevation`, `distance`), a place in the room (`x`, `y`, `z`), or a \
            loudspeaker.",
    example: "{azimuth: 30, elevation: 0}",
    keys: &[AZIMUTH_KEY, ELEVATION_KEY, DISTANCE_KEY, X_KEY, Y_KEY, Z_KEY, SPEAKER_KEY],
    together: &[Together::One(COORDINATES)],
};

/// The ways to say where something is.
const COORDINATES: &[&[&str]] =
    &[&["azimuth", "elevation", "distance"], &["x", "y", "z"], &["speaker"]];

/// What a coordinate is that a keyframe does not mention.
const STAYS: super::Absent = Means("what it was before");

pub(crate) static KEYFRAME: MapSpec = MapSpec {
    name: "keyframe",
    about: "What holds from an instant on. What it does not mention passes by it undisturbed; \
            coordinates go together, and those not mentioned stay.",
    example: "{at: 10 s, azimuth: 30}",
    keys: &[
        KeySpec {
            key: "at",
            about: "When. `+2 bars` counts from the keyframe before.",
            kind: Kind::Time { relative: true },
            absent: Refused,
            example: "bar 9 beat 2.5",
        },
        KeySpec { absent: STAYS, ..AZIMUTH_KEY },
        KeySpec { absent: STAYS, ..ELEVATION_KEY },
        KeySpec { absent: STAYS, ..DISTANCE_KEY },
        KeySpec { absent: STAYS, ..X_KEY },
        KeySpec { absent: STAYS, ..Y_KEY },
        KeySpec { absent: STAYS, ..Z_KEY },
        KeySpec { absent: STAYS, ..SPEAKER_KEY },
        KeySpec {
            key: "turns",
            about: "Whole turns on the way here, on top of the short way; anticlockwise when positive.",
            kind: Kind::Whole(&TURNS),
            absent: Value("0"),
            example: "1",
        },
        KeySpec {
            key: "gain",
            about: "Level from here on, added to the `gain` of the object. From or to `-inf` the way is \
                    straight in amplitude, since decibels have no way to silence.",
            kind: Kind::Gain,
            absent: Means("the line between its neighbours, or 0"),
            example: "-6",
        },
        KeySpec {
            key: "size",
            about: "Size from here on: 0 is a point, 1 sounds from everywhere.",
            kind: Kind::Number(&SIZE),
            absent: Means("the line between its neighbours, or the `size` of the object"),
            example: "0.4",
        },
        KeySpec {
            key: "curve",
            about: "How the values get here from the keyframe before: one curve for all, or one each \
                    for position, gain and size; what is not named goes by `curve` of `defaults`. \
                    `hold` stays and steps here.",
            kind: Kind::OneOf(&[CURVE, Kind::Map(&CURVES)]),
            absent: USUAL_CURVE,
            example: "smooth",
        },
    ],
    together: &[Together::AtMostOne(COORDINATES)],
};

const CURVE: Kind = Kind::Words(|| words(&Curve::WORDS));

/// The curve of a keyframe that names none.
pub(super) const USUAL_CURVE: super::Absent = Means("what `defaults` say, or `linear`");

pub(crate) static CURVES: MapSpec = MapSpec {
    name: "curves",
    about: "A curve for each kind of value.",
    example: "{position: smooth, gain: hold}",
    keys: &[
        KeySpec {
            key: "position",
            about: "How the position gets here.",
            kind: CURVE,
            absent: USUAL_CURVE,
            example: "smooth",
        },
        KeySpec {
            key: "gain",
            about: "How the gain gets here: `linear` is straight in decibels, `amplitude` in amplitude, as faders of masters go.",
            kind: CURVE,
            absent: USUAL_CURVE,
            example: "hold",
        },
        KeySpec {
            key: "size",
            about: "How the size gets here.",
            kind: CURVE,
            absent: USUAL_CURVE,
            example: "ease-out",
        },
    ],
    together: &[],
};
