//! Stems that are placed on the timeline.

use super::Absent::{Means, Refused, Value};
use super::{KeySpec, Kind, MapSpec, Together, words};
use crate::parse_play::SHAPES;
use crate::value::LOOPS;

pub(crate) static PLAY: MapSpec = MapSpec {
    name: "play",
    about: "A part of a stem at a place of the programme, once or in a row.",
    example: "{at: bar 9}",
    keys: &[
        KeySpec {
            key: "at",
            about: "When it starts in the programme. `+4 bars` counts from the entry before.",
            kind: Kind::Time { relative: true },
            absent: Refused,
            example: "bar 9",
        },
        KeySpec {
            key: "in",
            about: "The time of the stem that is heard first, counted from its first sample. Samples \
                    count at the rate of the file; bars as if it started with the programme. \
                    A stem has no timecode.",
            kind: Kind::Time { relative: false },
            absent: Value("0"),
            example: "2 s",
        },
        KeySpec {
            key: "out",
            about: "The time of the stem at which it stops, counted like `in`, or from it: `+2 s`.",
            kind: Kind::Time { relative: true },
            absent: Means("its end"),
            example: "6 s",
        },
        KeySpec {
            key: "length",
            about: "How long it is heard, instead of `out`.",
            kind: Kind::Span,
            absent: Means("to `out` or its end"),
            example: "4 bars",
        },
        KeySpec {
            key: "fade_in",
            about: "How long it fades in. Of a row of repeats, the first one; with `every`, each.",
            kind: Kind::SpanOrNothing,
            absent: Value("0"),
            example: "10 ms",
        },
        KeySpec {
            key: "fade_out",
            about: "How long it fades out. Of a row of repeats, the last one; with `every`, each.",
            kind: Kind::SpanOrNothing,
            absent: Value("0"),
            example: "50 ms",
        },
        KeySpec {
            key: "shape",
            about: "The course of both fades: `linear` in amplitude, or `equal-power`.",
            kind: Kind::Words(|| words(&SHAPES)),
            absent: Value("linear"),
            example: "equal-power",
        },
        KeySpec {
            key: "gain",
            about: "Added to the level of the stem in this place.",
            kind: Kind::Gain,
            absent: Value("0"),
            example: "-3",
        },
        KeySpec {
            key: "loop",
            about: "How often it is heard, one repeat after the other.",
            kind: Kind::Whole(&LOOPS),
            absent: Value("1"),
            example: "4",
        },
        KeySpec {
            key: "every",
            about: "From the start of one repeat to the start of the next, no shorter than what is \
                    repeated. Needs `loop`.",
            kind: Kind::Span,
            absent: Means("they follow each other at once"),
            example: "4 bars",
        },
        KeySpec {
            key: "crossfade",
            about: "How long repeats that follow each other at once blend, with equal power, around the \
                    instant at which they meet. Needs `loop`.",
            kind: Kind::SpanOrNothing,
            absent: Value("0"),
            example: "10 ms",
        },
    ],
    together: &[
        Together::AtMostOne(&[&["out"], &["length"]]),
        Together::AtMostOne(&[&["every"], &["crossfade"]]),
        Together::Needs("every", "loop"),
        Together::Needs("crossfade", "loop"),
    ],
};
