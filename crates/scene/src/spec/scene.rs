//! The top of a scene, its stems and its outputs.

use super::Absent::{Means, Refused, Value};
use super::{
    BED, EDIT, GROUP, KeySpec, Kind, MapSpec, OBJECT, PLAY, PRESET, ROOM, SCREEN, TEMPO, Together,
    VERSION, words,
};
use crate::curve::Curve;
use crate::parse;
use crate::parse_room::NO_ROOM;
use crate::value::SIZE;
use cupola_model::{BinauralMode, FrameRate};

/// How an object or bed sounds in headphone renders.
pub(super) const BINAURAL: KeySpec = KeySpec {
    key: "binaural",
    about: "How near it is heard on headphones; `off` is plain stereo. Equally loud, they differ in how \
            much of the `room` is heard. Masters carry the word.",
    kind: Kind::Words(|| BinauralMode::ALL.map(BinauralMode::name).into()),
    absent: Means("what `defaults` say, or `mid`"),
    example: "near",
};

/// The groups of a bed, a route or an object.
pub(super) const GROUPS: KeySpec = KeySpec {
    key: "groups",
    about: "Groups it belongs to: for their gains under `groups`, and for `--group`.",
    kind: Kind::List(&Kind::Text),
    absent: Value("[]"),
    example: "[vocals]",
};

