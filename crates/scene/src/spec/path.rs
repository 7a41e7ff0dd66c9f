//! Paths: movements drawn by rule.

use super::Absent::{Means, Refused, Value};
use super::object::{AZIMUTH_KEY, DISTANCE_KEY, ELEVATION_KEY, POSITION, X_KEY, Y_KEY, Z_KEY};
use super::{KeySpec, Kind, MapSpec, Together, words};
use crate::curve::Curve;
use crate::parse_path::DIRECTIONS;
use crate::value::{RADIUS, REPEATS, SEED, STEP, TURNS};

/// One of the forms of a path.
const fn form(
    key: &'static str,
    about: &'static str,
    of: &'static MapSpec,
    example: &'static str,
) -> KeySpec {
    KeySpec { key, about, kind: Kind::Map(of), absent: Means("another path"), example }
}

pub(crate) static PATH: MapSpec = MapSpec {
    name: "path",
    about: "One movement drawn by rule. Cycles given in bars keep to the tempo.",
    example: "{orbit: {period: 8 bars}}",
    keys: &[
        form("orbit", "Round and round the listener, or round a point.", &ORBIT, "{period: 8 s}"),
        form("line", LINE.about, &LINE, "{duration: 4 s, from: {azimuth: 90}, to: {azimuth: -90}}"),
        form("arc", ARC.about, &ARC, "{duration: 4 s, from: {azimuth: 60}, to: {elevation: 80}}"),
        form(
            "spiral",
            SPIRAL.about,
            &SPIRAL,
            "{duration: 8 s, from: {azimuth: 0}, to: {azimuth: 0, elevation: 80}, turns: 4}",
        ),
        form(
            "pendulum",
            PENDULUM.about,
            &PENDULUM,
            "{period: 4 s, from: {azimuth: 30}, to: {azimuth: -30}}",
        ),
        form(
            "random_walk",
            RANDOM_WALK.about,
            &RANDOM_WALK,
            "{every: 2 s, from: {x: -1, y: -1}, to: {x: 1, y: 1, z: 1}, seed: 7}",
        ),
    ],
    together: &[Together::One(&[
        &["orbit"],
        &["line"],
        &["arc"],
        &["spiral"],
        &["pendulum"],
        &["random_walk"],
    ])],
};

const PERIOD: KeySpec = KeySpec {
    key: "period",
    about: "How long one round takes.",
    kind: Kind::Span,
    absent: Refused,
    example: "8 bars",
};
const DURATION: KeySpec = KeySpec {
    key: "duration",
    about: "How long the way takes.",
    kind: Kind::Span,
    absent: Refused,
    example: "4 s",
};
const START: KeySpec = KeySpec {
    key: "start",
    about: "When it sets out; it waits at its beginning before.",
    kind: Kind::Time { relative: false },
    absent: Value("0"),
    example: "bar 5",
};
const REPEATS_ON: KeySpec = KeySpec {
    key: "repeats",
    about: "How many cycles there are. Excludes `until`.",
    kind: Kind::Whole(&REPEATS),
    absent: Means("as many as fit before the end of the programme"),
    example: "3",
};
const REPEATS_ONCE: KeySpec = KeySpec {
    about: "How often the way is gone, there and back by turns; back it runs in reverse, its `curve` \
            too. Excludes `until`.",
    absent: Value("1"),
    ..REPEATS_ON
};
const UNTIL_ON: KeySpec = KeySpec {
    key: "until",
    about: "When it stops, wherever it is. `+8 bars` counts from `start`. Excludes `repeats`.",
    kind: Kind::Time { relative: true },
    absent: Means("the end of the programme"),
    example: "bar 13",
};
const UNTIL_ONCE: KeySpec = KeySpec {
    about: "Goes there and, in reverse, back until then; `+8 bars` counts from `start`. Excludes \
            `repeats`.",
    absent: Means("the end of the way"),
    ..UNTIL_ON
};
const FROM: KeySpec = KeySpec {
    key: "from",
    about: "Where it begins.",
    kind: Kind::Map(&POSITION),
    absent: Refused,
    example: "{azimuth: 90}",
};
const TO: KeySpec = KeySpec {
    key: "to",
    about: "Where it leads. Coordinates not mentioned are those of `from`.",
    kind: Kind::Map(&POSITION),
    absent: Refused,
    example: "{azimuth: -60, elevation: 30}",
};
const CURVE: KeySpec = KeySpec {
    key: "curve",
    about: "How it sets out and arrives.",
    kind: Kind::Words(|| words(&Curve::MOVING_WORDS)),
    absent: Value("linear"),
    example: "smooth",
};

const END: Together = Together::AtMostOne(&[&["repeats"], &["until"]]);

