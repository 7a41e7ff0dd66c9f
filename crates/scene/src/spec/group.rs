//! Groups and their gains.

use super::Absent::{Refused, Value};
use super::object::USUAL_CURVE;
use super::{KeySpec, Kind, MapSpec, words};
use crate::curve::Curve;

pub(crate) static GROUP: MapSpec = MapSpec {
    name: "group",
    about: "What happens to every bed, route and object that belongs to a group. A member of several \
            groups gets all of it.",
    example: "{gain: -2}",
    keys: &[
        KeySpec {
            key: "gain",
            about: "Added to the level of every member.",
            kind: Kind::Gain,
            absent: Value("0"),
            example: "-2",
        },
        KeySpec {
            key: "automation",
            about: "Keyframes in order of time of a gain on top, with the curves objects have.",
            kind: Kind::List(&Kind::Map(&GROUP_KEYFRAME)),
            absent: Value("[]"),
            example: "[{at: bar 9, gain: 0}, {at: bar 11, gain: -6, curve: smooth}]",
        },
    ],
    together: &[],
};

pub(crate) static GROUP_KEYFRAME: MapSpec = MapSpec {
    name: "group_keyframe",
    about: "A level of the group at an instant.",
    example: "{at: 10 s, gain: -6}",
    keys: &[
        KeySpec {
            key: "at",
            about: "When. `+2 bars` counts from the keyframe before.",
            kind: Kind::Time { relative: true },
            absent: Refused,
            example: "bar 9",
        },
        KeySpec {
            key: "gain",
            about: "Level from here on, added to the `gain` of the group. From or to `-inf` the way is \
                    straight in amplitude.",
            kind: Kind::Gain,
            absent: Refused,
            example: "-6",
        },
        KeySpec {
            key: "curve",
            about: "How the level gets here from the keyframe before. `hold` stays and steps here.",
            kind: Kind::Words(|| words(&Curve::WORDS)),
            absent: USUAL_CURVE,
            example: "smooth",
        },
    ],
    together: &[],
};
