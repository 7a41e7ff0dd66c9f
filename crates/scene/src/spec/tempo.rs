//! Tempo and meter.

use super::Absent::{Means, Value};
use super::{KeySpec, Kind, MapSpec, words};
use crate::time::RAMPS;
use crate::value::BPM;

pub(crate) static TEMPO: MapSpec = MapSpec {
    name: "tempo",
    about: "A tempo and meter from a bar on. The first entry holds from bar 1.",
    example: "{bpm: 128, meter: 4/4}",
    keys: &[
        KeySpec {
            key: "at",
            about: "Where the change is, in bars and beats. The first entry needs none.",
            kind: Kind::Bar,
            absent: Means("bar 1, in the first entry"),
            example: "bar 9",
        },
        KeySpec {
            key: "bpm",
            about: "Quarter notes a minute, whatever the meter. A change of meter alone needs none.",
            kind: Kind::Number(&BPM),
            absent: Means("the tempo before; the first entry needs one"),
            example: "128",
        },
        KeySpec {
            key: "meter",
            about: "Beats in a bar over the note that is a beat: 1 to 64 over 1, 2, 4, 8, 16, 32 or 64. \
                    It changes at bar lines.",
            kind: Kind::Meter,
            absent: Means("the meter before, or 4/4"),
            example: "6/8",
        },
        KeySpec {
            key: "ramp",
            about: "Whether the tempo gets here gradually from the entry before, linear in time.",
            kind: Kind::Words(|| words(&RAMPS)),
            absent: Value("false"),
            example: "true",
        },
    ],
    together: &[],
};
