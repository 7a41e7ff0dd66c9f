//! Features of objects: where they may play and how.

use super::Absent::{Means, Refused, Value};
use super::{KeySpec, Kind, MapSpec, words};
use crate::parse_features::{YES_NO, zone_words};
use crate::parse_screen::EDGES;
use crate::value::{IMPORTANCE, PAIR_ANGLE, PAIR_ROOM, REACH, ROOM, SHARE};

pub(super) const SNAP_KEY: KeySpec = KeySpec {
    key: "snap",
    about: "Whether it moves into the nearest loudspeaker, or how near that has to be. Masters carry \
            it without the distance.",
    kind: Kind::OneOf(&[Kind::Words(|| words(&YES_NO)), Kind::Map(&SNAP)]),
    absent: Value("false"),
    example: "true",
};

pub(super) const ZONES_KEY: KeySpec = KeySpec {
    key: "zones",
    about: "Loudspeakers that do not play it: a set that masters know, `no-heights` alone or beside \
            one, and boxes in the room, which only renders obey. What is left plays it as if the \
            others were not there.",
    kind: Kind::OneOf(&[
        Kind::Words(zone_words),
        Kind::Map(&ZONE),
        Kind::List(&Kind::OneOf(&[Kind::Words(zone_words), Kind::Map(&ZONE)])),
    ]),
    absent: Value("[]"),
    example: "[no-back, no-heights]",
};

pub(super) const DIVERGENCE_KEY: KeySpec = KeySpec {
    key: "divergence",
    about: "Spreads it to two more places at its sides. Masters do not carry it.",
    kind: Kind::Map(&DIVERGENCE),
    absent: Means("one place"),
    example: "{value: 0.5, width: 60}",
};

pub(super) const DIFFUSE_KEY: KeySpec = KeySpec {
    key: "diffuse",
    about: "How much of its energy is decorrelated from loudspeaker to loudspeaker, which makes it \
            less of a point: 0 is nothing, 1 is all. An ADM BWF carries 0 or 1, whichever is nearer.",
    kind: Kind::Number(&SHARE),
    absent: Value("0"),
    example: "0.3",
};

pub(super) const IMPORTANCE_KEY: KeySpec = KeySpec {
    key: "importance",
    about: "How much it matters, from 0 to 10: `--importance 5` leaves out what has less than 5.",
    kind: Kind::Whole(&IMPORTANCE),
    absent: Value("10"),
    example: "4",
};

pub(super) const HEAD_LOCKED_KEY: KeySpec = KeySpec {
    key: "head_locked",
    about: "Whether it turns with the head of a listener on headphones instead of keeping its place in \
            the room, as a voice in the head does. DAMF and plain ADM carry it.",
    kind: Kind::Words(|| words(&YES_NO)),
    absent: Value("false"),
    example: "true",
};

pub(super) const SCREEN_REF_KEY: KeySpec = KeySpec {
    key: "screen_ref",
    about: "Whether it belongs to the picture: then it moves with the edges of the `screen` of the scene to \
            those of the screen it is heard with. Renders to loudspeakers do it; plain ADM carries it.",
    kind: Kind::Words(|| words(&YES_NO)),
    absent: Value("false"),
    example: "true",
};

pub(super) const SCREEN_EDGE_KEY: KeySpec = KeySpec {
    key: "screen_edge",
    about: "Edges of the screen it is heard with that hold it, wherever it is: a side, an upper or lower \
            one, or both as a list. Renders to loudspeakers do it; plain ADM carries it.",
    kind: Kind::OneOf(&[Kind::Words(|| words(&EDGES)), Kind::List(&Kind::Words(|| words(&EDGES)))]),
    absent: Value("[]"),
    example: "[left, top]",
};

pub(crate) static SNAP: MapSpec = MapSpec {
    name: "snap",
    about: "How near a loudspeaker has to be to draw an object.",
    example: "{within: 0.5}",
    keys: &[KeySpec {
        key: "within",
        about: "The distance straight through the sphere of loudspeakers, on which 0.5 is 29°, or \
                through the room, which is 2 wide.",
        kind: Kind::Number(&REACH),
        absent: Means("any distance"),
        example: "0.5",
    }],
    together: &[],
};

pub(crate) static DIVERGENCE: MapSpec = MapSpec {
    name: "divergence",
    about: "How much of an object sounds at its sides, and how far away they are.",
    example: "{value: 0.5, width: 60}",
    keys: &[
        KeySpec {
            key: "value",
            about: "0 leaves everything in the middle, 0.5 makes all three places alike, 1 leaves \
                    nothing in the middle.",
            kind: Kind::Number(&SHARE),
            absent: Refused,
            example: "0.5",
        },
        KeySpec {
            key: "width",
            about: "The full angle between the sides in degrees or, where the position is a place in \
                    the room, their distance in x.",
            kind: Kind::OneOf(&[Kind::Number(&PAIR_ANGLE), Kind::Number(&PAIR_ROOM)]),
            absent: Refused,
            example: "60",
        },
    ],
    together: &[],
};

/// From where to where along an axis.
const SIDE: Kind = Kind::Tuple(2, &Kind::Number(&ROOM));

pub(crate) static ZONE: MapSpec = MapSpec {
    name: "zone",
    about: "A box in the room: the loudspeakers that stand in it, its sides included, do not play.",
    example: "{y: [-1, -0.5]}",
    keys: &[
        KeySpec {
            key: "x",
            about: "From how far left to how far right.",
            kind: SIDE,
            absent: Means("from wall to wall; a box has one of x, y and z"),
            example: "[-1, 0]",
        },
        KeySpec {
            key: "y",
            about: "From how far back to how far front.",
            kind: SIDE,
            absent: Means("from wall to wall"),
            example: "[-1, -0.5]",
        },
        KeySpec {
            key: "z",
            about: "From how low to how high.",
            kind: SIDE,
            absent: Means("from floor to ceiling"),
            example: "[0.5, 1]",
        },
    ],
    together: &[],
};
