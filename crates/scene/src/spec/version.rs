//! Versions of a song.

use super::Absent::{Means, Value};
use super::{EDIT, KeySpec, Kind, MapSpec};

pub(crate) static VERSION: MapSpec = MapSpec {
    name: "version",
    about: "What `--version` makes of the scene. Names are those of groups, or of objects and beds; a \
            name that is a group means its members.",
    example: "{label: INST, mute: [vocals]}",
    keys: &[
        KeySpec {
            key: "label",
            about: "What file names call it.",
            kind: Kind::Text,
            absent: Means("the name of the version"),
            example: "INST",
        },
        KeySpec {
            key: "title",
            about: "Title of this version.",
            kind: Kind::Text,
            absent: Means("the title of the scene"),
            example: "Ode to Joy (Radio Edit)",
        },
        KeySpec {
            key: "solo",
            about: "What is heard alone. Tracks and length stay.",
            kind: Kind::List(&Kind::Text),
            absent: Means("everything"),
            example: "[drums, bass]",
        },
        KeySpec {
            key: "mute",
            about: "What is silent, even when it is in `solo`. Tracks and length stay.",
            kind: Kind::List(&Kind::Text),
            absent: Value("[]"),
            example: "[vocals]",
        },
        KeySpec {
            key: "gain",
            about: "Gains on top of those of the scene.",
            kind: Kind::Named(&Kind::Gain),
            absent: Value("{}"),
            example: "{vocals: -3}",
        },
        KeySpec {
            key: "edits",
            about: "The edits of this version, instead of those of the scene.",
            kind: Kind::List(&Kind::Map(&EDIT)),
            absent: Means("those of the scene"),
            example: "[{cut: {from: bar 5, to: bar 9}}]",
        },
        KeySpec {
            key: "end",
            about: "When the song ends before its edits, instead of the `end` of the scene.",
            kind: Kind::Time { relative: false },
            absent: Means("the `end` of the scene"),
            example: "3:00",
        },
    ],
    together: &[],
};