pub(crate) static SCENE: MapSpec = MapSpec {
    name: "scene",
    about: "A scene file: which stems there are, where they sound, and what is made of them.",
    example: "cupola: 1",
    keys: &[
        KeySpec {
            key: "cupola",
            about: "Version of the format, the first key of a scene. A file that is included needs none.",
            kind: Kind::Words(|| vec!["1"]),
            absent: Refused,
            example: "1",
        },
        KeySpec {
            key: "include",
            about: "A file of shared keys, or a list of them, each relative to the file that names it. \
                    What is written here lies over what is included: mappings are joined key by key, \
                    beds and objects by their names, other lists are replaced; `~` for a value, or \
                    `remove: true` in a bed or object, takes away what is included. Stem files stay \
                    relative to the scene. An included file may have every key but `outputs`.",
            kind: Kind::OneOf(&[Kind::File, Kind::List(&Kind::File)]),
            absent: Means("nothing more"),
            example: "../album.yaml",
        },
        KeySpec {
            key: "title",
            about: "Title of the programme. Output files are named after it.",
            kind: Kind::Text,
            absent: Means("no title"),
            example: "Ode to Joy",
        },
        KeySpec {
            key: "artist",
            about: "Who made it.",
            kind: Kind::Text,
            absent: Means("no artist"),
            example: "Cupola Demo",
        },
        KeySpec {
            key: "sample_rate",
            about: "Rate of the session and of every output. Stems of other rates are converted once. \
                    Masters are made at 48000 or 96000.",
            kind: Kind::Hertz(&parse::SAMPLE_RATES_HZ),
            absent: Value("48000"),
            example: "96000",
        },
        KeySpec {
            key: "frame_rate",
            about: "Video frames a second: the rate of timecodes, and the one stated in masters.",
            kind: Kind::Words(|| FrameRate::ALL.map(FrameRate::name).into()),
            absent: Value("24"),
            example: "29.97df",
        },
        KeySpec {
            key: "start_timecode",
            about: "Timecode of the first sample, at `frame_rate`. Timecodes in the scene count from it, and masters say it.",
            kind: Kind::Timecode,
            absent: Value("00:00:00:00"),
            example: "01:00:00:00",
        },
        KeySpec {
            key: "tempo",
            about: "Tempo and meter, or a list of their changes. Times in bars and beats need it.",
            kind: Kind::OneOf(&[Kind::Map(&TEMPO), Kind::List(&Kind::Map(&TEMPO))]),
            absent: Means("no bars and beats"),
            example: "{bpm: 128, meter: 4/4}",
        },
        KeySpec {
            key: "reference",
            about: "The stereo master the stems come from. It is compared with, never rendered.",
            kind: Kind::File,
            absent: Means("nothing to compare with"),
            example: "stems/Song_StereoRef.wav",
        },
        KeySpec {
            key: "defaults",
            about: "What beds and objects have that do not say otherwise.",
            kind: Kind::Map(&DEFAULTS),
            absent: Value("{}"),
            example: "{binaural: mid}",
        },
        KeySpec {
            key: "end",
            about: "When the programme ends. Every output has exactly this length.",
            kind: Kind::Time { relative: false },
            absent: Means("the end of the longest stem"),
            example: "3:25.5",
        },
        KeySpec {
            key: "pad_bed",
            about: "Silent channels that make the first bed of a master a 7.1.2 bed, as some players \
                    expect.",
            kind: Kind::Words(|| words(&parse::PAD_BED)),
            absent: Means("no silent channels"),
            example: "7.1.2",
        },
        KeySpec {
            key: "room",
            about: "The room around the listener of headphone renders, or `off`.",
            kind: Kind::OneOf(&[Kind::Words(|| words(&NO_ROOM)), Kind::Map(&ROOM)]),
            absent: Value("{}"),
            example: "{decay: 0.4}",
        },
        KeySpec {
            key: "screen",
            about: "The screen it is made in front of, for objects with `screen_ref`: they move with its edges \
                    to those of the `screen` of a layout. Plain ADM carries it.",
            kind: Kind::Map(&SCREEN),
            absent: Value("{}"),
            example: "{width: 40, aspect: 2.39}",
        },
        KeySpec {
            key: "stems",
            about: "The audio files, each under the name that beds and objects call it by.",
            kind: Kind::Named(&Kind::Map(&STEM)),
            absent: Value("{}"),
            example: "{drums: {file: stems/drums.wav}}",
        },
        KeySpec {
            key: "presets",
            about: "Keys that objects, beds and routes share, under names they take them over by.",
            kind: Kind::Named(&Kind::Map(&PRESET)),
            absent: Value("{}"),
            example: "{voice: {groups: [vocals], binaural: near}}",
        },
        KeySpec {
            key: "groups",
            about: "Gains of groups, added to every member. A group needs no entry to have members.",
            kind: Kind::Named(&Kind::Map(&GROUP)),
            absent: Value("{}"),
            example: "{drums: {gain: -2}}",
        },
        KeySpec {
            key: "beds",
            about: "What stands still: stems mixed to the fixed channels of a bed.",
            kind: Kind::List(&Kind::Map(&BED)),
            absent: Value("[]"),
            example: "[{format: 7.1.2, routes: [{stem: drums}]}]",
        },
        KeySpec {
            key: "objects",
            about: "What has a place of its own and may move.",
            kind: Kind::List(&Kind::Map(&OBJECT)),
            absent: Value("[]"),
            example: "[{stem: lead, pair: {width: 30}, position: {azimuth: 0}}]",
        },
        KeySpec {
            key: "edits",
            about: "What is cut, kept, repeated and replaced, in the sound of all stems and in all \
                    movement alike.",
            kind: Kind::List(&Kind::Map(&EDIT)),
            absent: Value("[]"),
            example: "[{cut: {from: bar 5, to: bar 9}}]",
        },
        KeySpec {
            key: "versions",
            about: "Versions of the song, each under the name that `--version` calls it by.",
            kind: Kind::Named(&Kind::Map(&VERSION)),
            absent: Value("{}"),
            example: "{instrumental: {label: INST, mute: [vocals]}}",
        },
        KeySpec {
            key: "outputs",
            about: "What `cupola build` makes, in one pass over the stems.",
            kind: Kind::List(&Kind::Map(&OUTPUT)),
            absent: Value("[{speakers: 7.1.4}, {binaural: default}, {master: adm-bwf}]"),
            example: "[{speakers: 7.1.4}, {speakers: 5.1, bits: 16}]",
        },
    ],
    together: &[],
};

pub(crate) static DEFAULTS: MapSpec = MapSpec {
    name: "defaults",
    about: "What beds and objects have that do not say otherwise.",
    example: "{binaural: mid}",
    keys: &[
        KeySpec {
            about: "How near beds and objects are heard on headphones.",
            absent: Value("mid"),
            ..BINAURAL
        },
        KeySpec {
            key: "size",
            about: "How large objects are.",
            kind: Kind::Number(&SIZE),
            absent: Value("0"),
            example: "0.1",
        },
        KeySpec {
            key: "curve",
            about: "How the keyframes of objects and groups are reached.",
            kind: Kind::Words(|| words(&Curve::WORDS)),
            absent: Value("linear"),
            example: "smooth",
        },
    ],
    together: &[],
};

