//! The authored YAML, checked and flattened to a [`Timeline`](cupola_model::Timeline).
//!
//! ```text
//! text ──yaml──► nodes with places ──parse──► Scene ──resolve (+ facts of the stems)──► Timeline
//! ```
//!
//! This room opens no file and knows no panning. Whoever has opened the stems hands in their facts.
//! Everything that is wrong is found at once and carries line, column, path, what was found, what is
//! allowed and how to mend it; the rules are listed in [`RULES`].
//!
//! [`compose`] goes the other way: a timeline of anybody's master to the text of a scene.
//!
//! Curves end here: [`Scene::resolve`] flattens keyframes to sparse points whose straight lines stay
//! within 0.25° (0.005 in room coordinates and size) and 0.05 dB of what was written.
//!
//! Meanings worth knowing:
//! * Times are exact fractions until they become the nearest frame. Bars and beats count from 1; a
//!   beat is the note of the meter's denominator, and `bpm` counts quarter notes as DAWs do. A tempo
//!   ramp is linear in time. `+2 bars` counts from the keyframe before.
//! * A value stands still before the first keyframe that mentions it, and after the last one. A
//!   keyframe that mentions some coordinates of a position leaves the others as they last were.
//! * `hold` steps at its keyframe; the step is a ramp of 250 frames that ends there.
//! * The other curves bend the way: share `t` of the time is share 3t² − 2t³ (`smooth`), t² (`ease-in`)
//!   or 1 − (1 − t)² (`ease-out`) of the way, in degrees, coordinates and decibels. `amplitude` is the
//!   straight line of a gain in amplitude instead of decibels; for all else it is `linear`.
//! * `turns: n` adds n whole turns to the short way of an azimuth, anticlockwise when positive.
//! * `speaker: Ltf` is the place of that loudspeaker in the room, or its direction in an object that
//!   has polar positions before.
//! * A `path` takes the place of positions and keyframed positions. Its cycles may be given in bars and
//!   keep to them; `orbit`, `pendulum` and `random_walk` go on to the end of the programme unless
//!   `repeats` or `until` says otherwise, `line`, `arc` and `spiral` go once, and repeated they go
//!   there and back.
//! * `play` places a stem: `in` and `out` are its own times, `length` and `every` spans of the song.
//!   Repeats follow each other at once, without drift and without a fade unless `crossfade` asks for
//!   one. Fades are linear in amplitude unless `shape` says otherwise.
//! * The gains of groups, static and over time, reach bed routes as well as objects; a route belongs to
//!   its bed's groups too. What is in several groups gets all their gains.
//! * `split` feeds the channels of a surround stem to the bed channels at the same place in the room;
//!   the other loudspeakers become objects that stand still.
//! * All times of `edits` are those of the song before any edit. Replacements act first, then what is
//!   kept is heard in order of time, without what is cut and with what is repeated. The output has
//!   exactly the samples of its segments: a cross-fade is centred on its joint, and takes half of
//!   itself from after the end of one side and from before the start of the other. Movement and group
//!   gains follow their sound; across a joint they take the straight line, and the 10 ms grid moves
//!   with what follows a cut.
//! * A version solos, then mutes, then adds gains; its names mean groups before objects and beds. Its
//!   `edits`, `end` and `title` take the place of the scene's.
//! * Keyframe gains are added to the object's `gain`, which is baked into its track.

mod ambisonic;
mod automation;
mod clips;
mod compose;
mod curve;
mod edit_map;
mod edits;
mod fmt;
mod groups;
mod include;
mod instant;
mod layouts;
mod limits;
mod movement;
mod overlay;
mod pair;
mod parse;
mod parse_bed;
mod parse_edits;
mod parse_features;
mod parse_groups;
mod parse_keyframes;
mod parse_object;
mod parse_path;
mod parse_play;
mod parse_position;
mod parse_room;
mod parse_screen;
mod parse_versions;
mod path;
mod place;
mod preset;
mod read;
mod reference;
mod region;
mod resolve;
mod route;
mod rules;
mod scene;
mod schema;
mod shares;
mod slips;
mod spec;
mod split;
mod stop;
mod suspects;
mod time;
mod value;
mod version;
mod versions;
mod yaml;

pub use compose::{Composed, ItemSound, compose};
pub use fmt::format_scene;
pub use include::{IncludeRefusal, IncludeSource, Located, NoIncludes};
pub use layouts::{
    LayoutRequest, closest_layout_name, find_layout, parse_layout, standard_layouts,
};
pub use parse::{Draft, draft_scene, parse_scene, parse_scene_with};
pub use reference::key_reference;
pub use region::crop;
pub use rules::RULES;
pub use scene::{BitDepth, HeadRequest, MasterKind, OutputKind, OutputRequest, Scene, StemRequest};
pub use schema::{FileKind, schema};
pub use shares::UnknownGroup;
pub use time::Timecode;
pub use versions::UnknownVersion;
