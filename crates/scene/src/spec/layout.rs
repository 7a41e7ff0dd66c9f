//! Layout files.

use super::Absent::{Means, Refused, Value};
use super::{KeySpec, Kind, MapSpec, SCREEN, words};
use crate::layouts::{ALIGN_WORDS, LFE_WORDS};
use crate::parse_screen::NO_SCREEN;
use crate::value::{AZIMUTH, DELAY, ELEVATION, ROOM, SPEAKER_METRES};

pub(crate) static LAYOUT: MapSpec = MapSpec {
    name: "layout",
    about: "A layout file: the loudspeakers of a room.",
    example: "cupola: 1",
    keys: &[
        KeySpec {
            key: "cupola",
            about: "Version of the format. It is the first key of every file.",
            kind: Kind::Words(|| vec!["1"]),
            absent: Refused,
            example: "1",
        },
        KeySpec {
            key: "name",
            about: "What reports call it.",
            kind: Kind::Text,
            absent: Refused,
            example: "My room",
        },
        KeySpec {
            key: "aliases",
            about: "Other names it goes by.",
            kind: Kind::List(&Kind::Text),
            absent: Value("[]"),
            example: "[4+7+0, J]",
        },
        KeySpec {
            key: "description",
            about: "A line for people.",
            kind: Kind::Text,
            absent: Means("no description"),
            example: "The small room upstairs",
        },
        KeySpec {
            key: "align",
            about: "What becomes of the distances of the loudspeakers: `delay` lets the nearer ones play \
                    later, so that all sound at once (343 m/s); `both` also makes them softer, as if they \
                    were as far away as the farthest; `none` is for a room whose hardware does it.",
            kind: Kind::Words(|| words(&ALIGN_WORDS)),
            absent: Value("delay"),
            example: "both",
        },
        KeySpec {
            key: "screen",
            about: "The screen of the room, which objects with `screen_ref` or `screen_edge` go by, or `none`: \
                    then they stay where they are.",
            kind: Kind::OneOf(&[Kind::Words(|| words(&NO_SCREEN)), Kind::Map(&SCREEN)]),
            absent: Value("{}"),
            example: "{width: 30}",
        },
        KeySpec {
            key: "speakers",
            about: "The loudspeakers, in the order of the channels.",
            kind: Kind::List(&Kind::Map(&SPEAKER)),
            absent: Refused,
            example: "[{name: L, azimuth: 30}, {name: R, azimuth: -30}]",
        },
    ],
    together: &[],
};

pub(crate) static SPEAKER: MapSpec = MapSpec {
    name: "speaker",
    about: "A loudspeaker by its direction from the listener.",
    example: "{name: L, azimuth: 30}",
    keys: &[
        KeySpec {
            key: "name",
            about: "Its name; unique.",
            kind: Kind::Text,
            absent: Refused,
            example: "L",
        },
        KeySpec {
            key: "label",
            about: "Its label in standards.",
            kind: Kind::Text,
            absent: Means("the name"),
            example: "M+030",
        },
        KeySpec {
            key: "lfe",
            about: "Whether it is for low-frequency effects. Nothing is panned to it.",
            kind: Kind::Words(|| words(&LFE_WORDS)),
            absent: Value("false"),
            example: "true",
        },
        KeySpec {
            key: "azimuth",
            about: "Direction round the listener, in degrees: 0 in front, 90 left, -90 right.",
            kind: Kind::Number(&AZIMUTH),
            absent: Means("45 for an `lfe`; others need one"),
            example: "30",
        },
        KeySpec {
            key: "elevation",
            about: "Direction up and down, in degrees: 90 is straight up.",
            kind: Kind::Number(&ELEVATION),
            absent: Means("0, or -30 for an `lfe`"),
            example: "45",
        },
        KeySpec {
            key: "room",
            about: "Its place in the room, [x, y, z], for what is placed in the room.",
            kind: Kind::Tuple(3, &Kind::Number(&ROOM)),
            absent: Means("the place its direction leads to"),
            example: "[-1, 1, 0]",
        },
        KeySpec {
            key: "distance",
            about: "How far it is from the listener, in metres. All have one or none; an `lfe` may go \
                    without.",
            kind: Kind::Number(&SPEAKER_METRES),
            absent: Means("as far as the farthest"),
            example: "2.35 m",
        },
        KeySpec {
            key: "gain",
            about: "Added to the level of its signal, last of all. Panning does not know it.",
            kind: Kind::Gain,
            absent: Value("0"),
            example: "-1.5",
        },
        KeySpec {
            key: "delay",
            about: "How many milliseconds later it plays, on top of what its distance asks for.",
            kind: Kind::Number(&DELAY),
            absent: Value("0"),
            example: "1.2 ms",
        },
    ],
    together: &[],
};
