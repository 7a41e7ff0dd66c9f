//! The room of headphone renders.

use super::{Absent::Value, KeySpec, Kind, MapSpec};
use crate::value::{AWAY, DECAY, METRES, RATIO, REFLECTION, SHARE};

pub(crate) static ROOM: MapSpec = MapSpec {
    name: "room",
    about: "The room around the listener of headphone renders: a box, whose reflections and tail are \
            computed. The modes near, mid and far are equally loud; they differ in how much of the \
            sound comes from the room.",
    example: "{decay: 0.4, mid: {ratio: 12}}",
    keys: &[
        KeySpec {
            key: "size",
            about: "Length, width and height in metres. The listener sits at 45 % of the length and \
                    looks along it.",
            kind: Kind::Tuple(3, &Kind::Number(&METRES)),
            absent: Value("[6, 4.8, 2.8]"),
            example: "[12, 8, 4]",
        },
        KeySpec {
            key: "walls",
            about: "Share of the amplitude that a wall throws back.",
            kind: Kind::Number(&REFLECTION),
            absent: Value("0.75"),
            example: "0.5",
        },
        KeySpec {
            key: "floor",
            about: "The same for floor and ceiling.",
            kind: Kind::Number(&REFLECTION),
            absent: Value("0.65"),
            example: "0.4",
        },
        KeySpec {
            key: "decay",
            about: "Seconds in which the tail loses 60 dB at 1 kHz; bass takes a fifth longer, treble is \
                    a quarter quicker.",
            kind: Kind::Number(&DECAY),
            absent: Value("0.25"),
            example: "0.4",
        },
        KeySpec {
            key: "lfe",
            about: "Gain of the LFE, which goes to both ears alike and never into the room; 5.5 is what \
                    speech and music codecs propose.",
            kind: Kind::Gain,
            absent: Value("0"),
            example: "5.5",
        },
        KeySpec {
            key: "near",
            about: "How near sources excite the room.",
            kind: Kind::Map(&ROOM_MODE),
            absent: Value("{distance: 0.5, ratio: 18, early: 0.6666666666666666}"),
            example: "{ratio: 20}",
        },
        KeySpec {
            key: "mid",
            about: "How sources at the usual distance excite the room.",
            kind: Kind::Map(&ROOM_MODE),
            absent: Value("{distance: 1.5, ratio: 9, early: 0.5}"),
            example: "{ratio: 12}",
        },
        KeySpec {
            key: "far",
            about: "How far sources excite the room.",
            kind: Kind::Map(&ROOM_MODE),
            absent: Value("{distance: 3, ratio: 3, early: 0.3333333333333333}"),
            example: "{ratio: 0, distance: 5}",
        },
    ],
    together: &[],
};

pub(crate) static ROOM_MODE: MapSpec = MapSpec {
    name: "room_mode",
    about: "How the sources of one headphone mode excite the room.",
    example: "{ratio: 12}",
    keys: &[
        KeySpec {
            key: "distance",
            about: "How far away first reflections take them to be, in metres.",
            kind: Kind::Number(&AWAY),
            absent: super::Absent::Means("that of the default room"),
            example: "2",
        },
        KeySpec {
            key: "ratio",
            about: "Energy that comes straight over energy from the room.",
            kind: Kind::Number(&RATIO),
            absent: super::Absent::Means("that of the default room"),
            example: "12",
        },
        KeySpec {
            key: "early",
            about: "Share of the first reflections in the room's energy; the rest is the tail.",
            kind: Kind::Number(&SHARE),
            absent: super::Absent::Means("that of the default room"),
            example: "0.5",
        },
    ],
    together: &[],
};
