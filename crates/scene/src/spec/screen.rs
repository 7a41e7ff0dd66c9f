//! Screens: of the production in a scene, of the room in a layout.

use super::Absent::{Means, Value};
use super::{KeySpec, Kind, MapSpec, POSITION};
use crate::value::{ASPECT_RATIO, SCREEN_ANGLE, SCREEN_ROOM};

pub(crate) static SCREEN: MapSpec = MapSpec {
    name: "screen",
    about: "A flat screen: where its middle is, how wide it is, and its shape.",
    example: "{width: 40}",
    keys: &[
        KeySpec {
            key: "position",
            about: "Its middle. How far away a direction is means nothing.",
            kind: Kind::Map(&POSITION),
            absent: Means("straight ahead"),
            example: "{azimuth: 0, elevation: 5}",
        },
        KeySpec {
            key: "width",
            about: "The full angle between its left and right edge in degrees or, where the position is a \
                    place in the room, their distance in x.",
            kind: Kind::OneOf(&[Kind::Number(&SCREEN_ANGLE), Kind::Number(&SCREEN_ROOM)]),
            absent: Means("58 degrees; a screen with a place in the room needs one"),
            example: "40",
        },
        KeySpec {
            key: "aspect",
            about: "Its width over its height.",
            kind: Kind::Number(&ASPECT_RATIO),
            absent: Value("1.78"),
            example: "2.39",
        },
    ],
    together: &[],
};
