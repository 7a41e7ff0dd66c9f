//! Beds and the routes that feed them.

use super::Absent::{Means, Refused, Value};
use super::preset::REMOVE;
use super::scene::{BINAURAL, GROUPS};
use super::{KeySpec, Kind, MapSpec, Together, words};
use crate::parse_bed::{BED_FORMATS, SIDES};
use crate::split::{STEM_ORDERS, split_names};
use crate::value::LOW_PASS;
use cupola_model::BedLabel;

/// Which channel of a stem is meant.
pub(super) const CHANNEL: KeySpec = KeySpec {
    key: "channel",
    about: "One channel of the stem: `left` or `right` of a stereo stem, or its number from 1.",
    kind: Kind::OneOf(&[Kind::Words(|| words(&SIDES)), Kind::Ordinal]),
    absent: Means("all channels"),
    example: "left",
};

/// Presets that are taken over.
pub(super) const PRESET_KEY: KeySpec = KeySpec {
    key: "preset",
    about: "A preset, or a list of them, whose keys hold where none are written here; keys of a preset \
            that are none here are passed over. Of a list, later ones win. What is written here \
            replaces the whole value of the preset.",
    kind: Kind::OneOf(&[Kind::Text, Kind::List(&Kind::Text)]),
    absent: Means("no preset"),
    example: "lead",
};

/// The stem that is heard.
pub(super) const STEM: KeySpec = KeySpec {
    key: "stem",
    about: "The stem that is heard, by its name under `stems`.",
    kind: Kind::Stem,
    absent: Refused,
    example: "drums",
};

const LABELS: Kind = Kind::Words(labels);

fn labels() -> Vec<&'static str> {
    BedLabel::ALL.map(BedLabel::name).into()
}

pub(crate) static BED: MapSpec = MapSpec {
    name: "bed",
    about: "Fixed channels, as loudspeakers are fixed, and the stems that feed them.",
    example: "{format: 7.1.2, routes: [{stem: drums}]}",
    keys: &[
        PRESET_KEY,
        KeySpec {
            key: "name",
            about: "What players of masters show.",
            kind: Kind::Text,
            absent: Value("Bed"),
            example: "Music",
        },
        KeySpec {
            key: "format",
            about: "The channels of the bed. Loudspeaker renders fold them to the layout asked for. \
                    `ambix`, `n3d` and `fuma` are ambisonic: sound from all around, which renders decode. \
                    `ambix` is ACN order and SN3D scale, `n3d` ACN order and N3D scale, both up to seventh \
                    order; `fuma` is W X Y Z and so on, up to third. Atmos masters have no place for them.",
            kind: Kind::Words(|| words(&BED_FORMATS)),
            absent: Refused,
            example: "7.1.2",
        },
        REMOVE,
        BINAURAL,
        GROUPS,
        KeySpec {
            key: "routes",
            about: "Which stem feeds which channels.",
            kind: Kind::List(&Kind::Map(&ROUTE)),
            absent: Value("[]"),
            example: "[{stem: drums}, {stem: drums, to: LFE, lowpass: 120}]",
        },
    ],
    together: &[],
};

pub(crate) static ROUTE: MapSpec = MapSpec {
    name: "route",
    about: "A stem, or one channel of it, into channels of the bed. A stereo stem keeps its sides: left \
            goes to left channels, right to right ones, (L+R)/2 to those in the middle.",
    example: "{stem: drums, to: [L, R]}",
    keys: &[
        STEM,
        PRESET_KEY,
        CHANNEL,
        KeySpec {
            key: "to",
            about: "The channels it feeds: one, a list, or a mapping that gives each a gain in dB. For an \
                    ambisonic bed one component or a list, such as `[W, Y, Z, X]`.",
            kind: Kind::OneOf(&[
                LABELS,
                Kind::List(&LABELS),
                Kind::Keyed(labels, &Kind::Gain),
                Kind::Component,
                Kind::List(&Kind::Component),
            ]),
            absent: Means(
                "L and R for a stereo stem, the channels of the bed in order for a stem of as many; for an \
                 ambisonic bed all components of an order, for a stem of as many channels",
            ),
            example: "{Lss: -9, Rss: -9}",
        },
        KeySpec {
            key: "gain",
            about: "Added to the level of the stem in this route.",
            kind: Kind::Gain,
            absent: Value("0"),
            example: "-10",
        },
        KeySpec {
            key: "lowpass",
            about: "Cut-off of a low-pass of 24 dB an octave, for what goes to the LFE.",
            kind: Kind::Number(&LOW_PASS),
            absent: Means("no low-pass"),
            example: "120",
        },
        GROUPS,
        KeySpec {
            key: "split",
            about: "The layout of a surround stem that is taken apart: loudspeakers where the bed has a \
                    channel feed it, the others become objects that stand where they stand.",
            kind: Kind::OneOf(&[Kind::Words(split_names), Kind::Layout { file: false }]),
            absent: Means("the stem is not taken apart"),
            example: "7.1.4",
        },
        KeySpec {
            key: "order",
            about: "The order of the channels of a stem that is split: `bs2051` as layouts list them, \
                    sides before backs; `wave` backs before sides; `film` centre second, LFE after the \
                    surrounds.",
            kind: Kind::Words(|| words(&STEM_ORDERS)),
            absent: Value("bs2051"),
            example: "film",
        },
    ],
    together: &[
        Together::AtMostOne(&[&["split"], &["channel", "to", "lowpass"]]),
        Together::Needs("order", "split"),
    ],
};
