//! Every key of the language: what it means, what it takes, and what holds without it.
//!
//! The readers, the JSON Schema and the guide read these tables, so that none of them can say what
//! the others do not. A reader asks [`Cursor::fields`](crate::read::Cursor::fields) for a mapping of a
//! [`MapSpec`]; in builds with debug assertions it fails when it asks for a key the table lacks, or
//! finishes without having asked for one of its keys.
//!
//! **To add a key:** add a [`KeySpec`] to its mapping (the files are by area; a mapping of its own is
//! a new `static`), ask for it in the reader of that mapping, and give it a row in the key table of the
//! tests, which says so when the row is missing. Words come from the table the reader looks them up in,
//! ranges from [`crate::value`]; nothing is spelt twice. `CUPOLA_WRITE_MESSAGES=1` with the tests and
//! `cargo run -p cupola-scene --example docs` write what is generated: read the difference.

mod bed;
mod edit;
mod feature;
mod group;
mod layout;
mod object;
mod path;
mod play;
mod preset;
mod room;
mod scene;
mod screen;
mod tempo;
mod version;

pub(crate) use bed::{BED, ROUTE};
pub(crate) use edit::{CUT, EDIT, KEEP, REPEAT, REPLACE};
pub(crate) use feature::{DIVERGENCE, SNAP, ZONE};
pub(crate) use group::{GROUP, GROUP_KEYFRAME};
pub(crate) use layout::{LAYOUT, SPEAKER};
pub(crate) use object::{CURVES, KEYFRAME, OBJECT, PAIR, POSITION};
pub(crate) use path::{ARC, LINE, ORBIT, PATH, PENDULUM, RANDOM_WALK, SPIRAL};
pub(crate) use play::PLAY;
pub(crate) use preset::PRESET;
pub(crate) use room::{ROOM, ROOM_MODE};
pub(crate) use scene::{DEFAULTS, OUTPUT, SCENE, STEM};
pub(crate) use screen::SCREEN;
pub(crate) use tempo::TEMPO;
pub(crate) use version::VERSION;

use crate::value::Quantity;

/// A mapping whose keys the language fixes.
#[derive(Debug)]
pub(crate) struct MapSpec {
    /// Its name in the schema and the guide; unique.
    pub(crate) name: &'static str,
    /// What it is: sentences.
    pub(crate) about: &'static str,
    /// One as authors write it: `{…}`, or its first line.
    pub(crate) example: &'static str,
    /// In the order findings and the guide list them.
    pub(crate) keys: &'static [KeySpec],
    /// Which keys go together, and which do not.
    pub(crate) together: &'static [Together],
}

/// Keys that know of each other.
#[derive(Debug)]
pub(crate) enum Together {
    /// Keys of exactly one of these sets are there.
    One(&'static [&'static [&'static str]]),
    /// Keys of at most one of these sets are there.
    AtMostOne(&'static [&'static [&'static str]]),
    /// The first key means nothing without the second.
    Needs(&'static str, &'static str),
}

/// A key of a mapping.
#[derive(Clone, Copy, Debug)]
pub(crate) struct KeySpec {
    pub(crate) key: &'static str,
    /// What it does: sentences.
    pub(crate) about: &'static str,
    pub(crate) kind: Kind,
    pub(crate) absent: Absent,
    /// A value as authors write it.
    pub(crate) example: &'static str,
}

/// What holds when a key is not there.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Absent {
    /// It must be there.
    Refused,
    /// The same as with this value.
    Value(&'static str),
    /// What these words say.
    Means(&'static str),
}

/// What a key takes.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    /// A name or title: one line, not empty.
    Text,
    /// The name of a stem.
    Stem,
    /// A file, relative to the scene.
    File,
    /// One of these words, some of which look like numbers.
    Words(fn() -> Vec<&'static str>),
    /// One of these rates; `Hz` may be written.
    Hertz(&'static [u32]),
    /// A number; its unit may be written.
    Number(&'static Quantity),
    /// A number without a fraction.
    Whole(&'static Quantity),
    /// A channel number from 1.
    Ordinal,
    /// Decibels, or `-inf`.
    Gain,
    /// An instant of the programme; with `relative`, `+2 s` counts from the one before.
    Time { relative: bool },
    /// A bar and beat.
    Bar,
    /// Where a stem starts; may be negative.
    Offset,
    /// A length of time above nothing.
    Span,
    /// A length of time that may be 0.
    SpanOrNothing,
    /// A timecode at the frame rate.
    Timecode,
    /// Beats a bar over the note that counts.
    Meter,
    /// A layout by name or alias in any case, or by file.
    Layout { file: bool },
    /// A head by name, or a SOFA file.
    Head,
    /// A component of an ambisonic bed.
    Component,
    /// A mapping with keys of its own.
    Map(&'static MapSpec),
    /// Any number of these.
    List(&'static Self),
    /// So many of these.
    Tuple(usize, &'static Self),
    /// A mapping from names the author chooses to these.
    Named(&'static Self),
    /// A mapping from some of these words to these.
    Keyed(fn() -> Vec<&'static str>, &'static Self),
    /// Any of these forms.
    OneOf(&'static [Self]),
}

impl MapSpec {
    /// What a finding says should stand here.
    pub(crate) fn wanted(&self) -> String {
        let example = self.example;
        if example.starts_with('{') {
            format!("a mapping such as {example}")
        } else {
            format!("a mapping that starts with `{example}`")
        }
    }

    /// The keys in order.
    pub(crate) fn words(&self) -> impl Iterator<Item = &'static str> {
        self.keys.iter().map(|key| key.key)
    }

    /// This mapping and every one that can be reached from it, each once.
    pub(crate) fn reachable(&'static self) -> Vec<&'static Self> {
        let mut found = vec![self];
        let mut next = 0;
        while let Some(map) = found.get(next).copied() {
            map.keys.iter().for_each(|key| key.kind.collect_maps(&mut found));
            next += 1;
        }
        found
    }

    /// Whether there is such a key.
    pub(crate) fn has(&self, key: &str) -> bool {
        self.words().any(|known| known == key)
    }
}

impl Together {
    /// Every key it speaks of.
    pub(crate) fn keys(&self) -> Vec<&'static str> {
        match self {
            Self::One(sets) | Self::AtMostOne(sets) => sets.concat(),
            Self::Needs(key, other) => vec![key, other],
        }
    }
}

impl Kind {
    fn collect_maps(&self, found: &mut Vec<&'static MapSpec>) {
        match self {
            Self::Map(map) if found.iter().all(|known| !std::ptr::eq(*known, *map)) => {
                found.push(map);
            }
            Self::List(of) | Self::Named(of) | Self::Keyed(_, of) | Self::Tuple(_, of) => {
                of.collect_maps(found);
            }
            Self::OneOf(kinds) => kinds.iter().for_each(|kind| kind.collect_maps(found)),
            _ => {}
        }
    }
}

/// The words of a table that a reader looks words up in.
fn words<T, const N: usize>(table: &[(&'static str, T); N]) -> Vec<&'static str> {
    table.iter().map(|(word, _)| *word).collect()
}

#[cfg(test)]
mod tests;