pub(crate) static STEM: MapSpec = MapSpec {
    name: "stem",
    about: "An audio file of any channel count and rate. All stems start at the same instant unless \
            they have an `offset`.",
    example: "{file: stems/drums.wav}",
    keys: &[
        KeySpec {
            key: "file",
            about: "The file, relative to the scene: WAV, RF64, BW64, AIFF, CAF, FLAC and others.",
            kind: Kind::File,
            absent: Refused,
            example: "stems/drums.wav",
        },
        KeySpec {
            key: "gain",
            about: "Added to the level of the stem wherever it is used.",
            kind: Kind::Gain,
            absent: Value("0"),
            example: "-1.5",
        },
        KeySpec {
            key: "offset",
            about: "Where in the programme the file starts. Samples count at the rate of the file; a \
                    negative offset cuts its head.",
            kind: Kind::Offset,
            absent: Value("0"),
            example: "1024 samples",
        },
        KeySpec {
            key: "play",
            about: "Where it is heard, when not straight through: once for each entry. Excludes \
                    `offset`.",
            kind: Kind::List(&Kind::Map(&PLAY)),
            absent: Means("once, as it is"),
            example: "[{at: bar 1, loop: 4}, {at: bar 17, in: 2 s, out: 6 s}]",
        },
    ],
    together: &[Together::AtMostOne(&[&["offset"], &["play"]])],
};

pub(crate) static OUTPUT: MapSpec = MapSpec {
    name: "output",
    about: "One thing to make: `speakers`, `binaural`, `stereo`, `ambisonics` or `master`.",
    example: "{speakers: 7.1.4}",
    keys: &[
        KeySpec {
            key: "speakers",
            about: "A WAV file for the loudspeakers of this layout. `cupola layouts` lists the names; \
                    a layout of your own is a file.",
            kind: Kind::Layout { file: true },
            absent: Means("another kind of output"),
            example: "7.1.4",
        },
        KeySpec {
            key: "binaural",
            about: "A WAV file for headphones, heard through the built-in head (`default`) or one \
                    measured: a SOFA file.",
            kind: Kind::Head,
            absent: Means("another kind of output"),
            example: "default",
        },
        KeySpec {
            key: "stereo",
            about: "A WAV file mixed down from a 5.1 render: `loro` for stereo, `ltrt` for matrix decoders, \
                    `ltrt90` the same with the surrounds shifted by 90°. `speakers: 2.0` pans to two \
                    loudspeakers instead.",
            kind: Kind::Words(|| words(&parse::DOWNMIXES)),
            absent: Means("another kind of output"),
            example: "loro",
        },
        KeySpec {
            key: "ambisonics",
            about: "A WAV file of spherical harmonics: AmbiX (ACN order, SN3D scale) of first to seventh \
                    order, or FuMa of first order (W X Y Z).",
            kind: Kind::Words(|| parse::AMBISONICS.into()),
            absent: Means("another kind of output"),
            example: "ambix3",
        },
        KeySpec {
            key: "master",
            about: "An object-based master that stays a scene until it is played: `adm-bwf` is \
                    one file, `damf` the three that Dolby's encoders read, `adm-itu` plain ADM by \
                    BS.2076-2 for tools that know no Atmos; 24-bit.",
            kind: Kind::Words(|| words(&parse::MASTERS)),
            absent: Means("another kind of output"),
            example: "adm-bwf",
        },
        KeySpec {
            key: "bits",
            about: "Sample format: 16 and 24 are integers, 32 is float and never clips. A master is \
                    always 24-bit and has no `bits`.",
            kind: Kind::Words(|| words(&parse::BITS)),
            absent: Value("24"),
            example: "32",
        },
        KeySpec {
            key: "order",
            about: "Order of the channels of `speakers`: `bs2051` as the layout lists them, sides before \
                    backs; `smpte` L R C LFE, sides, backs, wides, heights; `film` L C R, sides, backs, \
                    LFE; `protools` the same, then heights; `wave` as the WAVE channel mask counts, backs \
                    before sides; `wwise` as Wwise imports it, which is `wave` with the only pair of \
                    heights as its front pair. An order that does not describe the layout is refused.",
            kind: Kind::Words(|| words(&parse::ORDERS)),
            absent: Value("bs2051"),
            example: "wave",
        },
        KeySpec {
            key: "name",
            about: "The part of the file name that tells this output from the others.",
            kind: Kind::Text,
            absent: Means(
                "the layout, `binaural`, `stereo-loro`, `ambix3`, `adm-bwf` and the like",
            ),
            example: "preview",
        },
    ],
    together: &[
        Together::One(&[&["speakers"], &["binaural"], &["stereo"], &["ambisonics"], &["master"]]),
        Together::AtMostOne(&[&["bits"], &["master"]]),
        Together::AtMostOne(&[&["order"], &["binaural", "stereo", "ambisonics", "master"]]),
    ],
};