pub(crate) static ORBIT: MapSpec = MapSpec {
    name: "orbit",
    about: "Round the listener at a height and distance, or round the point `x`, `y`, `z` of the room.",
    example: "{period: 8 s}",
    keys: &[
        PERIOD,
        START,
        REPEATS_ON,
        UNTIL_ON,
        KeySpec {
            about: "The direction it sets out from: 0 in front, 90 left.",
            absent: Value("0"),
            ..AZIMUTH_KEY
        },
        KeySpec { absent: Value("0"), ..ELEVATION_KEY },
        KeySpec { absent: Value("1"), ..DISTANCE_KEY },
        KeySpec {
            about: "Middle of a circle in the room, from the left wall, -1, to the right, 1.",
            absent: Means("0 when y, z or radius is given"),
            example: "0.25",
            ..X_KEY
        },
        KeySpec {
            about: "Middle of a circle in the room, from the back wall, -1, to the front, 1.",
            absent: Means("0 when x, z or radius is given"),
            example: "0.25",
            ..Y_KEY
        },
        KeySpec {
            about: "Height of a circle in the room: 0 at the ears, 1 at the ceiling.",
            absent: Means("0 when x, y or radius is given"),
            ..Z_KEY
        },
        KeySpec {
            key: "radius",
            about: "Radius of a circle in the room. The circle stays inside the walls.",
            kind: Kind::Number(&RADIUS),
            absent: Means("1 when x, y or z is given"),
            example: "0.5",
        },
        KeySpec {
            key: "direction",
            about: "Which way round, seen from above.",
            kind: Kind::Words(|| words(&DIRECTIONS)),
            absent: Value("anticlockwise"),
            example: "clockwise",
        },
    ],
    together: &[
        END,
        Together::AtMostOne(&[&["elevation", "distance"], &["x", "y", "z", "radius"]]),
    ],
};

pub(crate) static LINE: MapSpec = MapSpec {
    name: "line",
    about: "From one position to another, each coordinate in a straight line.",
    example: "{duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}}",
    keys: &[DURATION, START, REPEATS_ONCE, UNTIL_ONCE, FROM, TO, CURVE],
    together: &[END],
};

pub(crate) static ARC: MapSpec = MapSpec {
    name: "arc",
    about: "From one direction to another by the shortest way on the sphere.",
    example: "{duration: 8 s, from: {azimuth: 90}, to: {azimuth: -60}}",
    keys: &[DURATION, START, REPEATS_ONCE, UNTIL_ONCE, FROM, TO, CURVE],
    together: &[END],
};

pub(crate) static SPIRAL: MapSpec = MapSpec {
    name: "spiral",
    about: "From one position to another in turns round the listener.",
    example: "{duration: 8 s, from: {azimuth: 0}, to: {elevation: 80}, turns: 4}",
    keys: &[
        DURATION,
        START,
        REPEATS_ONCE,
        UNTIL_ONCE,
        FROM,
        TO,
        CURVE,
        KeySpec {
            key: "turns",
            about: "Whole turns on top of the short way; anticlockwise when positive.",
            kind: Kind::Whole(&TURNS),
            absent: Refused,
            example: "4",
        },
    ],
    together: &[END],
};

pub(crate) static PENDULUM: MapSpec = MapSpec {
    name: "pendulum",
    about: "There and back again, slow at the ends.",
    example: "{period: 4 s, from: {azimuth: 30}, to: {azimuth: -30}}",
    keys: &[
        KeySpec { about: "How long it takes there and back.", ..PERIOD },
        START,
        REPEATS_ON,
        UNTIL_ON,
        FROM,
        TO,
    ],
    together: &[END],
};

pub(crate) static RANDOM_WALK: MapSpec = MapSpec {
    name: "random_walk",
    about: "From place to place at random inside a box. The same seed is the same walk everywhere.",
    example: "{every: 2 s, from: {azimuth: 90}, to: {azimuth: -60}}",
    keys: &[
        KeySpec { key: "every", about: "How long each step takes.", example: "2 s", ..PERIOD },
        START,
        REPEATS_ON,
        UNTIL_ON,
        KeySpec { about: "One corner of the box.", ..FROM },
        KeySpec {
            about: "The opposite corner. Coordinates not mentioned are those of `from`.",
            ..TO
        },
        KeySpec {
            key: "step",
            about: "Longest step, as a share of the box.",
            kind: Kind::Number(&STEP),
            absent: Value("0.3"),
            example: "0.5",
        },
        KeySpec {
            key: "seed",
            about: "Another number is another walk.",
            kind: Kind::Whole(&SEED),
            absent: Value("0"),
            example: "7",
        },
    ],
    together: &[END],
};
