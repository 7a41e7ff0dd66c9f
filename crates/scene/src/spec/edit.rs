//! Edits of a song.

use super::Absent::{Means, Refused, Value};
use super::{KeySpec, Kind, MapSpec, Together};
use crate::value::TIMES;

pub(crate) static EDIT: MapSpec = MapSpec {
    name: "edit",
    about: "One edit: `cut`, `keep`, `repeat` or `replace`. All times are those of the song before any \
            edit, so that the order of the entries means nothing.",
    example: "{cut: {from: bar 5, to: bar 9}}",
    keys: &[
        KeySpec {
            key: "cut",
            about: "Takes a region out.",
            kind: Kind::Map(&CUT),
            absent: Means("another kind of edit"),
            example: "{from: bar 5, to: bar 9}",
        },
        KeySpec {
            key: "keep",
            about: "Keeps a region; what no entry keeps is left out.",
            kind: Kind::Map(&KEEP),
            absent: Means("another kind of edit"),
            example: "{from: bar 9, to: bar 41}",
        },
        KeySpec {
            key: "repeat",
            about: "Plays a region more than once.",
            kind: Kind::Map(&REPEAT),
            absent: Means("another kind of edit"),
            example: "{from: bar 9, to: bar 17, times: 2}",
        },
        KeySpec {
            key: "replace",
            about: "Plays, for some groups alone, another part of the song in a region.",
            kind: Kind::Map(&REPLACE),
            absent: Means("another kind of edit"),
            example: "{group: vocals, from: bar 9, to: bar 10, with: bar 25}",
        },
    ],
    together: &[Together::One(&[&["cut"], &["keep"], &["repeat"], &["replace"]])],
};

const OPEN_FROM: KeySpec = KeySpec {
    key: "from",
    about: "Where the region starts.",
    kind: Kind::Time { relative: false },
    absent: Means("the start of the song"),
    example: "bar 5",
};
const OPEN_TO: KeySpec = KeySpec {
    key: "to",
    about: "Where the region ends; `+4 bars` counts from its start.",
    kind: Kind::Time { relative: true },
    absent: Means("the end of the song"),
    example: "bar 9",
};
const FROM: KeySpec = KeySpec { absent: Refused, ..OPEN_FROM };
const TO: KeySpec = KeySpec { absent: Refused, ..OPEN_TO };
const CROSSFADE: KeySpec = KeySpec {
    key: "crossfade",
    about: "How long the two sides of each joint blend, with equal power, 5 to 50 ms; its middle is the \
            joint.",
    kind: Kind::Span,
    absent: Value("10 ms"),
    example: "20 ms",
};

pub(crate) static CUT: MapSpec = MapSpec {
    name: "cut",
    about: "A region that is taken out. One of `from` and `to` may be left away.",
    example: "{from: bar 5, to: bar 9}",
    keys: &[OPEN_FROM, OPEN_TO, CROSSFADE],
    together: &[],
};

pub(crate) static KEEP: MapSpec = MapSpec {
    name: "keep",
    about: "A region that is kept. One of `from` and `to` may be left away.",
    example: "{from: bar 9, to: bar 41}",
    keys: &[
        OPEN_FROM,
        OPEN_TO,
        KeySpec {
            about: "How long it blends with the kept region before it, with equal power, 5 to 50 ms.",
            ..CROSSFADE
        },
    ],
    together: &[],
};

pub(crate) static REPEAT: MapSpec = MapSpec {
    name: "repeat",
    about: "A region that is heard more than once.",
    example: "{from: bar 9, to: bar 17, times: 2}",
    keys: &[
        FROM,
        TO,
        KeySpec {
            key: "times",
            about: "How often it is heard in all.",
            kind: Kind::Whole(&TIMES),
            absent: Refused,
            example: "2",
        },
        CROSSFADE,
    ],
    together: &[],
};

pub(crate) static REPLACE: MapSpec = MapSpec {
    name: "replace",
    about: "A region in which some groups play another part of the song, sound and movement alike.",
    example: "{group: vocals, from: bar 9, to: bar 10, with: bar 25}",
    keys: &[
        KeySpec {
            key: "group",
            about: "The group, or a list of groups.",
            kind: Kind::OneOf(&[Kind::Text, Kind::List(&Kind::Text)]),
            absent: Refused,
            example: "vocals",
        },
        FROM,
        TO,
        KeySpec {
            key: "with",
            about: "Where the part starts that is heard instead; it is as long as the region.",
            kind: Kind::Time { relative: false },
            absent: Refused,
            example: "bar 25",
        },
        CROSSFADE,
    ],
    together: &[],
};
